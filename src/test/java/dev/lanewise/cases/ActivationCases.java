package dev.lanewise.cases;

import dev.lanewise.kernel.Kernels;
import dev.lanewise.kernel.TileConsumer;
import dev.lanewise.kernel.pointwise.Activation;
import dev.lanewise.testing.Calls;
import dev.lanewise.testing.Content;
import dev.lanewise.testing.Family;
import dev.lanewise.testing.Guarded;
import dev.lanewise.testing.KernelCase;
import dev.lanewise.testing.Measured;
import dev.lanewise.testing.Shapes;
import dev.lanewise.testing.Sizes;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Tuple;

/** Cases of bias and ReLU. */
public final class ActivationCases implements Family {
  private static final int[][] FIXED = {
    {1, 1}, {1, 7}, {3, 16}, {5, 17}, {2, 33}, {9, 10},
    {4, 32}, {7, 5}, {1, 65}, {11, 3}, {676, 32}, {64, 256 + 5}
  };

  /** A matrix whose rows lie {@code gap} elements apart, and its elements as a vector. */
  record Layer(
      int rows,
      int columns,
      int gap,
      int offset,
      int threads,
      boolean inPlace,
      Content content,
      long seed)
      implements KernelCase {
    private int n() {
      return rows * columns;
    }

    private float[] x() {
      float[] x = content.values(seed, n());
      if (content == Content.ROUGH) {
        x[n() / 2] = Float.NaN;
      }
      return x;
    }

    @Override
    public Calls calls(Kernels kernels) {
      Activation kernel = kernels.activation();
      Calls calls = new Calls();
      int ld = Math.max(1, columns + gap);
      Content plain = content == Content.ROUGH ? Content.FIXED : content;
      Guarded x = calls.in("x", Guarded.matrix(x(), columns, ld, offset));
      Guarded b = calls.in("bias", Guarded.of(plain.values(seed + 50, columns), offset / 3));
      bias(kernel, calls, x, ld, b);
      relu(kernel, calls);
      gradient(kernel, calls);
      if (n() > 0) {
        tiles("bias", kernel.biasTiles(b.array, b.offset), calls, x, ld);
        tiles("bias, relu", kernel.biasReluTiles(b.array, b.offset), calls, x, ld);
        tiles("relu", kernel.reluTiles(), calls, x, ld);
        TileConsumer both = kernel.biasTiles(b.array, b.offset).andThen(kernel.reluTiles());
        tiles("bias and then relu", both, calls, x, ld);
      }
      return calls;
    }

    private void bias(Activation kernel, Calls calls, Guarded x, int ldx, Guarded b) {
      int ldy = inPlace ? ldx : Math.max(1, columns + gap % 3);
      Guarded apart = Guarded.matrix(rows, columns, ldy, offset / 2);
      Guarded y = calls.out("bias", inPlace ? x.copy() : apart.copy());
      Guarded z = calls.out("bias, relu", inPlace ? x.copy() : apart.copy());
      Guarded v = inPlace ? y : x;
      Guarded w = inPlace ? z : x;
      float[] values = x.values();
      float[] bias = b.values();
      int n = columns;
      calls
          .add(
              "addBias",
              () ->
                  kernel.addBias(
                      rows, n, v.array, v.offset, ldx, b.array, b.offset, y.array, y.offset, ldy))
          .add(
              "addBiasRelu",
              () ->
                  kernel.addBiasRelu(
                      rows, n, w.array, w.offset, ldx, b.array, b.offset, z.array, z.offset, ldy))
          .arrays("addBias", y, of -> kernel.addBias(rows, n, values, bias, of))
          .arrays("addBiasRelu", z, of -> kernel.addBiasRelu(rows, n, values, bias, of));
    }

    private void relu(Activation kernel, Calls calls) {
      Guarded values = calls.in("values", Guarded.of(x(), offset));
      Guarded y = calls.out("relu", inPlace ? values.copy() : Guarded.of(n(), offset / 2));
      Guarded x = inPlace ? y : values;
      float[] whole = values.values();
      calls
          .add("relu", () -> kernel.relu(n(), x.array, x.offset, y.array, y.offset))
          .arrays("relu", y, of -> kernel.relu(whole, of));
    }

    /** In place, the gradient takes the place of dy or that of y. */
    private void gradient(Activation kernel, Calls calls) {
      boolean fixed = content == Content.ROUGH;
      int n = n();
      float[] output = x();
      if (fixed) {
        for (int i = 0; i < n; i++) {
          output[i] = output[i] <= 0 ? 0 : output[i];
        }
      }
      float factor = fixed ? 1.25f : seed % 3 == 1 ? 4 / 3f : Float.POSITIVE_INFINITY;
      Guarded saved = Guarded.of(output, offset);
      Guarded given = Guarded.of(content.values(seed + 9, n), offset / 2);
      boolean over = seed % 2 == 0;
      Guarded from = inPlace ? (over ? given : saved) : Guarded.of(n, offset / 3);
      Guarded dx = calls.out("gradient", from.copy());
      Guarded once = calls.also("gradient of 1", from.copy());
      Guarded y = inPlace && !over ? dx : saved;
      Guarded dy = inPlace && over ? dx : given;
      Guarded v = inPlace && !over ? once : saved;
      Guarded w = inPlace && over ? once : given;
      calls
          .add(
              "scaledReluGradient",
              () ->
                  kernel.backwardScaledRelu(
                      n, factor, y.array, y.offset, dy.array, dy.offset, dx.array, dx.offset))
          .add(
              "reluGradient",
              () ->
                  kernel.backwardRelu(
                      n, v.array, v.offset, w.array, w.offset, once.array, once.offset));
    }

    /** A consumer tile by tile, and over the whole matrix at once. */
    private void tiles(String what, TileConsumer consumer, Calls calls, Guarded x, int ld) {
      Guarded once = calls.also(what + " of one tile", x.copy());
      Guarded tiled = calls.also(what + " of tiles", x.copy());
      int high = 1 + (int) (seed % 13);
      int wide = gap == 0 ? columns : 1 + (int) (seed % 37);
      List<Runnable> tiles = new ArrayList<>();
      for (int i = 0; i < rows; i += high) {
        for (int j = 0; j < columns; j += wide) {
          int at = tiled.offset + i * ld + j;
          int row = i;
          int column = j;
          int m = Math.min(high, rows - i);
          int n = Math.min(wide, columns - j);
          tiles.add(() -> consumer.accept(tiled.array, at, ld, row, m, column, n));
        }
      }
      calls
          .add("tiles of " + what, () -> tiles.forEach(Runnable::run))
          .add(
              "one tile of " + what,
              () -> consumer.accept(once.array, once.offset, ld, 0, rows, 0, columns))
          .same("tiles", once::values, tiled::values);
    }
  }

  @Override
  public List<Drawn> drawn() {
    Arbitrary<int[]> matrices =
        Combinators.combine(
                Arbitraries.frequencyOf(
                    Tuple.of(20, Arbitraries.integers().between(0, 40)),
                    Tuple.of(1, Arbitraries.integers().between(400, 600))),
                Arbitraries.frequencyOf(
                    Tuple.of(20, Sizes.small()),
                    Tuple.of(1, Arbitraries.integers().between(16_000, 17_000))))
            .as((rows, columns) -> new int[] {rows, columns})
            .filter(size -> (long) size[0] * size[1] < 60_000);
    Arbitrary<int[]> vectors = Sizes.lengths().map(n -> new int[] {1, n});
    return Drawn.of(
        Layer.class,
        Combinators.combine(
                Arbitraries.oneOf(matrices, vectors),
                Arbitraries.integers().between(0, 5),
                Sizes.offsets(),
                Sizes.threads(),
                Arbitraries.of(false, true),
                Arbitraries.of(Content.drawn()),
                Sizes.seeds())
            .as(
                (size, gap, offset, threads, inPlace, content, seed) ->
                    new Layer(size[0], size[1], gap, offset, threads, inPlace, content, seed)));
  }

  /** The dense and convolution layers of the MNIST CNN, and shapes that each way of splitting. */
  @Override
  public List<Layer> production(int threads) {
    Shapes.Matrix dense = Shapes.matrix(Shapes.DENSE_ROWS);
    return List.of(
        layer(dense.rows(), dense.columns(), 0, 0, threads, true),
        layer(26 * 26 * 2, 32, 0, 3, threads, true),
        layer(1, 40_003, 0, 1, threads, false),
        layer(2, 20_001, 5, 0, threads, false),
        layer(20_001, 1, 1, 0, threads, true));
  }

  private static Layer layer(
      int rows, int columns, int gap, int offset, int threads, boolean inPlace) {
    return new Layer(rows, columns, gap, offset, threads, inPlace, Content.SPECIALS, 7);
  }

  @Override
  public List<Fixed> fixed() {
    return Fixed.of(
        "activation",
        FIXED,
        (size, i) -> new Layer(size[0], size[1], 0, 0, 1, false, Content.ROUGH, 500 + i));
  }

  @Override
  public List<Measured> measured() {
    return List.of(
        Measured.vectors("columns", n -> layer(1, n, 0, 1, 2, false)),
        Measured.small("wide", n -> layer(3, n, 2, 1, 2, false)),
        Measured.small("tall", n -> layer(n, 3, 1, 1, 2, false)),
        Measured.once("large", layer(200, 133, 0, 1, 2, false)));
  }
}
