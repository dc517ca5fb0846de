package dev.lanewise.kernel.pointwise;

import static dev.lanewise.testing.Refusals.refused;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.kernel.math.CounterRandom;
import dev.lanewise.testing.Bits;
import dev.lanewise.testing.BothTwins;
import dev.lanewise.testing.Cases;
import dev.lanewise.testing.Fill;
import java.util.Arrays;

/** The definition against its probabilities and field reports; both twins. */
class ScalarDropoutTest {
  private static final long KEY = CounterRandom.key(7, 1, 0);

  @BothTwins
  void dropsWithTheGivenProbability(Dropout twin) {
    int n = 200_000;
    float[] ones = new float[n];
    Arrays.fill(ones, 1f);
    for (double rate : new double[] {0.01, 0.25, 0.5, 0.9}) {
      float[] y = apply(twin, rate, 0, ones);
      double sum = 0;
      int dropped = 0;
      for (float value : y) {
        assertTrue(value == 0 || value == (float) (1 / (1 - rate)), "value " + value);
        dropped += value == 0 ? 1 : 0;
        sum += value;
      }
      double deviation = Math.sqrt(rate * (1 - rate) / n);
      assertEquals(rate, (double) dropped / n, 5 * deviation, "share of dropped elements");
      assertEquals(1, sum / n, 5 * deviation / (1 - rate), "the mean is kept");
    }
  }

  @BothTwins
  void anElementsFateDependsOnItsIndexAlone(Dropout twin) {
    float[] x = Fill.gaussian(1, 1000);
    float[] whole = apply(twin, 0.4, 123, x);
    float[] parts = new float[1000];
    for (int from = 0; from < 1000; from += 37) {
      int n = Math.min(37, 1000 - from);
      twin.apply(n, 0.4, KEY, 123 + from, x, from, parts, from);
    }
    Bits.assertSame("parts", whole, parts);
  }

  @BothTwins
  void theGradientIsTheSameSelect(Dropout twin) {
    float[] x = Fill.gaussian(2, 300);
    float[] dy = Fill.gaussian(3, 300);
    float[] y = apply(twin, 0.3, 5, x);
    float[] dx = apply(twin, 0.3, 5, dy);
    double step = 1e-3;
    for (int i = 0; i < 300; i++) {
      // Central difference of the formula with the mask that was really drawn.
      double scale = y[i] == 0 ? 0 : 1 / 0.7;
      double slope = ((x[i] + step) * scale - (x[i] - step) * scale) / (2 * step);
      assertEquals(slope * dy[i], dx[i], 1e-6, "element " + i);
    }
  }

  @BothTwins
  void aDroppedNanOrInfinityIsGone(Dropout twin) {
    float[] bad = new float[1000];
    for (int i = 0; i < bad.length; i++) {
      bad[i] = i % 2 == 0 ? Float.NaN : Float.NEGATIVE_INFINITY;
    }
    float[] y = apply(twin, 0.5, 0, bad);
    float[] mask = apply(twin, 0.5, 0, filled(1000, 1));
    for (int i = 0; i < y.length; i++) {
      assertEquals(
          Float.floatToIntBits(mask[i] == 0 ? 0f : bad[i]), Float.floatToIntBits(y[i]), "at " + i);
    }
  }

  /** FR-21: rates of 1, 0 and nearly 1; bad rates. */
  @BothTwins
  void reportedRates(Dropout twin) {
    for (Cases.FieldReport one : Cases.fieldReports("FR-21")) {
      float[] x = one.input("x").floats();
      float[] y = apply(twin, one.attrs().number("rate"), 0, x);
      Bits.assertSame(one.id(), one.output("y").floats(), y);
    }
    float[] specials = Fill.specials();
    float[] kept = apply(twin, 0, 3, specials);
    for (int i = 0; i < kept.length; i++) {
      assertEquals(Float.floatToRawIntBits(specials[i]), Float.floatToRawIntBits(kept[i]));
    }
    Bits.assertSame("rate 1", new float[40], apply(twin, 1, 3, filled(40, Float.NaN)));
    for (float value : apply(twin, 0.999999, 0, filled(3_000_000, 1))) {
      assertTrue(value == 0 || value == (float) (1 / (1 - 0.999999)), "value " + value);
    }
    float[] x = filled(9, 1);
    for (double rate : new double[] {-0.1, 1.5, Double.NaN, Double.POSITIVE_INFINITY}) {
      refused(
          "rate is " + rate + ", but must be from 0.0 to 1.0",
          () -> twin.apply(9, rate, KEY, 0, x, 0, x, 0));
    }
    assertArrayEquals(filled(9, 1), x, "a refused call wrote something");
  }

  @BothTwins
  void refusals(Dropout twin) {
    float[] x = filled(20, 1);
    float[] y = new float[20];
    refused("n is -1, but must be at least 0", () -> twin.apply(-1, 0.5, KEY, 0, x, 0, y, 0));
    refused("firstIndex is -4", () -> twin.apply(1, 0.5, KEY, -4, x, 0, y, 0));
    refused(
        "firstIndex is 2147483646 and n is 2",
        () -> twin.apply(2, 0.5, KEY, Integer.MAX_VALUE - 1, x, 0, y, 0));
    refused("x has 20 elements", () -> twin.apply(20, 0.5, KEY, 0, x, 1, y, 0));
    refused("y has 20 elements", () -> twin.apply(20, 0, KEY, 0, x, 0, y, 1));
    refused("y (elements 1 to 5) overlaps x", () -> twin.apply(5, 1, KEY, 0, x, 0, x, 1));
    assertArrayEquals(filled(20, 1), x, "a refused call wrote something");
    twin.apply(0, 0.5, KEY, Integer.MAX_VALUE, x, 20, y, 20);
  }

  private static float[] apply(Dropout twin, double rate, int firstIndex, float[] x) {
    float[] y = filled(x.length, 99);
    twin.apply(x.length, rate, KEY, firstIndex, x, 0, y, 0);
    return y;
  }

  private static float[] filled(int n, float value) {
    float[] x = new float[n];
    Arrays.fill(x, value);
    return x;
  }
}
