package dev.lanewise.cases;

import dev.lanewise.kernel.Kernels;
import dev.lanewise.kernel.TileConsumer;
import dev.lanewise.kernel.loss.BatchNormalization;
import dev.lanewise.testing.Calls;
import dev.lanewise.testing.Content;
import dev.lanewise.testing.Family;
import dev.lanewise.testing.Guarded;
import dev.lanewise.testing.KernelCase;
import dev.lanewise.testing.Measured;
import dev.lanewise.testing.Sizes;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Tuple;

/** Batch normalization's cases: training's forward pass, its gradients, inference. */
public final class BatchNormalizationCases implements Family {
  private static final int[][] FIXED = {
    {1, 1}, {2, 3}, {5, 16}, {17, 7}, {4, 17}, {9, 31},
    {33, 33}, {64, 2}, {65, 15}, {130, 40}, {5000, 3}, {2000, 64}
  };

  /** Columns of rows that lie {@code gap} elements apart. */
  public record Columns(
      int rows,
      int columns,
      int gap,
      int offset,
      float epsilon,
      boolean inPlace,
      int threads,
      Content content,
      long seed)
      implements KernelCase {
    private int ld() {
      return Math.max(1, columns + gap);
    }

    private Guarded matrix(int of) {
      float[] values = content.values(seed + of, rows * columns);
      return Guarded.matrix(values, columns, ld(), offset + of % 7);
    }

    private Guarded row(int of) {
      return Guarded.of(content.values(seed + of, columns), offset + of % 7);
    }

    public Guarded x() {
      return matrix(0);
    }

    public Guarded dy() {
      return matrix(50);
    }

    public Guarded gamma() {
      return row(60);
    }

    public Guarded beta() {
      return row(70);
    }

    @Override
    public Calls calls(Kernels kernels) {
      BatchNormalization kernel = kernels.batchNormalization();
      Calls calls = new Calls();
      int m = rows;
      int n = columns;
      int ld = ld();
      Guarded x = calls.in("x", x());
      Guarded dy = calls.in("dy", dy());
      Guarded g = calls.in("gamma", gamma());
      Guarded b = calls.in("beta", beta());
      Guarded y = calls.out("y", Guarded.matrix(m, n, ld, offset));
      Guarded u = calls.out("mean", Guarded.of(n, offset + 1));
      Guarded v = calls.out("variance", Guarded.of(n, offset + 2));
      Guarded dx = calls.out("dx", Guarded.matrix(m, n, ld, offset));
      Guarded dg = calls.out("dgamma", Guarded.of(n, offset + 3));
      Guarded db = calls.out("dbeta", Guarded.of(n, offset));
      float e = epsilon;
      calls
          .add(
              "forward",
              () ->
                  kernel.forward(
                      m, n, x.array, x.offset, ld, g.array, g.offset, b.array, b.offset, e, y.array,
                      y.offset, ld, u.array, u.offset, v.array, v.offset))
          .add(
              "backward",
              () ->
                  kernel.backward(
                      m, n, x.array, x.offset, ld, g.array, g.offset, e, u.array, u.offset, v.array,
                      v.offset, dy.array, dy.offset, ld, dx.array, dx.offset, ld, dg.array,
                      dg.offset, db.array, db.offset));
      inference(kernel, calls, List.of(g, b, u, v), y);
      return calls;
    }

    /** By the batch's own moments it is the forward pass; what is hashed is of another matrix. */
    private void inference(BatchNormalization kernel, Calls calls, List<Guarded> by, Guarded y) {
      boolean fixed = content == Content.FIXED;
      int m = rows;
      int n = columns;
      int ld = ld();
      Guarded given = fixed ? dy() : x();
      Guarded z = calls.out("again", inPlace ? given.copy() : Guarded.matrix(m, n, ld, offset + 4));
      Guarded x = inPlace ? z : given;
      Guarded tiled = calls.also("tiles", given.copy());
      Guarded g = by.get(0);
      Guarded b = by.get(1);
      Guarded u = by.get(2);
      Guarded v = by.get(3);
      float e = epsilon;
      TileConsumer consumer =
          kernel.tiles(
              g.array, g.offset, b.array, b.offset, e, u.array, u.offset, v.array, v.offset);
      int half = n / 2;
      int rest = n - half;
      int at = tiled.offset;
      calls
          .add(
              "normalize",
              () ->
                  kernel.normalize(
                      m, n, x.array, x.offset, ld, g.array, g.offset, b.array, b.offset, e, u.array,
                      u.offset, v.array, v.offset, z.array, z.offset, ld))
          .add(
              "tiles",
              () -> {
                consumer.accept(tiled.array, at, ld, 0, m, 0, half);
                consumer.accept(tiled.array, at + half, ld, 0, m, half, rest);
              })
          .same("tiles", z::values, tiled::values);
      if (!fixed) {
        calls.same("again", y::values, z::values);
      }
    }
  }

  @Override
  public List<Drawn> drawn() {
    return Drawn.of(Columns.class, columns());
  }

  /** Any case. */
  public static Arbitrary<Columns> columns() {
    Arbitrary<int[]> small =
        Combinators.combine(Arbitraries.integers().between(1, 9), Sizes.small())
            .as((r, c) -> new int[] {r, c});
    Arbitrary<int[]> sizes =
        Arbitraries.frequencyOf(
            Tuple.of(4, small),
            Tuple.of(1, Sizes.between(4000, 9000, 1, 5)),
            Tuple.of(3, Sizes.between(60, 200, 1, 40)),
            Tuple.of(2, Sizes.between(60, 130, 120, 400)));
    return Combinators.combine(
            sizes,
            Sizes.gaps(),
            Sizes.offsets(),
            Arbitraries.of(0f, 1e-5f, 1e-3f, 0.5f),
            Arbitraries.of(true, false),
            Sizes.threads(),
            Arbitraries.of(Content.summed()),
            Sizes.seeds())
        .as(
            (size, gap, offset, epsilon, inPlace, threads, content, seed) ->
                new Columns(
                    size[0], size[1], gap, offset, epsilon, inPlace, threads, content, seed));
  }

  /** The channels of a convolution's output, of a few images, and a dense layer's columns. */
  @Override
  public List<Columns> production(int threads) {
    return List.of(columns(16 * 26 * 26, 32, threads), columns(128, 256, threads));
  }

  private static Columns columns(int rows, int columns, int threads) {
    boolean inPlace = columns < 100;
    return new Columns(rows, columns, 0, 3, 1e-3f, inPlace, threads, Content.GAUSSIAN, 1);
  }

  @Override
  public List<Fixed> fixed() {
    return Fixed.of(
        "batchnormalization",
        FIXED,
        (s, i) -> new Columns(s[0], s[1], 0, 0, 1e-3f, true, 1, Content.FIXED, 1600 + i));
  }

  @Override
  public List<Measured> measured() {
    return List.of(
        Measured.small("columns", n -> columns(3, n, 2)),
        Measured.small("rows", n -> columns(n, 3, 2)),
        Measured.once("large", columns(130, 900, 2)));
  }
}
