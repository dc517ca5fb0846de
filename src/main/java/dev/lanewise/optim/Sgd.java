package dev.lanewise.optim;

import dev.lanewise.graph.Updater;
import dev.lanewise.graph.Variable;
import dev.lanewise.kernel.update.Update;
import java.util.List;

/**
 * Stochastic gradient descent, with momentum if asked for (Keras's SGD).
 *
 * <p>Without momentum: w ← w − lr·g. With momentum μ: v ← μ·v − lr·g, w ← w + v; with Nesterov's
 * rule w ← w + μ·v − lr·g with the new v. See {@link Update#sgd} and {@link Update#momentum}.
 *
 * @param learningRate the step size, 0.01 by default
 * @param momentum the share of the old velocity that stays, from 0 (none, the default) to below 1
 * @param nesterov whether Nesterov's rule is used
 */
public record Sgd(LearningRate learningRate, double momentum, boolean nesterov)
    implements Optimizer {
  /**
   * Checks the hyper-parameters.
   *
   * @throws IllegalArgumentException if momentum is not at least 0 and below 1
   */
  public Sgd {
    Hyper.share("momentum", momentum);
  }

  /** SGD with Keras's defaults: learning rate 0.01, no momentum. */
  public Sgd() {
    this(0.01);
  }

  /**
   * SGD without momentum.
   *
   * @param learningRate the step size
   */
  public Sgd(double learningRate) {
    this(LearningRate.constant(learningRate), 0, false);
  }

  @Override
  public String name() {
    return "SGD";
  }

  @Override
  public OptimizerState start(List<Variable> variables) {
    return new State(this, variables);
  }

  private static final class State extends OptimizerState {
    private final Sgd rule;
    private final List<Updater> updaters;
    private float learningRate;

    State(Sgd rule, List<Variable> variables) {
      super(rule.learningRate);
      this.rule = rule;
      updaters =
          variables.stream().map(rule.momentum == 0 ? this::plain : this::withMomentum).toList();
    }

    @Override
    protected void prepare(long step, double learningRate) {
      this.learningRate = (float) learningRate;
    }

    @Override
    public Updater updater(int variable) {
      return updaters.get(variable);
    }

    private Updater plain(Variable variable) {
      float[] w = variable.values();
      return (kernels, g, gOffset, from, count) ->
          kernels.sgd(count, w, from, g, gOffset, learningRate);
    }

    private Updater withMomentum(Variable variable) {
      float[] w = variable.values();
      float[] v = slot(variable.name() + "/momentum", variable.tensor());
      float momentum = (float) rule.momentum;
      return (kernels, g, gOffset, from, count) ->
          kernels.momentum(
              count,
              w,
              from,
              g,
              gOffset,
              v,
              from,
              learningRate,
              momentum,
              rule.nesterov,
              Update.FLUSH_MEAN);
    }
  }
}
