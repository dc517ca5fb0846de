package dev.lanewise.optim;

import dev.lanewise.graph.Updater;
import dev.lanewise.graph.Variable;
import dev.lanewise.kernel.update.Moments;
import dev.lanewise.kernel.update.Update;
import java.util.List;

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
    Hyper.share("beta_1", beta1);
    Hyper.share("beta_2", beta2);
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
  public String name() {
    return "Lion";
  }

  @Override
  public OptimizerState start(List<Variable> variables) {
    return new State(this, variables);
  }

  private static final class State extends OptimizerState {
    private final Lion rule;
    private final List<Updater> updaters;
    private float rate;

    State(Lion rule, List<Variable> variables) {
      super(rule.learningRate);
      this.rule = rule;
      updaters = variables.stream().map(this::updaterOf).toList();
    }

    @Override
    protected void prepare(long step, double learningRate) {
      rate = (float) learningRate;
    }

    @Override
    public Updater updater(int variable) {
      return updaters.get(variable);
    }

    private Updater updaterOf(Variable variable) {
      float[] w = variable.values();
      float[] m = slot(variable, "momentum", 0);
      Moments moments = Moments.of(rule.beta1, rule.beta2);
      return (kernels, g, gOffset, from, count) ->
          kernels.lion(count, w, from, g, gOffset, m, moments, rate, 0);
    }
  }
}
