package dev.lanewise.cases;

import dev.lanewise.kernel.Kernels;
import dev.lanewise.kernel.loss.Normalization;
import dev.lanewise.testing.Calls;
import dev.lanewise.testing.Content;
import dev.lanewise.testing.Family;
import dev.lanewise.testing.Guarded;
import dev.lanewise.testing.KernelCase;
import dev.lanewise.testing.Measured;
import dev.lanewise.testing.Shapes;
import dev.lanewise.testing.Sizes;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Tuple;

/** Layer normalization's cases: the one to copy for a family that is a reduction over rows. */
public final class NormalizationCases implements Family {
  private static final int[][] FIXED = {
    {1, 1}, {2, 3}, {5, 16}, {17, 7}, {4, 17}, {9, 31},
    {33, 33}, {2, 100}, {3, 130}, {7, 4097}, {5000, 3}, {300, 500}
  };

  /** What the calls write over: nothing that they read or write, or ever another matrix. */
  public enum Place {
    APART,
    Y_AND_DX_OVER_X,
    DX_OVER_DY,
    DX_OVER_PRODUCTS
  }

  /** Rows that lie {@code gap} elements apart, normalized, and the gradients. */
  public record Rows(
      int rows,
      int columns,
      int gap,
      int offset,
      float epsilon,
      Place place,
      int threads,
      Content content,
      long seed)
      implements KernelCase {
    private Guarded matrix(int of) {
      float[] values = content.values(seed + of, rows * columns);
      return Guarded.matrix(values, columns, columns + gap, offset + of % 7);
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
      Normalization kernel = kernels.normalization();
      Calls calls = new Calls();
      int m = rows;
      int n = columns;
      int ld = columns + gap;
      Guarded x = x();
      Guarded dy = dy();
      Guarded in = place == Place.Y_AND_DX_OVER_X ? x() : x;
      Guarded g = calls.in("gamma", gamma());
      Guarded b = calls.in("beta", beta());
      Guarded y = place == Place.Y_AND_DX_OVER_X ? in : matrix(2);
      Guarded of = Guarded.of(2 * rows, offset);
      Guarded dx =
          switch (place) {
            case APART, DX_OVER_PRODUCTS -> matrix(3);
            case Y_AND_DX_OVER_X -> x;
            case DX_OVER_DY -> dy;
          };
      Guarded p =
          switch (place) {
            case APART -> matrix(4);
            case Y_AND_DX_OVER_X -> dy;
            case DX_OVER_DY -> x;
            case DX_OVER_PRODUCTS -> dx;
          };
      calls.out("y", y);
      calls.out("statistics", of);
      calls
          .add(
              "forward",
              () ->
                  kernel.forward(
                      m, n, in.array, in.offset, ld, g.array, g.offset, b.array, b.offset, epsilon,
                      y.array, y.offset, ld, of.array, of.offset))
          .add(
              "backward",
              () ->
                  kernel.backward(
                      m, n, x.array, x.offset, ld, g.array, g.offset, of.array, of.offset, dy.array,
                      dy.offset, ld, p.array, p.offset, ld, dx.array, dx.offset, ld));
      if (p != dx) {
        Guarded dgamma = Guarded.of(columns, offset);
        calls.out("products", p);
        calls.out("dgamma", dgamma);
        calls.add(
            "gamma's gradient",
            () -> kernels.reduce().sumRows(m, n, p.array, p.offset, ld, dgamma.array, offset));
      }
      calls.out("dx", dx);
      return calls;
    }
  }

  @Override
  public List<Drawn> drawn() {
    return Drawn.of(Rows.class, rows());
  }

  /** Any case. */
  public static Arbitrary<Rows> rows() {
    Arbitrary<int[]> sizes =
        Arbitraries.frequencyOf(
            Tuple.of(7, LossesCases.sizes()),
            Tuple.of(1, Sizes.between(4000, 9000, 1, 5)),
            Tuple.of(2, Sizes.between(60, 130, 120, 400)));
    return Combinators.combine(
            sizes,
            Sizes.gaps(),
            Sizes.offsets(),
            Arbitraries.of(0f, 1e-5f, 1e-3f, 0.5f),
            Arbitraries.of(Place.class),
            Sizes.threads(),
            Arbitraries.of(Content.summed()),
            Sizes.seeds())
        .as(
            (size, gap, offset, epsilon, place, threads, content, seed) ->
                new Rows(size[0], size[1], gap, offset, epsilon, place, threads, content, seed));
  }

  @Override
  public List<Rows> production(int threads) {
    Shapes.Matrix images = Shapes.matrix(Shapes.IMAGE_ROWS);
    return List.of(
        gaussian(images.rows(), images.columns(), 0, Place.APART, threads),
        gaussian(192, 512, 3, Place.DX_OVER_DY, threads));
  }

  private static Rows gaussian(int rows, int columns, int offset, Place place, int threads) {
    return new Rows(rows, columns, 0, offset, 1e-3f, place, threads, Content.GAUSSIAN, 1);
  }

  @Override
  public List<Fixed> fixed() {
    return Fixed.of(
        "normalization",
        FIXED,
        (s, i) -> new Rows(s[0], s[1], 0, 0, 1e-3f, Place.DX_OVER_DY, 1, Content.FIXED, 1500 + i));
  }

  @Override
  public List<Measured> measured() {
    return List.of(
        Measured.small("columns", n -> gaussian(3, n, 1, Place.APART, 2)),
        Measured.once("large", gaussian(100, 900, 1, Place.APART, 2)),
        Measured.once("small rows", gaussian(2000, 9, 1, Place.APART, 2)));
  }
}
