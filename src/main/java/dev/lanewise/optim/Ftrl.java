package dev.lanewise.optim;

import dev.lanewise.graph.Updater;
import dev.lanewise.graph.Variable;
import dev.lanewise.kernel.update.Update;
import java.util.List;

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
    Hyper.zeroOrAbove("initial_accumulator_value", initialAccumulatorValue);
    Hyper.zeroOrAbove("l1_regularization_strength", l1RegularizationStrength);
    Hyper.zeroOrAbove("l2_regularization_strength", l2RegularizationStrength);
    Hyper.zeroOrAbove("l2_shrinkage_regularization_strength", l2ShrinkageRegularizationStrength);
    Hyper.zeroOrAbove("beta", beta);
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
  public String name() {
    return "Ftrl";
  }

  @Override
  public OptimizerState start(List<Variable> variables) {
    return new State(this, variables);
  }

  private static final class State extends OptimizerState {
    private final Ftrl rule;
    private final List<Updater> updaters;
    private float perRate;
    private float l2;

    State(Ftrl rule, List<Variable> variables) {
      super(rule.learningRate);
      this.rule = rule;
      updaters = variables.stream().map(this::updaterOf).toList();
    }

    @Override
    protected void prepare(long step, double learningRate) {
      double rate = learningRate;
      perRate = (float) (1 / rate);
      l2 = (float) (2 * rule.l2RegularizationStrength + rule.beta / rate);
    }

    @Override
    public Updater updater(int variable) {
      return updaters.get(variable);
    }

    private Updater updaterOf(Variable variable) {
      float[] w = variable.values();
      float[] a = slot(variable, "accumulator", (float) rule.initialAccumulatorValue);
      float[] z = slot(variable, "linear", 0);
      float l1 = (float) rule.l1RegularizationStrength;
      float shrinkage = (float) (2 * rule.l2ShrinkageRegularizationStrength);
      // A sum that starts at 0 is all that keeps the quotient finite.
      boolean flush = rule.initialAccumulatorValue > 0;
      float flushMean = flush ? Update.FLUSH_MEAN : 0;
      float flushSquare = flush ? Update.FLUSH_SQUARE : 0;
      return (kernels, g, gOffset, from, count) -> {
        if (Float.isFinite(perRate)) {
          kernels.ftrl(
              count, w, from, g, gOffset, a, z, perRate, l1, l2, shrinkage, flushMean, flushSquare);
        }
      };
    }
  }
}
