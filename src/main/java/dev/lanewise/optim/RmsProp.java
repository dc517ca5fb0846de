package dev.lanewise.optim;

import static dev.lanewise.optim.Formula.Slot.slot;

import dev.lanewise.kernel.update.Moments;
import dev.lanewise.kernel.update.Update;

/**
 * RMSprop (T. Tieleman and G. Hinton, 2012): the gradient divided by the running root of its mean
 * square, or of its variance (centered), with momentum if asked for. See {@link Update#rmsprop}.
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
    HyperChecks.share("rho", rho);
    HyperChecks.share("momentum", momentum);
    HyperChecks.epsilon(epsilon, 1);
    HyperChecks.zeroOrAbove("l2", l2);
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
  public Formula formula() {
    return new Formula(
        slot("velocity"), slot("momentum", momentum > 0), slot("average_gradient", centered)) {
      private final boolean keras = dialect == Dialect.KERAS;
      private final Moments moments = Moments.of(rho, rho, epsilon);
      private final float inside = keras ? (float) epsilon : 0;
      private final float outside = keras ? 0 : (float) epsilon;

      @Override
      protected void apply(
          Update kernels, int n, float[] w, int at, float[] g, int gAt, float[][] s) {
        float inner = keras ? rate : 1;
        float outer = keras ? 1 : rate;
        float mu = (float) momentum;
        float decay = (float) l2;
        float[] b = s[1];
        kernels.rmsprop(
            n, w, at, g, gAt, s[0], s[2], b, moments, inner, mu, outer, inside, outside, decay);
      }
    };
  }
}
