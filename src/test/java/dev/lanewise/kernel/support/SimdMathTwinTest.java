package dev.lanewise.kernel.support;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lanewise.kernel.math.ScalarMath;
import dev.lanewise.kernel.reduce.SimdReduce;
import dev.lanewise.testing.Bits;
import dev.lanewise.testing.Fill;
import dev.lanewise.testing.Repro;
import dev.lanewise.testing.Teams;
import dev.lanewise.testing.Twin;
import java.util.Random;
import jdk.incubator.vector.FloatVector;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tag;
import net.jqwik.api.lifecycle.AddLifecycleHook;

@Tag("twin")
@AddLifecycleHook(Twin.class)
class SimdMathTwinTest {
  private static final int L = VectorWidth.LANES;

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

  @Example
  void logOfOneNumber() {
    for (float x : Fill.specials()) {
      Bits.assertSame("log(" + x + ")", ScalarMath.log(x), SimdMath.log(x));
    }
    for (float x : Fill.wide(1, 1000)) {
      Bits.assertSame("log(" + x + ")", ScalarMath.log(x), SimdMath.log(x));
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
      exp[i] = ScalarMath.exp(x[i]);
      log[i] = ScalarMath.log(x[i]);
    }
    Bits.assertSame("exp", exp, simdExp(x));
    Bits.assertSame("log", log, simdLog(x));
  }

  private static float[] simdExp(float[] x) {
    float[] y = new float[x.length];
    for (int i = 0; i < x.length; i += L) {
      var mask = VectorWidth.FLOATS.indexInRange(i, x.length);
      SimdMath.exp(FloatVector.fromArray(VectorWidth.FLOATS, x, i, mask)).intoArray(y, i, mask);
    }
    return y;
  }

  private static float[] simdLog(float[] x) {
    float[] y = new float[x.length];
    for (int i = 0; i < x.length; i += L) {
      var mask = VectorWidth.FLOATS.indexInRange(i, x.length);
      SimdMath.log(FloatVector.fromArray(VectorWidth.FLOATS, x, i, mask)).intoArray(y, i, mask);
    }
    return y;
  }
}
