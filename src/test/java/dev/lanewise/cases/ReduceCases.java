package dev.lanewise.cases;

import dev.lanewise.kernel.Kernels;
import dev.lanewise.kernel.reduce.Reduce;
import dev.lanewise.kernel.support.VectorWidth;
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

/** Cases of the reductions. */
public final class ReduceCases implements Family {
  private static final int L = VectorWidth.LANES;
  private static final List<Integer> FIXED =
      List.of(0, 1, 7, 16, 17, 31, 32, 33, 65, 100, 20_000, 100_003);

  /** Vectors, the first of them as a matrix too, whose rows lie {@code gap} elements apart. */
  record Sums(
      int n,
      int columns,
      int gap,
      int xOffset,
      int yOffset,
      int threads,
      Content content,
      long seed)
      implements KernelCase {
    private int rows() {
      return columns == 0 ? n % 5 : n / columns;
    }

    /** NaN among half of the cases only, or every maximum would be NaN. */
    private float[] values(long of, int length) {
      float[] values = content.values(of, length);
      for (int i = 0; i < length && seed % 2 == 0; i++) {
        values[i] = Float.isNaN(values[i]) ? -0f : values[i];
      }
      return values;
    }

    @Override
    public Calls calls(Kernels kernels) {
      Reduce kernel = kernels.reduce();
      Calls calls = new Calls();
      Guarded x = calls.in("x", Guarded.of(values(seed, n), xOffset));
      Guarded y = calls.in("y", Guarded.of(values(seed + 50, n), yOffset));
      float[] numbers = calls.out("sum, max, dot, norm, norm, argmax", Guarded.of(6, 0)).array;
      float[] of = calls.also("sum, max, argmax of an array", Guarded.of(3, 0)).array;
      double[] exact = new double[1];
      float[] whole = x.values();
      calls
          .add("sum", () -> numbers[0] = kernel.sum(n, x.array, x.offset))
          .add("max", () -> numbers[1] = kernel.max(n, x.array, x.offset))
          .add("dot", () -> numbers[2] = kernel.dot(n, x.array, x.offset, y.array, y.offset))
          .add("squaredNorm", () -> numbers[3] = kernel.squaredNorm(n, x.array, x.offset))
          .add(
              "squaredNormInDouble",
              () -> {
                exact[0] = kernel.squaredNormInDouble(n, x.array, x.offset);
                numbers[4] = (float) exact[0];
              })
          .add("argMax", () -> numbers[5] = n == 0 ? 0 : kernel.argMax(n, x.array, x.offset))
          .add("sum of an array", () -> of[0] = kernel.sum(whole))
          .add("max of an array", () -> of[1] = kernel.max(whole))
          .add("argMax of an array", () -> of[2] = n == 0 ? 0 : kernel.argMax(whole))
          .equal("norm in double", () -> exact[0]);
      calls.same("arrays", () -> new float[] {numbers[0], numbers[1], numbers[5]}, () -> first(of));
      rows(kernel, calls, x);
      return calls;
    }

    private static float[] first(float[] of) {
      return new float[] {of[0], of[1], of[2]};
    }

    private void rows(Reduce kernel, Calls calls, Guarded x) {
      int ld = Math.max(1, columns + gap);
      float[] values = java.util.Arrays.copyOf(x.values(), rows() * columns);
      Guarded m = calls.in("matrix", Guarded.matrix(values, columns, ld, xOffset));
      Guarded sums = calls.out("sums", Guarded.of(columns, yOffset));
      calls
          .add(
              "sumRows",
              () -> kernel.sumRows(rows(), columns, m.array, m.offset, ld, sums.array, sums.offset))
          .arrays("sumRows", sums, of -> kernel.sumRows(rows(), columns, values, of));
      if (rows() > 0 && content == Content.GAUSSIAN) {
        calls.dense("sums", sums);
      }
    }
  }

  @Override
  public List<Drawn> drawn() {
    return Drawn.of(
        Sums.class,
        Combinators.combine(
                Arbitraries.oneOf(vectors(), matrices()),
                Sizes.gaps(),
                Sizes.offsets(),
                Sizes.offsets(),
                Sizes.threads(),
                Arbitraries.of(Content.summed()),
                Sizes.seeds())
            .as(
                (size, gap, x, y, threads, content, seed) ->
                    new Sums(size[0], size[1], gap, x, y, threads, content, seed)));
  }

  private static Arbitrary<int[]> vectors() {
    Arbitrary<Integer> lengths =
        Arbitraries.frequencyOf(
            Tuple.of(4, Arbitraries.integers().between(0, 140)),
            Tuple.of(2, Arbitraries.of(0, 1, L - 1, L, L + 1, 4 * L - 1, 4 * L, 4 * L + 1)),
            Tuple.of(2, Arbitraries.of(4095, 4096, 4097, 4128, 8191, 8192, 8193, 12_288 + 33)),
            Tuple.of(2, Arbitraries.integers().between(4096, 40_000)),
            Tuple.of(2, Arbitraries.of(65_535, 65_536, 65_537, 17 * 4096 + 33)),
            Tuple.of(1, Arbitraries.integers().between(65_536, 150_000)));
    return lengths.map(n -> new int[] {n, 1 + n % 37});
  }

  private static Arbitrary<int[]> matrices() {
    Arbitrary<Integer> rows =
        Arbitraries.frequencyOf(
            Tuple.of(6, Arbitraries.integers().between(0, 70)),
            Tuple.of(2, Arbitraries.of(31, 32, 33, 63, 64, 65)),
            Tuple.of(2, Arbitraries.of(4095, 4096, 4097, 8192, 8193, 12_290)));
    Arbitrary<Integer> columns =
        Arbitraries.frequencyOf(
            Tuple.of(5, Arbitraries.integers().between(0, 40)),
            Tuple.of(2, Arbitraries.of(L - 1, L, L + 1, 4 * L + 1, 127, 128, 129)),
            Tuple.of(1, Arbitraries.integers().between(100, 1100)));
    Arbitrary<int[]> any = Sizes.of(rows, columns).filter(size -> size[0] * size[1] < 100_000);
    Arbitrary<int[]> divided = // by tiles, by blocks, or both
        Sizes.of(
                Arbitraries.of(70, 255, 4096, 4097, 8191, 12_290),
                Arbitraries.integers().between(0, 9))
            .map(size -> new int[] {size[0], (1 << 16) / size[0] + 1 + 5 * size[1]});
    return Arbitraries.frequencyOf(Tuple.of(4, any), Tuple.of(1, divided))
        .map(size -> new int[] {size[0] * size[1], size[1]});
  }

  /** The MNIST CNN's bias gradients; three levels of blocks are a test of their own. */
  @Override
  public List<Sums> production(int threads) {
    Shapes.Matrix dense = Shapes.matrix(Shapes.DENSE_ROWS);
    Shapes.Matrix convolution = Shapes.matrix(Shapes.CONV_OUTPUT);
    return List.of(
        sums(dense.elements(), dense.columns(), threads),
        sums(640, 10, threads),
        sums(convolution.elements(), convolution.columns(), threads),
        sums(5000 * 300, 300, threads));
  }

  private static Sums sums(int n, int columns, int threads) {
    return new Sums(n, columns, 0, 0, 0, threads, Content.GAUSSIAN, 7);
  }

  @Override
  public List<Fixed> fixed() {
    return Fixed.of(
        "reduce", FIXED, (n, i) -> new Sums(n, 1 + n % 37, 0, 0, 0, 1, Content.FIXED, 900 + i));
  }

  @Override
  public List<Measured> measured() {
    return List.of(
        Measured.vectors("tall", n -> sums(n, 1, 2)),
        Measured.small("wide", n -> sums(37 * n, n, 2)),
        Measured.once("large", sums(20_000, 4, 2)));
  }
}
