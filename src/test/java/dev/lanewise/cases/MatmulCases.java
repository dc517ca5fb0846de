package dev.lanewise.cases;

import dev.lanewise.kernel.Kernels;
import dev.lanewise.kernel.matmul.Matmul;
import dev.lanewise.kernel.matmul.MatmulTwins;
import dev.lanewise.kernel.matmul.Transpose;
import dev.lanewise.kernel.support.VectorWidth;
import dev.lanewise.testing.Calls;
import dev.lanewise.testing.Content;
import dev.lanewise.testing.Family;
import dev.lanewise.testing.FixedInputs;
import dev.lanewise.testing.Guarded;
import dev.lanewise.testing.KernelCase;
import dev.lanewise.testing.Measured;
import dev.lanewise.testing.Shapes;
import dev.lanewise.testing.Sizes;
import dev.lanewise.testing.Teams;
import dev.lanewise.testing.Twins;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Tuple;

/** Cases of matrix products: with C, with a consumer of C's tiles, and of tiles alone. */
public final class MatmulCases implements Family {
  private static final int L = VectorWidth.LANES;

  /** What a product is cut into: production sizes, and small blocks for either register tile. */
  private static final int BLOCKINGS = 4;

  private static final int TEAMS = Teams.sizes().length;

  private static final Kernels[][] SIMD = new Kernels[BLOCKINGS][TEAMS];

  private static final int[][] FIXED = {
    {1, 1, 1}, {5, 2, 3}, {7, 17, 9}, {16, 16, 16}, {13, 33, 11},
    {1, 37, 19}, {29, 1, 23}, {12, 31, 8}, {33, 18, 5}, {8, 64, 10},
    {130, 257, 70}, {64, 256, 600}, {300, 10, 256}
  };

  /** op(A) is m × k, op(B) k × n. */
  public record Size(int m, int n, int k, boolean transA, boolean transB) {}

  /** What rows have beside their elements, and where A begins. */
  public record Layout(int gapA, int gapB, int gapC, int offset) {}

  /** What is multiplied; {@code zeros} percent of A's elements are +0 or −0. */
  public record Operands(float alpha, float beta, Values values, int zeros) {}

  /** How it is cut, by how many, and into what multiples tiles are asked for. */
  public record Cut(int blocking, int threads, int rowMultiple, int columnMultiple) {}

  /** What A and B hold. */
  public enum Values {
    GAUSSIAN,
    FEW_SPECIALS,
    WIDE,
    /** Elements whose products are mostly too small for a float. */
    TINY
  }

  /** A product. */
  public record Product(Size size, Layout layout, Operands operands, Cut cut, long seed)
      implements KernelCase {
    /** A plain product of Gaussian matrices. */
    public static Product of(int m, int n, int k, int blocking, int threads) {
      return new Product(
          new Size(m, n, k, false, false),
          new Layout(0, 0, 0, 0),
          new Operands(1, 0, Values.GAUSSIAN, 0),
          new Cut(blocking, threads, 1, 1),
          m + n + k);
    }

    /** The same of transposed operands. */
    public Product trans(boolean a, boolean b) {
      Size now = new Size(size.m, size.n, size.k, a, b);
      return new Product(now, layout, operands, cut, seed);
    }

    Product scaled(float alpha, float beta) {
      Operands now = new Operands(alpha, beta, operands.values, operands.zeros);
      return new Product(size, layout, now, cut, seed);
    }

    /** The same with zeros in A, and with other values. */
    public Product zeros(int percent, Values values) {
      Operands now = new Operands(operands.alpha, operands.beta, values, percent);
      return new Product(size, layout, now, cut, seed);
    }

    /** The same for a consumer of other multiples. */
    public Product tiles(int rowMultiple, int columnMultiple) {
      Cut now = new Cut(cut.blocking, cut.threads, rowMultiple, columnMultiple);
      return new Product(size, layout, operands, now, seed);
    }

    @Override
    public int threads() {
      return cut.threads;
    }

    @Override
    public Kernels simd() {
      Kernels[] bySize = SIMD[cut.blocking];
      Kernels kernels = bySize[cut.threads - 1];
      if (kernels == null) {
        Matmul twin = MatmulTwins.of(cut.blocking, Teams.of(cut.threads));
        kernels = Twins.with(Teams.kernels(cut.threads), twin);
        bySize[cut.threads - 1] = kernels;
      }
      return kernels;
    }

    private Guarded operand(long which, int rows, int columns, int gap, int at) {
      float[] values =
          switch (operands.values) {
            case GAUSSIAN -> Content.GAUSSIAN.values(which, rows * columns);
            case FEW_SPECIALS -> Content.FEW_SPECIALS.values(which, rows * columns);
            case WIDE -> Content.WIDE.values(which, rows * columns);
            case TINY -> tiny(Content.GAUSSIAN.values(which, rows * columns));
          };
      return Guarded.matrix(values, columns, Math.max(1, columns) + gap, at);
    }

    private static float[] tiny(float[] values) {
      for (int i = 0; i < values.length; i++) {
        values[i] *= 0x1p-74f;
      }
      return values;
    }

    private Guarded operandA() {
      int rows = size.transA ? size.k : size.m;
      int columns = size.transA ? size.m : size.k;
      Guarded a = operand(seed, rows, columns, layout.gapA, layout.offset);
      if (operands.zeros == 0) {
        return a;
      }
      Random random = new Random(seed);
      float[] values = a.values();
      for (int i = 0; i < values.length; i++) {
        if (random.nextInt(100) < operands.zeros) {
          values[i] = random.nextInt(4) == 0 ? -0f : 0f;
        }
      }
      return Guarded.matrix(values, columns, Math.max(1, columns) + layout.gapA, layout.offset);
    }

    private Guarded operandB() {
      int rows = size.transB ? size.n : size.k;
      int columns = size.transB ? size.k : size.n;
      return operand(seed + 1, rows, columns, layout.gapB, layout.offset / 2);
    }

    /** C before the product: it holds NaN where it must not be read. */
    private Guarded oldC() {
      Guarded c = operand(seed + 2, size.m, size.n, layout.gapC, layout.offset / 3);
      if (operands.beta != 0) {
        return c;
      }
      float[] nan = new float[c.length];
      Arrays.fill(nan, Float.NaN);
      return Guarded.matrix(nan, size.n, Math.max(1, size.n) + layout.gapC, layout.offset / 3);
    }

    @Override
    public Calls calls(Kernels kernels) {
      Matmul kernel = kernels.matmul();
      Calls calls = new Calls();
      Guarded a = calls.in("A", operandA());
      Guarded b = calls.in("B", operandB());
      Guarded c = calls.out("C", oldC());
      Guarded f = calls.also("C behind a consumer", oldC());
      Coverage coverage = new Coverage(size.m, size.n, cut.rowMultiple, cut.columnMultiple);
      Coverage alone = new Coverage(size.m, size.n, cut.rowMultiple, cut.columnMultiple);
      Transpose ta = of(size.transA);
      Transpose tb = of(size.transB);
      int m = size.m;
      int n = size.n;
      int k = size.k;
      int lda = Math.max(1, size.transA ? m : k) + layout.gapA;
      int ldb = Math.max(1, size.transB ? k : n) + layout.gapB;
      int ldc = Math.max(1, n) + layout.gapC;
      float alpha = operands.alpha;
      float beta = operands.beta;
      calls
          .add(
              "sgemm",
              () ->
                  kernel.sgemm(
                      ta, tb, m, n, k, alpha, a.array, a.offset, lda, b.array, b.offset, ldb, beta,
                      c.array, c.offset, ldc))
          .add(
              "sgemm with a consumer",
              () ->
                  kernel.sgemm(
                      ta, tb, m, n, k, alpha, a.array, a.offset, lda, b.array, b.offset, ldb, beta,
                      f.array, f.offset, ldc, coverage))
          .add(
              "sgemmTiles",
              () ->
                  kernel.sgemmTiles(
                      ta, tb, m, n, k, alpha, a.array, a.offset, lda, b.array, b.offset, ldb,
                      alone))
          .same("C, changed", () -> changed(c.values()), f::values)
          .same("tiles behind C", c::values, () -> coverage.received)
          .equal("tiles alone", () -> hash(alone.received));
      calls.check(coverage::assertTiled);
      calls.check(alone::assertTiled);
      if (operands.beta == 0) {
        calls.same("tiles without C", c::values, () -> alone.received);
      }
      Operands of = operands;
      boolean plain = of.values == Values.GAUSSIAN && of.zeros == 0;
      if (plain && size.k > 0 && of.alpha != 0) {
        calls.dense("C", c);
      }
      arrays(kernel, calls, a, b, c);
      return calls;
    }

    private static int hash(float[] values) {
      return Arrays.hashCode(values);
    }

    private float[] changed(float[] c) {
      for (int i = 0; i < c.length; i++) {
        c[i] = Coverage.change(c[i], i / size.n, i % size.n);
      }
      return c;
    }

    /** The forms for whole arrays are the product with alpha 1 and beta 0. */
    private void arrays(Matmul kernel, Calls calls, Guarded a, Guarded b, Guarded c) {
      float[] left = a.values();
      float[] right = b.values();
      float[] product = new float[size.m * size.n];
      Transpose ta = of(size.transA);
      Transpose tb = of(size.transB);
      calls
          .add(
              "multiply",
              () -> kernel.multiply(ta, tb, size.m, size.n, size.k, left, right, product))
          .equal("multiply", () -> hash(product));
      if (!size.transA && !size.transB) {
        calls.add(
            "multiply plain", () -> kernel.multiply(size.m, size.n, size.k, left, right, product));
      }
      if (operands.alpha == 1 && operands.beta == 0) {
        calls.same("multiply", c::values, () -> product);
      }
    }

    private static Transpose of(boolean transposed) {
      return transposed ? Transpose.YES : Transpose.NO;
    }
  }

  /** What is hashed: arrays with more elements than the product has, all of C. */
  record Whole(int i, int m, int n, int k) implements KernelCase {
    @Override
    public int threads() {
      return 1;
    }

    @Override
    public Calls calls(Kernels kernels) {
      Transpose transA = i % 2 == 0 ? Transpose.NO : Transpose.YES;
      Transpose transB = i % 4 < 2 ? Transpose.NO : Transpose.YES;
      float alpha = i % 3 == 0 ? 1 : 0.75f;
      float beta = i % 3 == 1 ? -1.5f : 0;
      int lda = (i % 2 == 0 ? k : m) + i % 3;
      int ldb = (i % 4 < 2 ? n : k) + i % 2;
      int ldc = n + i % 4;
      float[] a = FixedInputs.values(i, 3 + (i % 2 == 0 ? m : k) * lda);
      float[] b = FixedInputs.values(i + 50, 5 + (i % 4 < 2 ? k : n) * ldb);
      for (int j = 0; i % 5 == 0 && j < a.length; j += 3) { // zeros may be left out
        a[j] = 0;
      }
      Calls calls = new Calls();
      float[] c = calls.out("C", Guarded.of(FixedInputs.values(i + 100, 1 + m * ldc), 0)).array;
      return calls.add(
          "sgemm",
          () ->
              kernels
                  .matmul()
                  .sgemm(transA, transB, m, n, k, alpha, a, 3, lda, b, 5, ldb, beta, c, 1, ldc));
    }
  }

  @Override
  public List<Drawn> drawn() {
    return List.of(
        new Drawn(Product.class, products()),
        new Drawn(Product.class, zeros()),
        new Drawn(Product.class, largeB()));
  }

  private static Arbitrary<Product> products() {
    Arbitrary<Boolean> flags = Arbitraries.of(false, true);
    Arbitrary<Integer> gaps = Sizes.gaps();
    return Combinators.combine(
            Combinators.combine(sizes(), sizes(), sizes(), flags, flags)
                .as(Size::new)
                .filter(size -> (long) size.m * size.n * size.k <= 300_000),
            Combinators.combine(gaps, gaps, gaps, Arbitraries.integers().between(0, 33))
                .as(Layout::new),
            Combinators.combine(
                    Arbitraries.of(1f, 1f, -1.5f, 0.3f, 0f, -0f),
                    Arbitraries.of(0f, 0f, 1f, -0.7f, -0f),
                    Arbitraries.of(Values.GAUSSIAN, Values.FEW_SPECIALS, Values.WIDE))
                .as((alpha, beta, values) -> new Operands(alpha, beta, values, 0)),
            Combinators.combine(
                    Arbitraries.integers().between(0, BLOCKINGS - 1),
                    Sizes.threads(),
                    Arbitraries.of(1, 1, 2, 5, 12, 28, 151, 1 << 20, Integer.MAX_VALUE),
                    Arbitraries.of(1, 1, 2, 7, 16, 32, 100, 151, 1 << 20, Integer.MAX_VALUE))
                .as(Cut::new),
            Sizes.seeds())
        .as(Product::new);
  }

  private static Arbitrary<Integer> sizes() {
    return Arbitraries.frequencyOf(
        Tuple.of(4, Arbitraries.integers().between(0, 40)),
        Tuple.of(3, Arbitraries.integers().between(41, 150)),
        Tuple.of(
            2,
            Arbitraries.of(
                0, 1, L - 1, L, L + 1, 2 * L - 1, 2 * L, 2 * L + 1, 4 * L - 1, 4 * L + 1)),
        Tuple.of(1, Arbitraries.of(11, 12, 13, 23, 24, 25, 255, 256, 257, 300, 700, 800)));
  }

  /** Products whose zero terms are skipped: A mostly zeros, C at least 8 vectors wide. */
  private static Arbitrary<Product> zeros() {
    return Combinators.combine(
            Arbitraries.integers().between(1, 40),
            Arbitraries.integers().between(8 * L, 20 * L),
            Arbitraries.integers().between(1, 60),
            products(),
            skipped(),
            Arbitraries.of(1, 1, 3))
        .as(
            (m, n, k, other, operands, blocking) ->
                new Product(
                    new Size(m, n, k, other.size.transA, other.size.transB),
                    other.layout,
                    operands,
                    cut(other, blocking, other.cut.threads, other.cut.columnMultiple),
                    other.seed));
  }

  private static Arbitrary<Operands> skipped() {
    return Combinators.combine(Arbitraries.of(Values.class), Arbitraries.of(30, 60, 90, 99, 100))
        .as((values, percent) -> new Operands(1, 0, values, percent));
  }

  private static Cut cut(Product other, int blocking, int threads, int columnMultiple) {
    return new Cut(blocking, threads, other.cut.rowMultiple, columnMultiple);
  }

  /** Products of few rows whose zero terms are skipped: B large, in whole panels. */
  private static Arbitrary<Product> largeB() {
    Arbitrary<Size> sizes =
        Combinators.combine(
                Arbitraries.integers().between(1, 14),
                Arbitraries.integers().between(1, 3),
                Arbitraries.integers().between(16 * L, 30 * L),
                Arbitraries.of(false, true))
            .as((m, n, k, transA) -> new Size(m, n * 8 * L, k, transA, false));
    return Combinators.combine(
            sizes,
            products(),
            skipped(),
            Arbitraries.of(1, 3),
            Arbitraries.of(2, 3),
            Arbitraries.of(1, 8 * L, 16 * L))
        .as(
            (size, other, operands, blocking, threads, columnMultiple) ->
                new Product(
                    size,
                    other.layout,
                    operands,
                    cut(other, blocking, threads, columnMultiple),
                    other.seed));
  }

  /** The MNIST CNN's dense layers at small batches, with the blocks that users have. */
  @Override
  public List<Product> production(int threads) {
    List<Product> all = new ArrayList<>();
    for (Shapes.Product p : Shapes.products(20_000_000)) {
      all.add(of(p.m(), p.n(), p.k(), threads).trans(p.transA(), p.transB()));
    }
    all.add(of(13, 130, 1100, threads));
    all.add(of(3, 256, 600, threads));
    all.add(of(5, 900, 256, threads).trans(false, true));
    all.add(of(700, 64, 9, threads).trans(true, false));
    all.add(of(64, 256, 10, threads).trans(false, true));
    all.add(of(400, 33, 600, threads).scaled(1f, 0.5f));
    all.add(of(14, 1600, 300, threads).scaled(-2f, 1f));
    for (Values values : Values.values()) {
      all.add(of(13, 256, 900, threads).zeros(70, values));
      all.add(of(13, 900, 256, threads).trans(false, true).zeros(80, values));
      all.add(of(500, 256, 13, threads).trans(true, false).zeros(70, values));
      // More rows than use one copy of B, which is too large to be kept for all of them.
      all.add(of(270, 300, 230, threads).trans(false, true).zeros(80, values));
      all.add(of(270, 300, 230, threads).trans(true, false).zeros(80, values));
      all.add(of(70, 256, 300, threads).tiles(6, 16).zeros(80, values));
    }
    return all;
  }

  private static Product of(int m, int n, int k, int threads) {
    return Product.of(m, n, k, 0, threads);
  }

  @Override
  public List<Fixed> fixed() {
    return Fixed.of("matmul", FIXED, (s, i) -> new Whole(i, s[0], s[1], s[2]));
  }

  @Override
  public List<Measured> measured() {
    List<Measured> all = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      boolean a = i % 2 > 0;
      boolean b = i > 1;
      String name = (a ? "Aᵀ" : "A") + (b ? "·Bᵀ " : "·B ");
      all.add(Measured.small(name + "m", n -> of(n, 5, 7, 2).trans(a, b)));
      all.add(Measured.small(name + "n", n -> of(5, n, 7, 2).trans(a, b).scaled(1, 0.5f)));
      all.add(Measured.small(name + "k", n -> of(5, 7, n, 2).trans(a, b)));
      all.add(Measured.small(name + "m, n", n -> of(n, n, 3, 2).trans(a, b).scaled(1, 1)));
      all.add(Measured.once(name + "large", of(127, 133, 150, 2).trans(a, b)));
      all.add(
          Measured.once(
              name + "zeros", of(127, 133, 150, 2).trans(a, b).zeros(80, Values.GAUSSIAN)));
      all.add(
          Measured.once(
              name + "relay", of(12, 256, 500, 2).trans(a, b).zeros(80, Values.GAUSSIAN)));
    }
    return all;
  }
}
