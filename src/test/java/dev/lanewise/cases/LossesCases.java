package dev.lanewise.cases;

import dev.lanewise.kernel.Kernels;
import dev.lanewise.kernel.loss.Losses;
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

/** Cases of mean squared error and binary cross-entropy. */
public final class LossesCases implements Family {
  private static final int[][] FIXED = {
    {1, 1},
    {2, 1},
    {17, 1},
    {3, 7},
    {1, 16},
    {2, 17},
    {5, 31},
    {1, 33},
    {4, 64},
    {2, 100},
    {64, 5000}
  };

  /** Rows that lie {@code gap} elements apart: both losses, and weights of the rows. */
  record Rows(int rows, int columns, int gap, int offset, int threads, Content content, long seed)
      implements KernelCase {
    private int ld() {
      return columns + gap;
    }

    private Guarded matrix(long of, int at, float factor) {
      float[] values = content.values(seed + of, rows * columns);
      for (int i = 0; i < values.length; i++) {
        values[i] *= factor;
      }
      return Guarded.matrix(values, columns, ld(), at);
    }

    @Override
    public Calls calls(Kernels kernels) {
      Losses k = kernels.losses();
      Calls calls = new Calls();
      int m = rows;
      int n = columns;
      int ld = ld();
      Guarded x = calls.in("x", matrix(0, offset, content == Content.FIXED ? 9 : 1));
      Guarded t = calls.in("targets", matrix(50, offset + 1, 1));
      Guarded l = calls.out("squares", Guarded.of(m, offset));
      Guarded dx = calls.out("squares' gradient", Guarded.matrix(m, n, ld, offset + 2));
      Guarded e = calls.out("entropies", Guarded.of(m, offset));
      Guarded de = Guarded.matrix(m, n, ld, offset + 2);
      Guarded y = calls.out("weighed", Guarded.of(m * n, offset + 2));
      Guarded o = calls.also("squares alone", Guarded.of(m, offset + 3));
      Guarded p = calls.also("entropies alone", Guarded.of(m, offset + 3));
      calls.also("entropies' gradient", de);
      float[] unweighed = new float[m * n];
      calls
          .add(
              "meanSquaredErrorGradient",
              () ->
                  k.backwardMeanSquaredError(
                      m, n, x.array, x.offset, ld, t.array, t.offset, ld, l.array, l.offset, 0.3f,
                      dx.array, dx.offset, ld))
          .add(
              "binaryCrossEntropyGradient",
              () ->
                  k.backwardBinaryCrossEntropy(
                      m, n, x.array, x.offset, ld, t.array, t.offset, ld, e.array, e.offset, 0.3f,
                      de.array, de.offset, ld))
          .add(
              "meanSquaredError",
              () ->
                  k.meanSquaredError(
                      m, n, x.array, x.offset, ld, t.array, t.offset, ld, o.array, o.offset))
          .add(
              "binaryCrossEntropy",
              () ->
                  k.binaryCrossEntropy(
                      m, n, x.array, x.offset, ld, t.array, t.offset, ld, p.array, p.offset))
          .add("gather", () -> gather(de, unweighed))
          .add("weigh", () -> k.weigh(m, n, l.array, l.offset, unweighed, 0, y.array, y.offset));
      calls.same("squares alone", l::values, o::values);
      calls.same("entropies alone", e::values, p::values);
      return calls;
    }

    /** The gradient's rows without gaps. */
    private void gather(Guarded from, float[] to) {
      for (int i = 0; i < rows; i++) {
        System.arraycopy(from.array, from.offset + i * ld(), to, i * columns, columns);
      }
    }
  }

  @Override
  public List<Drawn> drawn() {
    Content[] contents = {
      Content.GAUSSIAN, Content.SPECIALS, Content.FEW_SPECIALS, Content.WIDE, Content.TINY
    };
    return Drawn.of(
        Rows.class,
        Combinators.combine(
                sizes(),
                Sizes.gaps(),
                Sizes.offsets(),
                Sizes.threads(),
                Arbitraries.of(contents),
                Sizes.seeds())
            .as(
                (size, gap, offset, threads, content, seed) ->
                    new Rows(size[0], size[1], gap, offset, threads, content, seed)));
  }

  /** A few rows, rows of several blocks, and rows of one element. */
  static Arbitrary<int[]> sizes() {
    Arbitrary<int[]> small =
        Sizes.of(Arbitraries.integers().between(0, 9), Sizes.small().map(c -> Math.max(1, c)));
    Arbitrary<int[]> columns = Sizes.small().map(r -> new int[] {r, 1});
    return Arbitraries.frequencyOf(
        Tuple.of(6, small), Tuple.of(1, Sizes.between(1, 2, 4000, 9000)), Tuple.of(2, columns));
  }

  /** An autoencoder of MNIST images, and logits of two classes. */
  @Override
  public List<Rows> production(int threads) {
    Shapes.Matrix images = Shapes.matrix(Shapes.IMAGE_ROWS);
    return List.of(rows(images.rows(), images.columns(), threads), rows(256, 1, threads));
  }

  private static Rows rows(int rows, int columns, int threads) {
    return new Rows(rows, columns, 0, 1, threads, Content.GAUSSIAN, 1);
  }

  @Override
  public List<Fixed> fixed() {
    return Fixed.of(
        "losses", FIXED, (s, i) -> new Rows(s[0], s[1], 0, 0, 1, Content.FIXED, 1300 + i));
  }

  @Override
  public List<Measured> measured() {
    return List.of(
        Measured.small("columns", n -> rows(3, n, 2)),
        Measured.small("single", n -> rows(n, 1, 2)),
        Measured.once("large", rows(2, Measured.LONG, 2)));
  }
}
