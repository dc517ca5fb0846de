package dev.lanewise.optim;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What Keras offers with every optimizer, and by default does not do: decoupled weight decay,
 * clipping of gradients, a moving average of the weights, accumulation of gradients.
 *
 * <p>The order of a step: the gradient is accumulated and, in every gradientAccumulationSteps-th
 * step, clipped; the weights decay; the optimizer updates them; the average follows.
 *
 * <ul>
 *   <li>Weight decay: w ← w − w·weightDecay·lr before the update, on the weights, not in the
 *       gradient (I. Loshchilov and F. Hutter, 2019); biases too, unless excluded.
 *   <li>Clipping, at most one of three: each variable's gradient to a norm, each element to a
 *       value, or all gradients together to a norm. Norms are computed in double, so that they do
 *       not overflow where Keras's are infinite. A gradient with an infinite element becomes 0
 *       there and NaN at that element with clipnorm, all of them NaN with globalClipnorm, as in
 *       Keras.
 *   <li>The moving average: a ← m·a + (1 − m)·w after each step, the weights themselves in the
 *       first; see {@link OptimizerState#finish}.
 *   <li>Accumulation over n steps: the update takes the mean of n gradients. As in Keras, the
 *       optimizer's own t and the overwriting of weights by their average count updates, a
 *       learning-rate schedule counts steps, and the average is taken in every step.
 * </ul>
 *
 * <p>Variables are excluded from weight decay if a word occurs in their name: "bias" leaves out
 * "dense/bias".
 *
 * @param weightDecay the factor of the decay; null: none
 * @param excludedFromDecay words; variables with one of them in their name do not decay
 * @param clipnorm what the norm of each variable's gradient may be at most; null: anything
 * @param clipvalue what the size of each element of a gradient may be at most; null: anything
 * @param globalClipnorm what the norm of all gradients together may be at most; null: anything
 * @param useEma whether a moving average of the weights is kept
 * @param emaMomentum m, the share of the old average that stays, 0.99 by default
 * @param emaOverwriteFrequency after how many updates the weights are replaced by their average;
 *     null: only when training ends
 * @param gradientAccumulationSteps n, at least 2; null: every step updates
 */
@SuppressWarnings("exports") // @Nullable: see module-info
public record OptimizerOptions(
    @Nullable Double weightDecay,
    List<String> excludedFromDecay,
    @Nullable Double clipnorm,
    @Nullable Double clipvalue,
    @Nullable Double globalClipnorm,
    boolean useEma,
    double emaMomentum,
    @Nullable Integer emaOverwriteFrequency,
    @Nullable Integer gradientAccumulationSteps) {
  /** No option: an optimizer as it is. */
  public static final OptimizerOptions NONE =
      new OptimizerOptions(null, List.of(), null, null, null, false, 0.99, null, null);

  /**
   * Checks and copies the options.
   *
   * @throws IllegalArgumentException if weightDecay is negative or not finite, a limit is not above
   *     0 and finite, more than one limit is given, emaMomentum is not from 0 to 1,
   *     emaOverwriteFrequency is below 1, or gradientAccumulationSteps below 2
   */
  public OptimizerOptions {
    excludedFromDecay = List.copyOf(excludedFromDecay);
    if (weightDecay != null) {
      HyperChecks.zeroOrAbove("weight_decay", weightDecay);
    }
    int limits = limit("clipnorm", clipnorm);
    limits += limit("clipvalue", clipvalue);
    limits += limit("global_clipnorm", globalClipnorm);
    if (limits > 1) {
      throw new IllegalArgumentException(
          "only one of clipnorm, clipvalue and global_clipnorm can be given, but %s were"
              .formatted(limits));
    }
    HyperChecks.fraction("ema_momentum", emaMomentum);
    if (emaOverwriteFrequency != null) {
      HyperChecks.atLeast("ema_overwrite_frequency", emaOverwriteFrequency, 1);
    }
    if (gradientAccumulationSteps != null) {
      HyperChecks.atLeast("gradient_accumulation_steps", gradientAccumulationSteps, 2);
    }
  }

  /** Checks a limit, if there is one, and counts it. */
  private static int limit(String name, @Nullable Double limit) {
    if (limit == null) {
      return 0;
    }
    HyperChecks.aboveZero(name, limit);
    return 1;
  }

  /**
   * Returns these options with weight decay.
   *
   * @param factor at least 0
   * @return new options
   */
  public OptimizerOptions weightDecay(double factor) {
    return with(factor, excludedFromDecay, clipnorm, clipvalue, globalClipnorm);
  }

  /**
   * Returns these options with variables excluded from weight decay.
   *
   * @param words variables with one of these in their name do not decay
   * @return new options
   */
  public OptimizerOptions excludedFromDecay(String... words) {
    return with(weightDecay, List.of(words), clipnorm, clipvalue, globalClipnorm);
  }

  /**
   * Returns these options with each variable's gradient clipped to a norm.
   *
   * @param norm above 0
   * @return new options
   */
  public OptimizerOptions clipnorm(double norm) {
    return with(weightDecay, excludedFromDecay, norm, clipvalue, globalClipnorm);
  }

  /**
   * Returns these options with each element of the gradients clipped to a value.
   *
   * @param value above 0
   * @return new options
   */
  public OptimizerOptions clipvalue(double value) {
    return with(weightDecay, excludedFromDecay, clipnorm, value, globalClipnorm);
  }

  /**
   * Returns these options with all gradients together clipped to a norm.
   *
   * @param norm above 0
   * @return new options
   */
  public OptimizerOptions globalClipnorm(double norm) {
    return with(weightDecay, excludedFromDecay, clipnorm, clipvalue, norm);
  }

  /** These options with others of those that concern one step. */
  private OptimizerOptions with(
      @Nullable Double decay,
      List<String> excluded,
      @Nullable Double norm,
      @Nullable Double value,
      @Nullable Double globalNorm) {
    return new OptimizerOptions(
        decay,
        excluded,
        norm,
        value,
        globalNorm,
        useEma,
        emaMomentum,
        emaOverwriteFrequency,
        gradientAccumulationSteps);
  }

  /**
   * Returns these options with a moving average that replaces the weights when training ends.
   *
   * @param momentum the share of the old average that stays, from 0 to 1
   * @return new options
   */
  public OptimizerOptions ema(double momentum) {
    return over(true, momentum, null, gradientAccumulationSteps);
  }

  /**
   * Returns these options with a moving average that replaces the weights again and again.
   *
   * @param momentum the share of the old average that stays, from 0 to 1
   * @param overwriteFrequency after how many updates the weights are replaced, at least 1
   * @return new options
   */
  public OptimizerOptions ema(double momentum, int overwriteFrequency) {
    return over(true, momentum, overwriteFrequency, gradientAccumulationSteps);
  }

  /**
   * Returns these options with accumulation of gradients.
   *
   * @param steps how many gradients make an update, at least 2
   * @return new options
   */
  public OptimizerOptions gradientAccumulationSteps(int steps) {
    return over(useEma, emaMomentum, emaOverwriteFrequency, steps);
  }

  /** These options with others of those that go over several steps. */
  private OptimizerOptions over(
      boolean ema, double momentum, @Nullable Integer frequency, @Nullable Integer accumulated) {
    return new OptimizerOptions(
        weightDecay,
        excludedFromDecay,
        clipnorm,
        clipvalue,
        globalClipnorm,
        ema,
        momentum,
        frequency,
        accumulated);
  }

  /** Whether a variable's weights decay. */
  boolean decays(String variable) {
    return weightDecay != null && excludedFromDecay.stream().noneMatch(variable::contains);
  }
}
