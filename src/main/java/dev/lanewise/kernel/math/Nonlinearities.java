package dev.lanewise.kernel.math;

/**
 * Our own sigmoid, tanh, softplus, ELU, GELU and units made of them: the numbers that every kernel,
 * scalar or SIMD, returns to the bit, and the constants that their vector form shares. All rest on
 * {@link ExpLog#exp} and {@link ExpLog#log}.
 *
 * <p><b>tanh.</b> Below {@link #TANH_SMALL}: x + x³·P(x²), P of degree 4; else 1 − 2 / (exp(2|x|) +
 * 1) with the sign of x. <b>sigmoid.</b> With e = exp(−|x|): (x ≥ 0 ? 1 : e) / (1 + e).
 * <b>softplus.</b> log(1 + exp(x)) as max(x, 0) + log1p(e), where log1p(e) = log(u) + (e − (u − 1))
 * / u with u = 1 + e (the second term is what rounding u lost). <b>ELU.</b> expm1(x) for x ≤ 0 is x
 * + x²·Q(x) above {@link #ELU_SMALL}, Q of degree 4, else exp(x) − 1. <b>GELU.</b> x·Φ(x) with the
 * normal distribution Φ(−|x|) = exp(−x²/2)·t·R(t), t = 1 / (1 + 0.35·|x|), R of degree 8; |x| is
 * cut to {@link #PHI_LIMIT}, and what rounding x² lost is put back. The polynomials are minimax for
 * relative error. The largest errors are 1.4 ulp for tanh, 2.4 for sigmoid, 2.2 for softplus, 1.3
 * for ELU (alpha 1; −0 gives +0) and 6.5 for GELU, where results are above 2^-122.
 */
public final class Nonlinearities {
  /** Where tanh changes from its polynomial to exp. */
  public static final float TANH_SMALL = 0.625f;

  /** tanh's coefficient of x³. */
  public static final float T3 = -0x1.555532p-2f;

  /** tanh's coefficient of x⁵. */
  public static final float T5 = 0x1.110726p-3f;

  /** tanh's coefficient of x⁷. */
  public static final float T7 = -0x1.b83c58p-5f;

  /** tanh's coefficient of x⁹. */
  public static final float T9 = 0x1.522692p-6f;

  /** tanh's coefficient of x¹¹. */
  public static final float T11 = -0x1.75e1a8p-8f;

  /** Where ELU changes from exp to its polynomial. */
  public static final float ELU_SMALL = -0.5f;

  /** expm1's coefficient of x². */
  public static final float M2 = 0x1.fffff6p-2f;

  /** expm1's coefficient of x³. */
  public static final float M3 = 0x1.55535ap-3f;

  /** expm1's coefficient of x⁴. */
  public static final float M4 = 0x1.550cbcp-5f;

  /** expm1's coefficient of x⁵. */
  public static final float M5 = 0x1.0c7a56p-7f;

  /** expm1's coefficient of x⁶. */
  public static final float M6 = 0x1.27275ap-10f;

  /** Φ of less than −15 is 0: arguments are cut here. */
  public static final float PHI_LIMIT = 15f;

  /** What |x| is multiplied by in t. */
  public static final float PHI_SCALE = 0.35f;

  /** Φ's coefficient of t. */
  public static final float P0 = 0x1.1df1cp-3f;

  /** Φ's coefficient of t². */
  public static final float P1 = 0x1.1e7132p-3f;

  /** Φ's coefficient of t³. */
  public static final float P2 = 0x1.eac3a6p-4f;

  /** Φ's coefficient of t⁴. */
  public static final float P3 = 0x1.b06f3ap-4f;

  /** Φ's coefficient of t⁵. */
  public static final float P4 = -0x1.7d27cep-6f;

  /** Φ's coefficient of t⁶. */
  public static final float P5 = 0x1.466fd4p-3f;

  /** Φ's coefficient of t⁷. */
  public static final float P6 = -0x1.060b28p-2f;

  /** Φ's coefficient of t⁸. */
  public static final float P7 = 0x1.27095ep-3f;

  /** Φ's coefficient of t⁹. */
  public static final float P8 = -0x1.ddd266p-6f;

  /** 1 / √(2π), rounded to float. */
  public static final float NORMAL_DENSITY = 0x1.988454p-2f;

  /** √(8/π), the slope at 0 of the argument of GELU's approximation. */
  public static final float GELU_1 = 0x1.988454p0f;

  /** 0.044715 · √(8/π), the factor of that argument's x³. */
  public static final float GELU_3 = 0x1.2444f2p-4f;

  /** Three times that, for its derivative. */
  public static final float GELU_9 = 0x1.b6676cp-3f;

  /** 1 / 6, in hard swish's derivative. */
  public static final float SIXTH = 0x1.555556p-3f;

  private Nonlinearities() {}

  /**
   * Returns 1 / (1 + exp(−x)).
   *
   * @param x the argument
   * @return from +0 to 1; NaN for NaN
   */
  public static float sigmoid(float x) {
    float e = ExpLog.exp(-Math.abs(x));
    return (x >= 0 ? 1f : e) / (1f + e);
  }

  /**
   * Returns the hyperbolic tangent.
   *
   * @param x the argument
   * @return from −1 to 1, with the sign of x; NaN for NaN
   */
  public static float tanh(float x) {
    float a = Math.abs(x);
    float z = x * x;
    float p = Fma.fma(z, T11, T9);
    p = Fma.fma(p, z, T7);
    p = Fma.fma(p, z, T5);
    p = Fma.fma(p, z, T3);
    float small = Fma.fma(z * a, p, a);
    float large = 1f - 2f / (ExpLog.exp(a + a) + 1f);
    return Math.copySign(a < TANH_SMALL ? small : large, x);
  }

  /**
   * Returns log(1 + exp(x)).
   *
   * @param x the argument
   * @return at least +0; NaN for NaN
   */
  public static float softplus(float x) {
    float e = ExpLog.exp(-Math.abs(x));
    float u = 1f + e;
    float rest = (e - (u - 1f)) / u;
    return (x > 0 ? x : 0f) + (ExpLog.log(u) + rest);
  }

  /**
   * Returns x above 0, else alpha · (exp(x) − 1).
   *
   * @param x the argument
   * @param alpha what the function tends to, negated, at −∞
   * @return NaN for NaN
   */
  public static float elu(float x, float alpha) {
    float p = Fma.fma(x, M6, M5);
    p = Fma.fma(p, x, M4);
    p = Fma.fma(p, x, M3);
    p = Fma.fma(p, x, M2);
    float small = Fma.fma(x * x, p, x);
    float large = ExpLog.exp(x) - 1f;
    return x > 0 ? x : alpha * (x > ELU_SMALL ? small : large);
  }

  /**
   * Returns x · Φ(x), Φ being the normal distribution.
   *
   * @param x the argument
   * @return NaN for NaN and for −∞
   */
  public static float gelu(float x) {
    float c = cut(x);
    return x * distribution(x, c, bell(c));
  }

  /**
   * Returns GELU's derivative, Φ(x) + x · φ(x), φ being the normal density.
   *
   * @param x the argument
   * @return NaN for NaN
   */
  public static float geluSlope(float x) {
    float c = cut(x);
    float e = bell(c);
    float signed = Math.copySign(c, x);
    return Fma.fma(signed * e, NORMAL_DENSITY, distribution(x, c, e));
  }

  /**
   * Returns x · sigmoid(alpha · x).
   *
   * @param x the argument
   * @param alpha the factor
   * @return NaN for NaN and for −∞
   */
  public static float swish(float x, float alpha) {
    return x * sigmoid(alpha * x);
  }

  /**
   * Returns swish's derivative, s · (1 + z · (1 − s)) with z = alpha · x and s = sigmoid(z).
   *
   * @param x the argument
   * @param alpha the factor
   * @return NaN for NaN and for −∞
   */
  public static float swishSlope(float x, float alpha) {
    float z = alpha * x;
    float s = sigmoid(z);
    return s * Fma.fma(z, 1f - s, 1f);
  }

  /**
   * Returns GELU's approximation, x · sigmoid(u(x)), u being √(8/π) · (x + 0.044715 · x³).
   *
   * @param x the argument
   * @return NaN for NaN and for −∞
   */
  public static float geluTanh(float x) {
    return x * sigmoid(cubic(cutSigned(x)));
  }

  /**
   * Returns its derivative, s · (1 + x · (1 − s) · u′(x)) with s = sigmoid(u(x)).
   *
   * @param x the argument
   * @return NaN for NaN
   */
  public static float geluTanhSlope(float x) {
    float c = cutSigned(x);
    float s = sigmoid(cubic(c));
    return s * Fma.fma(c * (1f - s), Fma.fma(c * c, GELU_9, GELU_1), 1f);
  }

  private static float cutSigned(float x) {
    return Math.copySign(cut(x), x);
  }

  private static float cubic(float c) {
    return c * Fma.fma(c * c, GELU_3, GELU_1);
  }

  /**
   * Returns x · tanh(log(1 + exp(x))): tanh's numerator p and denominator q are polynomials of
   * exp(−|x|).
   *
   * @param x the argument
   * @return NaN for NaN and for −∞
   */
  public static float mish(float x) {
    float e = ExpLog.exp(-Math.abs(x));
    float p = x >= 0 ? Fma.fma(2f, e, 1f) : e * (e + 2f);
    float q = p + (x >= 0 ? 2f * e * e : 2f);
    return x * (p / q);
  }

  /**
   * Returns mish's derivative, t + x · s · (1 − t²) with s = sigmoid(x) and t = p / q; 1 − t² is (q
   * − p) · (q + p) / q².
   *
   * @param x the argument
   * @return NaN for NaN and for −∞
   */
  public static float mishSlope(float x) {
    float e = ExpLog.exp(-Math.abs(x));
    float p = x >= 0 ? Fma.fma(2f, e, 1f) : e * (e + 2f);
    float r = x >= 0 ? 2f * e * e : 2f;
    float q = p + r;
    float s = (x >= 0 ? 1f : e) / (1f + e);
    return Fma.fma(x * s, r * (q + p) / (q * q), p / q);
  }

  /**
   * Returns alpha · x + beta, cut to 0 to 1.
   *
   * @param x the argument
   * @param alpha the slope
   * @param beta the value at 0
   * @return NaN for NaN
   */
  public static float hardSigmoid(float x, float alpha, float beta) {
    float h = Fma.fma(alpha, x, beta);
    return h < 0 ? 0f : h > 1 ? 1f : h;
  }

  /**
   * Returns (x + 3) / 6, cut to 0 to 1: what hard swish multiplies x by.
   *
   * @param x the argument
   * @return NaN for NaN
   */
  public static float hardGate(float x) {
    float h = (x + 3f) / 6f;
    return h < 0 ? 0f : h > 1 ? 1f : h;
  }

  /**
   * Returns hard swish's derivative: h + x / 6 where h = (x + 3) / 6 is not cut, else h.
   *
   * @param x the argument
   * @return NaN for NaN
   */
  public static float hardSwishSlope(float x) {
    float h = hardGate(x);
    float inner = Fma.fma(x, SIXTH, h);
    return h > 0 && h < 1 ? inner : h;
  }

  private static float cut(float x) {
    float a = Math.abs(x);
    return a > PHI_LIMIT ? PHI_LIMIT : a;
  }

  /** exp(−c²/2): the exponential of the rounded square, times 1 − half of what rounding lost. */
  private static float bell(float c) {
    float square = c * c;
    float lost = Fma.fma(c, c, -square);
    float e = ExpLog.exp(-0.5f * square);
    return Fma.fma(e * -0.5f, lost, e);
  }

  private static float distribution(float x, float c, float e) {
    float t = 1f / Fma.fma(c, PHI_SCALE, 1f);
    float p = Fma.fma(t, P8, P7);
    p = Fma.fma(p, t, P6);
    p = Fma.fma(p, t, P5);
    p = Fma.fma(p, t, P4);
    p = Fma.fma(p, t, P3);
    p = Fma.fma(p, t, P2);
    p = Fma.fma(p, t, P1);
    p = Fma.fma(p, t, P0);
    float below = p * t * e;
    return x > 0 ? 1f - below : below;
  }
}
