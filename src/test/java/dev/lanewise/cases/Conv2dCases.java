package dev.lanewise.cases;

import dev.lanewise.kernel.Kernels;
import dev.lanewise.kernel.conv2d.Conv2d;
import dev.lanewise.kernel.conv2d.Conv2dShape;
import dev.lanewise.kernel.conv2d.ConvTwins;
import dev.lanewise.kernel.support.VectorWidth;
import dev.lanewise.testing.Calls;
import dev.lanewise.testing.Family;
import dev.lanewise.testing.Fill;
import dev.lanewise.testing.FixedInputs;
import dev.lanewise.testing.Guarded;
import dev.lanewise.testing.KernelCase;
import dev.lanewise.testing.Measured;
import dev.lanewise.testing.Shapes;
import dev.lanewise.testing.Teams;
import dev.lanewise.testing.Twins;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Tuple;

/** Cases of convolutions: every method; those behind a pooling are {@link PooledLayer}s. */
public final class Conv2dCases implements Family {
  private static final int L = VectorWidth.LANES;
  private static final Blocks USUAL = new Blocks(0, 0, 0, 0);
  private static final List<Conv2dShape> FIXED =
      List.of(
          Conv2dShape.valid(2, 6, 7, 1, 3, 3, 3),
          Conv2dShape.valid(1, 5, 5, 2, 17, 2, 2),
          Conv2dShape.same(2, 6, 6, 1, 2, 3, 3, 2, 2, 1, 1, 1),
          Conv2dShape.same(1, 7, 5, 3, 4, 3, 3, 1, 1, 1, 1, 1),
          new Conv2dShape(1, 9, 12, 2, 3, 3, 2, 2, 1, 1, 3, 0, 0, 0, 0, 1),
          new Conv2dShape(2, 6, 6, 4, 6, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1, 2),
          new Conv2dShape(1, 5, 6, 3, 3, 2, 3, 1, 2, 2, 1, 0, 1, 2, 0, 3),
          Conv2dShape.valid(3, 4, 4, 1, 8, 3, 3),
          Conv2dShape.valid(1, 1, 20, 2, 5, 1, 4),
          Conv2dShape.valid(2, 5, 4, 5, 7, 1, 1),
          Conv2dShape.valid(8, 28, 28, 1, 32, 3, 3),
          Conv2dShape.same(4, 14, 14, 16, 24, 3, 3, 1, 1, 1, 1, 1),
          new Conv2dShape(3, 15, 17, 8, 16, 5, 3, 2, 1, 1, 2, 2, 1, 0, 3, 2));

  /** What arrays hold. */
  public enum Values {
    GAUSSIAN,
    SPECIALS,
    WIDE,
    /** Mostly zeros of both signs, with special values between. */
    ZEROS,
    FIXED
  }

  /** How the work is cut; no terms stand for the blocks that users have. */
  public record Blocks(int terms, int tile, int window, int lanes) {}

  /** A convolution by every method. */
  public record Convolution(
      Conv2dShape shape,
      Blocks blocks,
      int threads,
      int rowMultiple,
      int offset,
      Values values,
      long seed)
      implements KernelCase {
    @Override
    public Kernels simd() {
      Kernels usual = Teams.kernels(threads);
      if (blocks.terms == 0) {
        return usual;
      }
      return Twins.with(
          usual,
          ConvTwins.of(Teams.of(threads), blocks.terms, blocks.tile, blocks.window, blocks.lanes));
    }

    /** What an earlier call left in scratch memory must not matter. */
    @Override
    public int runs() {
      return 2;
    }

    private Guarded of(int salt, int n) {
      long of = seed + salt;
      float[] array =
          switch (values) {
            case GAUSSIAN -> Fill.gaussian(of, n);
            case SPECIALS -> Fill.withSpecials(of, n, 0.05);
            case WIDE -> Fill.wide(of, n);
            case FIXED -> FixedInputs.values(Math.toIntExact(of), n);
            case ZEROS -> {
              float[] special = Fill.withSpecials(of, n, 0.3);
              float[] which = Fill.gaussian(of + 7, n);
              for (int i = 0; i < n; i++) {
                special[i] = which[i] > 1 ? special[i] : which[i] > 0 ? 0f : -0f;
              }
              yield special;
            }
          };
      return Guarded.of(array, offset);
    }

    @Override
    public Calls calls(Kernels kernels) {
      Conv2d kernel = kernels.conv2d();
      Calls calls = new Calls();
      Guarded x = calls.in("x", of(0, shape.inElements()));
      Guarded w = calls.in("w", of(50, shape.weightElements()));
      Guarded g = calls.in("dy", of(100, shape.outElements()));
      Guarded y = calls.out("y", Guarded.of(shape.outElements(), offset));
      Guarded dx = calls.out("dx", Guarded.of(shape.inElements(), offset));
      Guarded dw = calls.out("dw", Guarded.of(shape.weightElements(), offset));
      Guarded db = calls.out("db", Guarded.of(shape.filters(), offset));
      Conv2dShape s = shape;
      calls
          .add(
              "forward",
              () -> kernel.forward(s, x.array, x.offset, w.array, w.offset, y.array, y.offset))
          .add(
              "backwardInput",
              () ->
                  kernel.backwardInput(
                      s, g.array, g.offset, w.array, w.offset, dx.array, dx.offset))
          .add(
              "backwardWeights",
              () ->
                  kernel.backwardWeights(
                      s, x.array, x.offset, g.array, g.offset, dw.array, dw.offset))
          .add(
              "backwardBias", () -> kernel.backwardBias(s, g.array, g.offset, db.array, db.offset));
      tiles(kernel, calls, x, w, y);
      arrays(kernel, calls, x.values(), w.values(), g.values(), List.of(y, dx, dw));
      if (values == Values.GAUSSIAN && shape.batch() > 0 && dense()) {
        calls.dense("y", y);
        calls.dense("dx", dx);
        calls.dense("dw", dw);
        calls.dense("db", db);
      }
      return calls;
    }

    /** Behind a consumer, with y and without it: what forward gives, changed. */
    private void tiles(Conv2d kernel, Calls calls, Guarded x, Guarded w, Guarded y) {
      Guarded fused = calls.also("fused y", Guarded.of(shape.outElements(), offset));
      Recorder with = new Recorder(shape, rowMultiple);
      Recorder without = new Recorder(shape, rowMultiple);
      calls
          .add(
              "forward with a consumer",
              () ->
                  kernel.forward(
                      shape, x.array, x.offset, w.array, w.offset, fused.array, fused.offset, with))
          .add(
              "forwardTiles",
              () -> kernel.forwardTiles(shape, x.array, x.offset, w.array, w.offset, without))
          .same("fused y", () -> Recorder.changed(shape, y.values()), fused::values)
          .same("tiles", fused::values, () -> with.seen)
          .same("tiles without y", fused::values, () -> without.seen);
      calls.check(with::assertTiled);
      calls.check(without::assertTiled);
    }

    private void arrays(
        Conv2d kernel, Calls calls, float[] x, float[] w, float[] dy, List<Guarded> expected) {
      calls
          .arrays("forward", expected.get(0), y -> kernel.forward(shape, x, w, y))
          .arrays("backwardInput", expected.get(1), dx -> kernel.backwardInput(shape, dy, w, dx))
          .arrays(
              "backwardWeights", expected.get(2), dw -> kernel.backwardWeights(shape, x, dy, dw));
    }

    /** Whether most outputs of every operation have a term that is not zero. */
    private boolean dense() {
      // A dilated kernel over a small image leaves pixels that no tap reaches.
      Conv2dShape s = shape;
      return s.strideHeight() == 1
          && s.strideWidth() == 1
          && (s.dilationHeight() == 1 || s.kernelHeight() == 1)
          && (s.dilationWidth() == 1 || s.kernelWidth() == 1)
          && s.padTop() + s.padBottom() + s.padLeft() + s.padRight() == 0;
    }
  }

  @Override
  public List<Drawn> drawn() {
    return List.of(
        new Drawn(Convolution.class, convolutions()),
        new Drawn(PooledLayer.class, PooledLayer.any()));
  }

  /** Small sizes of every kind, and channels around whole vectors. */
  public static Arbitrary<Convolution> convolutions() {
    Arbitrary<Integer> channels =
        Arbitraries.frequencyOf(
            Tuple.of(3, Arbitraries.integers().between(1, 5)),
            Tuple.of(
                3, Arbitraries.of(L - 1, L, L + 1, 2 * L - 1, 2 * L, 2 * L + 1, 3 * L, 4 * L + 1)));
    Arbitrary<Integer> side =
        Arbitraries.frequencyOf(
            Tuple.of(2, Arbitraries.integers().between(1, 6)),
            Tuple.of(3, Arbitraries.integers().between(7, 30)));
    Arbitrary<Integer> kernel =
        Arbitraries.frequencyOf(
            Tuple.of(4, Arbitraries.integers().between(1, 4)),
            Tuple.of(1, Arbitraries.integers().between(5, 7)));
    Arbitrary<Integer> batch = Arbitraries.of(0, 1, 1, 2, 3, 4, 5, 31, 32, 33, 40, 65);
    Arbitrary<Integer> groups = Arbitraries.of(1, 1, 1, 2, 3, 7);
    Arbitrary<Integer> step = Arbitraries.of(1, 1, 1, 2, 3, 5);
    Arbitrary<Integer> pad = Arbitraries.of(0, 0, 1, 2, 4);
    Arbitrary<Integer> block = Arbitraries.of(1, 5, 16, 100, 1000, 100_000);
    List<Arbitrary<Integer>> numbers =
        List.of(
            batch, side, side, channels, channels, groups, kernel, kernel, step, step, step, step,
            pad, pad, pad, pad);
    return Combinators.combine(
            Combinators.combine(numbers)
                .as(list -> fitted(list.stream().mapToInt(Integer::intValue).toArray())),
            Combinators.combine(block, block, block, block).as(Blocks::new),
            Arbitraries.of(1, 2, 3),
            Arbitraries.of(1, 1, 2, 3, 10, 52, 1000),
            Arbitraries.of(0, 1, 13),
            Arbitraries.of(Values.GAUSSIAN, Values.SPECIALS, Values.WIDE, Values.ZEROS),
            Arbitraries.longs().between(0, 1L << 40))
        .as(Convolution::new);
  }

  /** The kernel cut down to the padded image, and the work to some hundred thousand terms. */
  private static Conv2dShape fitted(int[] drawn) {
    int[] d = drawn.clone();
    while (true) {
      d[6] = Math.min(d[6], (d[1] + d[12] + d[13] - 1) / d[10] + 1);
      d[7] = Math.min(d[7], (d[2] + d[14] + d[15] - 1) / d[11] + 1);
      int c = d[3] * d[5];
      int f = d[4] * d[5];
      Conv2dShape shape =
          new Conv2dShape(
              d[0], d[1], d[2], c, f, d[6], d[7], d[8], d[9], d[10], d[11], d[12], d[13], d[14],
              d[15], d[5]);
      long terms = (long) shape.outElements() * d[6] * d[7] * d[3];
      long inputs = (long) shape.inElements() * d[6] * d[7] * d[4];
      if (Math.max(terms, inputs) <= 300_000) {
        return shape;
      }
      int largest =
          d[0] > 3 ? 0 : d[1] > 8 ? 1 : d[2] > 13 ? 2 : d[5] > 1 ? 5 : d[3] > d[4] ? 3 : 4;
      d[largest] = Math.max(1, d[largest] * 2 / 3);
    }
  }

  /** A convolution of Gaussian arrays with the blocks that users have. */
  public static Convolution usual(Conv2dShape shape, int threads) {
    int rows = 2 * shape.outWidth();
    return new Convolution(shape, USUAL, threads, rows, 3, Values.GAUSSIAN, shape.batch());
  }

  /** The blocks that users have, and sizes that cross them. */
  @Override
  public List<? extends KernelCase> production(int threads) {
    List<Conv2dShape> shapes =
        new ArrayList<>(
            List.of(
                Conv2dShape.valid(3, 28, 28, 1, 32, 3, 3),
                Conv2dShape.valid(33, 6, 6, 3, 7, 3, 3)));
    if (threads == 2) {
      shapes.addAll(Shapes.convolutions(1));
      shapes.add(Conv2dShape.same(2, 8, 13, 48, 33, 3, 3, 1, 1, 1, 1, 1));
      shapes.add(Conv2dShape.same(1, 9, 8, 65, 20, 5, 3, 2, 2, 1, 1, 1));
      shapes.add(Conv2dShape.valid(1, 50, 90, 16, 3, 3, 3));
    }
    return Stream.concat(
            shapes.stream().map(shape -> usual(shape, threads)),
            PooledLayer.production(threads).stream())
        .toList();
  }

  @Override
  public List<Fixed> fixed() {
    List<Fixed> plain =
        Fixed.of(
            "conv2d",
            FIXED,
            (shape, i) -> new Convolution(shape, USUAL, 1, 1, 0, Values.FIXED, 200 + i));
    return Stream.concat(plain.stream(), PooledLayer.fixed().stream()).toList();
  }

  @Override
  public List<Measured> measured() {
    List<Measured> all = new ArrayList<>(PooledLayer.measured());
    all.add(Measured.small("filters", n -> usual(Conv2dShape.valid(1, 4, 5, 2, n, 3, 3), 2)));
    all.add(Measured.small("width", n -> usual(Conv2dShape.valid(2, 3, n + 2, 1, 3, 3, 3), 2)));
    all.add(Measured.small("first", n -> usual(Conv2dShape.valid(1, 6, n + 2, 1, 32, 3, 3), 2)));
    all.add(
        Measured.small(
            "channels", n -> usual(Conv2dShape.same(1, 3, 3, n, 3, 3, 3, 1, 1, 1, 1, 1), 2)));
    all.add(
        Measured.small(
            "strides", n -> usual(Conv2dShape.same(2, 5, n + 1, 2, 4, 3, 2, 2, 2, 1, 1, 2), 2)));
    all.add(
        Measured.small(
            "dilations",
            n -> usual(new Conv2dShape(1, 9, n + 3, 2, 5, 2, 3, 1, 2, 2, 1, 1, 0, 0, 1, 1), 2)));
    all.add(Measured.once("large", usual(Conv2dShape.valid(4, 28, 28, 1, 32, 3, 3), 2)));
    all.add(
        Measured.once(
            "large again", usual(Conv2dShape.same(4, 10, 11, 16, 24, 3, 3, 1, 1, 1, 1, 1), 2)));
    return all;
  }
}
