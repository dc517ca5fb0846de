package dev.lanewise.optim;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A learning rate that follows the number of the step: Keras's schedules, with its arguments,
 * defaults and formulas, computed in double with {@link StrictMath}.
 *
 * <p>Steps count from 0. With gradient accumulation they are those of training, not those that
 * update the weights, as in Keras.
 */
public sealed interface Schedule extends LearningRate {
  /**
   * Exponential decay: lr·rᵖ with p = step / decaySteps.
   *
   * @param initialLearningRate lr
   * @param decaySteps in how many steps the rate is multiplied by r once
   * @param decayRate r
   * @param staircase whether p is rounded down, so that the rate falls in stairs; not by default
   */
  record ExponentialDecay(
      double initialLearningRate, long decaySteps, double decayRate, boolean staircase)
      implements Schedule {
    /**
     * Checks the arguments.
     *
     * @throws IllegalArgumentException if decaySteps is below 1, or a rate is negative or not
     *     finite
     */
    public ExponentialDecay {
      HyperChecks.atLeastZero("initial_learning_rate", initialLearningRate);
      HyperChecks.atLeast("decay_steps", decaySteps, 1);
      HyperChecks.atLeastZero("decay_rate", decayRate);
    }

    /**
     * Exponential decay without stairs.
     *
     * @param initialLearningRate lr
     * @param decaySteps in how many steps the rate is multiplied by r once
     * @param decayRate r
     */
    public ExponentialDecay(double initialLearningRate, long decaySteps, double decayRate) {
      this(initialLearningRate, decaySteps, decayRate, false);
    }

    @Override
    public double at(long step) {
      double p = (double) step / decaySteps;
      return initialLearningRate * Powers.of(decayRate, staircase ? Math.floor(p) : p);
    }
  }

  /**
   * Inverse time decay: lr / (1 + r·p) with p = step / decaySteps.
   *
   * @param initialLearningRate lr
   * @param decaySteps in how many steps the divisor grows by r
   * @param decayRate r
   * @param staircase whether p is rounded down, so that the rate falls in stairs; not by default
   */
  record InverseTimeDecay(
      double initialLearningRate, long decaySteps, double decayRate, boolean staircase)
      implements Schedule {
    /**
     * Checks the arguments.
     *
     * @throws IllegalArgumentException if decaySteps is below 1, or a rate is negative or not
     *     finite
     */
    public InverseTimeDecay {
      HyperChecks.atLeastZero("initial_learning_rate", initialLearningRate);
      HyperChecks.atLeast("decay_steps", decaySteps, 1);
      HyperChecks.atLeastZero("decay_rate", decayRate);
    }

    /**
     * Inverse time decay without stairs.
     *
     * @param initialLearningRate lr
     * @param decaySteps in how many steps the divisor grows by r
     * @param decayRate r
     */
    public InverseTimeDecay(double initialLearningRate, long decaySteps, double decayRate) {
      this(initialLearningRate, decaySteps, decayRate, false);
    }

    @Override
    public double at(long step) {
      double p = (double) step / decaySteps;
      return initialLearningRate / (1 + decayRate * (staircase ? Math.floor(p) : p));
    }
  }

  /**
   * Polynomial decay: (lr − end)·(1 − p)^power + end with p = min(step, decaySteps) / decaySteps.
   *
   * <p>With {@code cycle}, decaySteps is replaced by its first multiple that is not below the step
   * (at step 0 by itself), so that the rate jumps up after each decaySteps steps, less high each
   * time.
   *
   * @param initialLearningRate lr
   * @param decaySteps how many steps the decay takes
   * @param endLearningRate end, 1e-4 by default
   * @param power the polynomial's power, 1 by default
   * @param cycle whether the decay begins again, not by default
   */
  record PolynomialDecay(
      double initialLearningRate,
      long decaySteps,
      double endLearningRate,
      double power,
      boolean cycle)
      implements Schedule {
    /**
     * Checks the arguments.
     *
     * @throws IllegalArgumentException if decaySteps is below 1, or another number is negative or
     *     not finite
     */
    public PolynomialDecay {
      HyperChecks.atLeastZero("initial_learning_rate", initialLearningRate);
      HyperChecks.atLeast("decay_steps", decaySteps, 1);
      HyperChecks.atLeastZero("end_learning_rate", endLearningRate);
      HyperChecks.atLeastZero("power", power);
    }

    /**
     * Linear decay to 1e-4.
     *
     * @param initialLearningRate lr
     * @param decaySteps how many steps the decay takes
     */
    public PolynomialDecay(double initialLearningRate, long decaySteps) {
      this(initialLearningRate, decaySteps, 1e-4, 1, false);
    }

    @Override
    public double at(long step) {
      long steps = cycle ? decaySteps * Math.max(1, Math.ceilDiv(step, decaySteps)) : decaySteps;
      double p = (double) Math.min(step, steps) / steps;
      return (initialLearningRate - endLearningRate) * Powers.of(1 - p, power) + endLearningRate;
    }
  }

  /**
   * A rate that is constant between boundaries: values[i] for the steps above boundaries[i − 1] up
   * to boundaries[i], which still has the earlier value.
   *
   * @param boundaries the last step of each value but the last one's, ascending
   * @param values the rates, one more than boundaries
   */
  record PiecewiseConstantDecay(List<Long> boundaries, List<Double> values) implements Schedule {
    /**
     * Checks and copies the arguments.
     *
     * @throws IllegalArgumentException if there is not one value more than boundaries, the
     *     boundaries do not ascend, or a value is negative or not finite
     */
    public PiecewiseConstantDecay {
      boundaries = List.copyOf(boundaries);
      values = List.copyOf(values);
      if (values.size() != boundaries.size() + 1) {
        throw new IllegalArgumentException(
            ("a piecewise constant learning rate has %s boundaries and %s values, but must "
                    + "have one value more than boundaries")
                .formatted(boundaries.size(), values.size()));
      }
      for (int i = 1; i < boundaries.size(); i++) {
        if (boundaries.get(i) <= boundaries.get(i - 1)) {
          throw new IllegalArgumentException(
              "the boundaries of a piecewise constant learning rate are %s, but must ascend"
                  .formatted(boundaries));
        }
      }
      for (double value : values) {
        HyperChecks.atLeastZero("learning rate", value);
      }
    }

    @Override
    public double at(long step) {
      int i = 0;
      while (i < boundaries.size() && step > boundaries.get(i)) {
        i++;
      }
      return values.get(i);
    }
  }

  /**
   * Cosine decay (I. Loshchilov and F. Hutter, 2016) after an optional linear warm-up: lr·((1 −
   * α)·½·(1 + cos πp) + α) with p = min(step, decaySteps) / decaySteps.
   *
   * <p>With a {@code warmupTarget}, the first warmupSteps steps go from lr to the target in a
   * straight line; the decay follows, from the target, its steps counted from there.
   *
   * @param initialLearningRate lr; with a warm-up what it begins with
   * @param decaySteps how many steps the decay takes
   * @param alpha the share of the rate that is left at the end, 0 by default
   * @param warmupTarget where the warm-up leads; null (the default) if there is none
   * @param warmupSteps how many steps the warm-up takes, 0 by default
   */
  @SuppressWarnings("exports") // @Nullable: see module-info
  record CosineDecay(
      double initialLearningRate,
      long decaySteps,
      double alpha,
      @Nullable Double warmupTarget,
      long warmupSteps)
      implements Schedule {
    /**
     * Checks the arguments.
     *
     * @throws IllegalArgumentException if decaySteps is below 1, warmupSteps below 0, or another
     *     number is negative or not finite
     */
    public CosineDecay {
      HyperChecks.atLeastZero("initial_learning_rate", initialLearningRate);
      HyperChecks.atLeast("decay_steps", decaySteps, 1);
      HyperChecks.atLeastZero("alpha", alpha);
      if (warmupTarget != null) {
        HyperChecks.atLeastZero("warmup_target", warmupTarget);
      }
      HyperChecks.atLeast("warmup_steps", warmupSteps, 0);
    }

    /**
     * Cosine decay to 0 without warm-up.
     *
     * @param initialLearningRate lr
     * @param decaySteps how many steps the decay takes
     */
    public CosineDecay(double initialLearningRate, long decaySteps) {
      this(initialLearningRate, decaySteps, 0, null, 0);
    }

    @Override
    public double at(long step) {
      Double target = warmupTarget;
      if (target == null) {
        return decayed(initialLearningRate, step);
      }
      if (step < warmupSteps) {
        return (target - initialLearningRate) * ((double) step / warmupSteps) + initialLearningRate;
      }
      return decayed(target, step - warmupSteps);
    }

    private double decayed(double from, long step) {
      double p = (double) Math.min(step, decaySteps) / decaySteps;
      return from * ((1 - alpha) * (0.5 * (1 + Powers.cosineOfHalfTurn(p))) + alpha);
    }
  }

  /**
   * Cosine decay with warm restarts (I. Loshchilov and F. Hutter, 2016): lr·((1 − α)·½·mMulⁱ·(1 +
   * cos πp) + α), where i periods have ended and the share p of the period in hand is done.
   *
   * <p>The first period has firstDecaySteps steps, each further one tMul times those of the last. A
   * restart scales the cosine's part by mMul, not α. Where a period ends is found by adding up the
   * periods, not with logarithms, so that rounding does not move a restart.
   *
   * @param initialLearningRate lr
   * @param firstDecaySteps the steps of the first period
   * @param tMul how much longer each period is than the last, 2 by default
   * @param mMul what a restart multiplies the cosine's part by, 1 by default
   * @param alpha the share of the rate below which it does not fall, 0 by default
   */
  record CosineDecayRestarts(
      double initialLearningRate, long firstDecaySteps, double tMul, double mMul, double alpha)
      implements Schedule {
    /**
     * Checks the arguments.
     *
     * @throws IllegalArgumentException if firstDecaySteps or tMul is below 1, or another number is
     *     negative or not finite
     */
    public CosineDecayRestarts {
      HyperChecks.atLeastZero("initial_learning_rate", initialLearningRate);
      HyperChecks.atLeast("first_decay_steps", firstDecaySteps, 1);
      if (!(tMul >= 1 && tMul <= Float.MAX_VALUE)) {
        throw new IllegalArgumentException(
            "the t_mul is " + tMul + ", but must be finite and at least 1");
      }
      HyperChecks.atLeastZero("m_mul", mMul);
      HyperChecks.atLeastZero("alpha", alpha);
    }

    /**
     * Cosine decay to 0 with restarts at the full rate, each period twice as long as the last.
     *
     * @param initialLearningRate lr
     * @param firstDecaySteps the steps of the first period
     */
    public CosineDecayRestarts(double initialLearningRate, long firstDecaySteps) {
      this(initialLearningRate, firstDecaySteps, 2, 1, 0);
    }

    @Override
    public double at(long step) {
      double done = step;
      double length = firstDecaySteps;
      long restarts = 0;
      if (tMul == 1) {
        restarts = step / firstDecaySteps;
        done = step % firstDecaySteps;
      }
      while (done >= length) {
        done -= length;
        length *= tMul;
        restarts++;
      }
      double height = 0.5 * Powers.whole(mMul, restarts);
      double cosine = height * (1 + Powers.cosineOfHalfTurn(done / length));
      return initialLearningRate * ((1 - alpha) * cosine + alpha);
    }
  }
}
