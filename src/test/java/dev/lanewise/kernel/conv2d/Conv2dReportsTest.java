package dev.lanewise.kernel.conv2d;

import static dev.lanewise.testing.Refusals.refused;
import static dev.lanewise.testing.Refusals.said;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.kernel.support.VectorWidth;
import dev.lanewise.testing.Bits;
import dev.lanewise.testing.Cases;
import dev.lanewise.testing.Cases.Tensor;
import dev.lanewise.testing.Teams;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Field reports of convolutions, through both twins. */
class Conv2dReportsTest {
  /** Both twins; the scalar one alone where the machine lacks the requested width. */
  private static List<Conv2d> kernels() {
    return VectorWidth.refusal().isEmpty()
        ? List.of(new ScalarConv2d(), new SimdConv2d(Teams.of(2)))
        : List.of(new ScalarConv2d());
  }

  @Test
  void kernelLargerThanTheImageIsRefused() {
    for (Cases.FieldReport report : Cases.fieldReports("FR-11")) {
      Tensor x = report.input("x");
      Tensor w = report.input("w");
      String message = said(IllegalArgumentException.class, () -> Cases.conv(report.attrs(), x, w));
      for (int number : new int[] {x.dim(2), w.dim(2), 0}) {
        assertTrue(message.contains(" " + number), message);
      }
      assertTrue(message.contains("kernel") && message.contains("padding"), message);
    }
  }

  @Test
  void samePaddingPutsTheSmallerHalfFirst() {
    Conv2dShape even = Conv2dShape.same(1, 6, 6, 1, 1, 3, 3, 2, 2, 1, 1, 1);
    assertEquals(
        List.of(0, 1, 0, 1),
        List.of(even.padTop(), even.padBottom(), even.padLeft(), even.padRight()));
    Conv2dShape odd = Conv2dShape.same(1, 7, 7, 1, 1, 3, 3, 2, 2, 1, 1, 1);
    assertEquals(
        List.of(1, 1, 1, 1), List.of(odd.padTop(), odd.padBottom(), odd.padLeft(), odd.padRight()));
    for (Cases.FieldReport report : Cases.fieldReports("FR-12")) {
      assertEquals(even, Cases.conv(report.attrs(), report.input("x"), report.input("w")));
      checkValues(report);
    }
  }

  @Test
  void bothSidesHaveTheirOwnStrideAndDilation() {
    for (Cases.FieldReport report : Cases.fieldReports("FR-13")) {
      Conv2dShape shape = Cases.conv(report.attrs(), report.input("x"), report.input("w"));
      assertEquals(List.of(4, 9), List.of(shape.outHeight(), shape.outWidth()));
      checkValues(report);
    }
  }

  private static void checkValues(Cases.FieldReport report) {
    Tensor x = report.input("x");
    Tensor w = report.input("w");
    Conv2dShape shape = Cases.conv(report.attrs(), x, w);
    for (Conv2d kernel : kernels()) {
      float[] y = forward(kernel, shape, x.toNhwc(), w.toHwio(), report.input("b").floats());
      Bits.assertClose(
          report.id(), report.output("y").toNhwc().data(), y, report.rtol(), report.atol());
    }
  }

  @Test
  void sizesBeyondAnArrayAreRefused() {
    for (Cases.FieldReport report : Cases.fieldReports("FR-31")) {
      int[] dims = report.inputs().ints("dims");
      int[] nchw = dims.length == 4 ? dims : new int[] {dims[0], 1, dims[1], 1};
      refused(
          dims[0] < 0 ? "batch is -1" : "[256, 384, 386, 64]",
          () -> Conv2dShape.valid(nchw[0], nchw[2], nchw[3], nchw[1], 1, 1, 1));
    }
  }

  /** Convolves and adds the bias. */
  private static float[] forward(
      Conv2d kernel, Conv2dShape shape, Tensor nhwc, Tensor hwio, float[] bias) {
    float[] y = new float[shape.outElements()];
    Arrays.fill(y, Float.NaN);
    kernel.forward(shape, nhwc.floats(), 0, hwio.floats(), 0, y, 0);
    for (int i = 0; i < y.length; i++) {
      y[i] += bias[i % shape.filters()];
    }
    return y;
  }
}
