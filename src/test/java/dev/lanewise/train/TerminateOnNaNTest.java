package dev.lanewise.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.data.Dataset;
import dev.lanewise.graph.Variable;
import dev.lanewise.nn.ActivationFunction;
import dev.lanewise.nn.Conv2D;
import dev.lanewise.nn.Dense;
import dev.lanewise.nn.Dropout;
import dev.lanewise.nn.Flatten;
import dev.lanewise.nn.MaxPooling2D;
import dev.lanewise.nn.Sequential;
import dev.lanewise.optim.Sgd;
import dev.lanewise.tensor.Shape;
import dev.lanewise.testing.Bits;
import dev.lanewise.testing.Fill;
import dev.lanewise.train.callback.TerminateOnNaN;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which tensor is called the first that is not finite. */
class TerminateOnNaNTest {
  private static final int SIDE = 6;
  private static final int IMAGES = 12;
  private static final int BATCH = 4;

  private final float[] pixels = new float[IMAGES * SIDE * SIDE];
  private final Sequential model =
      new Sequential(
          1,
          Shape.of(SIDE, SIDE, 1),
          new Conv2D(2, 3, ActivationFunction.RELU),
          new MaxPooling2D(2),
          new Dropout(0.25),
          new Flatten(),
          new Dense(5, ActivationFunction.RELU),
          new Dense(3, ActivationFunction.SOFTMAX));

  private final TerminateOnNaN callback = new TerminateOnNaN();

  private History fit(double learningRate) {
    Dataset data = Dataset.of(pixels, Shape.of(SIDE, SIDE, 1), Fill.labels(1, IMAGES, 3), 3);
    Trainer trainer = Clouds.trainer(model, new Sgd(learningRate));
    FitOptions options = new FitOptions(3, BATCH, false, null, List.of());
    return trainer.fit(data, options.withCallback(callback));
  }

  private Variable variable(String name) {
    return model.variables().stream().filter(v -> v.name().equals(name)).findFirst().orElseThrow();
  }

  private void assertReason(String expected) {
    assertEquals(expected, callback.reason().orElse("not ended"));
  }

  @ParameterizedTest
  @CsvSource({
    "conv2d/kernel, '(3, 3, 1, 2)'",
    "conv2d/bias, '(2,)'",
    "dense/kernel, '(8, 5)'",
    "dense/bias, '(5,)'",
    "dense_1/kernel, '(5, 3)'",
    "dense_1/bias, '(3,)'"
  })
  void namesASpoiledWeight(String name, String shape) {
    Arrays.fill(pixels, 0.5f);
    variable(name).values()[1] = Float.NaN;
    fit(0.01);
    assertReason(
        "the loss is NaN in epoch 1, step 1: the first tensor that is not finite is the variable '"
            + name
            + "' "
            + shape
            + ", whose element 1 is NaN");
  }

  @Test
  void namesTheImagesAndTheStep() {
    Arrays.fill(pixels, 0.5f);
    pixels[2 * BATCH * SIDE * SIDE + 7] = Float.NaN; // in the third batch
    History history = fit(0.01);
    assertReason(
        "the loss is NaN in epoch 1, step 3: the first tensor that is not finite is the input"
            + " 'images' (4, 6, 6, 1), whose element 7 is NaN");
    assertEquals(1, history.epochs().size());
    assertTrue(Double.isNaN(history.last().training().loss()));
  }

  /** Finite values whose product or sum overflows: the operation is named, with its layer. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "conv2d/kernel | conv2d of layer 'conv2d' (4, 4, 4, 2)",
        "dense/kernel | matmul of layer 'dense' (4, 5)",
        "dense_1/kernel | matmul of layer 'dense_1' (4, 3)"
      })
  void namesTheOperationThatOverflows(String name, String tensor) {
    Arrays.fill(pixels, 0.5f);
    for (Variable v : model.variables()) {
      Arrays.fill(v.values(), 2);
    }
    Arrays.fill(variable(name).values(), 3e38f);
    fit(0.01);
    String reason = callback.reason().orElse("not ended");
    assertTrue(
        reason.startsWith(
            "the loss is NaN in epoch 1, step 1: the first tensor that is not finite is the "
                + tensor
                + ", whose element "),
        reason);
    assertTrue(reason.endsWith(" is Infinity"), reason);
  }

  /** Finite logits so far apart that the loss itself is the first. */
  @Test
  void namesTheLossItself() {
    float[] bias = variable("dense_1/bias").values();
    Arrays.fill(bias, -3e38f);
    bias[0] = 3e38f;
    fit(0.01);
    String reason = callback.reason().orElse("not ended");
    assertTrue(
        reason.startsWith(
            "the loss is Infinity in epoch 1, step 1: the first tensor that is not finite is the"
                + " cross-entropy (4,), whose element "),
        reason);
  }

  /** The step whose loss is not finite changes no weight, and nothing before it differs. */
  @Test
  void theWeightsAreThoseThatGaveTheLoss() {
    Arrays.fill(pixels, 0.5f);
    pixels[BATCH * SIDE * SIDE] = Float.POSITIVE_INFINITY; // in the second batch
    fit(0.01);
    assertTrue(callback.reason().orElse("").contains("epoch 1, step 2"), callback.reason()::get);
    float[] ended = model.variables().getFirst().values().clone();
    TerminateOnNaNTest one = new TerminateOnNaNTest();
    Arrays.fill(one.pixels, 0.5f);
    Dataset first =
        Dataset.of(one.pixels, Shape.of(SIDE, SIDE, 1), Fill.labels(1, IMAGES, 3), 3).limit(BATCH);
    Clouds.trainer(one.model, new Sgd(0.01))
        .fit(first, new FitOptions(1, BATCH, false, null, List.of()));
    Bits.assertSame("kernel", one.model.variables().getFirst().values(), ended);
  }

  /** With a rate that makes the weights overflow, an update is what spoiled them. */
  @Test
  void divergenceIsFoundAndGoodTrainingIsLeftAlone() {
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (i * 37 % 101) / 101f;
    }
    assertEquals(3, fit(0.01).epochs().size());
    assertTrue(callback.reason().isEmpty());
    fit(1e30);
    assertTrue(callback.reason().isPresent());
  }
}
