package dev.lanewise.optim;

import static dev.lanewise.optim.Formula.Slot.slot;

import dev.lanewise.kernel.update.Moments;
import dev.lanewise.kernel.update.Update;

/**
 * Nadam (T. Dozat, 2016): Adam with Nesterov's look ahead and a momentum that warms up. See {@link
 * Update#nadam}.
 *
 * <p>μₜ = β1·(1 − ½·0.96^(t·ψ)), Pₜ = μ1·…·μₜ, m̂ = μₜ₊₁·m/(1 − Pₜ·μₜ₊₁) + (1−μₜ)·g/(1 − Pₜ), v̂ =
 * v/(1−β2ᵗ), w ← w − lr·m̂/(√v̂ + ε), with m and v as in {@link Adam}. Keras and PyTorch have the
 * same formula; Keras's ψ is 1.
 *
 * @param learningRate the step size, 0.001 by default (PyTorch: 0.002)
 * @param beta1 the share of the old first moment that stays, and what μ tends to; 0.9 by default
 * @param beta2 the share of the old second moment that stays, 0.999 by default
 * @param epsilon added to the corrected root, 1e-7 by default (PyTorch: 1e-8)
 * @param momentumDecay ψ, 1 by default (PyTorch: 0.004)
 * @param l2 PyTorch's weight_decay: this times w is added to the gradient; 0 by default
 */
public record Nadam(
    LearningRate learningRate,
    double beta1,
    double beta2,
    double epsilon,
    double momentumDecay,
    double l2)
    implements Optimizer {
  /**
   * Checks the hyper-parameters.
   *
   * @throws IllegalArgumentException if a beta is not at least 0 and below 1, epsilon not above 0
   *     or another is negative or not finite, each of them as a float
   */
  public Nadam {
    HyperChecks.share("beta_1", beta1);
    HyperChecks.share("beta_2", beta2);
    HyperChecks.epsilon(epsilon, Math.sqrt(1 - beta2));
    HyperChecks.zeroOrAbove("momentum_decay", momentumDecay);
    HyperChecks.zeroOrAbove("l2", l2);
  }

  /** Nadam with Keras's defaults. */
  public Nadam() {
    this(0.001);
  }

  /**
   * Nadam with Keras's defaults but for the learning rate.
   *
   * @param learningRate the step size
   */
  public Nadam(double learningRate) {
    this(LearningRate.constant(learningRate), 0.9, 0.999, 1e-7);
  }

  /**
   * Nadam with Keras's arguments.
   *
   * @param learningRate the step size
   * @param beta1 the share of the old first moment that stays
   * @param beta2 the share of the old second moment that stays
   * @param epsilon added to the corrected root
   */
  public Nadam(LearningRate learningRate, double beta1, double beta2, double epsilon) {
    this(learningRate, beta1, beta2, epsilon, 1, 0);
  }

  /**
   * Nadam with PyTorch's defaults.
   *
   * @return learning rate 0.002
   */
  public static Nadam pytorch() {
    return new Nadam(LearningRate.constant(0.002), 0.9, 0.999, 1e-8, 0.004, 0);
  }

  @Override
  public Formula formula() {
    return new Formula(slot("momentum"), slot("velocity")) {
      private final double fade = StrictMath.pow(0.96, momentumDecay);
      private final Moments moments = Moments.of(beta1, beta2, epsilon);
      private float onMoment;
      private float onGradient;
      private float corrected;
      // The product of the first `factors` μ: derived from the step, kept to spare multiplications.
      private double product = 1;
      private long factors;

      @Override
      protected void prepare(long step, double learningRate) {
        long t = step + 1;
        if (factors != step) { // the state was restored
          product = 1;
          factors = 0;
        }
        while (factors < t) {
          factors++;
          product *= momentum(factors);
        }
        double next = momentum(t + 1);
        double correction = Math.sqrt(1 - Powers.whole(beta2, t));
        double adjusted = learningRate * correction;
        onMoment = (float) (adjusted * next / (1 - product * next));
        onGradient = (float) (adjusted * (1 - momentum(t)) / (1 - product));
        corrected = (float) (epsilon * correction);
      }

      // μ of update t.
      private double momentum(long t) {
        return beta1 * (1 - 0.5 * Powers.whole(fade, t));
      }

      @Override
      protected void apply(
          Update kernels, int n, float[] w, int at, float[] g, int gAt, float[][] s) {
        kernels.nadam(
            n, w, at, g, gAt, s[0], s[1], moments, onMoment, onGradient, corrected, (float) l2);
      }
    };
  }
}
