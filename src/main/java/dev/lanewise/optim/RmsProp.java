package dev.lanewise.optim;

import dev.lanewise.graph.Updater;
import dev.lanewise.graph.Variable;
import dev.lanewise.kernel.update.Moments;
import java.util.List;

/**
 * RMSprop (T. Tieleman and G. Hinton, 2012): the gradient divided by the running root of its mean
 * square, or of its variance (centered), with momentum if asked for. See {@link
 * dev.lanewise.kernel.update.Update#rmsprop}.
 *
 * <p>Keras: v ← ρ·v + (1−ρ)·g², w ← w − lr·g/√(v + ε); with momentum μ: b ← μ·b + lr·g/√(v + ε), w
 * ← w − b; centered: v − ḡ² in v's place, ḡ ← ρ·ḡ + (1−ρ)·g, cut at 0 before the root. PyTorch: ε
 * is added to the root, and the learning rate is not in b: w ← w − lr·b.
 *
 * @param learningRate the step size, 0.001 by default (PyTorch: 0.01)
 * @param rho the share of the old means that stays, 0.9 by default (PyTorch: 0.99)
 * @param momentum the share of the old velocity that stays, 0 (none) by default
 * @param epsilon keeps the quotient finite, 1e-7 by default (PyTorch: 1e-8)
 * @param centered whether the square of the mean gradient is subtracted, not by default
 * @param l2 PyTorch's weight_decay: this times w is added to the gradient; 0 by default
 * @param dialect where epsilon and the learning rate stand
 */
public record RmsProp(
    LearningRate learningRate,
    double rho,
    double momentum,
    double epsilon,
    boolean centered,
    double l2,
    Dialect dialect)
    implements Optimizer {
  /**
   * Checks the hyper-parameters.
   *
   * @throws IllegalArgumentException if rho or momentum is not at least 0 and below 1, epsilon not
   *     above 0 or another is negative or not finite, each of them as a float
   */
  public RmsProp {
    Hyper.share("rho", rho);
    Hyper.share("momentum", momentum);
    Hyper.epsilon(epsilon, 1);
    Hyper.zeroOrAbove("l2", l2);
  }

  /** RMSprop with Keras's defaults. */
  public RmsProp() {
    this(0.001);
  }

  /**
   * RMSprop with Keras's defaults but for the learning rate.
   *
   * @param learningRate the step size
   */
  public RmsProp(double learningRate) {
    this(LearningRate.constant(learningRate), 0.9, 0, 1e-7, false);
  }

  /**
   * RMSprop with Keras's arguments.
   *
   * @param learningRate the step size
   * @param rho the share of the old means that stays
   * @param momentum the share of the old velocity that stays, 0: none
   * @param epsilon added under the root
   * @param centered whether the square of the mean gradient is subtracted
   */
  public RmsProp(
      LearningRate learningRate, double rho, double momentum, double epsilon, boolean centered) {
    this(learningRate, rho, momentum, epsilon, centered, 0, Dialect.KERAS);
  }

  /**
   * RMSprop with PyTorch's rule and defaults.
   *
   * @return learning rate 0.01
   */
  public static RmsProp pytorch() {
    return new RmsProp(LearningRate.constant(0.01), 0.99, 0, 1e-8, false, 0, Dialect.PYTORCH);
  }

  @Override
  public String name() {
    return "RMSprop";
  }

  @Override
  public OptimizerState start(List<Variable> variables) {
    return new State(this, variables);
  }

  private static final class State extends OptimizerState {
    private final RmsProp rule;
    private final List<Updater> updaters;
    private float inner;
    private float outer;

    State(RmsProp rule, List<Variable> variables) {
      super(rule.learningRate);
      this.rule = rule;
      updaters = variables.stream().map(this::updaterOf).toList();
    }

    @Override
    protected void prepare(long step, double learningRate) {
      float rate = (float) learningRate;
      inner = rule.dialect == Dialect.KERAS ? rate : 1;
      outer = rule.dialect == Dialect.KERAS ? 1 : rate;
    }

    @Override
    public Updater updater(int variable) {
      return updaters.get(variable);
    }

    private Updater updaterOf(Variable variable) {
      float[] w = variable.values();
      float[] v = slot(variable, "velocity", 0);
      float[] b = rule.momentum > 0 ? slot(variable, "momentum", 0) : NONE;
      float[] mean = rule.centered ? slot(variable, "average_gradient", 0) : NONE;
      Moments moments = Moments.of(rule.rho, rule.rho, rule.epsilon);
      float momentum = (float) rule.momentum;
      float epsilon = (float) rule.epsilon;
      float inside = rule.dialect == Dialect.KERAS ? epsilon : 0;
      float outside = rule.dialect == Dialect.KERAS ? 0 : epsilon;
      float l2 = (float) rule.l2;
      return (kernels, g, gOffset, from, count) ->
          kernels.rmsprop(
              count, w, from, g, gOffset, v, mean, b, moments, inner, momentum, outer, inside,
              outside, l2);
    }
  }
}
