package dev.lanewise.kernel.pool;

import static dev.lanewise.testing.Refusals.refused;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lanewise.testing.BothTwins;
import dev.lanewise.testing.Fill;
import java.util.Arrays;

/** The definition against its formula; both twins. */
class ScalarAveragePool2dTest {
  /** "same" padding: the average of real pixels, so that an image of ones stays one of ones. */
  @BothTwins
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

  @BothTwins
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
}
