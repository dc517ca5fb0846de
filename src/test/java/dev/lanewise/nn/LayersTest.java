package dev.lanewise.nn;

import static dev.lanewise.testing.Refusals.refused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.data.Dataset;
import dev.lanewise.data.Labels;
import dev.lanewise.data.SampleWeights;
import dev.lanewise.kernel.Kernels;
import dev.lanewise.optim.Sgd;
import dev.lanewise.tensor.Shape;
import dev.lanewise.train.Evaluation;
import dev.lanewise.train.Trainer;
import org.junit.jupiter.api.Test;

class LayersTest {
  @Test
  void shapesAndNamesAreKeras() {
    Sequential model =
        new Sequential(
            1,
            Shape.of(9, 9, 4),
            new AveragePooling2D(2),
            new LeakyReLU(),
            new ELU(),
            new GlobalAveragePooling2D(),
            new Dense(3, ActivationFunction.GELU));
    assertEquals(Shape.of(3), model.outputShape());
    String summary = model.summary();
    assertTrue(summary.contains("average_pooling2d (AveragePooling2D)"), summary);
    assertTrue(summary.contains("(None, 4, 4, 4)"), summary);
    assertTrue(summary.contains("global_average_pooling2d"), summary);
    assertTrue(summary.contains("leaky_re_lu (LeakyReLU)"), summary);
    assertEquals(0.3, new LeakyReLU().slope());
    assertEquals(1, new ELU().alpha());
  }

  @Test
  void initializersHaveTheirSpread() {
    Shape dense = Shape.of(400, 600);
    Shape conv = Shape.of(3, 3, 20, 30);
    assertSpread(Initializer.HE_UNIFORM, dense, 2.0 / 400, Math.sqrt(3));
    assertSpread(Initializer.HE_NORMAL, dense, 2.0 / 400, 2 / 0.8796256);
    assertSpread(Initializer.LECUN_UNIFORM, conv, 1.0 / 180, Math.sqrt(3));
    assertSpread(Initializer.LECUN_NORMAL, conv, 1.0 / 180, 2 / 0.8796256);
    assertSpread(Initializer.GLOROT_UNIFORM, conv, 2.0 / (180 + 270), Math.sqrt(3));
    assertSpread(Initializer.GLOROT_NORMAL, dense, 2.0 / 1000, 2 / 0.8796256);
  }

  /** Mean 0, the variance, and the largest value in standard deviations. */
  private static void assertSpread(
      Initializer initializer, Shape shape, double variance, double largest) {
    float[] values = new float[shape.elements()];
    initializer.fill(values, shape, 12345);
    double sum = 0;
    double squares = 0;
    double max = 0;
    for (float value : values) {
      sum += value;
      squares += (double) value * value;
      max = Math.max(max, Math.abs(value));
    }
    double n = values.length;
    double deviation = Math.sqrt(variance);
    assertEquals(0, sum / n, 5 * deviation / Math.sqrt(n));
    assertEquals(variance, squares / n, 0.06 * variance);
    assertTrue(max <= largest * deviation * 1.000001, max + " of " + deviation);
    assertTrue(max > 0.98 * largest * deviation, max + " of " + deviation);
  }

  @Test
  void quantilesAreThoseOfTheNormalDistribution() {
    assertEquals(0, Initializer.Normal.quantile(0.5), 1e-15);
    assertEquals(-2, Initializer.Normal.quantile(1e-12), 1e-9);
    assertEquals(2, Initializer.Normal.quantile(1 - 1e-12), 1e-9);
    // Φ(1) = 0.841344746068543
    double u = (0.841344746068543 - 0.022750131948179) / (1 - 2 * 0.022750131948179);
    assertEquals(1, Initializer.Normal.quantile(u), 1e-12);
    double v = (0.6 - 0.022750131948179) / (1 - 2 * 0.022750131948179);
    assertEquals(0.2533471031357997, Initializer.Normal.quantile(v), 1e-12);
  }

  /** Class weights (1, 0, 3): the mean divides by the number of samples. */
  @Test
  void weightsMultiplyLosses() {
    Sequential model = new Sequential(1, Shape.of(2), new Dense(3, ActivationFunction.SOFTMAX));
    Trainer trainer =
        new Trainer(model, new Sgd(0.1), Loss.SPARSE_CATEGORICAL_CROSSENTROPY, Kernels.scalar(), 1);
    float[] x = {1, 2, -1, 0.5f, 0.25f, -2, 3, 1};
    Labels labels = Labels.of(new int[] {0, 1, 2, 2}, 3);
    Dataset data = Dataset.of(x, Shape.of(2), new int[] {0, 1, 2, 2}, 3);
    double expected = 0;
    float[] each = {1, 0, 3, 3};
    for (int i = 0; i < 4; i++) {
      expected += each[i] * trainer.evaluate(data.slice(i, i + 1)).loss() / 4;
    }
    Dataset weighted = data.withWeights(SampleWeights.ofClasses(labels, 1, 0, 3));
    Evaluation evaluation = trainer.evaluate(weighted);
    assertEquals(expected, evaluation.loss(), 1e-6);
    assertEquals(
        expected * 4 / 3 - each[0] * trainer.evaluate(data.slice(0, 1)).loss() / 3,
        trainer.evaluate(weighted.slice(1, 4)).loss(),
        1e-6);
  }

  @Test
  void penaltyIsPartOfTheLoss() {
    Shape two = Shape.of(2);
    Dense plain = new Dense(1, ActivationFunction.LINEAR);
    Sequential model = new Sequential(3, two, plain);
    Sequential penalized = new Sequential(3, two, plain.withL2(0.25));
    Dataset data = Dataset.of(new float[] {1, 2, 3, 4}, two, new float[] {1, -1}, 1);
    double squares = 0;
    for (float w : model.variables().getFirst().values()) {
      squares += (double) w * w;
    }
    assertEquals(loss(model, data) + 0.25 * squares, loss(penalized, data), 1e-6);
  }

  private static double loss(Sequential model, Dataset data) {
    return new Trainer(model, new Sgd(0.1), Loss.MEAN_SQUARED_ERROR, Kernels.scalar(), 1)
        .evaluate(data)
        .loss();
  }

  /** One output: right is the same side of one half. */
  @Test
  void binaryAccuracyCountsSides() {
    Sequential model = new Sequential(1, Shape.of(1), new Dense(1, ActivationFunction.SIGMOID));
    model.variables().getFirst().values()[0] = 4;
    Dataset data =
        Dataset.of(new float[] {-1, -0.1f, 0.1f, 1}, Shape.of(1), new float[] {0, 1, 1, 0}, 1);
    Trainer trainer =
        new Trainer(model, new Sgd(0.1), Loss.BINARY_CROSSENTROPY, Kernels.scalar(), 1);
    assertEquals(0.5, trainer.evaluate(data).accuracy());
  }

  @Test
  void refusals() {
    refused("l2 is -1.0", () -> new Dense(2, ActivationFunction.RELU).withL2(-1));
    refused("l2 is NaN", () -> new Conv2D(2, 3, ActivationFunction.RELU).withL2(Double.NaN));
    refused("the slope is -0.5", () -> new LeakyReLU(-0.5));
    refused("alpha is Infinity", () -> new ELU(Double.POSITIVE_INFINITY));
    refused(
        "GlobalAveragePooling2D takes images",
        () -> new Sequential(1, Shape.of(3), new GlobalAveragePooling2D()));
    Sequential softmax = new Sequential(1, Shape.of(2), new Dense(2, ActivationFunction.SOFTMAX));
    refused(
        "binary cross-entropy needs a model whose last operation is sigmoid",
        () -> new Trainer(softmax, new Sgd(0.1), Loss.BINARY_CROSSENTROPY, Kernels.scalar(), 1));
    refused("weight 1 is -1.0", () -> SampleWeights.of(1, -1));
    refused(
        "there are 3 classes, but 1 weights",
        () -> SampleWeights.ofClasses(Labels.of(new int[] {0}, 3), 1));
    Dataset data = Dataset.of(new float[4], Shape.of(2), new int[] {0, 1}, 2);
    refused("there are 2 samples, but 1 weights", () -> data.withWeights(SampleWeights.of(1)));
  }
}
