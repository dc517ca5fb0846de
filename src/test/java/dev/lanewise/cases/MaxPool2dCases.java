package dev.lanewise.cases;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lanewise.kernel.Kernels;
import dev.lanewise.kernel.TileConsumer;
import dev.lanewise.kernel.TileSource;
import dev.lanewise.kernel.pointwise.Activation;
import dev.lanewise.kernel.pool.MaxPool2d;
import dev.lanewise.kernel.pool.Pool2dShape;
import dev.lanewise.testing.Calls;
import dev.lanewise.testing.Content;
import dev.lanewise.testing.Family;
import dev.lanewise.testing.FixedInputs;
import dev.lanewise.testing.Guarded;
import dev.lanewise.testing.KernelCase;
import dev.lanewise.testing.Measured;
import dev.lanewise.testing.Shapes;
import dev.lanewise.testing.Sizes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Tuple;
import org.jspecify.annotations.Nullable;

/** Max-pooling's cases: forward, its gradient, and as a consumer of tiles. */
public final class MaxPool2dCases implements Family {
  private static final List<Pool2dShape> FIXED =
      List.of(
          Pool2dShape.valid(1, 4, 4, 1, 2, 2),
          Pool2dShape.valid(2, 6, 6, 3, 2, 2),
          Pool2dShape.valid(1, 5, 7, 17, 3, 1),
          Pool2dShape.same(1, 5, 5, 2, 2, 2, 2, 2),
          Pool2dShape.same(2, 7, 4, 5, 3, 3, 1, 1),
          new Pool2dShape(1, 6, 8, 4, 3, 2, 2, 1, 1, 0, 1, 1),
          Pool2dShape.valid(3, 2, 2, 33, 2, 2),
          Pool2dShape.valid(1, 9, 3, 1, 3, 3),
          Pool2dShape.valid(1, 1, 8, 16, 1, 1),
          Pool2dShape.valid(2, 8, 8, 8, 2, 1),
          Pool2dShape.valid(16, 26, 26, 32, 2, 2),
          Pool2dShape.same(9, 20, 18, 24, 3, 3, 2, 2));

  /** A pooling, by every method; {@code wide} is how many channels a tile has. */
  record MaxPool(Pool2dShape shape, int wide, int offset, int threads, Content content, long seed)
      implements KernelCase {

    private float[] x() {
      int n = shape.inElements();
      if (content != Content.FIXED) {
        return content.values(seed, n);
      }
      float[] x = (seed % 2 == 0 ? Content.ROUGH : content).values(seed, n);
      if (seed % 3 == 0) {
        x[n / 2] = Float.NaN;
      }
      return x;
    }

    @Override
    public Calls calls(Kernels kernels) {
      MaxPool2d kernel = kernels.maxPool2d();
      Calls calls = new Calls();
      int n = shape.outElements();
      int at = offset / 2;
      Guarded x = calls.in("x", Guarded.of(x(), offset / 3));
      Guarded y = calls.out("y", Guarded.of(n, offset));
      int[] argmax = calls.ints("argmax", n, at);
      Guarded dy = calls.in("dy", Guarded.of(content.values(seed + 50, n), offset / 3));
      Guarded dx = calls.out("dx", Guarded.of(shape.inElements(), offset));
      Guarded only = Guarded.of(n, offset);
      float[] images = x.values();
      calls
          .add(
              "forward",
              () -> kernel.forward(shape, x.array, x.offset, y.array, y.offset, argmax, at))
          .add(
              "forward without argmax",
              () -> kernel.forward(shape, x.array, x.offset, only.array, only.offset, null, -1))
          .arrays("forward", y, of -> kernel.forward(shape, images, of))
          .add(
              "backward",
              () -> kernel.backward(shape, dy.array, dy.offset, argmax, at, dx.array, dx.offset));
      calls.same("y without argmax", y::values, only::values);
      if (content == Content.GAUSSIAN) {
        calls.dense("y", y);
      }
      int rows = shape.batch() * shape.inHeight() * shape.inWidth();
      TileSource source = kernel.unpooled(shape, dy.array, dy.offset, argmax, at);
      Guarded unpooled = calls.also("unpooled", Guarded.of(shape.inElements(), offset));
      calls
          .add("unpooled", () -> source.fill(unpooled.array, unpooled.offset, 0, rows))
          .same("unpooled", dx::values, unpooled::values);
      if (shape.tileable()) {
        tiles(kernel, calls, x, y, argmax);
        behindBias(kernels, calls, x);
      }
      return calls;
    }

    /** Tile by tile, and over all images at once: what forward gives, then doubled. */
    private void tiles(MaxPool2d kernel, Calls calls, Guarded x, Guarded y, int[] argmax) {
      Guarded tiled = calls.also("tiles", Guarded.of(y.length, offset));
      Guarded once = calls.also("one tile", Guarded.of(y.length, offset));
      Guarded only = calls.also("tiles without argmax", Guarded.of(y.length, offset));
      int[] winners = argmax.clone();
      List<Runnable> tiles = produced(x, consumer(kernel, tiled, winners));
      List<Runnable> lonely = produced(x, consumer(kernel, only, null));
      TileConsumer consumer = consumer(kernel, once, winners);
      int pixels = shape.batch() * shape.inHeight() * shape.inWidth();
      calls.add("tiles", () -> tiles.forEach(Runnable::run));
      calls.add("tiles without argmax", () -> lonely.forEach(Runnable::run));
      if (pixels > 0) {
        int c = shape.channels();
        calls.add("one tile", () -> consumer.accept(x.array, x.offset, c, 0, pixels, 0, c));
      }
      for (Guarded each : List.of(tiled, once, only)) {
        calls.same("tiles", () -> doubled(y.values()), each::values);
      }
      calls.same("winners", () -> FixedInputs.floats(argmax), () -> FixedInputs.floats(winners));
    }

    /** Behind bias and ReLU, which may be done in passing: what the three give one by one. */
    private void behindBias(Kernels kernels, Calls calls, Guarded x) {
      int c = shape.channels();
      int rows = shape.batch() * shape.inHeight() * shape.inWidth();
      int n = shape.outElements();
      Guarded bias = calls.in("bias", Guarded.of(content.values(seed + 70, c), offset / 3));
      float[] relu = new float[shape.inElements()];
      float[] expected = new float[n];
      int[] argmax = new int[n];
      int[] winners = new int[n];
      calls.add(
          "bias, relu, forward",
          () -> {
            Activation activation = kernels.activation();
            activation.addBiasRelu(
                rows, c, x.array, x.offset, c, bias.array, bias.offset, relu, 0, c);
            kernels.maxPool2d().forward(shape, relu, 0, expected, 0, argmax, 0);
          });
      for (int[] taken : Arrays.asList(winners, null)) {
        String name = "behind bias, relu" + (taken == null ? ", without argmax" : "");
        Guarded y = calls.also(name, Guarded.of(n, offset));
        TileConsumer pooling = kernels.maxPool2d().tiles(shape, y.array, y.offset, taken, 0, null);
        TileConsumer relus = kernels.activation().biasReluTiles(bias.array, bias.offset);
        List<Runnable> tiles = produced(x, pooling.behind(relus));
        calls.add(name, () -> tiles.forEach(Runnable::run));
        calls.same(name, () -> expected, y::values);
      }
      calls.same("winners", () -> FixedInputs.floats(argmax), () -> FixedInputs.floats(winners));
    }

    private static float[] doubled(float[] values) {
      for (int i = 0; i < values.length; i++) {
        values[i] *= 2;
      }
      return values;
    }

    /** A pooling consumer whose follower doubles what it gets. */
    private TileConsumer consumer(MaxPool2d kernel, Guarded y, int @Nullable [] winners) {
      TileConsumer twice =
          (tile, offset, ld, row, rows, column, columns) -> {
            assertEquals(y.offset + row * shape.channels() + column, offset, "tile's place");
            for (int i = 0; i < rows; i++) {
              for (int j = 0; j < columns; j++) {
                tile[offset + i * ld + j] *= 2;
              }
            }
          };
      TileConsumer consumer = kernel.tiles(shape, y.array, y.offset, winners, offset / 2, twice);
      int rows = Math.min(shape.strideHeight(), shape.inHeight()) * shape.inWidth();
      assertEquals(rows, consumer.rowMultiple());
      return consumer;
    }

    /** Hands x on as a convolution would: whole rows of an image, some channels, in a copy. */
    private List<Runnable> produced(Guarded x, TileConsumer consumer) {
      List<Runnable> tiles = new ArrayList<>();
      int high = shape.strideHeight() * (1 + (int) (seed % 3));
      int channels = Math.min(wide, shape.channels());
      int ld = channels + (int) (seed % 5);
      for (int image = 0; image < shape.batch(); image++) {
        for (int ih = 0; ih < shape.inHeight(); ih += high) {
          int row = (image * shape.inHeight() + ih) * shape.inWidth();
          int rows = Math.min(high, shape.inHeight() - ih) * shape.inWidth();
          for (int c = 0; c < shape.channels(); c += channels) {
            int from = c;
            int columns = Math.min(channels, shape.channels() - c);
            float[] tile = new float[offset + rows * ld];
            for (int i = 0; i < rows; i++) {
              int pixel = x.offset + (row + i) * shape.channels() + c;
              System.arraycopy(x.array, pixel, tile, offset + i * ld, columns);
            }
            tiles.add(() -> consumer.accept(tile, offset, ld, row, rows, from, columns));
          }
        }
      }
      return tiles;
    }
  }

  /** Small images and, now and then, one for a team; windows that overlap, touch or lie apart. */
  static Arbitrary<Pool2dShape> shapes() {
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
            Arbitraries.frequencyOf(Tuple.of(2, any), Tuple.of(1, unpadded), Tuple.of(2, pairs)))
        .as(MaxPool2dCases::fitted);
  }

  /** Windows and padding are cut down to what {@link Pool2dShape} allows. */
  private static Pool2dShape fitted(int[] i, int[] w) {
    int h = Math.min(w[0], i[1]);
    int v = Math.min(w[1], i[2]);
    return new Pool2dShape(
        i[0], i[1], i[2], i[3], h, v, w[2], w[3], w[4] % h, w[5] % h, w[6] % v, w[7] % v);
  }

  @Override
  public List<Drawn> drawn() {
    return Drawn.of(
        MaxPool.class,
        Combinators.combine(
                shapes(),
                Arbitraries.integers().between(1, 70),
                Sizes.offsets(),
                Sizes.threads(),
                Arbitraries.of(Content.drawn()),
                Sizes.seeds())
            .as(MaxPool::new));
  }

  /** The MNIST CNN's pooling, windows that lie apart or overlap, and a rest on both sides. */
  @Override
  public List<MaxPool> production(int threads) {
    List<MaxPool> cases = new ArrayList<>();
    for (String shape : List.of(Shapes.POOL_MNIST, Shapes.POOL_APART, Shapes.POOL_OVERLAPPING)) {
      Pool2dShape few = Shapes.pool(shape).withBatch(3);
      cases.add(new MaxPool(few, 32, 0, threads, Content.TIES, 1));
    }
    Pool2dShape odd = Pool2dShape.valid(2, 27, 25, 40, 2, 2);
    cases.add(new MaxPool(odd, 7, 3, threads, Content.SPECIALS, 2));
    return cases;
  }

  @Override
  public List<Fixed> fixed() {
    return Fixed.of(
        "pool", FIXED, (shape, i) -> new MaxPool(shape, 9, 0, 1, Content.FIXED, 400 + i));
  }

  @Override
  public List<Measured> measured() {
    return measured(shape -> new MaxPool(shape, 32, 2, 2, Content.GAUSSIAN, 1));
  }

  static List<Measured> measured(Function<Pool2dShape, KernelCase> of) {
    return List.of(
        Measured.small("channels", n -> of.apply(Pool2dShape.valid(1, 4, 5, n, 2, 2))),
        Measured.small("width", n -> of.apply(Pool2dShape.valid(2, 4, n + 1, 3, 2, 2))),
        Measured.small("overlap", n -> of.apply(Pool2dShape.same(1, 4, 5, n, 3, 3, 1, 1))),
        Measured.once("large", of.apply(Pool2dShape.valid(4, 26, 26, 32, 2, 2))));
  }
}
