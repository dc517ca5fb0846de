package dev.lanewise.optim;

import static dev.lanewise.optim.Formula.Slot.slot;

import dev.lanewise.kernel.update.Moments;
import dev.lanewise.kernel.update.Update;

/**
 * Lion (X. Chen and others, 2023): every weight moves by the learning rate, in the direction of a
 * mean of gradients. See {@link Update#lion}.
 *
 * <p>w ← w − lr·sign(β1·m + (1−β1)·g), then m ← β2·m + (1−β2)·g. As in Keras; PyTorch has no Lion.
 *
 * @param learningRate the step size, 0.001 by default
 * @param beta1 the old mean's share in the direction, 0.9 by default
 * @param beta2 the share of the old mean that stays, 0.99 by default
 */
public record Lion(LearningRate learningRate, double beta1, double beta2) implements Optimizer {
  /**
   * Checks the hyper-parameters.
   *
   * @throws IllegalArgumentException if a beta is not at least 0 and below 1
   */
  public Lion {
    HyperChecks.share("beta_1", beta1);
    HyperChecks.share("beta_2", beta2);
  }

  /** Lion with Keras's defaults. */
  public Lion() {
    this(0.001);
  }

  /**
   * Lion with Keras's defaults but for the learning rate.
   *
   * @param learningRate the step size
   */
  public Lion(double learningRate) {
    this(LearningRate.constant(learningRate), 0.9, 0.99);
  }

  @Override
  public Formula formula() {
    return new Formula(slot("momentum")) {
      private final Moments moments = Moments.of(beta1, beta2);

      @Override
      protected void apply(
          Update kernels, int n, float[] w, int at, float[] g, int gAt, float[][] s) {
        kernels.lion(n, w, at, g, gAt, s[0], moments, rate, 0);
      }
    };
  }
}
