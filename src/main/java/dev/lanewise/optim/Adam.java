package dev.lanewise.optim;

import dev.lanewise.graph.Updater;
import dev.lanewise.graph.Variable;
import dev.lanewise.kernel.update.Update;
import java.util.List;

/**
 * Adam (D. Kingma and J. Ba, 2015) as Keras computes it: m ← β1·m + (1−β1)·g, v ← β2·v + (1−β2)·g²,
 * w ← w − α·m/(√v + ε) with α = lr·√(1−β2ᵗ)/(1−β1ᵗ), t counted from 1. See {@link Update#adam}.
 *
 * @param learningRate the step size, 0.001 by default
 * @param beta1 the share of the old first moment that stays, 0.9 by default
 * @param beta2 the share of the old second moment that stays, 0.999 by default
 * @param epsilon added to the root, 1e-7 by default
 */
public record Adam(LearningRate learningRate, double beta1, double beta2, double epsilon)
    implements Optimizer {
  /**
   * Checks the hyper-parameters.
   *
   * @throws IllegalArgumentException if a beta is not at least 0 and below 1, or epsilon is
   *     negative or not finite
   */
  public Adam {
    Hyper.share("beta1", beta1);
    Hyper.share("beta2", beta2);
    Hyper.atLeastZero("epsilon", epsilon);
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

  @Override
  public String name() {
    return "Adam";
  }

  @Override
  public OptimizerState start(List<Variable> variables) {
    return new State(this, variables);
  }

  private static final class State extends OptimizerState {
    private final Adam rule;
    private final List<Updater> updaters;
    private float alpha;

    State(Adam rule, List<Variable> variables) {
      super(rule.learningRate);
      this.rule = rule;
      updaters = variables.stream().map(this::updaterOf).toList();
    }

    @Override
    protected void prepare(long step, double learningRate) {
      long t = step + 1;
      alpha =
          (float)
              (learningRate
                  * Math.sqrt(1 - Powers.whole(rule.beta2, t))
                  / (1 - Powers.whole(rule.beta1, t)));
    }

    @Override
    public Updater updater(int variable) {
      return updaters.get(variable);
    }

    private Updater updaterOf(Variable variable) {
      float[] w = variable.values();
      float[] m = slot(variable.name() + "/momentum", variable.tensor());
      float[] v = slot(variable.name() + "/velocity", variable.tensor());
      float beta1 = (float) rule.beta1;
      float rest1 = (float) (1 - rule.beta1);
      float beta2 = (float) rule.beta2;
      float rest2 = (float) (1 - rule.beta2);
      float epsilon = (float) rule.epsilon;
      // Without epsilon a flushed second moment would divide by zero where an unflushed one does
      // not.
      float flushMean = epsilon == 0 ? 0 : Update.FLUSH_MEAN;
      float flushSquare = epsilon == 0 ? 0 : Update.FLUSH_SQUARE;
      return (kernels, g, gOffset, from, count) ->
          kernels.adam(
              count,
              w,
              from,
              g,
              gOffset,
              m,
              from,
              v,
              from,
              alpha,
              beta1,
              rest1,
              beta2,
              rest2,
              epsilon,
              flushMean,
              flushSquare);
    }
  }
}
