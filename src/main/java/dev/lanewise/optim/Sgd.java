package dev.lanewise.optim;

import static dev.lanewise.optim.Formula.Slot.slot;

import dev.lanewise.kernel.update.Update;

/**
 * Stochastic gradient descent, with momentum if asked for. See {@link Update#sgd} and {@link
 * Update#momentum}.
 *
 * <p>Without momentum: w ← w − lr·g. With momentum μ, Keras: v ← μ·v − lr·g, w ← w + v; with
 * Nesterov's rule w ← w + μ·v − lr·g with the new v. PyTorch: v ← μ·v + (1 − dampening)·g (at the
 * first update v ← g), w ← w − lr·v; with Nesterov's rule w ← w − lr·(g + μ·v).
 *
 * @param learningRate the step size, 0.01 by default (PyTorch: 0.001)
 * @param momentum the share of the old velocity that stays, from 0 (none, the default) to below 1
 * @param nesterov whether Nesterov's rule is used
 * @param dampening PyTorch's: the share of the gradient that stays out of the velocity, 0 by
 *     default
 * @param l2 PyTorch's weight_decay: this times w is added to the gradient; 0 by default
 * @param dialect where the learning rate stands
 */
public record Sgd(
    LearningRate learningRate,
    double momentum,
    boolean nesterov,
    double dampening,
    double l2,
    Dialect dialect)
    implements Optimizer {
  /**
   * Checks the hyper-parameters.
   *
   * @throws IllegalArgumentException if momentum is not at least 0 and below 1, dampening not from
   *     0 to 1, or not 0 with Keras's rule or Nesterov's, or l2 is negative or not finite, each of
   *     them as a float
   */
  public Sgd {
    HyperChecks.share("momentum", momentum);
    HyperChecks.fraction("dampening", dampening);
    HyperChecks.zeroOrAbove("l2", l2);
    if (dampening != 0 && (nesterov || dialect == Dialect.KERAS)) {
      throw new IllegalArgumentException(
          "the dampening is %s, but must be 0 with %s"
              .formatted(dampening, nesterov ? "Nesterov's rule" : "Keras's rule"));
    }
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

  /**
   * SGD with Keras's arguments.
   *
   * @param learningRate the step size
   * @param momentum the share of the old velocity that stays, 0: none
   * @param nesterov whether Nesterov's rule is used
   */
  public Sgd(LearningRate learningRate, double momentum, boolean nesterov) {
    this(learningRate, momentum, nesterov, 0, 0, Dialect.KERAS);
  }

  /**
   * SGD with PyTorch's rule and defaults.
   *
   * @return learning rate 0.001, no momentum
   */
  public static Sgd pytorch() {
    return new Sgd(LearningRate.constant(0.001), 0, false, 0, 0, Dialect.PYTORCH);
  }

  @Override
  public String name() {
    return "SGD";
  }

  @Override
  public Formula formula() {
    return new Formula(slot("momentum", momentum > 0)) {
      private float inner;
      private float outer;

      @Override
      protected void prepare(long step, double learningRate) {
        if (dialect == Dialect.KERAS) {
          inner = rate;
          outer = 1;
        } else {
          inner = step == 0 ? -1 : (float) (dampening - 1);
          outer = -rate;
        }
      }

      @Override
      protected void apply(
          Update kernels, int n, float[] w, int at, float[] g, int gAt, float[][] s) {
        if (momentum == 0) {
          kernels.sgd(n, w, at, g, gAt, rate, (float) l2);
        } else {
          float mu = (float) momentum;
          float flush = Update.FLUSH_MEAN;
          kernels.momentum(n, w, at, g, gAt, s[0], inner, mu, outer, nesterov, (float) l2, flush);
        }
      }
    };
  }
}
