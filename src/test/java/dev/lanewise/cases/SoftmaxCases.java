package dev.lanewise.cases;

import dev.lanewise.kernel.Kernels;
import dev.lanewise.kernel.loss.Softmax;
import dev.lanewise.kernel.support.VectorWidth;
import dev.lanewise.testing.Calls;
import dev.lanewise.testing.Family;
import dev.lanewise.testing.Fill;
import dev.lanewise.testing.FixedInputs;
import dev.lanewise.testing.Guarded;
import dev.lanewise.testing.KernelCase;
import dev.lanewise.testing.Measured;
import dev.lanewise.testing.Shapes;
import dev.lanewise.testing.Sizes;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Tuple;

/** Cases of softmax and cross-entropy. */
public final class SoftmaxCases implements Family {
  private static final int L = VectorWidth.LANES;
  private static final int[][] FIXED = {
    {1, 1},
    {1, 2},
    {4, 3},
    {7, 10},
    {3, 16},
    {2, 17},
    {5, 33},
    {1, 40},
    {2, 64},
    {6, 9},
    {512, 10},
    {40, 1000},
    {3, 9001}
  };

  enum Logits {
    GAUSSIAN,
    NEAR_100,
    HUGE,
    WIDE,
    SPECIALS,
    /** Many −∞, some rows of nothing else. */
    MASKED,
    /** Gradients down to where they are flushed. */
    SPREAD,
    /** The same on every machine. */
    FIXED
  }

  /** Which input an output is written over, if any. */
  enum Output {
    APART,
    OVER_FIRST,
    OVER_SECOND
  }

  /** Rows of logits that lie {@code gap} elements apart: functions, losses and gradients. */
  record Rows(
      int rows,
      int columns,
      int gap,
      int inOffset,
      int outOffset,
      Logits content,
      Output output,
      float scale,
      int threads,
      long seed)
      implements KernelCase {
    private int ld() {
      return Math.max(1, columns + gap);
    }

    /** A leading dimension of its own for an output that stands alone. */
    private int ldOut() {
      return output == Output.APART ? ld() + 2 : ld();
    }

    private boolean fixed() {
      return content == Logits.FIXED;
    }

    private Guarded matrix(float[] values, int offset) {
      return Guarded.matrix(values, columns, ld(), offset);
    }

    /** Where the result of two inputs goes, which are one and the same if there is one. */
    private Guarded place(Guarded first, Guarded second) {
      return switch (output) {
        case APART -> Guarded.matrix(rows, columns, ldOut(), outOffset);
        case OVER_FIRST -> first.copy();
        case OVER_SECOND -> second.copy();
      };
    }

    private Guarded first(Guarded given, Guarded out) {
      return output == Output.OVER_FIRST ? out : given;
    }

    private Guarded second(Guarded given, Guarded out) {
      return output == Output.OVER_SECOND ? out : given;
    }

    /** The only input. */
    private Guarded only(Guarded given, Guarded out) {
      return output == Output.APART ? given : out;
    }

    private float[] values(long of) {
      int n = rows * columns;
      float[] values =
          switch (content) {
            case WIDE -> Fill.wide(of, n);
            case SPECIALS -> Fill.withSpecials(of, n, 0.3 / columns);
            case FIXED -> FixedInputs.values(Math.toIntExact(of), n);
            default -> Fill.gaussian(of, n);
          };
      Random random = new Random(of);
      for (int i = 0; i < n; i++) {
        values[i] =
            switch (content) {
              case NEAR_100 -> 100 + values[i];
              case HUGE -> 1e4f * values[i];
              case SPREAD -> 40 * values[i];
              case MASKED ->
                  i / columns % 3 == 1 || random.nextInt(3) == 0
                      ? Float.NEGATIVE_INFINITY
                      : values[i];
              default -> values[i];
            };
      }
      return values;
    }

    private float[] logits() {
      float[] x = values(seed);
      for (int i = 0; fixed() && i < x.length; i++) {
        x[i] *= seed % 3 == 0 ? 95 : 4; // exp of the larger ones would overflow
      }
      if (fixed() && seed % 4 == 0) {
        Arrays.fill(x, 0, columns, Float.NEGATIVE_INFINITY);
      }
      return x;
    }

    @Override
    public Calls calls(Kernels kernels) {
      Softmax kernel = kernels.softmax();
      Calls calls = new Calls();
      Guarded x = calls.in("x", matrix(logits(), inOffset));
      Guarded p = functions(kernel, calls, x);
      gradients(kernel, calls, p);
      labels(kernel, calls, x);
      targets(kernel, calls, x, p);
      return calls;
    }

    private Guarded functions(Softmax kernel, Calls calls, Guarded x) {
      Guarded p = calls.out("softmax", place(x, x));
      Guarded l = calls.out("log-softmax", place(x, x));
      Guarded a = only(x, p);
      Guarded b = only(x, l);
      float[] whole = x.values();
      int m = rows;
      int n = columns;
      int ld = ld();
      int to = ldOut();
      calls
          .add("softmax", () -> kernel.softmax(m, n, a.array, a.offset, ld, p.array, p.offset, to))
          .add(
              "logSoftmax",
              () -> kernel.logSoftmax(m, n, b.array, b.offset, ld, l.array, l.offset, to))
          .arrays("softmax", p, of -> kernel.softmax(m, n, whole, of))
          .arrays("logSoftmax", l, of -> kernel.logSoftmax(m, n, whole, of));
      return p;
    }

    /** Of any rows; where they are hashed, of what was computed. */
    private void gradients(Softmax kernel, Calls calls, Guarded p) {
      Guarded y = fixed() ? p : calls.in("y", matrix(values(seed + 7), inOffset));
      Guarded dy = calls.in("dy", matrix(values(seed + 50), outOffset));
      Guarded l = Guarded.matrix(rows, columns, ld(), inOffset);
      Guarded v = fixed() ? l : y;
      Guarded dx = calls.out("softmax's gradient", place(y, dy));
      Guarded dl = calls.out("log-softmax's gradient", place(y, dy));
      Guarded a = first(y, dx);
      Guarded b = second(dy, dx);
      Guarded c = first(v, dl);
      Guarded d = second(dy, dl);
      int m = rows;
      int n = columns;
      int ld = ld();
      int from = fixed() ? ldOut() : ld;
      int to = ldOut();
      Guarded x = matrix(logits(), 0);
      calls
          .add(
              "logSoftmax again",
              () -> kernel.logSoftmax(m, n, x.array, 0, ld, l.array, l.offset, ld))
          .add(
              "softmaxGradient",
              () ->
                  kernel.backwardSoftmax(
                      m, n, a.array, a.offset, from, b.array, b.offset, ld, dx.array, dx.offset,
                      to))
          .add(
              "logSoftmaxGradient",
              () ->
                  kernel.backwardLogSoftmax(
                      m, n, c.array, c.offset, ld, d.array, d.offset, ld, dl.array, dl.offset, to));
    }

    private void labels(Softmax kernel, Calls calls, Guarded x) {
      int at = fixed() ? 0 : 3;
      int[] labels = new int[at + rows];
      int seeded = Math.toIntExact(seed);
      int[] drawn = FixedInputs.labels(seeded, rows, Math.max(1, columns));
      System.arraycopy(drawn, 0, labels, at, rows);
      Guarded l = calls.out("losses of labels", Guarded.of(rows, outOffset));
      Guarded dx = calls.out("gradient of labels", place(x, x));
      Guarded only = calls.also("losses of labels alone", Guarded.of(rows, outOffset));
      Guarded a = only(x, dx);
      float[] whole = x.values();
      int m = rows;
      int n = columns;
      int ld = ld();
      int to = ldOut();
      calls
          .add(
              "crossEntropy of labels",
              () ->
                  kernel.crossEntropy(
                      m, n, x.array, x.offset, ld, labels, at, only.array, only.offset))
          .add(
              "crossEntropyGradient of labels",
              () ->
                  kernel.backwardCrossEntropy(
                      m, n, a.array, a.offset, ld, labels, at, l.array, l.offset, scale, dx.array,
                      dx.offset, to))
          .arrays("crossEntropy", l, of -> kernel.crossEntropy(m, n, whole, drawn, of))
          .same("losses of labels alone", l::values, only::values);
    }

    private void targets(Softmax kernel, Calls calls, Guarded x, Guarded p) {
      float[] half = Fill.gaussian(seed + 2, rows * columns);
      for (int i = 0; i < half.length; i++) {
        half[i] = Math.max(0, half[i]) / columns; // half of them 0
      }
      Guarded t = fixed() ? p : calls.in("targets", matrix(half, outOffset));
      Guarded l = calls.out("losses of targets", Guarded.of(rows, inOffset));
      Guarded dx = calls.out("gradient of targets", place(x, t));
      Guarded only = calls.also("losses of targets alone", Guarded.of(rows, inOffset));
      Guarded a = first(x, dx);
      Guarded b = second(t, dx);
      int m = rows;
      int n = columns;
      int ld = ld();
      int lt = fixed() ? ldOut() : ld;
      int to = ldOut();
      calls
          .add(
              "crossEntropy of targets",
              () ->
                  kernel.crossEntropy(
                      m, n, x.array, x.offset, ld, t.array, t.offset, lt, only.array, only.offset))
          .add(
              "crossEntropyGradient of targets",
              () ->
                  kernel.backwardCrossEntropy(
                      m, n, a.array, a.offset, ld, b.array, b.offset, lt, l.array, l.offset, scale,
                      dx.array, dx.offset, to))
          .same("losses of targets alone", l::values, only::values);
    }
  }

  @Override
  public List<Drawn> drawn() {
    Arbitrary<Integer> rows =
        Arbitraries.frequencyOf(
            Tuple.of(5, Arbitraries.integers().between(0, 9)),
            Tuple.of(2, Arbitraries.integers().between(10, 70)),
            Tuple.of(1, Arbitraries.integers().between(1000, 2000)));
    Arbitrary<Integer> columns =
        Arbitraries.frequencyOf(
            Tuple.of(6, Arbitraries.integers().between(1, 70)),
            Tuple.of(3, Arbitraries.of(1, L, L + 1, 2 * L, 4 * L + 1, 10, 31, 32, 33)),
            Tuple.of(2, Arbitraries.integers().between(300, 1100)),
            Tuple.of(2, Arbitraries.of(1000, 4095, 4096, 4097, 8193, 9000)));
    Arbitrary<int[]> sizes =
        Sizes.of(rows, columns)
            .filter(size -> size[0] * size[1] < 40_000); // from 16 K elements on a team divides
    Arbitrary<Logits> contents =
        Arbitraries.of(Logits.values()).filter(content -> content != Logits.FIXED);
    return Drawn.of(
        Rows.class,
        Combinators.combine(
                Combinators.combine(sizes, Arbitraries.of(0, 0, 1, 7))
                    .as((size, gap) -> new int[] {size[0], size[1], gap}),
                Sizes.offsets(),
                Sizes.offsets(),
                contents,
                Arbitraries.of(Output.class),
                Arbitraries.of(1f, 1f / 64, -3.7f, 1e-28f, -1e-28f, 0f),
                Sizes.threads(),
                Sizes.seeds())
            .as(
                (size, in, out, content, output, scale, threads, seed) ->
                    new Rows(
                        size[0], size[1], size[2], in, out, content, output, scale, threads,
                        seed)));
  }

  @Override
  public List<Rows> production(int threads) {
    return Stream.concat(
            Shapes.softmaxes(100_000).stream(),
            Stream.of(new Shapes.Matrix(2, 4096), new Shapes.Matrix(1, 40_000)))
        .map(size -> rows(size.rows(), size.columns(), threads))
        .toList();
  }

  private static Rows rows(int m, int n, int threads) {
    return new Rows(m, n, 0, 1, 0, Logits.GAUSSIAN, Output.APART, 1f / m, threads, 5);
  }

  @Override
  public List<Fixed> fixed() {
    return Fixed.of(
        "softmax",
        FIXED,
        (s, i) -> new Rows(s[0], s[1], 0, 0, 0, Logits.FIXED, Output.APART, 1f / s[0], 1, 600 + i));
  }

  @Override
  public List<Measured> measured() {
    return List.of(
        Measured.small("columns", n -> rows(5, n, 2)),
        Measured.small("rows", n -> rows(n, 10, 2)),
        Measured.once("large", rows(200, 133, 2)),
        Measured.once("wide", rows(3, 9001, 2)));
  }
}
