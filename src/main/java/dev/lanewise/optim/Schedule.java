package dev.lanewise.optim;

/**
 * A learning rate that follows the number of the step: Keras's schedules, with its arguments,
 * defaults and formulas, computed in double with {@link StrictMath}.
 *
 * <p>Steps count from 0. With gradient accumulation they are those of training, not those that
 * update the weights, as in Keras.
 */
public sealed interface Schedule extends LearningRate
    permits ExponentialDecay,
        InverseTimeDecay,
        PolynomialDecay,
        PiecewiseConstantDecay,
        CosineDecay,
        CosineDecayRestarts {}
