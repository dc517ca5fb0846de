package dev.lanewise.kernel.reduce;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lanewise.cases.FamilyTwins;
import dev.lanewise.testing.Bits;
import dev.lanewise.testing.Fill;
import dev.lanewise.testing.Teams;
import net.jqwik.api.Example;

class ReduceTwinTest extends FamilyTwins {
  private final Reduce scalar = new ScalarReduce();

  /** Each special value alone at each position of short arrays. */
  @Example
  void specialsAtEveryPosition() {
    Reduce simd = new SimdReduce(Teams.of(1));
    for (int n = 1; n <= 40; n++) {
      for (int at = 0; at < n; at++) {
        for (float special : Fill.specials()) {
          float[] x = Fill.gaussian(n, n);
          x[at] = special;
          String what = special + " at " + at + " of " + n;
          Bits.assertSame(what, scalar.max(n, x, 0), simd.max(n, x, 0));
          Bits.assertSame(what, scalar.sum(n, x, 0), simd.sum(n, x, 0));
          Bits.assertSame(what, scalar.squaredNorm(n, x, 0), simd.squaredNorm(n, x, 0));
          assertEquals(
              scalar.squaredNormInDouble(n, x, 0), simd.squaredNormInDouble(n, x, 0), what);
          assertEquals(scalar.argMax(n, x, 0), simd.argMax(n, x, 0), what);
        }
      }
    }
  }

  /** More elements than a block of blocks. */
  @Example
  void threeLevelsOfBlocks() {
    int n = 4096 * 4096 + 3 * 4096 + 17;
    float[] x = Fill.gaussian(1, 1 << 16);
    float[] large = new float[n];
    for (int i = 0; i < n; i += x.length) {
      System.arraycopy(x, 0, large, i, Math.min(x.length, n - i));
    }
    float sum = scalar.sum(n, large, 0);
    float norm = scalar.squaredNorm(n, large, 0);
    double norm64 = scalar.squaredNormInDouble(n, large, 0);
    for (int threads : Teams.sizes()) {
      Reduce simd = new SimdReduce(Teams.of(threads));
      Bits.assertSame("sum", sum, simd.sum(n, large, 0));
      Bits.assertSame("norm", norm, simd.squaredNorm(n, large, 0));
      assertEquals(norm64, simd.squaredNormInDouble(n, large, 0), "norm in double");
    }
  }
}
