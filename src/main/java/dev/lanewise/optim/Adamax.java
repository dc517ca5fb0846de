package dev.lanewise.optim;

import static dev.lanewise.optim.Formula.Slot.slot;

import dev.lanewise.kernel.update.Moments;
import dev.lanewise.kernel.update.Update;

/**
 * Adamax (D. Kingma and J. Ba, 2015): Adam with a decaying largest gradient in place of the root of
 * the mean square. See {@link Update#adamax}.
 *
 * <p>m ← β1·m + (1−β1)·g. Keras: u ← max(β2·u, |g|), w ← w − lr·m/((1−β1ᵗ)·(u + ε)). PyTorch: u ←
 * max(β2·u, |g| + ε), w ← w − lr·m/((1−β1ᵗ)·u).
 *
 * @param learningRate the step size, 0.001 by default (PyTorch: 0.002)
 * @param beta1 the share of the old first moment that stays, 0.9 by default
 * @param beta2 how the largest gradient decays, 0.999 by default
 * @param epsilon keeps the quotient finite, 1e-7 by default (PyTorch: 1e-8)
 * @param l2 PyTorch's weight_decay: this times w is added to the gradient; 0 by default
 * @param dialect where epsilon stands
 */
public record Adamax(
    LearningRate learningRate,
    double beta1,
    double beta2,
    double epsilon,
    double l2,
    Dialect dialect)
    implements Optimizer {
  /**
   * Checks the hyper-parameters.
   *
   * @throws IllegalArgumentException if a beta is not at least 0 and below 1, epsilon not above 0
   *     or another is negative or not finite, each of them as a float
   */
  public Adamax {
    HyperChecks.share("beta_1", beta1);
    HyperChecks.share("beta_2", beta2);
    HyperChecks.epsilon(epsilon, 1);
    HyperChecks.zeroOrAbove("l2", l2);
  }

  /** Adamax with Keras's defaults. */
  public Adamax() {
    this(0.001);
  }

  /**
   * Adamax with Keras's defaults but for the learning rate.
   *
   * @param learningRate the step size
   */
  public Adamax(double learningRate) {
    this(LearningRate.constant(learningRate), 0.9, 0.999, 1e-7);
  }

  /**
   * Adamax with Keras's arguments.
   *
   * @param learningRate the step size
   * @param beta1 the share of the old first moment that stays
   * @param beta2 how the largest gradient decays
   * @param epsilon added to the largest gradient
   */
  public Adamax(LearningRate learningRate, double beta1, double beta2, double epsilon) {
    this(learningRate, beta1, beta2, epsilon, 0, Dialect.KERAS);
  }

  /**
   * Adamax with PyTorch's rule and defaults.
   *
   * @return learning rate 0.002
   */
  public static Adamax pytorch() {
    return new Adamax(LearningRate.constant(0.002), 0.9, 0.999, 1e-8, 0, Dialect.PYTORCH);
  }

  @Override
  public Formula formula() {
    return new Formula(slot("momentum"), slot("norm")) {
      private final Moments moments = Moments.of(beta1, beta2, epsilon);
      private final float inside = dialect == Dialect.KERAS ? 0 : (float) epsilon;
      private final float outside = dialect == Dialect.KERAS ? (float) epsilon : 0;
      private float alpha;

      @Override
      protected void prepare(long step, double learningRate) {
        alpha = (float) (learningRate / (1 - Powers.whole(beta1, step + 1)));
      }

      @Override
      protected void apply(
          Update kernels, int n, float[] w, int at, float[] g, int gAt, float[][] s) {
        kernels.adamax(n, w, at, g, gAt, s[0], s[1], moments, alpha, inside, outside, (float) l2);
      }
    };
  }
}
