package dev.lanewise.kernel.pointwise;

/**
 * Which function {@link Nonlinear} applies, with its parameter.
 *
 * @param kind the function
 * @param parameter leaky ReLU's slope or ELU's alpha; 0 for the others
 */
public record Nonlinearity(Kind kind, float parameter) {
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
    GELU
  }

  /** The logistic function. */
  public static final Nonlinearity SIGMOID = new Nonlinearity(Kind.SIGMOID, 0f);

  /** The hyperbolic tangent. */
  public static final Nonlinearity TANH = new Nonlinearity(Kind.TANH, 0f);

  /** Softplus. */
  public static final Nonlinearity SOFTPLUS = new Nonlinearity(Kind.SOFTPLUS, 0f);

  /** GELU. */
  public static final Nonlinearity GELU = new Nonlinearity(Kind.GELU, 0f);

  /**
   * Checks the parameter.
   *
   * @throws IllegalArgumentException if a slope or alpha is negative or not finite: the gradient
   *     could not be told from the output then
   */
  public Nonlinearity {
    if (!(parameter >= 0 && parameter < Float.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          (kind == Kind.ELU ? "alpha" : "the slope")
              + " is "
              + parameter
              + ", but must be finite and not negative");
    }
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
   * Returns what the gradient is computed from.
   *
   * @return true for the function's output, false for its input
   */
  public boolean gradientReadsOutput() {
    return kind != Kind.SOFTPLUS && kind != Kind.GELU;
  }
}
