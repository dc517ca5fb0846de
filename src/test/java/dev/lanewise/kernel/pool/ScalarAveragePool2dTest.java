package dev.lanewise.kernel.pool;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.testing.Bits;
import dev.lanewise.testing.Cases;
import dev.lanewise.testing.Fill;
import dev.lanewise.testing.Teams;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The definition against published vectors; both twins. */
class ScalarAveragePool2dTest {
  /** One side only, dilated, with padding counted, or with windows that begin beyond the image. */
  private static final Set<String> SKIPPED =
      Set.of(
          "node/test_averagepool_1d_default",
          "node/test_averagepool_2d_ceil",
          "node/test_averagepool_2d_ceil_last_window_starts_on_pad",
          "node/test_averagepool_2d_dilations",
          "node/test_averagepool_2d_precomputed_pads_count_include_pad",
          "pytorch-converted/test_AvgPool1d_stride");

  static Stream<AveragePool2d> twins() {
    return Stream.of(new ScalarAveragePool2d(), new SimdAveragePool2d(Teams.of(2)));
  }

  @ParameterizedTest
  @MethodSource("twins")
  void onnx(AveragePool2d twin) {
    int run = 0;
    for (Cases.Onnx one : Cases.onnx()) {
      boolean global = one.op().equals("GlobalAveragePool");
      if (SKIPPED.contains(one.name()) || !(global || one.op().equals("AveragePool"))) {
        continue;
      }
      Cases.Tensor x = one.input(0).orElseThrow();
      Cases.Tensor y = one.outputs().get(one.node().outputs().get(0));
      int[] kernel =
          global ? new int[] {x.dim(2), x.dim(3)} : one.node().attrs().ints("kernel_shape");
      int[] strides = one.node().attrs().ints("strides", 1, 1);
      int[] pads = one.node().attrs().ints("pads", 0, 0, 0, 0);
      Pool2dShape shape = shape(x, kernel, strides, pads);
      float[] actual = new float[shape.outElements()];
      twin.forward(shape, x.toNhwc().floats(), actual);
      Bits.assertClose(one.name(), y.toNhwc().data(), actual, one.rtol(), one.atol());
      run++;
    }
    assertEquals(4, run);
  }

  private static Pool2dShape shape(Cases.Tensor x, int[] kernel, int[] strides, int[] pads) {
    return new Pool2dShape(
        x.dim(0),
        x.dim(2),
        x.dim(3),
        x.dim(1),
        kernel[0],
        kernel[1],
        strides[0],
        strides[1],
        pads[0],
        pads[2],
        pads[1],
        pads[3]);
  }

  @ParameterizedTest
  @MethodSource("twins")
  void opGradients(AveragePool2d twin) {
    int run = 0;
    for (Cases.OpGradient one : Cases.opGradients()) {
      int pad = one.op().equals("avgpool2d") ? one.attrs().integer("pad") : 0;
      boolean counted = pad > 0 && one.attrs().bool("count_include_pad", false);
      if (one.op().equals("avgpool2d") && !counted) {
        int[] kernel = one.attrs().ints("kernel");
        int[] strides = one.attrs().ints("strides");
        Pool2dShape shape = shape(one.input("x"), kernel, strides, new int[] {pad, pad, pad, pad});
        float[] y = new float[shape.outElements()];
        twin.forward(shape, one.input("x").toNhwc().floats(), y);
        Bits.assertClose(one.id(), one.output().toNhwc().data(), y, 1e-5, 1e-6);
        float[] dx = new float[shape.inElements()];
        twin.backward(shape, one.gradOutput().orElseThrow().toNhwc().floats(), 0, dx, 0);
        double[] expected = one.gradInputs().get("x").toNhwc().data();
        Bits.assertClose(one.id() + " gradient", expected, dx, 1e-5, 1e-6);
        run++;
      }
    }
    assertEquals(4, run);
  }

  /** "same" padding: the average of real pixels, so that an image of ones stays one of ones. */
  @ParameterizedTest
  @MethodSource("twins")
  void paddingIsNeverAnElement(AveragePool2d twin) {
    Pool2dShape shape = Pool2dShape.same(1, 5, 7, 3, 3, 2, 2, 2);
    float[] x = new float[shape.inElements()];
    Arrays.fill(x, 1f);
    float[] y = new float[shape.outElements()];
    twin.forward(shape, x, y);
    float[] ones = new float[y.length];
    Arrays.fill(ones, 1f);
    assertArrayEquals(ones, y);
    // So the gradient of the sum of all outputs is one an output, shared out.
    float[] dx = new float[x.length];
    twin.backward(shape, ones, 0, dx, 0);
    double sum = 0;
    for (float value : dx) {
      sum += value;
    }
    assertEquals(ones.length, sum, 1e-5);
  }

  @ParameterizedTest
  @MethodSource("twins")
  void refusals(AveragePool2d twin) {
    Pool2dShape shape = Pool2dShape.valid(1, 4, 4, 3, 2, 2);
    float[] x = Fill.gaussian(1, 48);
    float[] y = new float[12];
    refused("x has 48", () -> twin.forward(shape, x, 1, y, 0));
    refused("y has 12", () -> twin.forward(shape, x, 0, y, 1));
    refused("y (elements 20 to 31) overlaps x", () -> twin.forward(shape, x, 0, x, 20));
    refused("dy has 12", () -> twin.backward(shape, y, 1, x, 0));
    refused("dx has 12", () -> twin.backward(shape, x, 0, y, 0));
    refused("overlaps dy", () -> twin.backward(shape, x, 0, x, 0));
  }

  private static void refused(String message, Runnable call) {
    String said = assertThrows(IllegalArgumentException.class, call::run).getMessage();
    assertTrue(said.contains(message), said);
  }
}
