package dev.lanewise.kernel.conv2d;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.lanewise.kernel.TileSource;
import dev.lanewise.kernel.conv2d.special.PooledCall;
import dev.lanewise.kernel.conv2d.special.SimdPooledWeights;
import dev.lanewise.kernel.pool.Pool2dShape;
import dev.lanewise.kernel.pool.ScalarMaxPool2d;
import dev.lanewise.kernel.support.VectorWidth;
import dev.lanewise.testing.AtEveryWidth;
import dev.lanewise.testing.Bits;
import dev.lanewise.testing.Fill;
import dev.lanewise.testing.Teams;
import java.util.List;
import net.jqwik.api.Example;
import org.junit.jupiter.api.function.Executable;

/**
 * Gradients behind a pooling: which way is taken, and what is refused; Conv2dCases has the rest.
 */
@AtEveryWidth
class Conv2dPooledTwinTest {
  /** The short way is really taken for what training has, and refused where it would err. */
  @Example
  void refusesWhatCouldUnderflow() {
    Conv2dShape conv = Conv2dShape.valid(3, 8, 8, 1, 16, 3, 3);
    assertEquals(VectorWidth.LANES == 16, SimdPooledWeights.fits(unpooled(conv)));
    assertEquals(true, SimdConv2d.isPlainThreeByThree(conv));
    assertEquals(false, SimdConv2d.isPlainThreeByThree(Conv2dShape.valid(3, 8, 8, 2, 16, 3, 3)));
    if (VectorWidth.LANES == 16) {
      assertEquals(true, taken(conv, 1f, 0f));
      assertEquals(true, taken(conv, 0x1p-95f, 0f));
      assertEquals(false, taken(conv, 0x1p-96f, 0f));
      assertEquals(false, taken(conv, 1f, Float.POSITIVE_INFINITY));
      assertEquals(false, taken(conv, 1f, Float.NaN));
    }
  }

  private static boolean taken(Conv2dShape conv, float gradient, float pixel) {
    float[] x = new float[conv.inElements()];
    x[x.length - 5] = 1 / 255f;
    x[x.length - 9] = pixel;
    Pool2dShape pool = matching(conv);
    float[] dy = new float[pool.outElements()];
    dy[dy.length - 3] = gradient;
    TileSource source = new ScalarMaxPool2d().unpooled(pool, dy, 0, new int[dy.length], 0);
    PooledCall call = new PooledCall().gradient(source);
    call.images(x, 0, conv.inHeight(), conv.inWidth());
    return SimdPooledWeights.run(call, Teams.of(2), new float[144], 0);
  }

  @Example
  void refusals() {
    Conv2dShape conv = Conv2dShape.valid(1, 6, 6, 1, 2, 3, 3);
    Pool2dShape other = Pool2dShape.valid(1, 4, 4, 3, 2, 2);
    SimdConv2d simd = new SimdConv2d(Teams.of(1));
    TileSource threes = unpooled(other);
    TileSource half = unpooled(Pool2dShape.valid(1, 2, 4, 2, 2, 2));
    TileSource two = unpooled(Pool2dShape.valid(1, 8, 4, 2, 2, 2)); // one image of twice the rows
    Conv2dShape twice = Conv2dShape.valid(2, 6, 6, 1, 2, 3, 3);
    float[] x = new float[99];
    float[] shared = new float[99];
    TileSource of = new ScalarMaxPool2d().unpooled(matching(conv), shared, 10, new int[8], 0);
    for (Conv2d kernel : new Conv2d[] {new ScalarConv2d(), simd}) {
      for (TileSource dy : List.of(threes, half)) {
        assertRefused(() -> kernel.backwardWeights(conv, x, 0, dy, new float[99], 0));
        assertRefused(() -> kernel.backwardBias(conv, dy, new float[3], 0));
      }
      assertRefused(() -> kernel.backwardBias(twice, two, new float[3], 0));
      assertRefused(() -> kernel.backwardBias(conv, unpooled(conv), new float[1], 0));
      assertRefused(() -> kernel.backwardWeights(conv, x, 0, of, shared, 17)); // dy's last
      assertRefused(() -> kernel.backwardBias(conv, of, shared, 9));
      kernel.backwardWeights(conv, x, 0, of, shared, 18);
      kernel.backwardBias(conv, of, shared, 8);
    }
    assertRefused(() -> new ScalarMaxPool2d().unpooled(other, new float[12], 0, new int[11], 0));
  }

  private static TileSource unpooled(Conv2dShape conv) {
    return unpooled(matching(conv));
  }

  private static Pool2dShape matching(Conv2dShape conv) {
    return Pool2dShape.valid(conv.batch(), conv.outHeight(), conv.outWidth(), conv.filters(), 2, 2);
  }

  private static TileSource unpooled(Pool2dShape pool) {
    int n = pool.outElements();
    return new ScalarMaxPool2d().unpooled(pool, new float[n], 0, new int[n], 0);
  }

  private static void assertRefused(Executable call) {
    assertThrows(IllegalArgumentException.class, call);
  }

  /** A source of any multiple: what is made row by row is the array itself. */
  @Example
  void aSourceOfRows() {
    Conv2dShape conv = Conv2dShape.valid(3, 6, 7, 2, 5, 3, 3);
    float[] x = Fill.gaussian(1, conv.inElements());
    float[] dy = Fill.gaussian(2, conv.outElements());
    TileSource rows =
        new TileSource() {
          @Override
          public int rows() {
            return dy.length / columns();
          }

          @Override
          public int columns() {
            return conv.filters();
          }

          @Override
          public void fill(float[] tile, int offset, int row, int rows) {
            System.arraycopy(dy, row * columns(), tile, offset, rows * columns());
          }
        };
    for (Conv2d kernel : new Conv2d[] {new ScalarConv2d(), new SimdConv2d(Teams.of(2))}) {
      float[] dw = new float[conv.weightElements()];
      float[] expected = new float[conv.weightElements()];
      kernel.backwardWeights(conv, x, 0, dy, 0, expected, 0);
      kernel.backwardWeights(conv, x, 0, rows, dw, 0);
      Bits.assertSame("dw", expected, dw);
      float[] db = new float[conv.filters()];
      float[] sums = new float[conv.filters()];
      kernel.backwardBias(conv, dy, 0, sums, 0);
      kernel.backwardBias(conv, rows, db, 0);
      Bits.assertSame("db", sums, db);
    }
  }
}
