package dev.lanewise.kernel.conv2d;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.lanewise.kernel.TileSource;
import dev.lanewise.kernel.conv2d.special.PooledCall;
import dev.lanewise.kernel.conv2d.special.SimdPooledWeights;
import dev.lanewise.kernel.pool.MaxPool2d;
import dev.lanewise.kernel.pool.Pool2dShape;
import dev.lanewise.kernel.pool.ScalarMaxPool2d;
import dev.lanewise.kernel.pool.SimdMaxPool2d;
import dev.lanewise.kernel.support.VectorWidth;
import dev.lanewise.testing.Bits;
import dev.lanewise.testing.Fill;
import dev.lanewise.testing.Guarded;
import dev.lanewise.testing.Repro;
import dev.lanewise.testing.Sizes;
import dev.lanewise.testing.Teams;
import dev.lanewise.testing.Twin;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tag;
import net.jqwik.api.lifecycle.AddLifecycleHook;
import org.junit.jupiter.api.function.Executable;

/** Gradients behind a pooling, both twins, against the pooling's gradient and then theirs. */
@Tag("twin")
@AddLifecycleHook(Twin.class)
class Conv2dPooledTwinTest {
  enum Kind {
    /** Pixels of bytes and Gaussian gradients, some 0: what training has. */
    TRAINING,
    /** As TRAINING, but the gradients so small that sums of them underflow. */
    TINY,
    /** Infinities, NaNs, zeros of both signs. */
    SPECIAL,
    /** Gradients with special values, ordinary pixels. */
    SPECIAL_GRADIENTS,
    /** Any exponent. */
    WIDE
  }

  record Layer(
      int batch,
      int height,
      int width,
      int channels,
      int filters,
      int kernel,
      int pad,
      int window,
      int stride,
      int offset,
      int threads,
      Kind kind,
      long seed) {
    Conv2dShape conv() {
      return new Conv2dShape(
          batch, height, width, channels, filters, kernel, kernel, 1, 1, 1, 1, pad, pad, pad, pad,
          1);
    }

    Pool2dShape pool() {
      Conv2dShape conv = conv();
      int fits = Math.min(window, Math.min(conv.outHeight(), conv.outWidth()));
      return Pool2dShape.valid(
          batch, conv.outHeight(), conv.outWidth(), conv.filters(), fits, stride);
    }

    float[] pixels(int n) {
      return switch (kind) {
        case SPECIAL -> Fill.withSpecials(seed, n, 0.02);
        case WIDE -> Fill.wide(seed, n);
        default -> {
          float[] x = Fill.gaussian(seed, n);
          for (int i = 0; i < n; i++) {
            x[i] = Math.max(0, Math.round(x[i] * 100)) / 255f;
          }
          yield x;
        }
      };
    }

    float[] gradients(int n) {
      float[] dy =
          switch (kind) {
            case SPECIAL, SPECIAL_GRADIENTS -> Fill.withSpecials(seed + 1, n, 0.1);
            case WIDE -> Fill.wide(seed + 1, n);
            default -> Fill.gaussian(seed + 1, n);
          };
      float[] which = Fill.gaussian(seed + 2, n);
      for (int i = 0; i < n; i++) {
        dy[i] = which[i] > 1 ? 0 : kind == Kind.TINY ? dy[i] * 0x1p-140f : dy[i];
      }
      return dy;
    }
  }

  @Provide
  Arbitrary<Layer> layers() {
    int lanes = VectorWidth.LANES;
    Arbitrary<Integer> side = Arbitraries.integers().between(4, 12);
    Arbitrary<int[]> fast =
        Combinators.combine(
                Arbitraries.of(1, 2, 31, 32, 33, 40), side, side, Arbitraries.of(1, 2, 3))
            .as((n, h, w, f) -> new int[] {n, h, w, 1, f * lanes, 3, 0, 2, 2});
    Arbitrary<int[]> any =
        Combinators.combine(
                Arbitraries.of(0, 1, 2, 33),
                side,
                side,
                Arbitraries.of(1, 2),
                Arbitraries.of(1, 3, lanes, lanes + 1),
                Arbitraries.of(2, 3),
                Arbitraries.of(0, 1),
                Arbitraries.of(2, 3))
            .as((n, h, w, c, f, k, p, s) -> new int[] {n, h, w, c, f, k, p, 2, s});
    return Combinators.combine(
            Arbitraries.oneOf(fast, any),
            Sizes.offsets(),
            Sizes.threads(),
            Arbitraries.of(Kind.values()),
            Arbitraries.longs().between(0, 1_000_000))
        .as(
            (d, offset, threads, kind, seed) ->
                new Layer(
                    d[0], d[1], d[2], d[3], d[4], d[5], d[6], d[7], d[8], offset, threads, kind,
                    seed));
  }

  @Property
  void gradients(@ForAll("layers") Layer one) {
    Repro.run(getClass(), one, Conv2dPooledTwinTest::same);
  }

  @Example
  void repeat() {
    Repro.repeat(Layer.class, Conv2dPooledTwinTest::same);
  }

  /** The MNIST CNN's layer. */
  @Example
  void productionSizes() {
    for (int threads : Teams.sizes()) {
      same(new Layer(35, 28, 28, 1, 32, 3, 0, 2, 2, 0, threads, Kind.TRAINING, 1));
      same(new Layer(3, 28, 28, 1, 32, 3, 0, 2, 2, 5, threads, Kind.TINY, 2));
    }
  }

  /** The short way is really taken for what training has, and refused where it would err. */
  @Example
  void refusesWhatCouldUnderflow() {
    Layer layer = new Layer(3, 8, 8, 1, 16, 3, 0, 2, 2, 0, 2, Kind.TRAINING, 3);
    assertEquals(
        VectorWidth.LANES == 16, SimdPooledWeights.fits(layer.conv(), unpooled(layer.pool())));
    if (VectorWidth.LANES == 16) {
      assertEquals(true, taken(layer, 1f, 0f));
      assertEquals(true, taken(layer, 0x1p-95f, 0f));
      assertEquals(false, taken(layer, 0x1p-96f, 0f));
      assertEquals(false, taken(layer, 1f, Float.POSITIVE_INFINITY));
      assertEquals(false, taken(layer, 1f, Float.NaN));
    }
  }

  private static boolean taken(Layer layer, float gradient, float pixel) {
    float[] x = new float[layer.conv().inElements()];
    x[x.length - 5] = 1 / 255f;
    x[x.length - 9] = pixel;
    float[] dy = new float[layer.pool().outElements()];
    dy[dy.length - 3] = gradient;
    int[] taps = new int[dy.length];
    TileSource source = new ScalarMaxPool2d().unpooled(layer.pool(), dy, 0, taps, 0);
    PooledCall call = new PooledCall().gradient(source);
    call.images(x, 0, layer.height, layer.width);
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

  private static void same(Layer one) {
    Conv2dShape conv = one.conv();
    Pool2dShape pool = one.pool();
    float[] x = one.pixels(one.offset + conv.inElements());
    float[] dy = one.gradients(one.offset + pool.outElements());
    // Winners of some forward pass; values with ties.
    float[] y = Fill.gaussian(one.seed + 3, pool.inElements());
    int[] taps = new int[one.offset + pool.outElements()];
    ScalarMaxPool2d pooling = new ScalarMaxPool2d();
    pooling.forward(pool, y, 0, new float[pool.outElements()], 0, taps, one.offset);
    float[] spread = new float[pool.inElements()];
    pooling.backward(pool, dy, one.offset, taps, one.offset, spread, 0);
    ScalarConv2d scalar = new ScalarConv2d();
    float[] dw = new float[conv.weightElements()];
    float[] db = new float[conv.filters()];
    scalar.backwardWeights(conv, x, one.offset, spread, 0, dw, 0);
    scalar.backwardBias(conv, spread, 0, db, 0);
    SimdConv2d simd = new SimdConv2d(Teams.of(one.threads));
    SimdMaxPool2d simdPooling = new SimdMaxPool2d(Teams.of(one.threads));
    Twin.assertUnderTest(simd, one.threads);
    for (Conv2d kernel : new Conv2d[] {scalar, simd, simd}) {
      Guarded weights = Guarded.of(dw.length, one.offset);
      TileSource source =
          ((MaxPool2d) (kernel == scalar ? pooling : simdPooling))
              .unpooled(pool, dy, one.offset, taps, one.offset);
      kernel.backwardWeights(conv, x, one.offset, source, weights.array, weights.offset);
      Bits.assertSame("dw", dw, weights.values());
      weights.assertIntact("dw");
      Guarded bias = Guarded.of(db.length, one.offset);
      kernel.backwardBias(conv, source, bias.array, bias.offset);
      Bits.assertSame("db", db, bias.values());
      bias.assertIntact("db");
    }
    if (one.kind == Kind.TRAINING
        && one.batch > 0
        && one.height >= 8
        && one.width >= 8
        && one.stride == 2) {
      Bits.assertNotMostlyZero("dw", dw);
    }
  }
}
