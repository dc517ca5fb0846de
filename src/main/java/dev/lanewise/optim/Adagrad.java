package dev.lanewise.optim;

import static dev.lanewise.optim.Formula.Slot.slot;

import dev.lanewise.kernel.update.Update;

/**
 * Adagrad (J. Duchi, E. Hazan, Y. Singer, 2011): every weight has a learning rate of its own, which
 * falls with the squares of its gradients so far. See {@link Update#adagrad}.
 *
 * <p>Keras: a ← a + g², w ← w − lr·g/√(a + ε). PyTorch: w ← w − lr·g/(√a + ε).
 *
 * @param learningRate the step size, 0.001 by default (PyTorch: 0.01)
 * @param initialAccumulatorValue what a starts from, 0.1 by default (PyTorch: 0)
 * @param epsilon keeps the quotient finite, 1e-7 by default (PyTorch: 1e-10)
 * @param learningRateDecay PyTorch's lr_decay: the rate of update t is divided by 1 + (t − 1) times
 *     this; 0 by default
 * @param l2 PyTorch's weight_decay: this times w is added to the gradient; 0 by default
 * @param dialect where epsilon stands
 */
public record Adagrad(
    LearningRate learningRate,
    double initialAccumulatorValue,
    double epsilon,
    double learningRateDecay,
    double l2,
    Dialect dialect)
    implements Optimizer {
  /**
   * Checks the hyper-parameters.
   *
   * @throws IllegalArgumentException if one is negative or not finite as a float, or epsilon is 0
   *     and so is the initial accumulator value
   */
  public Adagrad {
    HyperChecks.zeroOrAbove("initial_accumulator_value", initialAccumulatorValue);
    if (initialAccumulatorValue == 0) {
      HyperChecks.epsilon(epsilon, 1);
    } else {
      HyperChecks.zeroOrAbove("epsilon", epsilon);
    }
    HyperChecks.zeroOrAbove("learning_rate_decay", learningRateDecay);
    HyperChecks.zeroOrAbove("l2", l2);
  }

  /** Adagrad with Keras's defaults. */
  public Adagrad() {
    this(0.001);
  }

  /**
   * Adagrad with Keras's defaults but for the learning rate.
   *
   * @param learningRate the step size
   */
  public Adagrad(double learningRate) {
    this(LearningRate.constant(learningRate), 0.1, 1e-7);
  }

  /**
   * Adagrad with Keras's arguments.
   *
   * @param learningRate the step size
   * @param initialAccumulatorValue what the sum of squares starts from
   * @param epsilon added under the root
   */
  public Adagrad(LearningRate learningRate, double initialAccumulatorValue, double epsilon) {
    this(learningRate, initialAccumulatorValue, epsilon, 0, 0, Dialect.KERAS);
  }

  /**
   * Adagrad with PyTorch's rule and defaults.
   *
   * @return learning rate 0.01
   */
  public static Adagrad pytorch() {
    return new Adagrad(LearningRate.constant(0.01), 0, 1e-10, 0, 0, Dialect.PYTORCH);
  }

  @Override
  public Formula formula() {
    return new Formula(slot("accumulator", initialAccumulatorValue)) {
      private final float inside = dialect == Dialect.KERAS ? (float) epsilon : 0;
      private final float outside = dialect == Dialect.KERAS ? 0 : (float) epsilon;
      private final float flush = (float) epsilon == 0 ? 0 : Update.FLUSH_SQUARE;
      private float decayed;

      @Override
      protected void prepare(long step, double learningRate) {
        decayed = (float) (learningRate / (1 + step * learningRateDecay));
      }

      @Override
      protected void apply(
          Update kernels, int n, float[] w, int at, float[] g, int gAt, float[][] s) {
        kernels.adagrad(n, w, at, g, gAt, s[0], decayed, inside, outside, (float) l2, flush);
      }
    };
  }
}
