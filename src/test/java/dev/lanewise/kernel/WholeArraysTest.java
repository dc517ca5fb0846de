package dev.lanewise.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.lanewise.kernel.conv2d.Conv2dShape;
import dev.lanewise.kernel.matmul.Transpose;
import dev.lanewise.kernel.pool.Pool2dShape;
import dev.lanewise.testing.Bits;
import dev.lanewise.testing.Fill;
import dev.lanewise.testing.Teams;
import dev.lanewise.testing.Twins;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The forms for whole arrays do what the full forms do. */
class WholeArraysTest {
  static Stream<Kernels> kernels() {
    return Stream.of(Kernels.scalar(), Twins.simd(Teams.of(2)));
  }

  private final float[] x = Fill.gaussian(1, 6 * 7);
  private final float[] w = Fill.gaussian(2, 7 * 6);
  private final float[] y = new float[6 * 7];
  private final float[] full = new float[6 * 7];

  @ParameterizedTest
  @MethodSource("kernels")
  void products(Kernels kernels) {
    kernels.matmul().multiply(Transpose.YES, Transpose.YES, 3, 2, 14, x, w, y);
    kernels
        .matmul()
        .sgemm(Transpose.YES, Transpose.YES, 3, 2, 14, 1, x, 0, 3, w, 0, 14, 0, full, 0, 2);
    Bits.assertSame("multiply", full, y);
  }

  @ParameterizedTest
  @MethodSource("kernels")
  void images(Kernels kernels) {
    Conv2dShape shape = Conv2dShape.valid(1, 6, 7, 1, 1, 2, 3);
    kernels.conv2d().forward(shape, x, w, y);
    kernels.conv2d().forward(shape, x, 0, w, 0, full, 0);
    Bits.assertSame("forward", full, y);
    kernels.conv2d().backwardInput(shape, x, w, y);
    kernels.conv2d().backwardInput(shape, x, 0, w, 0, full, 0);
    Bits.assertSame("backwardInput", full, y);
    kernels.conv2d().backwardWeights(shape, x, w, y);
    kernels.conv2d().backwardWeights(shape, x, 0, w, 0, full, 0);
    Bits.assertSame("backwardWeights", full, y);
    Pool2dShape pool = Pool2dShape.valid(1, 6, 7, 1, 2, 2);
    kernels.maxPool2d().forward(pool, x, y);
    kernels.maxPool2d().forward(pool, x, 0, full, 0, null, 0);
    Bits.assertSame("maxPool2d", full, y);
  }

  @ParameterizedTest
  @MethodSource("kernels")
  void rows(Kernels kernels) {
    kernels.softmax().softmax(6, 7, x, y);
    kernels.softmax().softmax(6, 7, x, 0, 7, full, 0, 7);
    Bits.assertSame("softmax", full, y);
    kernels.softmax().logSoftmax(6, 7, x, y);
    kernels.softmax().logSoftmax(6, 7, x, 0, 7, full, 0, 7);
    Bits.assertSame("logSoftmax", full, y);
    int[] labels = Fill.labels(3, 6, 7);
    kernels.softmax().crossEntropy(6, 7, x, labels, y);
    kernels.softmax().crossEntropy(6, 7, x, 0, 7, labels, 0, full, 0);
    Bits.assertSame("crossEntropy", full, y);
    kernels.activation().addBias(6, 7, x, w, y);
    kernels.activation().addBias(6, 7, x, 0, 7, w, 0, full, 0, 7);
    Bits.assertSame("addBias", full, y);
    kernels.activation().addBiasRelu(6, 7, x, w, y);
    kernels.activation().addBiasRelu(6, 7, x, 0, 7, w, 0, full, 0, 7);
    Bits.assertSame("addBiasRelu", full, y);
    kernels.reduce().sumRows(6, 7, x, y);
    kernels.reduce().sumRows(6, 7, x, 0, 7, full, 0);
    Bits.assertSame("sumRows", full, y);
    kernels.elementwise().oneHot(7, labels, y);
    kernels.elementwise().oneHot(6, 7, labels, 0, full, 0);
    Bits.assertSame("oneHot", full, y);
  }

  @ParameterizedTest
  @MethodSource("kernels")
  void vectors(Kernels kernels) {
    kernels.activation().relu(x, y);
    kernels.activation().relu(42, x, 0, full, 0);
    Bits.assertSame("relu", full, y);
    kernels.elementwise().scale(0.3f, x, y);
    kernels.elementwise().scale(42, 0.3f, x, 0, full, 0);
    Bits.assertSame("scale", full, y);
    kernels.elementwise().add(x, w, y);
    kernels.elementwise().add(42, x, 0, w, 0, full, 0);
    Bits.assertSame("add", full, y);
    kernels.elementwise().clip(-0.5f, 0.5f, x, y);
    kernels.elementwise().clip(42, -0.5f, 0.5f, x, 0, full, 0);
    Bits.assertSame("clip", full, y);
    byte[] bytes = {0, -1, 127, -128};
    float[] units = new float[4];
    kernels.elementwise().bytesToUnit(bytes, units);
    Bits.assertSame("bytes", new float[] {0, 1, 127 / 255f, 128 / 255f}, units);
    Bits.assertSame("sum", kernels.reduce().sum(42, x, 0), kernels.reduce().sum(x));
    Bits.assertSame("max", kernels.reduce().max(42, x, 0), kernels.reduce().max(x));
    assertEquals(kernels.reduce().argMax(42, x, 0), kernels.reduce().argMax(x));
    String said =
        assertThrows(
                IllegalArgumentException.class, () -> kernels.elementwise().add(x, new float[3], y))
            .getMessage();
    assertEquals("b has 3 elements, but a has 42", said);
  }
}
