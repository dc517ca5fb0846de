package dev.lanewise.kernel.conv2d;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.lanewise.cases.Conv2dCases;
import dev.lanewise.cases.FamilyTwins;
import dev.lanewise.kernel.support.VectorWidth;
import dev.lanewise.testing.Bits;
import dev.lanewise.testing.Calls;
import dev.lanewise.testing.Fill;
import dev.lanewise.testing.Repro;
import dev.lanewise.testing.Teams;
import dev.lanewise.testing.Twin;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;
import net.jqwik.api.Example;

/** The SIMD twin of every convolution against the scalar twin, bit for bit. */
class Conv2dTwinTest extends FamilyTwins {
  private static final ScalarConv2d SCALAR = new ScalarConv2d();

  private static void production(int threads, Conv2dShape shape) {
    Conv2dCases.Convolution one = Conv2dCases.usual(shape, threads);
    Repro.run(Conv2dTwinTest.class, one, Calls::assertTwins);
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
}
