package dev.lanewise.kernel.math;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.testing.Bits;
import dev.lanewise.testing.Cases;
import dev.lanewise.testing.Fill;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

class ExpLogTest {
  /** The largest errors in ulp that {@link ExpLog} states. */
  private static final double EXP_ULP = 0.892;

  private static final double LOG_ULP = 0.931;

  private static final float INFINITY = Float.POSITIVE_INFINITY;

  private interface FloatOperator {
    float apply(float x);
  }

  @Test
  void expOfSpecialValues() {
    assertEquals(1f, ExpLog.exp(0f));
    assertEquals(1f, ExpLog.exp(-0f));
    assertEquals(INFINITY, ExpLog.exp(INFINITY));
    assertEquals(0f, ExpLog.exp(-INFINITY));
    assertEquals(Float.NaN, ExpLog.exp(Float.NaN));
    assertEquals(Float.NaN, ExpLog.exp(Float.intBitsToFloat(0xffc12345)));
    assertEquals(1f, ExpLog.exp(Float.MIN_VALUE));
    assertEquals(INFINITY, ExpLog.exp(Float.MAX_VALUE));
    assertEquals(0f, ExpLog.exp(-Float.MAX_VALUE));
  }

  @Test
  void expAtTheEdgesOfTheRange() {
    float last = 88.72283f;
    assertTrue(ExpLog.exp(last) < INFINITY);
    assertEquals(INFINITY, ExpLog.exp(Math.nextUp(last)));
    assertEquals(Float.MIN_VALUE, ExpLog.exp(-103.97207f));
    assertEquals(0f, ExpLog.exp(-103.97209f));
    // The subnormal results: rounded once, so never more than the ulp's half and a little.
    for (float x = -87.3f; x > -104f; x -= 0.001f) {
      double exact = StrictMath.exp(x);
      assertTrue(Math.abs(ExpLog.exp(x) - exact) <= EXP_ULP * ulp(exact), "exp(" + x + ")");
    }
  }

  @Test
  void logOfSpecialValues() {
    assertEquals(Float.floatToIntBits(0f), Float.floatToIntBits(ExpLog.log(1f)));
    assertEquals(-INFINITY, ExpLog.log(0f));
    assertEquals(-INFINITY, ExpLog.log(-0f));
    assertEquals(INFINITY, ExpLog.log(INFINITY));
    assertEquals(Float.NaN, ExpLog.log(-INFINITY));
    assertEquals(Float.NaN, ExpLog.log(Float.NaN));
    assertEquals(Float.NaN, ExpLog.log(-1f));
    assertEquals(Float.NaN, ExpLog.log(-Float.MIN_VALUE));
    assertEquals((float) StrictMath.log(Float.MIN_VALUE), ExpLog.log(Float.MIN_VALUE));
    assertEquals((float) StrictMath.log(Float.MAX_VALUE), ExpLog.log(Float.MAX_VALUE));
  }

  @Test
  void aMillionFloats() {
    int odd = 0x9E3779B1;
    for (int k = 0; k < 1 << 20; k++) {
      float x = Float.intBitsToFloat(k * odd);
      check("exp", ExpLog::exp, StrictMath::exp, x, EXP_ULP);
      check("log", ExpLog::log, StrictMath::log, x, LOG_ULP);
      // Where exp is neither 0 nor infinite, and log near its zero: more of the interesting ones.
      check("exp", ExpLog::exp, StrictMath::exp, (k - (1 << 19)) * 0x1.9p-13f, EXP_ULP);
      check("log", ExpLog::log, StrictMath::log, 0.5f + k * 0x1p-20f, LOG_ULP);
    }
  }

  /** All floats: some minutes. Run with {@code -Dlanewise.exhaustive=true}. */
  @Test
  @EnabledIfSystemProperty(named = "lanewise.exhaustive", matches = "true")
  void allFloats() {
    double exp = 0;
    double log = 0;
    int bits = 0;
    do {
      float x = Float.intBitsToFloat(bits);
      exp = Math.max(exp, check("exp", ExpLog::exp, StrictMath::exp, x, EXP_ULP));
      log = Math.max(log, check("log", ExpLog::log, StrictMath::log, x, LOG_ULP));
      bits++;
    } while (bits != 0);
    System.out.printf("largest errors over all floats: exp %.4f ulp, log %.4f ulp%n", exp, log);
  }

  @Test
  void publishedExp() {
    for (Cases.OpGradient one : Cases.opGradients()) {
      if (one.op().equals("exp")) {
        float[] x = one.input("x").floats();
        float[] y = new float[x.length];
        float[] dx = new float[x.length];
        for (int i = 0; i < x.length; i++) {
          y[i] = ExpLog.exp(x[i]);
          dx[i] = y[i] * one.gradOutput().orElseThrow().floats()[i];
        }
        Bits.assertClose(one.id(), one.output().data(), y, 1e-5, 1e-37);
        Bits.assertClose(one.id(), one.gradInputs().get("x").data(), dx, 1e-5, 1e-37);
      }
    }
  }

  @Test
  void specialsOfTheFillers() {
    for (float x : Fill.specials()) {
      check("exp", ExpLog::exp, StrictMath::exp, x, EXP_ULP);
      check("log", ExpLog::log, StrictMath::log, x, LOG_ULP);
    }
  }

  private static double check(
      String name, FloatOperator ours, DoubleUnaryOperator theirs, float x, double limit) {
    double exact = theirs.applyAsDouble(x);
    float got = ours.apply(x);
    if (Double.isNaN(exact) || Float.isInfinite((float) exact)) {
      assertEquals((float) exact, got, () -> name + "(" + x + ")");
      return 0;
    }
    double error = Math.abs(got - exact) / ulp(exact);
    if (!(error <= limit)) {
      throw new AssertionError(
          name + "(" + x + ") is " + got + ", " + error + " ulp from " + exact);
    }
    return error;
  }

  /** The distance of floats around a number. */
  private static double ulp(double exact) {
    return Math.scalb(1.0, Math.max(Math.getExponent(exact), Float.MIN_EXPONENT) - 23);
  }
}
