package dev.lanewise.train;

import static dev.lanewise.testing.Refusals.assertSentence;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.nn.Sequential;
import dev.lanewise.optim.Optimizer;
import dev.lanewise.optim.OptimizerState;
import dev.lanewise.optim.Schedule.ExponentialDecay;
import dev.lanewise.optim.Sgd;
import dev.lanewise.testing.Each;
import dev.lanewise.testing.Models;
import dev.lanewise.train.callback.CSVLogger;
import dev.lanewise.train.callback.EarlyStopping;
import dev.lanewise.train.callback.Metric;
import dev.lanewise.train.callback.Metric.Better;
import dev.lanewise.train.callback.ModelCheckpoint;
import dev.lanewise.train.callback.ReduceLROnPlateau;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Callbacks against hand-made histories, and in small trainings. */
class CallbacksTest {
  private final Sequential model = Clouds.model(1);
  private OptimizerState optimizer;

  /** Hands a callback one epoch after the other, and returns after how many it stopped. */
  private int run(Callback callback, double... values) {
    FitOptions options = new FitOptions(values.length, 4).withValidation(Clouds.of(1, 4));
    Training training = Clouds.trainer(model, new Sgd(0.5)).training(Clouds.of(1, 4), options);
    optimizer = training.optimizer();
    callback.onTrainBegin(training);
    int epoch = 0;
    while (epoch < values.length && !training.isStopping()) {
      epoch++;
      mark(epoch);
      callback.onEpochEnd(training, result(epoch, values[epoch - 1]));
    }
    callback.onTrainEnd(training);
    return epoch;
  }

  /** val_loss is the value, the others are something else. */
  private static EpochResult result(int epoch, double value) {
    return new EpochResult(
        epoch, 1, 1, new Evaluation(100 + epoch, 0.25), new Evaluation(value, 1 / (1 + value)));
  }

  /** The weights tell which epoch they are of. */
  private void mark(int epoch) {
    model.variables().getFirst().values()[0] = epoch;
  }

  private float weight() {
    return model.variables().getFirst().values()[0];
  }

  @Test
  void earlyStoppingHasKerassDefaults() {
    EarlyStopping stopping = new EarlyStopping();
    // Equal is no improvement; patience 0 stops at the first epoch that is none.
    assertEquals(3, run(stopping, 3, 2, 2, 1, 0));
    assertEquals(OptionalInt.of(3), stopping.stoppedEpoch());
    assertEquals(OptionalInt.of(2), stopping.bestEpoch());
    assertEquals(3, weight()); // the last weights stay
    // The same object begins afresh.
    assertEquals(4, run(stopping, 9, 8, 7, 6));
    assertEquals(OptionalInt.empty(), stopping.stoppedEpoch());
  }

  @Test
  void patienceCountsEpochsInARow() {
    assertEquals(7, run(new EarlyStopping().patience(3), 5, 6, 6, 4, 5, 5, 5, 1));
    assertEquals(3, run(new EarlyStopping().patience(1), 5, 4, 4, 1));
    // NaN is never an improvement, and the very first epoch never the last.
    assertEquals(2, run(new EarlyStopping(), Double.NaN, Double.NaN, 1));
    assertEquals(3, run(new EarlyStopping(), Double.NaN, 1, Double.NaN, 0));
  }

  @Test
  void minDeltaIsTheLeastImprovement() {
    // 0.75 is better than 1, but not by more than 0.25; 0.625 is.
    assertEquals(4, run(new EarlyStopping().minDelta(0.25).patience(2), 1, 0.625, 0.5, 0.375, 0));
    assertEquals(2, run(new EarlyStopping().minDelta(0.25), 1, 0.75, 0));
  }

  @Test
  void modeTurnsTheMetric() {
    // val_accuracy = 1 / (1 + value) falls when the value rises.
    EarlyStopping accuracy = new EarlyStopping().monitor(Metric.VAL_ACCURACY);
    assertEquals(3, run(accuracy, 2, 1, 2, 0));
    assertEquals(4, run(accuracy.mode(Better.LOWER), 1, 2, 3, 0, 9));
    // loss rises by 1 an epoch
    assertEquals(2, run(new EarlyStopping().monitor(Metric.LOSS), 3, 2, 1));
    assertEquals(4, run(new EarlyStopping().monitor(Metric.LOSS).mode(Better.HIGHER), 1, 1, 1, 1));
    assertEquals(2, run(new EarlyStopping().monitor(Metric.ACCURACY), 3, 2, 1));
  }

  @Test
  void onlyBeatingTheBaselineBeginsPatienceAnew() {
    assertEquals(4, run(new EarlyStopping().baseline(1).patience(3), 5, 4, 3, 3, 2));
    assertEquals(5, run(new EarlyStopping().baseline(2.5).patience(3), 5, 4, 2, 3, 3));
    assertEquals(6, run(new EarlyStopping().baseline(2.5).patience(3), 5, 4, 2, 3, 3, 3, 0));
  }

  @Test
  void startFromEpochLeavesOutTheFirst() {
    EarlyStopping stopping = new EarlyStopping().startFromEpoch(3);
    assertEquals(5, run(stopping, 1, 2, 3, 4, 4, 0));
    assertEquals(OptionalInt.of(4), stopping.bestEpoch());
  }

  @Test
  void bestWeightsComeBack() {
    EarlyStopping stopping = new EarlyStopping().patience(2).restoreBestWeights(true);
    assertEquals(5, run(stopping, 3, 2, 1, 2, 2, 0));
    assertEquals(3, weight());
    // Also where the training ran to its end.
    assertEquals(4, run(stopping.patience(9), 3, 1, 2, 2));
    assertEquals(2, weight());
  }

  @Test
  void earlyStoppingEndsARealTraining() {
    Trainer trainer = trainer(new Sgd(0.05));
    EarlyStopping stopping =
        new EarlyStopping().monitor(Metric.VAL_ACCURACY).patience(2).restoreBestWeights(true);
    FitOptions options = new FitOptions(200, 10).withValidation(Clouds.of(2, 60));
    History history = trainer.fit(Clouds.of(1, 30), options.withCallback(stopping));
    int last = stopping.stoppedEpoch().orElseThrow();
    assertEquals(last, history.epochs().size());
    assertTrue(last < 200);
    // Two epochs without improvement stand at the end, and the best one's weights are back.
    int best = stopping.bestEpoch().orElseThrow();
    assertEquals(last - 2, best);
    EpochResult bestResult = history.epochs().get(best - 1);
    assertEquals(bestResult.validation(), trainer.evaluate(Clouds.of(2, 60)));
  }

  @Test
  void reduceLowersTheRateOnAPlateau() {
    ReduceLROnPlateau reduce = new ReduceLROnPlateau().patience(2).factor(0.5).minLr(0.1);
    assertRates(reduce, new double[] {5, 5, 5, 5, 5, 5, 5, 5, 5}, .5, .5, .25, .25, .125, .125, .1);
  }

  @Test
  void reduceHasKerassDefaults() {
    double[] twelve = new double[12];
    java.util.Arrays.fill(twelve, 3);
    // An improvement of less than 1e-4 is none.
    twelve[5] = 3 - 0.5e-4;
    run(new ReduceLROnPlateau(), java.util.Arrays.copyOf(twelve, 10));
    assertEquals(0.5, optimizer.learningRate());
    run(new ReduceLROnPlateau(), java.util.Arrays.copyOf(twelve, 11));
    assertEquals(0.05, optimizer.learningRate(), 1e-12);
  }

  @Test
  void cooldownIsNotCounted() {
    ReduceLROnPlateau reduce = new ReduceLROnPlateau().patience(1).factor(0.5).cooldown(2);
    // Lowered in epoch 2; 3 cools down; from 4 on it counts again, which lowers it at once.
    assertRates(reduce, new double[] {5, 5, 5, 5, 5, 5}, .5, .25, .25, .125, .125, .0625);
  }

  private void assertRates(Callback callback, double[] values, double... expected) {
    List<Double> rates = new ArrayList<>();
    Callback both =
        new Callback() {
          @Override
          public void onTrainBegin(Training training) {
            callback.onTrainBegin(training);
          }

          @Override
          public void onEpochEnd(Training training, EpochResult result) {
            callback.onEpochEnd(training, result);
            rates.add(optimizer.learningRate());
          }
        };
    run(both, values);
    for (int i = 0; i < expected.length; i++) {
      assertEquals(expected[i], rates.get(i), 1e-12, "after epoch " + (i + 1) + ": " + rates);
    }
  }

  @Test
  void refusalsAreOneSentence() {
    assertSentence(
        "patience is -1, but must be at least 0", () -> new EarlyStopping().patience(-1));
    assertSentence(
        "minDelta is NaN, but must be finite and at least 0",
        () -> new EarlyStopping().minDelta(Double.NaN));
    assertSentence(
        "factor is 1.0, but must be at least 0 and below 1",
        () -> new ReduceLROnPlateau().factor(1));
    Trainer trainer = trainer(new Sgd(new ExponentialDecay(0.1, 10, 0.9), 0, false));
    FitOptions unvalidated = new FitOptions(1, 4);
    assertSentence(
        "EarlyStopping monitors val_loss, but fit was given no validation data",
        () -> trainer.fit(Clouds.of(1, 8), unvalidated.withCallback(new EarlyStopping())));
    assertSentence(
        "ReduceLROnPlateau sets the learning rate, but the optimizer's follows a schedule",
        () ->
            trainer.fit(
                Clouds.of(1, 8),
                unvalidated.withCallback(new ReduceLROnPlateau().monitor(Metric.LOSS))));
    assertEquals(0, trainer.optimizer().step());
  }

  @Test
  void csvLoggerWritesALineAnEpoch(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("log.csv");
    run(new CSVLogger(file), 3, 1);
    String header = "epoch,accuracy,loss,val_accuracy,val_loss\n";
    assertEquals(header + "1,0.25,101.0,0.25,3.0\n2,0.25,102.0,0.5,1.0\n", Files.readString(file));
    run(new CSVLogger(file, ",", true), 0);
    assertEquals(
        header + "1,0.25,101.0,0.25,3.0\n2,0.25,102.0,0.5,1.0\n3,0.25,101.0,1.0,0.0\n",
        Files.readString(file));
    run(new CSVLogger(file, ";", false), 0);
    assertEquals(header.replace(',', ';') + "1;0.25;101.0;1.0;0.0\n", Files.readString(file));
    Path plain = folder.resolve("plain.csv");
    trainer(new Sgd())
        .fit(Clouds.of(1, 8), new FitOptions(1, 4).withCallback(new CSVLogger(plain)));
    assertEquals("epoch,accuracy,loss", Files.readAllLines(plain).getFirst());
    assertFalse(Files.exists(folder.resolve("log.csv.tmp")));
    Path nowhere = folder.resolve("no/log.csv");
    UncheckedIOException refused =
        assertThrows(UncheckedIOException.class, () -> run(new CSVLogger(nowhere), 1));
    assertTrue(refused.getCause().getMessage().startsWith(nowhere + " cannot be written: "));
  }

  @Test
  void checkpointsHoldTheLastAndTheBest(@TempDir Path folder) throws IOException {
    Path last = folder.resolve("last.safetensors");
    run(new ModelCheckpoint(last), 3, 1, 2);
    assertEquals(3, saved(last));
    Path best = folder.resolve("best.safetensors");
    run(new ModelCheckpoint(best).saveBestOnly(true), 3, 1, 2, 1);
    assertEquals(2, saved(best));
    run(new ModelCheckpoint(best).saveBestOnly(true).monitor(Metric.VAL_ACCURACY), 3, 2, 1, 2);
    assertEquals(3, saved(best));
    run(new ModelCheckpoint(best).saveBestOnly(true).mode(Better.HIGHER), 3, 2, 1, 2);
    assertEquals(1, saved(best));
    Path never = folder.resolve("never.safetensors");
    run(new ModelCheckpoint(never).saveBestOnly(true).initialValueThreshold(0.5), 3, 1);
    assertFalse(Files.exists(never));
    run(new ModelCheckpoint(folder.resolve("{epoch:02d}-{epoch}")), 3, 1);
    assertEquals(2, saved(folder.resolve("02-2")));
    assertEquals(1, saved(folder.resolve("01-1")));
  }

  private float saved(Path file) throws IOException {
    Sequential other = Clouds.model(7);
    ModelFile.load(other, file);
    return other.variables().getFirst().values()[0];
  }

  /** A training that a callback stops after its first step has trained that step alone. */
  @Test
  void stoppingWithinAnEpochEndsIt() {
    Sequential stopped = Clouds.model(1);
    Callback stop = Each.batch(Training::stop);
    Trainer trainer = Clouds.trainer(stopped, new Sgd(0.5));
    FitOptions unshuffled = new FitOptions(3, 4, false, null, List.of());
    History history = trainer.fit(Clouds.of(1, 12), unshuffled.withCallback(stop));
    assertEquals(1, history.epochs().size());
    assertEquals(1, trainer.optimizer().step());
    Sequential one = Clouds.model(1);
    Clouds.trainer(one, new Sgd(0.5))
        .fit(Clouds.of(1, 12).limit(4), new FitOptions(1, 4, false, null, List.of()));
    Models.assertSame("one step", one, stopped);
  }

  private static Trainer trainer(Optimizer rule) {
    return Clouds.trainer(Clouds.model(3), rule);
  }
}
