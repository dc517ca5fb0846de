package dev.lanewise.optim;

import static dev.lanewise.optim.Formula.Slot.slot;

import dev.lanewise.kernel.update.Moments;
import dev.lanewise.kernel.update.Update;

/**
 * Adadelta (M. Zeiler, 2012): the step is the gradient times the ratio of two running roots of mean
 * squares, that of earlier changes and that of gradients. See {@link Update#adadelta}.
 *
 * <p>a ← ρ·a + (1−ρ)·g², d = g·√(x + ε)/√(a + ε), x ← ρ·x + (1−ρ)·d², w ← w − lr·d. Keras and
 * PyTorch have the same formula and other defaults.
 *
 * @param learningRate what the step is multiplied by, 0.001 by default (PyTorch and the article: 1)
 * @param rho the share of the old mean squares that stays, 0.95 by default (PyTorch: 0.9)
 * @param epsilon added under both roots, 1e-7 by default (PyTorch: 1e-6)
 * @param l2 PyTorch's weight_decay: this times w is added to the gradient; 0 by default
 */
public record Adadelta(LearningRate learningRate, double rho, double epsilon, double l2)
    implements Optimizer {
  /**
   * Checks the hyper-parameters.
   *
   * @throws IllegalArgumentException if rho is not at least 0 and below 1, epsilon not above 0 or
   *     another is negative or not finite, each of them as a float
   */
  public Adadelta {
    HyperChecks.share("rho", rho);
    HyperChecks.epsilon(epsilon, 1);
    HyperChecks.zeroOrAbove("l2", l2);
  }

  /** Adadelta with Keras's defaults. */
  public Adadelta() {
    this(0.001);
  }

  /**
   * Adadelta with Keras's defaults but for the learning rate.
   *
   * @param learningRate what the step is multiplied by
   */
  public Adadelta(double learningRate) {
    this(LearningRate.constant(learningRate), 0.95, 1e-7);
  }

  /**
   * Adadelta with Keras's arguments.
   *
   * @param learningRate what the step is multiplied by
   * @param rho the share of the old mean squares that stays
   * @param epsilon added under both roots
   */
  public Adadelta(LearningRate learningRate, double rho, double epsilon) {
    this(learningRate, rho, epsilon, 0);
  }

  /**
   * Adadelta with PyTorch's defaults.
   *
   * @return learning rate 1
   */
  public static Adadelta pytorch() {
    return new Adadelta(LearningRate.constant(1), 0.9, 1e-6, 0);
  }

  @Override
  public Formula formula() {
    return new Formula(slot("accumulated_grad"), slot("accumulated_delta_var")) {
      private final Moments moments = Moments.of(rho, rho, epsilon);

      @Override
      protected void apply(
          Update kernels, int n, float[] w, int at, float[] g, int gAt, float[][] s) {
        kernels.adadelta(n, w, at, g, gAt, s[0], s[1], moments, rate, (float) epsilon, (float) l2);
      }
    };
  }
}
