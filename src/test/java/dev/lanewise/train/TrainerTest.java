package dev.lanewise.train;

import static dev.lanewise.testing.Refusals.assertSentence;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.data.Dataset;
import dev.lanewise.data.Labels;
import dev.lanewise.graph.Variable;
import dev.lanewise.kernel.Kernels;
import dev.lanewise.nn.ActivationFunction;
import dev.lanewise.nn.Dense;
import dev.lanewise.nn.Dropout;
import dev.lanewise.nn.Loss;
import dev.lanewise.nn.Sequential;
import dev.lanewise.optim.Adam;
import dev.lanewise.optim.LearningRate;
import dev.lanewise.optim.Optimizer;
import dev.lanewise.optim.OptimizerOptions;
import dev.lanewise.optim.Sgd;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Tensor;
import dev.lanewise.testing.Bits;
import dev.lanewise.testing.Each;
import dev.lanewise.testing.Fill;
import dev.lanewise.testing.Models;
import dev.lanewise.train.callback.ProgressLine;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TrainerTest {
  private static final int CLASSES = Clouds.CLASSES;

  private static Sequential model(long seed) {
    return new Sequential(
        seed,
        Shape.of(2),
        new Dense(16, ActivationFunction.RELU),
        new Dropout(0.1),
        new Dense(CLASSES, ActivationFunction.SOFTMAX));
  }

  private static Trainer trainer(Sequential model, Loss loss, long seed) {
    return new Trainer(model, new Adam(0.01), loss, Kernels.scalar(), seed);
  }

  @Test
  void learnsCloudsOfPoints() {
    Sequential model = model(1);
    Trainer trainer = trainer(model, Loss.SPARSE_CATEGORICAL_CROSSENTROPY, 1);
    Evaluation before = trainer.evaluate(Clouds.of(2, 300));
    History history =
        trainer.fit(Clouds.of(1, 300), new FitOptions(20, 32).withValidation(Clouds.of(2, 300)));
    Evaluation after = trainer.evaluate(Clouds.of(2, 300));
    assertEquals(20, history.epochs().size());
    assertEquals(after, history.last().validation());
    assertTrue(after.accuracy() > 0.97, "accuracy " + after.accuracy());
    assertTrue(after.loss() < before.loss() / 3, before + " to " + after);
  }

  /** Keras's fit ends with the averages in the weights; validation saw the weights. */
  @Test
  void averagesReplaceTheWeightsWhenFitEnds() {
    Sequential plain = model(1);
    Sequential averaged = model(1);
    Dataset data = Clouds.of(1, 300);
    FitOptions options = new FitOptions(2, 32).withValidation(data);
    Loss loss = Loss.SPARSE_CATEGORICAL_CROSSENTROPY;
    Optimizer adam = new Adam(0.01);
    History one = new Trainer(plain, adam, loss, Kernels.scalar(), 1).fit(data, options);
    Trainer trainer =
        new Trainer(averaged, adam.with(OptimizerOptions.NONE.ema(0.9)), loss, Kernels.scalar(), 1);
    History two = trainer.fit(data, options);
    assertEquals(one.last().validation(), two.last().validation());
    assertNotEquals(two.last().validation(), trainer.evaluate(data));
    for (int i = 0; i < averaged.variables().size(); i++) {
      Variable variable = averaged.variables().get(i);
      Tensor average = trainer.optimizer().slots().get(variable.name() + "/average");
      Bits.assertSame(variable.name(), average.data(), variable.values());
    }
  }

  /** Four steps of 8 images are one of 32, but for rounding. */
  @Test
  void accumulatedGradientsAreThoseOfALargeBatch() {
    Sequential large = Clouds.model(1);
    Sequential small = Clouds.model(1);
    Dataset data = Clouds.of(1, 96);
    Loss loss = Loss.SPARSE_CATEGORICAL_CROSSENTROPY;
    Optimizer sgd = new Sgd(LearningRate.constant(0.1), 0.9, false);
    OptimizerOptions four = OptimizerOptions.NONE.gradientAccumulationSteps(4);
    new Trainer(large, sgd, loss, Kernels.scalar(), 1).fit(data, new FitOptions(3, 32));
    new Trainer(small, sgd.with(four), loss, Kernels.scalar(), 1).fit(data, new FitOptions(3, 8));
    for (int i = 0; i < large.variables().size(); i++) {
      float[] expected = large.variables().get(i).values();
      Bits.assertClose(
          "weights", Fill.doubles(expected), small.variables().get(i).values(), 1e-4, 1e-5);
    }
  }

  @Test
  void oneHotTargetsGiveTheBitsOfLabels() {
    Dataset sparse = Clouds.of(1, 50);
    Labels labels = (Labels) sparse.targets();
    Dataset dense = new Dataset(sparse.samples(), labels.toCategorical());
    Sequential first = model(1);
    Sequential second = model(1);
    History one =
        trainer(first, Loss.SPARSE_CATEGORICAL_CROSSENTROPY, 1).fit(sparse, new FitOptions(2, 8));
    History two =
        trainer(second, Loss.CATEGORICAL_CROSSENTROPY, 1).fit(dense, new FitOptions(2, 8));
    Models.assertSame("weights", first, second);
    assertEquals(one.last().training(), two.last().training());
  }

  @Test
  void theSeedDecides() {
    Models.assertSame("weights", trained(5, 5), trained(5, 5));
    assertNotEquals(
        trained(5, 5).variables().get(0).values()[0], trained(5, 6).variables().get(0).values()[0]);
    assertNotEquals(
        trained(5, 5).variables().get(0).values()[0], trained(6, 5).variables().get(0).values()[0]);
  }

  private static Sequential trained(long modelSeed, long trainerSeed) {
    Sequential model = model(modelSeed);
    trainer(model, Loss.SPARSE_CATEGORICAL_CROSSENTROPY, trainerSeed)
        .fit(Clouds.of(1, 40), new FitOptions(2, 7));
    return model;
  }

  @Test
  void twoFitsOfOneEpochAreOneFitOfTwo() {
    Sequential once = trained(5, 5);
    Sequential twice = model(5);
    Trainer trainer = trainer(twice, Loss.SPARSE_CATEGORICAL_CROSSENTROPY, 5);
    trainer.fit(Clouds.of(1, 40), new FitOptions(1, 7));
    trainer.fit(Clouds.of(1, 40), new FitOptions(1, 7));
    Models.assertSame("weights", once, twice);
  }

  @Test
  void predictionsDoNotDependOnTheBatch() {
    Trainer trainer = trainer(trained(1, 1), Loss.SPARSE_CATEGORICAL_CROSSENTROPY, 1);
    Dataset data = Clouds.of(3, 260);
    float[] all = trainer.predict(data.samples());
    for (int i : new int[] {0, 1, 100, 249, 250, 259}) {
      float[] single = trainer.predict(data.samples().slice(i, i + 1));
      float[] row = new float[CLASSES];
      System.arraycopy(all, i * CLASSES, row, 0, CLASSES);
      Bits.assertSame("image " + i, row, single);
    }
  }

  /** FR-22: a small last batch must not weigh as much as a full one. */
  @Test
  void anEpochsLossIsTheMeanOverImagesNotOverBatches() {
    Dataset data = Clouds.of(1, 23);
    for (int batch : new int[] {1, 7, 22, 23, 64}) {
      // Without learning, every image has the same loss in whatever batch it stands.
      Trainer trainer = Clouds.trainer(Clouds.model(1), new Sgd(0));
      FitOptions options = new FitOptions(1, batch, false, null, List.of());
      Evaluation seen = trainer.fit(data, options).last().training();
      assertEquals(trainer.evaluate(data), seen, "batch " + batch);
    }
  }

  @Test
  void theLastPartialBatchIsTrainedToo() {
    List<Long> seen = new ArrayList<>();
    Callback counter = Each.batch(training -> seen.add(training.seen()));
    Trainer trainer = trainer(model(1), Loss.SPARSE_CATEGORICAL_CROSSENTROPY, 1);
    trainer.fit(Clouds.of(1, 20), new FitOptions(1, 8).withCallback(counter));
    assertEquals(List.of(8L, 16L, 20L), seen);
    assertEquals(3, trainer.optimizer().step());
  }

  @Test
  void refusesWhatDoesNotFit() {
    Trainer trainer = trainer(model(1), Loss.SPARSE_CATEGORICAL_CROSSENTROPY, 1);
    Dataset three = Dataset.of(new float[9], Shape.of(3), new int[3], CLASSES);
    assertSentence(
        "the data's images have shape (3,), but the model takes (2,)",
        () -> trainer.fit(three, new FitOptions(1, 1)));
    Dataset four = Dataset.of(new float[4], Shape.of(2), new int[] {0, 3}, 4);
    assertSentence(
        "the labels have 4 classes, but the model has 3",
        () -> trainer.fit(four, new FitOptions(1, 1)));
    assertSentence("epochs is 0, but must be at least 1", () -> new FitOptions(0, 1));
    assertSentence("batchSize is -1, but must be at least 1", () -> new FitOptions(1, -1));
    Trainer dense = trainer(model(1), Loss.CATEGORICAL_CROSSENTROPY, 1);
    assertSentence(
        "the loss takes rows of targets, but was given int labels:"
            + " Labels.toCategorical makes rows of them",
        () -> dense.evaluate(Clouds.of(1, 3)));
    Sequential logits = new Sequential(1, Shape.of(2), new Dense(3, ActivationFunction.LINEAR));
    assertSentence(
        "the loss needs a model whose last operation is softmax, but this one's is 'add bias'",
        () -> trainer(logits, Loss.CATEGORICAL_CROSSENTROPY, 1));
  }

  @Test
  void progressLooksLikeKerass() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
    trainer(model(1), Loss.SPARSE_CATEGORICAL_CROSSENTROPY, 1)
        .fit(
            Clouds.of(1, 20),
            new FitOptions(2, 8)
                .withValidation(Clouds.of(2, 9))
                .withCallback(new ProgressLine(out, false)));
    String[] lines = bytes.toString(StandardCharsets.UTF_8).split("\\R", -1);
    assertEquals("Epoch 1/2", lines[0]);
    assertTrue(
        lines[1].matches(
            "3/3 ━{20} \\d+s \\d+(us|ms|s)/step - accuracy: \\d\\.\\d{4} - loss: \\d\\.\\d{4}"
                + " - val_accuracy: \\d\\.\\d{4} - val_loss: \\d\\.\\d{4}"),
        lines[1]);
    assertEquals("Epoch 2/2", lines[2]);
  }
}
