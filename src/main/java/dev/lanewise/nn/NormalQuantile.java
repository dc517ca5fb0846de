package dev.lanewise.nn;

/**
 * The normal distribution's quantiles, between −2 and 2, as rational functions in double (M. J.
 * Wichura, algorithm AS 241, PPND16): definite operations, of which only StrictMath.log is no basic
 * one.
 */
final class NormalQuantile {
  /** Φ(−2). */
  private static final double LEAST = 0.02275013194817921;

  private static final double[] A = {
    3.3871328727963665, 133.14166789178438, 1971.5909503065513, 13731.69376550946,
    45921.95393154987, 67265.7709270087, 33430.57558358813, 2509.0809287301227
  };
  private static final double[] B = {
    1.0, 42.31333070160091, 687.1870074920579, 5394.196021424751,
    21213.794301586597, 39307.89580009271, 28729.085735721943, 5226.495278852854
  };
  private static final double[] C = {
    1.4234371107496835, 4.630337846156546, 5.769497221460691, 3.6478483247632045,
    1.2704582524523684, 0.2417807251774506, 0.022723844989269184, 0.0007745450142783414
  };
  private static final double[] D = {
    1.0, 2.053191626637759, 1.6763848301838038, 0.6897673349851,
    0.14810397642748008, 0.015198666563616457, 0.0005475938084995345, 1.0507500716444169e-09
  };

  private NormalQuantile() {}

  /** The quantile of a normal distribution that is cut at −2 and 2; u above 0 and below 1. */
  static double truncated(double u) {
    double p = LEAST + u * (1 - 2 * LEAST);
    double q = p - 0.5;
    if (Math.abs(q) <= 0.425) {
      double r = 0.180625 - q * q;
      return q * (polynomial(A, r) / polynomial(B, r));
    }
    double r = Math.sqrt(-StrictMath.log(q < 0 ? p : 1 - p)) - 1.6;
    double x = polynomial(C, r) / polynomial(D, r);
    return q < 0 ? -x : x;
  }

  private static double polynomial(double[] coefficients, double x) {
    double sum = 0;
    for (int i = coefficients.length - 1; i >= 0; i--) {
      sum = sum * x + coefficients[i];
    }
    return sum;
  }
}
