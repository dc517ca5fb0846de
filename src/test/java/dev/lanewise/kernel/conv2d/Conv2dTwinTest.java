package dev.lanewise.kernel.conv2d;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.kernel.TileConsumer;
import dev.lanewise.testing.Bits;
import dev.lanewise.testing.Guarded;
import dev.lanewise.testing.Repro;
import dev.lanewise.testing.Teams;
import dev.lanewise.testing.Twin;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.function.Consumer;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tag;
import net.jqwik.api.lifecycle.AddLifecycleHook;

/** The SIMD twin of every convolution against the scalar twin, bit for bit. */
@Tag("twin")
@AddLifecycleHook(Twin.class)
class Conv2dTwinTest {
  private static final ScalarConv2d SCALAR = new ScalarConv2d();

  @Provide
  Arbitrary<ConvCase> cases() {
    return ConvCase.any();
  }

  @Property(tries = 400, edgeCases = EdgeCasesMode.NONE)
  void forward(@ForAll("cases") ConvCase drawn) {
    Repro.run(Conv2dTwinTest.class, drawn, Conv2dTwinTest::checkForward);
  }

  @Property(tries = 300, edgeCases = EdgeCasesMode.NONE)
  void fused(@ForAll("cases") ConvCase drawn) {
    Repro.run(Conv2dTwinTest.class, drawn, Conv2dTwinTest::checkFused);
  }

  @Property(tries = 400, edgeCases = EdgeCasesMode.NONE)
  void backwardInput(@ForAll("cases") ConvCase drawn) {
    Repro.run(Conv2dTwinTest.class, drawn, Conv2dTwinTest::checkBackwardInput);
  }

  @Property(tries = 400, edgeCases = EdgeCasesMode.NONE)
  void backwardWeights(@ForAll("cases") ConvCase drawn) {
    Repro.run(Conv2dTwinTest.class, drawn, Conv2dTwinTest::checkBackwardWeights);
  }

  @Property(tries = 300, edgeCases = EdgeCasesMode.NONE)
  void backwardBias(@ForAll("cases") ConvCase drawn) {
    Repro.run(Conv2dTwinTest.class, drawn, Conv2dTwinTest::checkBackwardBias);
  }

  @Example
  void repeat() {
    Repro.repeat(ConvCase.class, Conv2dTwinTest::checkAll);
  }

  private static void checkAll(ConvCase drawn) {
    checkForward(drawn);
    checkFused(drawn);
    checkBackwardInput(drawn);
    checkBackwardWeights(drawn);
    checkBackwardBias(drawn);
  }

  /** The production block sizes, and sizes that cross them. */
  @Example
  void productionBlocks() {
    for (int threads : Teams.sizes()) {
      production(threads, Conv2dShape.valid(5, 28, 28, 1, 32, 3, 3));
      production(threads, Conv2dShape.same(3, 14, 14, 48, 40, 3, 3, 1, 1, 1, 1, 1));
      production(threads, Conv2dShape.same(2, 9, 8, 65, 33, 5, 3, 2, 2, 1, 1, 1));
      production(threads, Conv2dShape.valid(33, 6, 6, 3, 7, 3, 3));
      production(threads, Conv2dShape.valid(1, 70, 90, 16, 5, 3, 3));
    }
  }

  /** More images than a block of 4096 holds: the blocks' results are folded too. */
  @Example
  void manyImages() {
    for (int threads : Teams.sizes()) {
      for (int images : new int[] {4095, 4096, 4097, 4096 * 33 + 5}) {
        production(threads, Conv2dShape.valid(images, 1, 2, 1, 2, 1, 1));
      }
      production(threads, Conv2dShape.valid(4100, 2, 2, 1, 20, 1, 1));
      production(threads, Conv2dShape.valid(4100, 2, 2, 11, 6, 2, 2));
    }
  }

  /** A kernel whose reach is so large that no window is made for it. */
  @Example
  void hugeReach() {
    for (int groups : new int[] {1, 2}) {
      production(
          2,
          new Conv2dShape(
              2, 5, 4, 2, 4, 2, 3, 1, 2, 3_000_000, 500_000, 3_000_000, 1, 500_000, 500_001,
              groups));
    }
  }

  private static void production(int threads, Conv2dShape s) {
    ConvCase drawn =
        new ConvCase(
            s.batch(),
            s.inHeight(),
            s.inWidth(),
            s.inChannels() / s.groups(),
            s.filters() / s.groups(),
            s.groups(),
            s.kernelHeight(),
            s.kernelWidth(),
            s.strideHeight(),
            s.strideWidth(),
            s.dilationHeight(),
            s.dilationWidth(),
            s.padTop(),
            s.padBottom(),
            s.padLeft(),
            s.padRight(),
            threads,
            0,
            0,
            0,
            0,
            2 * s.outWidth(),
            3,
            0,
            s.batch());
    Repro.run(Conv2dTwinTest.class, drawn, Conv2dTwinTest::checkAll);
  }

  private static SimdConv2d simd(ConvCase drawn) {
    SimdConv2d simd =
        drawn.termBlock() == 0
            ? new SimdConv2d(Teams.of(drawn.threads()))
            : new SimdConv2d(
                Teams.of(drawn.threads()),
                drawn.termBlock(),
                drawn.tileElements(),
                drawn.windowElements(),
                drawn.laneElements());
    Twin.assertUnderTest(simd, drawn.threads());
    return simd;
  }

  private static void checkForward(ConvCase drawn) {
    Conv2dShape shape = drawn.shape();
    float[] x = drawn.fill(1, shape.inElements());
    float[] w = drawn.fill(2, shape.weightElements());
    compare(
        drawn,
        "y",
        shape.outElements(),
        (kernel, y) ->
            kernel.forward(shape, x, drawn.offset(), w, drawn.offset(), y.array, y.offset));
  }

  private static void checkBackwardInput(ConvCase drawn) {
    Conv2dShape shape = drawn.shape();
    float[] dy = drawn.fill(1, shape.outElements());
    float[] w = drawn.fill(2, shape.weightElements());
    compare(
        drawn,
        "dx",
        shape.inElements(),
        (kernel, dx) ->
            kernel.backwardInput(
                shape, dy, drawn.offset(), w, drawn.offset(), dx.array, dx.offset));
  }

  private static void checkBackwardWeights(ConvCase drawn) {
    Conv2dShape shape = drawn.shape();
    float[] x = drawn.fill(1, shape.inElements());
    float[] dy = drawn.fill(2, shape.outElements());
    compare(
        drawn,
        "dw",
        shape.weightElements(),
        (kernel, dw) ->
            kernel.backwardWeights(
                shape, x, drawn.offset(), dy, drawn.offset(), dw.array, dw.offset));
  }

  private static void checkBackwardBias(ConvCase drawn) {
    Conv2dShape shape = drawn.shape();
    float[] dy = drawn.fill(1, shape.outElements());
    compare(
        drawn,
        "db",
        shape.filters(),
        (kernel, db) -> kernel.backwardBias(shape, dy, drawn.offset(), db.array, db.offset));
  }

  private interface Operation {
    void run(Conv2d kernel, Guarded out);
  }

  private static void compare(ConvCase drawn, String what, int length, Operation operation) {
    Guarded expected = Guarded.of(length, drawn.offset());
    operation.run(SCALAR, expected);
    Conv2d simd = simd(drawn);
    // Twice: what an earlier call left in scratch memory must not matter.
    for (int i = 0; i < 2; i++) {
      Guarded actual = Guarded.of(length, drawn.offset());
      operation.run(simd, actual);
      Bits.assertSame(what, expected.values(), actual.values());
      actual.assertIntact(what);
    }
    if (drawn.values() == 0 && drawn.batch() > 0 && dense(drawn)) {
      Bits.assertNotMostlyZero(what, expected.values());
    }
  }

  /** Whether most outputs of every operation have a term that is not zero. */
  private static boolean dense(ConvCase drawn) {
    return drawn.strideHeight() == 1
        && drawn.strideWidth() == 1
        && drawn.padTop() + drawn.padBottom() + drawn.padLeft() + drawn.padRight() == 0;
  }

  private static void checkFused(ConvCase drawn) {
    Conv2dShape shape = drawn.shape();
    float[] x = drawn.fill(1, shape.inElements());
    float[] w = drawn.fill(2, shape.weightElements());
    int length = shape.outElements();
    Guarded plain = Guarded.of(length, drawn.offset());
    SCALAR.forward(shape, x, drawn.offset(), w, drawn.offset(), plain.array, plain.offset);
    float[] expected = plain.values();
    for (int i = 0; i < length; i++) {
      expected[i] = Recorder.change(expected[i], i / shape.filters(), i % shape.filters());
    }
    for (Conv2d kernel : new Conv2d[] {SCALAR, simd(drawn)}) {
      Recorder inPlace = new Recorder(shape, drawn.rowMultiple());
      Guarded y = Guarded.of(length, drawn.offset());
      kernel.forward(shape, x, drawn.offset(), w, drawn.offset(), y.array, y.offset, inPlace);
      Bits.assertSame("fused y", expected, y.values());
      y.assertIntact("fused y");
      inPlace.check(expected);

      Recorder apart = new Recorder(shape, drawn.rowMultiple());
      kernel.forwardTiles(shape, x, drawn.offset(), w, drawn.offset(), apart);
      apart.check(expected);
    }
  }

  /** Changes every tile in place, keeps a copy, and holds that tiles are cut as promised. */
  private static final class Recorder implements TileConsumer {
    private final Conv2dShape shape;
    private final int rowMultiple;
    private final float[] seen;
    private final AtomicIntegerArray visits;

    Recorder(Conv2dShape shape, int rowMultiple) {
      this.shape = shape;
      this.rowMultiple = rowMultiple;
      seen = new float[shape.outElements()];
      visits = new AtomicIntegerArray(seen.length);
    }

    static float change(float value, int row, int column) {
      return value + (row * 3 + column);
    }

    @Override
    public int rowMultiple() {
      return rowMultiple;
    }

    @Override
    public void accept(
        float[] tile, int offset, int ld, int row, int rows, int column, int columns) {
      int width = shape.outWidth();
      int image = shape.outHeight() * width;
      assertEquals(0, row % width, "a tile starts with an output row");
      assertEquals(0, rows % width, "a tile ends with an output row");
      assertTrue(row % image + rows <= image, "a tile lies in one image");
      assertEquals(0, row % image % rowMultiple, "a tile starts on the row multiple");
      assertTrue(
          rows % rowMultiple == 0 || (row + rows) % image == 0,
          "a tile ends on the row multiple, or with its image");
      for (int i = 0; i < rows; i++) {
        for (int j = column; j < column + columns; j++) {
          int at = offset + i * ld + j - column;
          tile[at] = change(tile[at], row + i, j);
          seen[(row + i) * shape.filters() + j] = tile[at];
          visits.incrementAndGet((row + i) * shape.filters() + j);
        }
      }
    }

    void check(float[] expected) {
      Consumer<Integer> once = i -> assertEquals(1, visits.get(i), "visits of element " + i);
      for (int i = 0; i < seen.length; i++) {
        once.accept(i);
      }
      Bits.assertSame("tiles", expected, seen);
    }
  }
}
