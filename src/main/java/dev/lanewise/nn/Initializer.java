package dev.lanewise.nn;

import dev.lanewise.kernel.math.CounterRandom;
import dev.lanewise.tensor.Shape;
import java.util.Arrays;

/** Gives a variable its first values. */
public sealed interface Initializer {
  /** Zeros: the default for biases. */
  Initializer ZEROS = new Constant(0);

  /** Ones: the default for scales. */
  Initializer ONES = new Constant(1);

  /** Glorot's uniform rule: the default for weights. */
  Initializer GLOROT_UNIFORM = new Uniform(1, Fan.AVERAGE);

  /**
   * Fills an array.
   *
   * @param values takes the values
   * @param shape their shape: dense weights in × out, convolution weights HWIO
   * @param key a random key that belongs to this variable
   */
  void fill(float[] values, Shape shape, long key);

  /**
   * All values the same.
   *
   * @param value the value
   */
  record Constant(float value) implements Initializer {
    @Override
    public void fill(float[] values, Shape shape, long key) {
      Arrays.fill(values, value);
    }
  }

  /** Glorot's normal rule. */
  Initializer GLOROT_NORMAL = new Normal(1, Fan.AVERAGE);

  /** He's uniform rule, for ReLU. */
  Initializer HE_UNIFORM = new Uniform(2, Fan.IN);

  /** He's normal rule, for ReLU. */
  Initializer HE_NORMAL = new Normal(2, Fan.IN);

  /** LeCun's uniform rule. */
  Initializer LECUN_UNIFORM = new Uniform(1, Fan.IN);

  /** LeCun's normal rule. */
  Initializer LECUN_NORMAL = new Normal(1, Fan.IN);

  /** What the variance is divided by. */
  enum Fan {
    /** The number of inputs. */
    IN,
    /** The mean of the numbers of inputs and outputs. */
    AVERAGE;

    /**
     * For dense weights the fans are inputs and outputs; for a convolution both are multiplied by
     * the kernel's pixels.
     */
    double of(Shape shape) {
      int rank = shape.rank();
      double pixels = 1;
      for (int i = 0; i < rank - 2; i++) {
        pixels *= shape.dim(i);
      }
      double fanIn = pixels * shape.dim(Math.max(0, rank - 2));
      double fanOut = pixels * shape.dim(rank - 1);
      return this == IN ? fanIn : (fanIn + fanOut) / 2;
    }
  }

  /**
   * Uniform over [−limit, limit) with limit = √(3 · scale / fan): Glorot (2010) with scale 1 and
   * the average fan, He (2015) with scale 2 and LeCun (1998) with scale 1 and the inputs. Value i
   * is limit · (2u − 1), computed in double and rounded once, u being {@link CounterRandom#uniform}
   * of index i.
   *
   * @param scale what the variance is multiplied by
   * @param fan what it is divided by
   */
  record Uniform(double scale, Fan fan) implements Initializer {
    @Override
    public void fill(float[] values, Shape shape, long key) {
      double limit = Math.sqrt(3 * scale / fan.of(shape));
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) (limit * (2.0 * CounterRandom.uniform(key, i) - 1));
      }
    }
  }

  /**
   * Normal with standard deviation √(scale / fan), cut at two standard deviations of the normal
   * before the cut, as in Keras (so that is divided by 0.8796…, which the cut takes away). Value i
   * is that number times the quantile of u, in double and rounded once, u = ({@link
   * CounterRandom#bits} of index i, unsigned, + ½) · 2^-32.
   *
   * @param scale what the variance is multiplied by
   * @param fan what it is divided by
   */
  record Normal(double scale, Fan fan) implements Initializer {
    /** The standard deviation of a normal that is cut at two of its own. */
    private static final double CUT = 0.8796256610342398;

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

    @Override
    public void fill(float[] values, Shape shape, long key) {
      double deviation = Math.sqrt(scale / fan.of(shape)) / CUT;
      for (int i = 0; i < values.length; i++) {
        double u = (Integer.toUnsignedLong(CounterRandom.bits(key, i)) + 0.5) * 0x1p-32;
        values[i] = (float) (deviation * quantile(u));
      }
    }

    /**
     * The quantile of a normal distribution that is cut at −2 and 2; u above 0 and below 1.
     * Rational functions in double (M. J. Wichura, algorithm AS 241, PPND16): definite operations,
     * of which only StrictMath.log is no basic one.
     */
    static double quantile(double u) {
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
}
