package dev.lanewise.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

/** Comparisons of float arrays: to the bit, or within a tolerance of double-precision numbers. */
public final class Bits {
  private Bits() {}

  /** Fails at the first element whose {@code floatToIntBits} differs (all NaNs are one). */
  public static void assertSame(String what, float[] expected, float[] actual) {
    assertEquals(expected.length, actual.length, what + ": length");
    for (int i = 0; i < expected.length; i++) {
      int want = Float.floatToIntBits(expected[i]);
      int got = Float.floatToIntBits(actual[i]);
      if (want != got) {
        fail(
            "%s: element %d of %d is %s (%08x), but the twin has %s (%08x)"
                .formatted(what, i, expected.length, actual[i], got, expected[i], want));
      }
    }
  }

  /** Fails unless two floats have the same {@code floatToIntBits}. */
  public static void assertSame(String what, float expected, float actual) {
    assertSame(what, new float[] {expected}, new float[] {actual});
  }

  /** Fails at the first element with |actual − expected| above atol + rtol·|expected|. */
  public static void assertClose(
      String what, double[] expected, float[] actual, double rtol, double atol) {
    assertEquals(expected.length, actual.length, what + ": length");
    for (int i = 0; i < expected.length; i++) {
      if (!close(expected[i], actual[i], rtol, atol)) {
        fail(
            "%s: element %d of %d is %s, but expected is %s (rtol %s, atol %s)"
                .formatted(what, i, expected.length, actual[i], expected[i], rtol, atol));
      }
    }
  }

  /** The rule of the published cases: NaN matches NaN only, an infinity the same infinity. */
  public static boolean close(double expected, double actual, double rtol, double atol) {
    if (Double.isNaN(expected) || Double.isInfinite(expected)) {
      return Double.compare(expected, actual) == 0;
    }
    return Math.abs(actual - expected) <= atol + rtol * Math.abs(expected);
  }

  /**
   * Fails if more than half of the elements are zero: an output of mostly zeros proves little, and
   * a test that expects it says so by not calling this.
   */
  public static void assertNotMostlyZero(String what, float[] values) {
    int zeros = 0;
    for (float value : values) {
      if (value == 0) {
        zeros++;
      }
    }
    if (values.length > 3 && zeros > values.length / 2) {
      fail(what + ": " + zeros + " of " + values.length + " elements are zero");
    }
  }
}
