package dev.lanewise.optim;

import dev.lanewise.graph.Updater;
import dev.lanewise.graph.Variable;
import dev.lanewise.kernel.update.Moments;
import dev.lanewise.kernel.update.Update;
import java.util.List;

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
    Hyper.share("rho", rho);
    Hyper.epsilon(epsilon, 1);
    Hyper.zeroOrAbove("l2", l2);
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
  public String name() {
    return "Adadelta";
  }

  @Override
  public OptimizerState start(List<Variable> variables) {
    return new State(this, variables);
  }

  private static final class State extends OptimizerState {
    private final Adadelta rule;
    private final List<Updater> updaters;
    private float rate;

    State(Adadelta rule, List<Variable> variables) {
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
      float[] a = slot(variable, "accumulated_grad", 0);
      float[] x = slot(variable, "accumulated_delta_var", 0);
      Moments moments = Moments.of(rule.rho, rule.rho, rule.epsilon);
      float epsilon = (float) rule.epsilon;
      float l2 = (float) rule.l2;
      return (kernels, g, gOffset, from, count) ->
          kernels.adadelta(count, w, from, g, gOffset, a, x, moments, rate, epsilon, l2);
    }
  }
}
