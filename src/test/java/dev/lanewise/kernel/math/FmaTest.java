package dev.lanewise.kernel.math;

import static org.junit.jupiter.api.Assertions.fail;

import java.util.SplittableRandom;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** The emulation returns the bits of {@link Math#fma(float, float, float)}. */
class FmaTest {
  private static final float[] SPECIALS = {
    0f,
    -0f,
    1f,
    -1f,
    1f + 0x1p-23f,
    1f - 0x1p-24f,
    Float.MIN_VALUE,
    -Float.MIN_VALUE,
    Float.MIN_NORMAL,
    -Float.MIN_NORMAL,
    Math.nextDown(Float.MIN_NORMAL),
    Float.MAX_VALUE,
    -Float.MAX_VALUE,
    0x1p127f,
    0x1p-75f,
    0x1p-74f,
    0x1.8p-75f,
    16777216f,
    0x1.000002p12f,
    Float.POSITIVE_INFINITY,
    Float.NEGATIVE_INFINITY,
    Float.NaN
  };

  private static void check(float a, float b, float c) {
    float expected = Math.fma(a, b, c);
    float actual = Fma.emulate(a, b, c);
    if (Float.floatToIntBits(expected) != Float.floatToIntBits(actual)) {
      fail("fma(%h, %h, %h) is %h, but emulated %h".formatted(a, b, c, expected, actual));
    }
    if (Float.floatToIntBits(expected) != Float.floatToIntBits(Fma.fma(a, b, c))) {
      fail("fma(%h, %h, %h) is not what Fma.fma returns".formatted(a, b, c));
    }
  }

  @Example
  void specials() {
    for (float a : SPECIALS) {
      for (float b : SPECIALS) {
        for (float c : SPECIALS) {
          check(a, b, c);
        }
      }
    }
  }

  @Property
  void randomBits(@ForAll long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    for (int i = 0; i < 10_000; i++) {
      check(any(random), any(random), any(random));
    }
  }

  /** The summand near the product, so that digits cancel. */
  @Property
  void cancellation(@ForAll long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    for (int i = 0; i < 5_000; i++) {
      float a = any(random);
      float b = any(random);
      float product = -(a * b);
      check(a, b, Float.intBitsToFloat(Float.floatToRawIntBits(product) + random.nextInt(-3, 4)));
    }
  }

  /** Results below the normal range, where rounding happens at another place. */
  @Property
  void subnormalResults(@ForAll long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    for (int i = 0; i < 5_000; i++) {
      int exponent = random.nextInt(-60, 60);
      float a = Math.scalb(mantissa(random), exponent);
      float b = Math.scalb(mantissa(random), -140 - exponent + random.nextInt(-12, 16));
      check(a, b, Float.intBitsToFloat(random.nextInt() & 0x80ffffff));
    }
  }

  /**
   * Halfway cases: c has an even or odd last bit, and the product is half of that bit, or half of
   * it and a very little more or less. Rounding twice gets these wrong.
   */
  @Property
  void halfway(@ForAll long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    for (int i = 0; i < 5_000; i++) {
      int exponent = random.nextInt(-90, 100);
      float c = Math.scalb(mantissa(random), exponent);
      // Products of two odd numbers of 12 bits or so, next to a power of two.
      float a = Math.scalb(1f + random.nextInt(-2, 3) * 0x1p-23f, exponent / 2);
      float b = Math.scalb(1f + random.nextInt(-2, 3) * 0x1p-23f, exponent - exponent / 2 - 24);
      check(a, b, c);
      check(-a, b, c);
      check(a, Math.scalb(b, random.nextInt(-30, 2)), c);
    }
  }

  private static float any(SplittableRandom random) {
    return random.nextInt(50) == 0
        ? SPECIALS[random.nextInt(SPECIALS.length)]
        : Float.intBitsToFloat(random.nextInt());
  }

  /** From 1 to 2, often with few digits. */
  private static float mantissa(SplittableRandom random) {
    int bits = random.nextInt() & 0x7fffff & -(1 << random.nextInt(23));
    return Float.intBitsToFloat(0x3f800000 | bits);
  }
}
