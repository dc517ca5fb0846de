package dev.lanewise.kernel.conv2d;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.kernel.support.VectorWidth;
import dev.lanewise.testing.Bits;
import dev.lanewise.testing.Cases;
import dev.lanewise.testing.Cases.Tensor;
import dev.lanewise.testing.Teams;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Published convolutions, forward and backward, through both twins. */
class Conv2dCasesTest {
  /** Both twins; the scalar one alone where the machine lacks the requested width. */
  private static List<Conv2d> kernels() {
    return VectorWidth.refusal().isEmpty()
        ? List.of(new ScalarConv2d(), new SimdConv2d(Teams.of(2)))
        : List.of(new ScalarConv2d());
  }

  static List<Cases.Onnx> onnx() {
    List<Cases.Onnx> cases = Cases.onnx().stream().filter(c -> c.op().equals("Conv")).toList();
    assertEquals(13, cases.size());
    return cases;
  }

  @ParameterizedTest
  @MethodSource
  void onnx(Cases.Onnx published) {
    Cases.Entry attrs = published.node().attrs();
    Tensor x = published.input(0).orElseThrow();
    Tensor w = published.input(1).orElseThrow();
    Tensor y = published.outputs().get(published.node().outputs().getFirst());
    int[] strides = attrs.ints("strides", 1, 1);
    int[] dilations = attrs.ints("dilations", 1, 1);
    int[] pads = attrs.ints("pads", 0, 0, 0, 0);
    boolean flat = x.rank() == 3;
    int[] xDims = flat ? twoD(x.shape()) : x.shape();
    int[] wDims = flat ? twoD(w.shape()) : w.shape();
    Conv2dShape shape =
        new Conv2dShape(
            xDims[0],
            xDims[2],
            xDims[3],
            xDims[1],
            wDims[0],
            wDims[2],
            wDims[3],
            flat ? 1 : strides[0],
            flat ? strides[0] : strides[1],
            flat ? 1 : dilations[0],
            flat ? dilations[0] : dilations[1],
            flat ? 0 : pads[0],
            flat ? 0 : pads[2],
            flat ? pads[0] : pads[1],
            flat ? pads[1] : pads[3],
            attrs.integer("group", 1));
    Tensor nhwc = flat ? x.permuted(0, 2, 1) : x.toNhwc();
    Tensor hwio = flat ? w.permuted(2, 1, 0) : w.toHwio();
    Tensor expected = flat ? y.permuted(0, 2, 1) : y.toNhwc();
    float[] bias =
        published.input(2).map(Tensor::floats).orElseGet(() -> new float[shape.filters()]);
    for (Conv2d kernel : kernels()) {
      float[] actual = forward(kernel, shape, nhwc, hwio, bias);
      Bits.assertClose(
          published.name(), expected.data(), actual, published.rtol(), published.atol());
    }
  }

  /** A 1-D convolution is a 2-D one of height 1. */
  private static int[] twoD(int[] dims) {
    return new int[] {dims[0], dims[1], 1, dims[2]};
  }

  static List<Cases.OpGradient> gradients() {
    List<Cases.OpGradient> cases =
        Cases.opGradients().stream().filter(c -> c.op().equals("conv2d")).toList();
    assertEquals(12, cases.size());
    return cases;
  }

  @ParameterizedTest
  @MethodSource
  void gradients(Cases.OpGradient published) {
    Tensor x = published.input("x");
    Tensor w = published.input("w");
    Conv2dShape shape = shape(published.attrs(), x, w);
    Tensor dy = published.gradOutput().orElseThrow().toNhwc();
    Map<String, Tensor> expected = published.gradInputs();
    for (Conv2d kernel : kernels()) {
      float[] y = forward(kernel, shape, x.toNhwc(), w.toHwio(), published.input("b").floats());
      float[] dx = new float[shape.inElements()];
      float[] dw = new float[shape.weightElements()];
      float[] db = new float[shape.filters()];
      kernel.backwardInput(shape, dy.floats(), 0, w.toHwio().floats(), 0, dx, 0);
      kernel.backwardWeights(shape, x.toNhwc().floats(), 0, dy.floats(), 0, dw, 0);
      kernel.backwardBias(shape, dy.floats(), 0, db, 0);
      assertClose(published.id() + " y", published.output().toNhwc(), y);
      assertClose(published.id() + " dx", expected.get("x").toNhwc(), dx);
      assertClose(published.id() + " dw", expected.get("w").toHwio(), dw);
      assertClose(published.id() + " db", expected.get("b"), db);
    }
  }

  private static void assertClose(String what, Tensor expected, float[] actual) {
    double largest = DoubleStream.of(expected.data()).map(Math::abs).max().orElse(0);
    Bits.assertClose(what, expected.data(), actual, 1e-5, 1e-5 * largest);
  }

  @Test
  void kernelLargerThanTheImageIsRefused() {
    for (Cases.FieldReport report : Cases.fieldReports("FR-11")) {
      Tensor x = report.input("x");
      Tensor w = report.input("w");
      String message =
          assertThrows(
                  IllegalArgumentException.class, () -> shape(report.attrs(), x, w), report.id())
              .getMessage();
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
      assertEquals(even, shape(report.attrs(), report.input("x"), report.input("w")));
      checkValues(report);
    }
  }

  @Test
  void bothSidesHaveTheirOwnStrideAndDilation() {
    for (Cases.FieldReport report : Cases.fieldReports("FR-13")) {
      Conv2dShape shape = shape(report.attrs(), report.input("x"), report.input("w"));
      assertEquals(List.of(4, 9), List.of(shape.outHeight(), shape.outWidth()));
      checkValues(report);
    }
  }

  private static void checkValues(Cases.FieldReport report) {
    Tensor x = report.input("x");
    Tensor w = report.input("w");
    Conv2dShape shape = shape(report.attrs(), x, w);
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
      String message =
          assertThrows(
                  IllegalArgumentException.class,
                  () -> Conv2dShape.valid(nchw[0], nchw[2], nchw[3], nchw[1], 1, 1, 1),
                  report.id())
              .getMessage();
      assertTrue(message.contains(dims[0] < 0 ? "batch is -1" : "[256, 384, 386, 64]"), message);
    }
  }

  /** The shape of an NCHW and OIHW case. */
  private static Conv2dShape shape(Cases.Entry attrs, Tensor x, Tensor w) {
    int[] strides = attrs.ints("strides");
    int[] dilations = attrs.ints("dilations");
    int[] pads = attrs.ints("pads_top_bottom_left_right");
    return new Conv2dShape(
        x.dim(0),
        x.dim(2),
        x.dim(3),
        x.dim(1),
        w.dim(0),
        w.dim(2),
        w.dim(3),
        strides[0],
        strides[1],
        dilations[0],
        dilations[1],
        pads[0],
        pads[1],
        pads[2],
        pads[3],
        attrs.integer("groups"));
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
