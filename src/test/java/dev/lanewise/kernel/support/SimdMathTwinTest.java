package dev.lanewise.kernel.support;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lanewise.kernel.math.ExpLog;
import dev.lanewise.kernel.reduce.SimdReduce;
import dev.lanewise.testing.AtEveryWidth;
import dev.lanewise.testing.Bits;
import dev.lanewise.testing.Fill;
import dev.lanewise.testing.Guarded;
import dev.lanewise.testing.Repro;
import dev.lanewise.testing.Teams;
import dev.lanewise.testing.Twin;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

@AtEveryWidth
class SimdMathTwinTest {
  SimdMathTwinTest() {
    // The functions are no kernel: one that uses the same species stands for them.
    Twin.assertUnderTest(new SimdReduce(Teams.of(1)), 1);
  }

  record Pattern(int n, long seed, boolean anyBits) {}

  @Provide
  Arbitrary<Pattern> patterns() {
    return Combinators.combine(
            Arbitraries.integers().between(0, 3000),
            Arbitraries.longs().between(0, 1_000_000),
            Arbitraries.of(false, true))
        .as(Pattern::new);
  }

  @Property
  void randomBits(@ForAll("patterns") Pattern one) {
    Repro.run(getClass(), one, this::same);
  }

  @Example
  void repeat() {
    Repro.repeat(Pattern.class, this::same);
  }

  /** In place and at an offset, with canaries around. */
  private void sameAtAnOffset(Pattern one, float[] x) {
    Guarded inPlace = Guarded.of(x, one.n % 19);
    SimdMath.exp(one.n, inPlace.array, inPlace.offset, inPlace.array, inPlace.offset);
    inPlace.assertIntact("exp");
    Guarded log = Guarded.of(one.n, one.n % 7);
    SimdMath.log(one.n, inPlace.array, inPlace.offset, log.array, log.offset);
    log.assertIntact("log");
    for (int i = 0; i < one.n; i++) {
      float exp = ExpLog.exp(x[i]);
      Bits.assertSame("exp(" + x[i] + ")", exp, inPlace.array[inPlace.offset + i]);
      Bits.assertSame("log(" + exp + ")", ExpLog.log(exp), log.array[log.offset + i]);
    }
  }

  private void same(Pattern one) {
    Random random = new Random(one.seed);
    float[] x = new float[one.n];
    for (int i = 0; i < x.length; i++) {
      x[i] =
          one.anyBits
              ? Float.intBitsToFloat(random.nextInt())
              : (float) random.nextDouble(-105, 90);
    }
    check(x);
    sameAtAnOffset(one, x);
  }

  /** FR-24: one value, one answer, at every position of arrays of every length. */
  @Example
  void specialsAtEveryPosition() {
    float[] more = {88.72283f, 88.72284f, -87.33655f, -103.97207f, -103.97209f, 104f, -104f, 105f};
    for (int n = 1; n <= 40; n++) {
      for (int at = 0; at < n; at++) {
        for (float special : Fill.specials()) {
          float[] x = Fill.gaussian(n, n);
          x[at] = special;
          check(x);
        }
        for (float special : more) {
          float[] x = Fill.gaussian(n, n);
          x[at] = special;
          check(x);
        }
      }
    }
  }

  /** All floats: about a minute. Run with {@code -Dlanewise.exhaustive=true}. */
  @Example
  void allFloats() {
    assumeTrue(Boolean.getBoolean("lanewise.exhaustive"));
    float[] x = new float[1 << 16];
    for (int high = 0; high < 1 << 16; high++) {
      for (int low = 0; low < 1 << 16; low++) {
        x[low] = Float.intBitsToFloat(high << 16 | low);
      }
      check(x);
    }
  }

  private static void check(float[] x) {
    float[] exp = new float[x.length];
    float[] log = new float[x.length];
    for (int i = 0; i < x.length; i++) {
      exp[i] = ExpLog.exp(x[i]);
      log[i] = ExpLog.log(x[i]);
    }
    float[] y = new float[x.length];
    SimdMath.exp(x.length, x, 0, y, 0);
    Bits.assertSame("exp", exp, y);
    SimdMath.log(x.length, x, 0, y, 0);
    Bits.assertSame("log", log, y);
  }
}
