package dev.lanewise.kernel.pointwise;

/**
 * Which function {@link Nonlinear} applies, with its parameter.
 *
 * @param kind the function
 * @param parameter leaky ReLU's slope, or the alpha of ELU, SELU, swish or hard sigmoid; 0 for the
 *     others
 * @param second SELU's gamma or hard sigmoid's beta; 0 for the others
 */
public record Nonlinearity(Kind kind, float parameter, float second) {
  /** The functions. */
  public enum Kind {
    /** x &gt; 0 ? x : slope · x. */
    LEAKY_RELU,
    /** x &gt; 0 ? x : alpha · (exp(x) − 1). */
    ELU,
    /** 1 / (1 + exp(−x)). */
    SIGMOID,
    /** The hyperbolic tangent. */
    TANH,
    /** log(1 + exp(x)). */
    SOFTPLUS,
    /** x · Φ(x), Φ being the normal distribution (not its tanh approximation). */
    GELU,
    /** GELU's approximation by tanh, x · sigmoid(√(8/π) · (x + 0.044715 · x³)). */
    GELU_TANH,
    /** x &gt; 0 ? gamma · x : gamma · alpha · (exp(x) − 1). */
    SELU,
    /** x · sigmoid(alpha · x), with alpha 1 also called SiLU. */
    SWISH,
    /** x · tanh(log(1 + exp(x))). */
    MISH,
    /** x / (1 + |x|). */
    SOFTSIGN,
    /** alpha · x + beta, cut to 0 to 1. */
    HARD_SIGMOID,
    /** x · ((x + 3) / 6, cut to 0 to 1). */
    HARD_SWISH
  }

  /** The logistic function. */
  public static final Nonlinearity SIGMOID = new Nonlinearity(Kind.SIGMOID, 0f);

  /** The hyperbolic tangent. */
  public static final Nonlinearity TANH = new Nonlinearity(Kind.TANH, 0f);

  /** Softplus. */
  public static final Nonlinearity SOFTPLUS = new Nonlinearity(Kind.SOFTPLUS, 0f);

  /** GELU. */
  public static final Nonlinearity GELU = new Nonlinearity(Kind.GELU, 0f);

  /** GELU's approximation by tanh. */
  public static final Nonlinearity GELU_TANH = new Nonlinearity(Kind.GELU_TANH, 0f);

  /** Mish. */
  public static final Nonlinearity MISH = new Nonlinearity(Kind.MISH, 0f);

  /** Softsign. */
  public static final Nonlinearity SOFTSIGN = new Nonlinearity(Kind.SOFTSIGN, 0f);

  /** Hard swish. */
  public static final Nonlinearity HARD_SWISH = new Nonlinearity(Kind.HARD_SWISH, 0f);

  /**
   * Checks the parameters.
   *
   * @throws IllegalArgumentException if one is negative or not finite: the gradient could not be
   *     told from the output then
   */
  public Nonlinearity {
    check(kind == Kind.LEAKY_RELU ? "the slope" : "alpha", parameter);
    check(kind == Kind.SELU ? "gamma" : "beta", second);
  }

  private static void check(String name, float parameter) {
    if (!(parameter >= 0 && parameter < Float.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          name + " is " + parameter + ", but must be finite and not negative");
    }
  }

  /**
   * A function of one parameter, or of none.
   *
   * @param kind the function
   * @param parameter its parameter, 0 where it has none
   */
  public Nonlinearity(Kind kind, float parameter) {
    this(kind, parameter, 0f);
  }

  /**
   * Leaky ReLU.
   *
   * @param slope the slope for negative arguments, at least 0
   * @return the function
   */
  public static Nonlinearity leakyRelu(float slope) {
    return new Nonlinearity(Kind.LEAKY_RELU, slope);
  }

  /**
   * ELU.
   *
   * @param alpha what it tends to, negated, at −∞, at least 0
   * @return the function
   */
  public static Nonlinearity elu(float alpha) {
    return new Nonlinearity(Kind.ELU, alpha);
  }

  /**
   * SELU.
   *
   * @param alpha what it tends to at −∞, negated, but for gamma; at least 0
   * @param gamma what the whole is multiplied by, at least 0
   * @return the function
   */
  public static Nonlinearity selu(float alpha, float gamma) {
    return new Nonlinearity(Kind.SELU, alpha, gamma);
  }

  /**
   * Swish.
   *
   * @param alpha what the sigmoid's argument is multiplied by, at least 0
   * @return the function
   */
  public static Nonlinearity swish(float alpha) {
    return new Nonlinearity(Kind.SWISH, alpha);
  }

  /**
   * Hard sigmoid.
   *
   * @param alpha the slope, at least 0
   * @param beta the value at 0, at least 0
   * @return the function
   */
  public static Nonlinearity hardSigmoid(float alpha, float beta) {
    return new Nonlinearity(Kind.HARD_SIGMOID, alpha, beta);
  }

  /**
   * Returns what the gradient is computed from.
   *
   * @return true for the function's output, false for its input
   */
  public boolean gradientReadsOutput() {
    return switch (kind) {
      case LEAKY_RELU, ELU, SIGMOID, TANH, SELU, HARD_SIGMOID -> true;
      case SOFTPLUS, GELU, GELU_TANH, SWISH, MISH, SOFTSIGN, HARD_SWISH -> false;
    };
  }
}
