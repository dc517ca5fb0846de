package dev.lanewise.kernel.pool;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lanewise.kernel.TileConsumer;
import dev.lanewise.testing.Bits;
import dev.lanewise.testing.Fill;
import dev.lanewise.testing.Guarded;
import dev.lanewise.testing.Repro;
import dev.lanewise.testing.Sizes;
import dev.lanewise.testing.Teams;
import dev.lanewise.testing.Twin;
import java.util.Arrays;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tag;
import net.jqwik.api.Tuple;
import net.jqwik.api.lifecycle.AddLifecycleHook;
import org.jspecify.annotations.Nullable;

@Tag("twin")
@AddLifecycleHook(Twin.class)
class MaxPool2dTwinTest {
  private static final int UNTOUCHED = 0x7abcdef1;

  private final MaxPool2d scalar = new ScalarMaxPool2d();

  enum Kind {
    GAUSSIAN,
    TIES,
    SPECIAL,
    WIDE
  }

  /** Padding and windows are cut down to what {@link Pool2dShape} allows. */
  record Pool(
      int batch,
      int height,
      int width,
      int channels,
      int windowHeight,
      int windowWidth,
      int strideHeight,
      int strideWidth,
      int padTop,
      int padBottom,
      int padLeft,
      int padRight,
      int offset,
      int threads,
      Kind kind,
      long seed) {
    Pool2dShape shape() {
      int wh = Math.min(windowHeight, height);
      int ww = Math.min(windowWidth, width);
      return new Pool2dShape(
          batch,
          height,
          width,
          channels,
          wh,
          ww,
          strideHeight,
          strideWidth,
          padTop % wh,
          padBottom % wh,
          padLeft % ww,
          padRight % ww);
    }

    float[] values(int which, int n) {
      long of = seed * 31 + which;
      return switch (kind) {
        case GAUSSIAN -> Fill.gaussian(of, n);
        case SPECIAL -> Fill.withSpecials(of, n, 0.4);
        case WIDE -> Fill.wide(of, n);
        case TIES -> {
          float[] few = Fill.gaussian(of, n);
          for (int i = 0; i < n; i++) {
            few[i] = Math.round(few[i]); // also -0
          }
          yield few;
        }
      };
    }
  }

  @Provide
  Arbitrary<Pool> pools() {
    Arbitrary<Integer> side = Arbitraries.integers().between(1, 9);
    Arbitrary<Integer> channels = Sizes.small().map(n -> Math.max(1, n));
    Arbitrary<int[]> images =
        Combinators.combine(Arbitraries.integers().between(0, 3), side, side, channels)
            .as((n, h, w, c) -> new int[] {n, h, w, c});
    Arbitrary<int[]> large =
        Combinators.combine(side, channels).as((n, c) -> new int[] {n, 17, 16, 20 + c});
    Arbitrary<Integer> window = Arbitraries.integers().between(1, 4);
    Arbitrary<Integer> pad = Arbitraries.integers().between(0, 3);
    Arbitrary<int[]> any =
        Combinators.combine(window, window, window, window, pad, pad, pad, pad)
            .as((a, b, c, d, e, f, g, h) -> new int[] {a, b, c, d, e, f, g, h});
    Arbitrary<int[]> unpadded =
        Combinators.combine(window, window, window, window)
            .as((a, b, c, d) -> new int[] {a, b, c, d, 0, 0, 0, 0});
    Arbitrary<int[]> pairs = Arbitraries.just(new int[] {2, 2, 2, 2, 0, 0, 0, 0});
    return Combinators.combine(
            Arbitraries.frequencyOf(Tuple.of(12, images), Tuple.of(1, large)),
            Arbitraries.frequencyOf(Tuple.of(2, any), Tuple.of(1, unpadded), Tuple.of(2, pairs)),
            Sizes.offsets(),
            Sizes.threads(),
            Arbitraries.of(Kind.values()),
            Arbitraries.longs().between(0, 1_000_000))
        .as(
            (i, w, offset, threads, kind, seed) ->
                new Pool(
                    i[0], i[1], i[2], i[3], w[0], w[1], w[2], w[3], w[4], w[5], w[6], w[7], offset,
                    threads, kind, seed));
  }

  @Property
  void forward(@ForAll("pools") Pool one) {
    Repro.run(getClass(), one, this::sameForward);
  }

  @Property
  void backward(@ForAll("pools") Pool one) {
    Repro.run(getClass(), one, this::sameBackward);
  }

  @Property
  void tiles(@ForAll("pools") Pool one) {
    Repro.run(getClass(), one, this::sameTiles);
  }

  /** The MNIST CNN's pooling on every team, and a layer of overlapping windows. */
  @Example
  void productionSizes() {
    for (int threads : Teams.sizes()) {
      Pool cnn = new Pool(3, 26, 26, 32, 2, 2, 2, 2, 0, 0, 0, 0, 0, threads, Kind.TIES, 1);
      Pool deep = new Pool(2, 28, 28, 67, 3, 3, 2, 2, 1, 1, 1, 1, 3, threads, Kind.TIES, 2);
      Pool odd = new Pool(2, 27, 25, 40, 2, 2, 2, 2, 0, 0, 0, 0, 3, threads, Kind.SPECIAL, 2);
      for (Pool one : new Pool[] {cnn, deep, odd}) {
        sameForward(one);
        sameBackward(one);
        sameTiles(one);
      }
    }
  }

  @Example
  void repeat() {
    Repro.repeat(Pool.class, this::sameForward);
    Repro.repeat(Pool.class, this::sameBackward);
    Repro.repeat(Pool.class, this::sameTiles);
  }

  /** An output image and its winners, both between canaries. */
  private static final class Out {
    private final Guarded y;
    private final int[] argmax;
    private final int argmaxOffset;
    private final int n;

    Out(Pool2dShape shape, Pool one) {
      n = shape.outElements();
      y = Guarded.of(n, one.offset);
      argmaxOffset = one.offset / 2;
      argmax = new int[argmaxOffset + n + 40];
      Arrays.fill(argmax, UNTOUCHED);
    }

    void assertSame(String what, Out actual) {
      Bits.assertSame(what, y.values(), actual.y.values());
      actual.y.assertIntact(what);
      assertArrayEquals(argmax, actual.argmax, what + ": argmax");
    }

    void assertArgmaxIntact() {
      for (int i = 0; i < argmax.length; i++) {
        if (i < argmaxOffset || i >= argmaxOffset + n) {
          assertEquals(
              UNTOUCHED, argmax[i], "element " + (i - argmaxOffset) + " beside the argmax");
        }
      }
    }
  }

  private void sameForward(Pool one) {
    Pool2dShape shape = one.shape();
    float[] values = one.values(0, shape.inElements());
    Guarded x = Guarded.of(values, one.offset / 3);
    Out expected = forward(scalar, shape, one, x);
    Out actual = forward(simd(one), shape, one, x);
    expected.assertSame("y", actual);
    actual.assertArgmaxIntact();
    Guarded withoutArgmax = Guarded.of(shape.outElements(), one.offset);
    simd(one)
        .forward(shape, x.array, x.offset, withoutArgmax.array, withoutArgmax.offset, null, -1);
    Bits.assertSame("y without argmax", expected.y.values(), withoutArgmax.values());
    withoutArgmax.assertIntact("y without argmax");
    Bits.assertSame("x", values, x.values());
    if (one.kind == Kind.GAUSSIAN) {
      Bits.assertNotMostlyZero("y", actual.y.values());
    }
  }

  private static Out forward(MaxPool2d twin, Pool2dShape shape, Pool one, Guarded x) {
    Out out = new Out(shape, one);
    twin.forward(shape, x.array, x.offset, out.y.array, out.y.offset, out.argmax, out.argmaxOffset);
    return out;
  }

  private void sameBackward(Pool one) {
    Pool2dShape shape = one.shape();
    Guarded x = Guarded.of(one.values(0, shape.inElements()), 0);
    Out winners = forward(scalar, shape, one, x);
    Guarded dy = Guarded.of(one.values(1, shape.outElements()), one.offset / 3);
    Guarded expected = Guarded.of(shape.inElements(), one.offset);
    Guarded actual = expected.copy();
    backward(scalar, shape, dy, winners, expected);
    backward(simd(one), shape, dy, winners, actual);
    Bits.assertSame("dx", expected.values(), actual.values());
    actual.assertIntact("dx");
  }

  private static void backward(
      MaxPool2d twin, Pool2dShape shape, Guarded dy, Out winners, Guarded dx) {
    twin.backward(
        shape, dy.array, dy.offset, winners.argmax, winners.argmaxOffset, dx.array, dx.offset);
  }

  /** Both twins' consumers, tile by tile and over all images at once, against forward. */
  private void sameTiles(Pool one) {
    Pool2dShape shape = one.shape();
    if (!shape.tileable()) {
      return;
    }
    Guarded x = Guarded.of(one.values(0, shape.inElements()), one.offset);
    Out expected = forward(scalar, shape, one, x);
    for (int i = 0; i < expected.n; i++) {
      expected.y.array[expected.y.offset + i] *= 2;
    }
    for (MaxPool2d twin : new MaxPool2d[] {scalar, simd(one)}) {
      Out tiled = new Out(shape, one);
      produce(one, shape, x, consumer(twin, shape, tiled, tiled.argmax));
      expected.assertSame("tiles", tiled);
      Out whole = new Out(shape, one);
      int pixels = one.batch * one.height * one.width;
      if (pixels > 0) {
        consumer(twin, shape, whole, whole.argmax)
            .accept(x.array, x.offset, one.channels, 0, pixels, 0, one.channels);
      }
      expected.assertSame("one tile", whole);
      Out withoutWinners = new Out(shape, one);
      produce(one, shape, x, consumer(twin, shape, withoutWinners, null));
      Bits.assertSame("without winners", expected.y.values(), withoutWinners.y.values());
      withoutWinners.y.assertIntact("without winners");
    }
  }

  /** A pooling consumer whose follower doubles what it gets. */
  private static TileConsumer consumer(
      MaxPool2d twin, Pool2dShape shape, Out out, int @Nullable [] winners) {
    TileConsumer twice =
        (tile, offset, ld, row, rows, column, columns) -> {
          assertEquals(out.y.offset + row * shape.channels() + column, offset, "tile's place");
          for (int i = 0; i < rows; i++) {
            for (int j = 0; j < columns; j++) {
              tile[offset + i * ld + j] *= 2;
            }
          }
        };
    TileConsumer consumer =
        twin.tiles(shape, out.y.array, out.y.offset, winners, out.argmaxOffset, twice);
    assertEquals(
        Math.min(shape.strideHeight(), shape.inHeight()) * shape.inWidth(), consumer.rowMultiple());
    return consumer;
  }

  /** Hands x on as a convolution would: whole rows of an image, some of its channels, in a copy. */
  private static void produce(Pool one, Pool2dShape shape, Guarded x, TileConsumer consumer) {
    int high = shape.strideHeight() * (1 + (int) (one.seed % 3));
    int wide = 1 + (int) (one.seed % one.channels);
    int ld = wide + (int) (one.seed % 5);
    for (int image = 0; image < one.batch; image++) {
      for (int ih = 0; ih < one.height; ih += high) {
        int row = (image * one.height + ih) * one.width;
        int rows = Math.min(high, one.height - ih) * one.width;
        for (int c = 0; c < one.channels; c += wide) {
          int columns = Math.min(wide, one.channels - c);
          float[] tile = new float[one.offset + rows * ld];
          for (int i = 0; i < rows; i++) {
            System.arraycopy(
                x.array,
                x.offset + (row + i) * one.channels + c,
                tile,
                one.offset + i * ld,
                columns);
          }
          consumer.accept(tile, one.offset, ld, row, rows, c, columns);
        }
      }
    }
  }

  private static MaxPool2d simd(Pool one) {
    MaxPool2d simd = new SimdMaxPool2d(Teams.of(one.threads));
    Twin.assertUnderTest(simd, one.threads);
    return simd;
  }
}
