package dev.lanewise.nn;

import static dev.lanewise.testing.Refusals.assertSentence;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.graph.Variable;
import dev.lanewise.tensor.Shape;
import java.util.List;
import org.junit.jupiter.api.Test;

class SequentialTest {
  @Test
  void summaryIsKerass() {
    String expected =
        """
        Model: "sequential"
        ┏━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━┓
        ┃ Layer (type)                    ┃ Output Shape           ┃       Param # ┃
        ┡━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━┩
        │ conv2d (Conv2D)                 │ (None, 26, 26, 32)     │           320 │
        ├─────────────────────────────────┼────────────────────────┼───────────────┤
        │ max_pooling2d (MaxPooling2D)    │ (None, 13, 13, 32)     │             0 │
        ├─────────────────────────────────┼────────────────────────┼───────────────┤
        │ dropout (Dropout)               │ (None, 13, 13, 32)     │             0 │
        ├─────────────────────────────────┼────────────────────────┼───────────────┤
        │ flatten (Flatten)               │ (None, 5408)           │             0 │
        ├─────────────────────────────────┼────────────────────────┼───────────────┤
        │ dense (Dense)                   │ (None, 256)            │     1,384,704 │
        ├─────────────────────────────────┼────────────────────────┼───────────────┤
        │ dropout_1 (Dropout)             │ (None, 256)            │             0 │
        ├─────────────────────────────────┼────────────────────────┼───────────────┤
        │ dense_1 (Dense)                 │ (None, 10)             │         2,570 │
        └─────────────────────────────────┴────────────────────────┴───────────────┘
         Total params: 1,387,594 (5.29 MB)
         Trainable params: 1,387,594 (5.29 MB)
         Non-trainable params: 0 (0.00 B)
        """;
    assertEquals(expected, MnistCnn.create(1).summary());
  }

  @Test
  void variablesHaveTheNamesAndShapesOfKeras() {
    List<String> names = MnistCnn.create(1).variables().stream().map(Variable::toString).toList();
    assertEquals(
        List.of(
            "conv2d/kernel (3, 3, 1, 32)",
            "conv2d/bias (32,)",
            "dense/kernel (5408, 256)",
            "dense/bias (256,)",
            "dense_1/kernel (256, 10)",
            "dense_1/bias (10,)"),
        names);
  }

  /** Glorot's limit for the dense layer is √(6 / 5664); the values fill ± the limit evenly. */
  @Test
  void weightsAreGlorotUniformAndBiasesZero() {
    Sequential model = MnistCnn.create(7);
    assertUniform(model.variables().get(0).values(), Math.sqrt(6.0 / (9 + 9 * 32)), 0.05);
    assertUniform(model.variables().get(2).values(), Math.sqrt(6.0 / (5408 + 256)), 1e-3);
    for (int i : new int[] {1, 3, 5}) {
      for (float value : model.variables().get(i).values()) {
        assertEquals(0f, value);
      }
    }
  }

  private static void assertUniform(float[] values, double limit, double tolerance) {
    double sum = 0;
    double squares = 0;
    double largest = 0;
    for (float value : values) {
      sum += value;
      squares += (double) value * value;
      largest = Math.max(largest, Math.abs(value));
    }
    assertTrue(largest <= limit && largest > 0.97 * limit, largest + " of " + limit);
    assertEquals(0, sum / values.length / limit, tolerance, "mean");
    // The variance of a uniform distribution over ±limit is limit²/3.
    assertEquals(1.0 / 3, squares / values.length / (limit * limit), tolerance, "variance");
  }

  @Test
  void theSeedAloneDecidesTheWeights() {
    float[] one = MnistCnn.create(1).variables().get(2).values();
    float[] same = MnistCnn.create(1).variables().get(2).values();
    float[] other = MnistCnn.create(2).variables().get(2).values();
    assertEquals(one[12345], same[12345]);
    assertNotEquals(one[12345], other[12345]);
  }

  @Test
  void refusalsNameTheLayer() {
    assertSentence(
        "layer 1 (dense): Dense takes rows of features, but was given (26, 26, 32): a Flatten"
            + " layer before it makes an image a row",
        () ->
            new Sequential(
                1,
                Shape.of(28, 28, 1),
                new Conv2D(32, 3, ActivationFunction.RELU),
                new Dense(10, ActivationFunction.SOFTMAX)));
    assertSentence(
        "layer 0 (conv2d): Conv2D takes images (height, width, channels), but was given (784,)",
        () -> new Sequential(1, Shape.of(784), new Conv2D(1, 3, ActivationFunction.RELU)));
    assertSentence(
        "a model needs at least one layer, but was given none",
        () -> new Sequential(1, Shape.of(784)));
    assertSentence(
        "the input shape is (None, 2), but must be that of one image, without the batch: (2,)",
        () -> new Sequential(1, Shape.of(Shape.BATCH, 2), new Flatten()));
    assertSentence("the rate is 1.5, but must be from 0 to 1", () -> new Dropout(1.5));
    assertSentence("the rate is NaN, but must be from 0 to 1", () -> new Dropout(Double.NaN));
    assertSentence(
        "units is 0, but must be at least 1", () -> new Dense(0, ActivationFunction.RELU));
  }

  /** FR-11: a kernel larger than its input is refused where the model is built. */
  @Test
  void refusesAKernelLargerThanTheImage() {
    IllegalArgumentException refused =
        assertThrows(
            IllegalArgumentException.class,
            () -> new Sequential(1, Shape.of(2, 2, 1), new Conv2D(1, 3, ActivationFunction.RELU)));
    assertTrue(refused.getMessage().startsWith("layer 0 (conv2d): the kernel covers 3 pixels"));
  }
}
