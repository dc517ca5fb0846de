package dev.lanewise.kernel.conv2d;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.kernel.TileConsumer;
import dev.lanewise.kernel.support.VectorWidth;
import dev.lanewise.testing.Bits;
import dev.lanewise.testing.Fill;
import dev.lanewise.testing.Guarded;
import dev.lanewise.testing.Repro;
import dev.lanewise.testing.Shapes;
import dev.lanewise.testing.Teams;
import dev.lanewise.testing.Twin;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
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

  @Property(edgeCases = EdgeCasesMode.NONE)
  void forward(@ForAll("cases") ConvCase drawn) {
    Repro.run(Conv2dTwinTest.class, drawn, Conv2dTwinTest::checkForward);
  }

  @Property(edgeCases = EdgeCasesMode.NONE)
  void fused(@ForAll("cases") ConvCase drawn) {
    Repro.run(Conv2dTwinTest.class, drawn, Conv2dTwinTest::checkFused);
  }

  @Property(edgeCases = EdgeCasesMode.NONE)
  void backwardInput(@ForAll("cases") ConvCase drawn) {
    Repro.run(Conv2dTwinTest.class, drawn, Conv2dTwinTest::checkBackwardInput);
  }

  @Property(edgeCases = EdgeCasesMode.NONE)
  void backwardWeights(@ForAll("cases") ConvCase drawn) {
    Repro.run(Conv2dTwinTest.class, drawn, Conv2dTwinTest::checkBackwardWeights);
  }

  @Property(edgeCases = EdgeCasesMode.NONE)
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
      production(threads, Conv2dShape.valid(3, 28, 28, 1, 32, 3, 3));
      production(threads, Conv2dShape.valid(33, 6, 6, 3, 7, 3, 3));
    }
    for (Conv2dShape measured : Shapes.convolutions(1)) {
      production(2, measured);
    }
    production(2, Conv2dShape.same(2, 8, 13, 48, 33, 3, 3, 1, 1, 1, 1, 1));
    production(2, Conv2dShape.same(1, 9, 8, 65, 20, 5, 3, 2, 2, 1, 1, 1));
    production(3, Conv2dShape.valid(1, 50, 90, 16, 3, 3, 3));
  }

  /** One channel and three taps a kernel row, around the nine pixels of a tile. */
  @Example
  void threeWide() {
    int lanes = VectorWidth.LANES;
    for (int filters : new int[] {lanes, 2 * lanes, 3 * lanes}) {
      for (int width : new int[] {10, 11, 12, 19, 20, 21, 28}) {
        production(2, Conv2dShape.valid(3, 6, width, 1, filters, 3, 3));
      }
      production(1, new Conv2dShape(2, 9, 14, 1, filters, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1, 1));
      production(2, new Conv2dShape(2, 11, 17, 2, 2 * filters, 2, 3, 2, 1, 3, 1, 0, 4, 2, 0, 2));
      production(2, new Conv2dShape(2, 5, 13, 3, 3 * filters, 1, 3, 1, 1, 1, 1, 1, 0, 0, 1, 3));
    }
  }

  /** Grid rows of fourteen pixels: with strides, phases of the input, dilation and groups. */
  @Example
  void fourteenWide() {
    int filters = 2 * VectorWidth.LANES;
    production(2, new Conv2dShape(2, 5, 29, 3, filters, 3, 3, 1, 2, 1, 1, 1, 1, 0, 0, 1));
    production(2, new Conv2dShape(2, 6, 29, filters, filters, 3, 3, 2, 2, 1, 1, 0, 1, 0, 0, 1));
    production(3, new Conv2dShape(1, 6, 28, filters, filters, 3, 3, 1, 1, 2, 2, 2, 2, 2, 2, 1));
    production(
        2, new Conv2dShape(2, 5, 14, 2 * filters, 2 * filters, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1, 2));
    production(1, Conv2dShape.same(1, 4, 42, 3 * filters, filters, 3, 3, 1, 1, 1, 1, 1));
  }

  /** More images than a block of 4096 holds: the blocks' results are folded too. */
  @Example
  void manyImages() {
    for (int threads : Teams.sizes()) {
      for (int images : new int[] {4095, 4096, 4097}) {
        production(threads, Conv2dShape.valid(images, 1, 2, 1, 2, 1, 1));
      }
      production(threads, Conv2dShape.valid(4100, 2, 2, 1, 20, 1, 1));
      production(threads, Conv2dShape.valid(4100, 2, 2, 11, 6, 2, 2));
    }
    // Enough blocks for all 32 lanes and one more.
    production(2, Conv2dShape.valid(4096 * 32 + 5, 1, 2, 1, 2, 1, 1));
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

  /** Several threads call one twin at the same time, each with arrays of its own. */
  @Example
  void oneTwinForSeveralThreads() throws InterruptedException {
    Conv2dShape shape = Conv2dShape.same(4, 9, 10, 3, 17, 3, 3, 1, 1, 1, 1, 1);
    float[] x = Fill.gaussian(1, shape.inElements());
    float[] w = Fill.gaussian(2, shape.weightElements());
    float[] dy = Fill.gaussian(3, shape.outElements());
    float[] y = new float[shape.outElements()];
    float[] dw = new float[shape.weightElements()];
    SCALAR.forward(shape, x, 0, w, 0, y, 0);
    SCALAR.backwardWeights(shape, x, 0, dy, 0, dw, 0);
    SimdConv2d simd = new SimdConv2d(Teams.of(2));
    Twin.assertUnderTest(simd, 2);
    List<Throwable> failures = Collections.synchronizedList(new ArrayList<>());
    List<Thread> callers = new ArrayList<>();
    for (int t = 0; t < 4; t++) {
      callers.add(
          Thread.ofPlatform()
              .uncaughtExceptionHandler((thread, thrown) -> failures.add(thrown))
              .start(
                  () -> {
                    for (int i = 0; i < 20; i++) {
                      float[] y2 = new float[y.length];
                      float[] dw2 = new float[dw.length];
                      simd.forward(shape, x, 0, w, 0, y2, 0);
                      simd.backwardWeights(shape, x, 0, dy, 0, dw2, 0);
                      Bits.assertSame("y", y, y2);
                      Bits.assertSame("dw", dw, dw2);
                    }
                  }));
    }
    for (Thread caller : callers) {
      caller.join();
    }
    assertEquals(List.of(), failures);
  }

  @Example
  void refusalsAreTheScalarTwins() {
    Conv2dShape s = Conv2dShape.valid(1, 3, 3, 1, 2, 2, 2); // x 9, w 8, y 8
    float[] nine = new float[9];
    float[] eight = new float[8];
    List<Consumer<Conv2d>> calls =
        List.of(
            k -> k.forward(s, nine, 1, eight, 0, new float[8], 0),
            k -> k.forward(s, nine, 0, eight, 0, eight, 0),
            k -> k.forward(s, nine, 0, eight, 0, new float[8], 1, (t, o, l, r, n, c, m) -> {}),
            k -> k.forwardTiles(s, nine, 0, eight, 1, (t, o, l, r, n, c, m) -> {}),
            k -> k.backwardInput(s, eight, 0, eight, 0, eight, 0),
            k -> k.backwardWeights(s, nine, 0, eight, 0, nine, -1),
            k -> k.backwardBias(s, eight, 0, eight, 3));
    SimdConv2d simd = new SimdConv2d(Teams.of(1));
    for (Consumer<Conv2d> call : calls) {
      String expected =
          assertThrows(IllegalArgumentException.class, () -> call.accept(SCALAR)).getMessage();
      assertEquals(
          expected,
          assertThrows(IllegalArgumentException.class, () -> call.accept(simd)).getMessage());
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
                new ConvBlocks(
                    drawn.termBlock(),
                    drawn.tileElements(),
                    drawn.windowElements(),
                    drawn.laneElements()));
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
    // A dilated kernel over a small image leaves pixels that no tap reaches.
    return drawn.strideHeight() == 1
        && drawn.strideWidth() == 1
        && (drawn.dilationHeight() == 1 || drawn.kernelHeight() == 1)
        && (drawn.dilationWidth() == 1 || drawn.kernelWidth() == 1)
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
      for (int i = 0; i < seen.length; i++) {
        assertEquals(1, visits.get(i), "visits of an element");
      }
      Bits.assertSame("tiles", expected, seen);
    }
  }
}
