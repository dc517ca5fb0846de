package dev.lanewise.train;

import static dev.lanewise.testing.Refusals.assertSentence;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.data.Dataset;
import dev.lanewise.kernel.Kernels;
import dev.lanewise.nn.ActivationFunction;
import dev.lanewise.nn.Dense;
import dev.lanewise.nn.Loss;
import dev.lanewise.nn.Sequential;
import dev.lanewise.optim.Sgd;
import dev.lanewise.tensor.Shape;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** FD-43: targets that a loss is not made for are refused before a step, as class numbers are. */
class TargetsTest {
  private static Trainer trainer(Loss loss) {
    ActivationFunction last =
        loss == Loss.CATEGORICAL_CROSSENTROPY
            ? ActivationFunction.SOFTMAX
            : loss == Loss.BINARY_CROSSENTROPY
                ? ActivationFunction.SIGMOID
                : ActivationFunction.LINEAR;
    Sequential model = new Sequential(1, Shape.of(2), new Dense(3, last));
    return new Trainer(model, new Sgd(0.1), loss, Kernels.scalar(), 1);
  }

  /** Two samples, the second with these targets. */
  private static Dataset data(float... targets) {
    float[] rows = {1, 0, 0, targets[0], targets[1], targets[2]};
    return Dataset.of(new float[] {1, -1, 2, 0.5f}, Shape.of(2), rows, 3);
  }

  private static void refused(String sentence, Loss loss, float... targets) {
    Trainer trainer = trainer(loss);
    Dataset bad = data(targets);
    float[] before = trainer.model().variables().getFirst().values().clone();
    assertSentence(sentence, () -> trainer.fit(bad, new FitOptions(1, 2)));
    assertSentence(sentence, () -> trainer.evaluate(bad));
    Dataset good = data(0, 1, 0);
    assertSentence(sentence, () -> trainer.fit(good, new FitOptions(1, 2).withValidation(bad)));
    assertArrayEquals(before, trainer.model().variables().getFirst().values());
  }

  @ParameterizedTest
  @EnumSource(
      value = Loss.class,
      names = {"CATEGORICAL_CROSSENTROPY", "BINARY_CROSSENTROPY"})
  void noProbabilities(Loss loss) {
    String end = ", but the loss takes probabilities from 0 to 1";
    refused("target 0 of sample 1 is 2.0" + end, loss, 2, -1, Float.NaN);
    refused("target 1 of sample 1 is -1.0E-6" + end, loss, 0, -1e-6f, 1);
    refused("target 2 of sample 1 is NaN" + end, loss, 0, 1, Float.NaN);
    refused("target 0 of sample 1 is Infinity" + end, loss, Float.POSITIVE_INFINITY, 0, 0);
  }

  @Test
  void noFiniteNumbers() {
    String end = ", but the loss takes finite numbers";
    refused("target 2 of sample 1 is NaN" + end, Loss.MEAN_SQUARED_ERROR, -7, 1e30f, Float.NaN);
    refused(
        "target 0 of sample 1 is -Infinity" + end,
        Loss.MEAN_SQUARED_ERROR,
        Float.NEGATIVE_INFINITY,
        0,
        0);
  }

  /** The gradient p − t is right for a sum of 1 only. */
  @Test
  void rowsThatSumToSomethingElse() {
    String end = ", but categorical cross-entropy takes probabilities, which sum to 1";
    refused("the targets of sample 1 sum to 2.0" + end, Loss.CATEGORICAL_CROSSENTROPY, 1, 0, 1);
    refused("the targets of sample 1 sum to 0.0" + end, Loss.CATEGORICAL_CROSSENTROPY, 0, 0, 0);
    refused("the targets of sample 1 sum to 0.5" + end, Loss.CATEGORICAL_CROSSENTROPY, 0.5f, 0, 0);
  }

  /** Label smoothing, soft targets, numbers rounded in a text; several classes at once. */
  @ParameterizedTest
  @ValueSource(strings = {"0.05 0.9 0.05", "0.33 0.33 0.33", "0.2 0.5 0.3", "1 -0 0"})
  void soft(String text) {
    float[] row = new float[3];
    String[] words = text.split(" ", -1);
    for (int i = 0; i < 3; i++) {
      row[i] = Float.parseFloat(words[i]);
    }
    for (Loss loss : new Loss[] {Loss.CATEGORICAL_CROSSENTROPY, Loss.BINARY_CROSSENTROPY}) {
      assertTrue(Double.isFinite(trainer(loss).evaluate(data(row)).loss()));
    }
    Loss binary = Loss.BINARY_CROSSENTROPY;
    assertTrue(trainer(binary).evaluate(data(1, 1, 1)).loss() > 0);
    Loss squared = Loss.MEAN_SQUARED_ERROR;
    assertTrue(trainer(squared).evaluate(data(-5, 100, 2)).loss() > 100);
  }
}
