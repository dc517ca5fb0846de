package dev.lanewise.cases;

import dev.lanewise.kernel.Kernels;
import dev.lanewise.kernel.matmul.ScalarMatmul;
import dev.lanewise.kernel.matmul.Transpose;
import dev.lanewise.kernel.reduce.Blas;
import dev.lanewise.testing.Calls;
import dev.lanewise.testing.Content;
import dev.lanewise.testing.Family;
import dev.lanewise.testing.Guarded;
import dev.lanewise.testing.KernelCase;
import dev.lanewise.testing.Measured;
import dev.lanewise.testing.Shapes;
import dev.lanewise.testing.Sizes;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Tuple;

/** Cases of BLAS's first and second level. */
public final class BlasCases implements Family {
  private static final int[][] FIXED = {
    {1, 1}, {2, 3}, {5, 16}, {4, 17}, {9, 31}, {8, 32},
    {7, 33}, {16, 64}, {3, 65}, {13, 50}, {300, 500}, {9, 9000}
  };

  /** A matrix and a vector of each of its sides; rows lie {@code gap} elements apart. */
  record Routines(
      int m,
      int n,
      int gap,
      int aOffset,
      int xOffset,
      int yOffset,
      int threads,
      Content content,
      long seed)
      implements KernelCase {
    private int lda() {
      return Math.max(1, n + gap);
    }

    private boolean fixed() {
      return content == Content.FIXED;
    }

    /** A factor that makes terms vanish now and then. */
    private float factor(int which, float fixed) {
      float[] choice = {0f, 1f, -0.75f, 0f, Float.NaN, -2f};
      return fixed() ? fixed : choice[(int) (seed / which % choice.length)];
    }

    @Override
    public Calls calls(Kernels kernels) {
      Blas kernel = kernels.blas();
      Calls calls = new Calls();
      Guarded a = Guarded.matrix(content.values(seed, m * n), n, lda(), aOffset);
      Guarded x = Guarded.of(content.values(seed + 50, n), xOffset);
      Guarded y = calls.in("y", Guarded.of(content.values(seed + 99, m), yOffset));
      Guarded product = products(kernel, calls, a.copy(), x.copy(), y);
      numbers(kernel, calls, a.values(), x.copy(), product);
      rankOne(kernel, calls, a, y);
      vectors(kernel, calls, x, product);
      return calls;
    }

    /** A·x and Aᵀ·y; the latter has the bits of a product with one row. */
    private Guarded products(Blas kernel, Calls calls, Guarded a, Guarded x, Guarded y) {
      float alpha = factor(1, 1.1f);
      float beta = factor(7, -0.5f);
      float gamma = factor(7, 0.5f);
      Transpose no = Transpose.NO;
      Transpose yes = Transpose.YES;
      Guarded p = calls.out("gemv", y.copy());
      Guarded t = calls.out("gemv, transposed", x.copy());
      Guarded before = x.copy();
      float[] whole = a.values();
      float[] right = x.values();
      float[] arrays = new float[m];
      int ld = lda();
      calls
          .add(
              "gemv",
              () ->
                  kernel.gemv(
                      no, m, n, alpha, a.array, a.offset, ld, x.array, x.offset, beta, p.array,
                      p.offset))
          .add(
              "gemv, transposed",
              () ->
                  kernel.gemv(
                      yes, m, n, alpha, a.array, a.offset, ld, y.array, y.offset, gamma, t.array,
                      t.offset))
          .add("gemv of arrays", () -> kernel.gemv(m, n, whole, right, arrays))
          .same("sgemm with m = 1", () -> row(alpha, a, y, gamma, before), t::values);
      return t;
    }

    private float[] row(float alpha, Guarded a, Guarded y, float beta, Guarded before) {
      Guarded c = before.copy();
      Transpose no = Transpose.NO;
      int lda = Math.max(1, m);
      int ldc = Math.max(1, n);
      new ScalarMatmul()
          .sgemm(
              no, no, 1, n, m, alpha, y.array, y.offset, lda, a.array, a.offset, lda(), beta,
              c.array, c.offset, ldc);
      return c.values();
    }

    private void numbers(Blas kernel, Calls calls, float[] a, Guarded x, Guarded y) {
      float[] numbers = calls.out("dot, nrm2, asum, iamax", Guarded.of(4, 0)).array;
      Guarded v = calls.in("vector", Guarded.of(a, aOffset));
      float[] of = calls.also("the same of offsets", Guarded.of(4, 0)).array;
      float[] left = x.values();
      float[] right = y.values();
      int length = m * n;
      calls
          .add("dot", () -> numbers[0] = kernel.dot(n, x.array, x.offset, y.array, y.offset))
          .add("nrm2", () -> of[1] = kernel.nrm2(length, v.array, v.offset))
          .add("asum", () -> of[2] = kernel.asum(length, v.array, v.offset))
          .add("iamax", () -> of[3] = length == 0 ? 0 : kernel.iamax(length, v.array, v.offset))
          .add("dot of arrays", () -> of[0] = kernel.dot(left, right))
          .add("nrm2 of an array", () -> numbers[1] = kernel.nrm2(a))
          .add("asum of an array", () -> numbers[2] = kernel.asum(a))
          .add("iamax of an array", () -> numbers[3] = length == 0 ? 0 : kernel.iamax(a));
      calls.same(
          "arrays",
          () -> new float[] {of[1], of[2], of[3]},
          () -> new float[] {numbers[1], numbers[2], numbers[3]});
    }

    private void rankOne(Blas kernel, Calls calls, Guarded before, Guarded y) {
      float alpha = factor(1, 0.3f);
      Guarded a = calls.out("ger", before.copy());
      Guarded x = calls.in("x", Guarded.of(content.values(seed + 50, n), xOffset));
      float[] left = y.values();
      float[] right = x.values();
      float[] arrays = before.values();
      int ld = lda();
      calls
          .add(
              "ger",
              () ->
                  kernel.ger(
                      m, n, alpha, y.array, y.offset, x.array, x.offset, a.array, a.offset, ld))
          .add("ger of arrays", () -> kernel.ger(m, n, alpha, left, right, arrays))
          .same("ger of arrays", a::values, () -> arrays);
    }

    private void vectors(Blas kernel, Calls calls, Guarded before, Guarded y) {
      Guarded x = calls.out("axpy and scal", before.copy());
      float[] whole = before.values();
      float[] left = y.values();
      calls
          .add("axpy", () -> kernel.axpy(n, 0.7f, y.array, y.offset, x.array, x.offset))
          .add("scal", () -> kernel.scal(n, 1.3f, x.array, x.offset))
          .add("axpy of arrays", () -> kernel.axpy(0.7f, left, whole))
          .add("scal of an array", () -> kernel.scal(1.3f, whole))
          .equal("arrays", () -> Arrays.toString(whole));
    }
  }

  @Override
  public List<Drawn> drawn() {
    Arbitrary<Integer> few = Arbitraries.integers().between(0, 9);
    Arbitrary<Integer> some = Arbitraries.integers().between(100, 300);
    Arbitrary<int[]> sizes =
        Arbitraries.frequencyOf(
            Tuple.of(6, Sizes.of(Sizes.small(), Sizes.small())),
            Tuple.of(1, Sizes.of(few, Arbitraries.integers().between(2000, 9000))),
            Tuple.of(1, Sizes.of(Arbitraries.integers().between(2000, 5000), few)),
            Tuple.of(1, Sizes.of(some, some)),
            Tuple.of(3, Sizes.of(Arbitraries.just(1), Sizes.lengths())));
    return Drawn.of(
        Routines.class,
        Combinators.combine(
                sizes,
                Sizes.gaps(),
                Sizes.offsets(),
                Sizes.offsets(),
                Sizes.threads(),
                Arbitraries.of(Content.summed()),
                Sizes.seeds())
            .as(
                (size, gap, a, x, threads, content, seed) ->
                    new Routines(
                        size[0], size[1], gap, a, x, (a + x) % 20, threads, content, seed)));
  }

  /** The dense layer's weights, as a matrix and as a vector; rows of several blocks. */
  @Override
  public List<Routines> production(int threads) {
    return List.of(
        routines(5408, 256, 0, threads),
        routines(1, Shapes.length(Shapes.DENSE_WEIGHTS), 0, threads),
        routines(131, 9001, 3, threads));
  }

  private static Routines routines(int m, int n, int gap, int threads) {
    return new Routines(m, n, gap, 1, 2, 3, threads, Content.GAUSSIAN, 8);
  }

  @Override
  public List<Fixed> fixed() {
    return Fixed.of(
        "blas", FIXED, (s, i) -> new Routines(s[0], s[1], 0, 0, 0, 0, 1, Content.FIXED, 1400 + i));
  }

  @Override
  public List<Measured> measured() {
    return List.of(
        Measured.vectors("vector", n -> routines(1, n, 0, 2)),
        Measured.small("wide", n -> routines(5, n, 1, 2)),
        Measured.small("tall", n -> routines(n, 5, 0, 2)),
        Measured.small("square", n -> routines(n, n, 0, 2)),
        Measured.once("large", routines(150, 133, 0, 2)));
  }
}
