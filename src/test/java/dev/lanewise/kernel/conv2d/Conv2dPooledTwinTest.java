package dev.lanewise.kernel.conv2d;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.lanewise.kernel.conv2d.special.PooledCall;
import dev.lanewise.kernel.conv2d.special.SimdPooledWeights;
import dev.lanewise.kernel.pool.Pool2dShape;
import dev.lanewise.kernel.pool.ScalarMaxPool2d;
import dev.lanewise.kernel.support.VectorWidth;
import dev.lanewise.testing.Bits;
import dev.lanewise.testing.Fill;
import dev.lanewise.testing.Guarded;
import dev.lanewise.testing.Repro;
import dev.lanewise.testing.Sizes;
import dev.lanewise.testing.Teams;
import dev.lanewise.testing.Twin;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tag;
import net.jqwik.api.lifecycle.AddLifecycleHook;

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
    assertEquals(VectorWidth.LANES == 16, SimdPooledWeights.fits(layer.conv(), layer.pool()));
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
    PooledCall call = new PooledCall().gradient(layer.pool(), dy, 0, taps, 0);
    call.images(x, 0, layer.height, layer.width);
    return SimdPooledWeights.run(call, Teams.of(2), new float[144], 0);
  }

  @Example
  void refusals() {
    Conv2dShape conv = Conv2dShape.valid(1, 6, 6, 1, 2, 3, 3);
    Pool2dShape other = Pool2dShape.valid(1, 4, 4, 3, 2, 2);
    SimdConv2d simd = new SimdConv2d(Teams.of(1));
    for (Conv2d kernel : new Conv2d[] {new ScalarConv2d(), simd}) {
      assertThrows(
          IllegalArgumentException.class,
          () ->
              kernel.backwardWeightsPooled(
                  conv,
                  other,
                  new float[99],
                  0,
                  new float[99],
                  0,
                  new int[99],
                  0,
                  new float[99],
                  0));
      assertThrows(
          IllegalArgumentException.class,
          () ->
              kernel.backwardBiasPooled(other, new float[12], 0, new int[11], 0, new float[3], 0));
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
    Twin.assertUnderTest(simd, one.threads);
    for (Conv2d kernel : new Conv2d[] {scalar, simd, simd}) {
      Guarded weights = Guarded.of(dw.length, one.offset);
      kernel.backwardWeightsPooled(
          conv,
          pool,
          x,
          one.offset,
          dy,
          one.offset,
          taps,
          one.offset,
          weights.array,
          weights.offset);
      Bits.assertSame("dw", dw, weights.values());
      weights.assertIntact("dw");
      Guarded bias = Guarded.of(db.length, one.offset);
      kernel.backwardBiasPooled(pool, dy, one.offset, taps, one.offset, bias.array, bias.offset);
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
