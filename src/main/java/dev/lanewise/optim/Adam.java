package dev.lanewise.optim;

import static dev.lanewise.optim.Formula.Slot.slot;

import dev.lanewise.kernel.update.Moments;
import dev.lanewise.kernel.update.Update;

/**
 * Adam (D. Kingma and J. Ba, 2015): a running mean of the gradient, divided by the running root of
 * its mean square, both corrected for having started at 0. See {@link Update#adam}.
 *
 * <p>m ← β1·m + (1−β1)·g, v ← β2·v + (1−β2)·g². Keras: w ← w − α·m/(√v + ε) with α =
 * lr·√(1−β2ᵗ)/(1−β1ᵗ), t counted from 1. PyTorch: ε is added after the correction, w ← w −
 * lr·m̂/(√v̂ + ε) with m̂ = m/(1−β1ᵗ), v̂ = v/(1−β2ᵗ). AMSGrad has the largest v so far in v's
 * place.
 *
 * @param learningRate the step size, 0.001 by default
 * @param beta1 the share of the old first moment that stays, 0.9 by default
 * @param beta2 the share of the old second moment that stays, 0.999 by default
 * @param epsilon added to the root, 1e-7 by default (PyTorch: 1e-8)
 * @param amsgrad whether the largest second moment is used, not by default
 * @param l2 PyTorch's weight_decay: this times w is added to the gradient; 0 by default
 * @param dialect where epsilon stands
 */
public record Adam(
    LearningRate learningRate,
    double beta1,
    double beta2,
    double epsilon,
    boolean amsgrad,
    double l2,
    Dialect dialect)
    implements Optimizer {
  /**
   * Checks the hyper-parameters.
   *
   * @throws IllegalArgumentException if a beta is not at least 0 and below 1, epsilon not above 0
   *     or another is negative or not finite, each of them as a float
   */
  public Adam {
    HyperChecks.share("beta_1", beta1);
    HyperChecks.share("beta_2", beta2);
    HyperChecks.epsilon(epsilon, dialect == Dialect.KERAS ? 1 : Math.sqrt(1 - beta2));
    HyperChecks.zeroOrAbove("l2", l2);
  }

  /** Adam with Keras's defaults. */
  public Adam() {
    this(0.001);
  }

  /**
   * Adam with Keras's defaults but for the learning rate.
   *
   * @param learningRate the step size
   */
  public Adam(double learningRate) {
    this(LearningRate.constant(learningRate), 0.9, 0.999, 1e-7);
  }

  /**
   * Adam with Keras's arguments, without AMSGrad.
   *
   * @param learningRate the step size
   * @param beta1 the share of the old first moment that stays
   * @param beta2 the share of the old second moment that stays
   * @param epsilon added to the root
   */
  public Adam(LearningRate learningRate, double beta1, double beta2, double epsilon) {
    this(learningRate, beta1, beta2, epsilon, false, 0, Dialect.KERAS);
  }

  /**
   * Adam with PyTorch's rule and defaults.
   *
   * @return learning rate 0.001
   */
  public static Adam pytorch() {
    LearningRate rate = LearningRate.constant(0.001);
    return new Adam(rate, 0.9, 0.999, 1e-8, false, 0, Dialect.PYTORCH);
  }

  @Override
  public Formula formula() {
    return new Formula(slot("momentum"), slot("velocity"), slot("velocity_hat", amsgrad)) {
      private final Moments moments = Moments.of(beta1, beta2, epsilon);
      private float alpha;
      private float corrected;

      @Override
      protected void prepare(long step, double learningRate) {
        long t = step + 1;
        double correction = Math.sqrt(1 - Powers.whole(beta2, t));
        alpha = (float) (learningRate * correction / (1 - Powers.whole(beta1, t)));
        corrected = (float) (dialect == Dialect.KERAS ? epsilon : epsilon * correction);
      }

      @Override
      protected void apply(
          Update kernels, int n, float[] w, int at, float[] g, int gAt, float[][] s) {
        kernels.adam(n, w, at, g, gAt, s[0], s[1], s[2], moments, alpha, corrected, (float) l2);
      }
    };
  }
}
