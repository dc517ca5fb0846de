package dev.lanewise.optim;

import static dev.lanewise.optim.Formula.Slot.slot;

import dev.lanewise.kernel.update.Update;

/**
 * FTRL-Proximal (B. McMahan and others, 2013), for shallow models with many sparse inputs: weights
 * are solved for anew at each update, and L1 makes them exactly 0. See {@link Update#ftrl}.
 *
 * <p>a' = a + g², z ← z + g + 2·shrinkage·w − w·(√a' − √a)/lr, w ← (clip(z, ±l1) − z)/(√a'/lr +
 * 2·l2 + β/lr), 0 where |z| ≤ l1. As in Keras; PyTorch has no Ftrl. Of the learning rate's powers
 * only the usual −½ is computed. A learning rate of 0 changes neither weights nor state.
 *
 * @param learningRate the step size, 0.001 by default
 * @param learningRatePower −0.5
 * @param initialAccumulatorValue what a starts from, 0.1 by default; with 0 the first gradients may
 *     not be so small that their squares underflow
 * @param l1RegularizationStrength how far z may be from 0 before the weight is not 0, 0 by default
 * @param l2RegularizationStrength the stabilizing penalty, 0 by default
 * @param l2ShrinkageRegularizationStrength the penalty on the weights' size, 0 by default
 * @param beta the article's β, 0 by default
 */
public record Ftrl(
    LearningRate learningRate,
    double learningRatePower,
    double initialAccumulatorValue,
    double l1RegularizationStrength,
    double l2RegularizationStrength,
    double l2ShrinkageRegularizationStrength,
    double beta)
    implements Optimizer {
  /**
   * Checks the hyper-parameters.
   *
   * @throws IllegalArgumentException if the power is not −0.5, or another is negative or not finite
   */
  public Ftrl {
    if (learningRatePower != -0.5) {
      throw new IllegalArgumentException(
          "the learning_rate_power is " + learningRatePower + ", but only -0.5 can be computed");
    }
    HyperChecks.zeroOrAbove("initial_accumulator_value", initialAccumulatorValue);
    HyperChecks.zeroOrAbove("l1_regularization_strength", l1RegularizationStrength);
    HyperChecks.zeroOrAbove("l2_regularization_strength", l2RegularizationStrength);
    HyperChecks.zeroOrAbove(
        "l2_shrinkage_regularization_strength", l2ShrinkageRegularizationStrength);
    HyperChecks.zeroOrAbove("beta", beta);
  }

  /** Ftrl with Keras's defaults. */
  public Ftrl() {
    this(0.001);
  }

  /**
   * Ftrl with Keras's defaults but for the learning rate.
   *
   * @param learningRate the step size
   */
  public Ftrl(double learningRate) {
    this(LearningRate.constant(learningRate), -0.5, 0.1, 0, 0, 0, 0);
  }

  @Override
  public Formula formula() {
    return new Formula(slot("accumulator", initialAccumulatorValue), slot("linear")) {
      private final float l1 = (float) l1RegularizationStrength;
      private final float shrinkage = (float) (2 * l2ShrinkageRegularizationStrength);
      // A sum that starts at 0 is all that keeps the quotient finite.
      private final float flushMean = initialAccumulatorValue > 0 ? Update.FLUSH_MEAN : 0;
      private final float flushSquare = initialAccumulatorValue > 0 ? Update.FLUSH_SQUARE : 0;
      private float perRate;
      private float l2;

      @Override
      protected void prepare(long step, double learningRate) {
        perRate = (float) (1 / learningRate);
        l2 = (float) (2 * l2RegularizationStrength + beta / learningRate);
      }

      @Override
      protected void apply(
          Update kernels, int n, float[] w, int at, float[] g, int gAt, float[][] s) {
        if (Float.isFinite(perRate)) {
          kernels.ftrl(
              n, w, at, g, gAt, s[0], s[1], perRate, l1, l2, shrinkage, flushMean, flushSquare);
        }
      }
    };
  }
}
