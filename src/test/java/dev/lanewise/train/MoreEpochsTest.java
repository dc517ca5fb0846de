package dev.lanewise.train;

import static dev.lanewise.train.CheckpointTest.DATA;
import static dev.lanewise.train.CheckpointTest.STEPS;
import static dev.lanewise.train.CheckpointTest.VALIDATION;
import static dev.lanewise.train.CheckpointTest.model;
import static dev.lanewise.train.CheckpointTest.trainer;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lanewise.graph.Variable;
import dev.lanewise.kernel.Kernels;
import dev.lanewise.nn.Sequential;
import dev.lanewise.testing.Bits;
import dev.lanewise.testing.Models;
import dev.lanewise.testing.Refusals;
import dev.lanewise.testing.Teams;
import dev.lanewise.testing.Trained;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** FD-36: a training that turned out too short goes on, as if it had been planned longer. */
class MoreEpochsTest {
  private static final String EMA = "adam:use_ema=true,ema_momentum=0.9";

  @TempDir private Path folder;

  private static FitOptions epochs(int count) {
    return new FitOptions(count, 16).withValidation(VALIDATION);
  }

  private Checkpoint at(int step) throws IOException {
    return Checkpoint.read(folder.resolve(step + ".safetensors"));
  }

  private static void refused(
      String optimizer, FitOptions options, Checkpoint checkpoint, String sentence) {
    Sequential model = model(6);
    float[] before = model.variables().getFirst().values().clone();
    Trainer trainer = trainer(model, optimizer, Kernels.scalar());
    Refusals.refused(sentence, () -> trainer.resume(DATA, options, checkpoint));
    Bits.assertSame("after a refusal", before, model.variables().getFirst().values());
  }

  /** Two epochs, then two more, from any step of them, the last one too: the bits of four. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "adam",
        "sgd:momentum=0.9,lr=CosineDecay(0.1,14)", // as long as the two epochs
        "sgd:lr=PolynomialDecay(0.1,10,cycle=true)",
        EMA,
        "adam:use_ema=true,ema_momentum=0.9,ema_overwrite_frequency=4",
        "adamw:gradient_accumulation_steps=3,global_clipnorm=0.5"
      })
  void twoEpochsAndTwoMoreAreFour(String optimizer) throws IOException {
    Sequential straight = model(5);
    History history = trainer(straight, optimizer, Kernels.scalar()).fit(DATA, epochs(4));
    Callback saving = new CheckpointTest.Saving(folder);
    trainer(model(5), optimizer, Kernels.scalar()).fit(DATA, epochs(2).withCallback(saving));
    for (int step : new int[] {1, STEPS - 1, STEPS, STEPS + 1, 2 * STEPS - 1, 2 * STEPS}) {
      Sequential other = model(77);
      Kernels kernels = step % 2 == 0 ? Kernels.scalar() : Kernels.best(Teams.of(2));
      History longer = trainer(other, optimizer, kernels).resume(DATA, epochs(4), at(step));
      Models.assertSame(optimizer + " resumed at step " + step, straight, other);
      assertEquals(
          Trained.results(history),
          Trained.results(longer),
          optimizer + " resumed at step " + step);
    }
    // The plan has grown in the checkpoints of the longer training too, which can grow again.
    trainer(model(8), optimizer, Kernels.scalar())
        .resume(DATA, epochs(3).withCallback(saving), at(2 * STEPS));
    Checkpoint third = at(3 * STEPS);
    assertEquals(3, third.plannedEpochs());
    Sequential again = model(9);
    trainer(again, optimizer, Kernels.scalar()).resume(DATA, epochs(4), third);
    Models.assertSame(optimizer + " grown twice", straight, again);
  }

  @Test
  void noFewerEpochsThanWereBegun() throws IOException {
    Callback saving = new CheckpointTest.Saving(folder);
    trainer(model(5), "adam", Kernels.scalar()).fit(DATA, epochs(3).withCallback(saving));
    refused(
        "adam",
        epochs(1),
        at(STEPS + 1),
        "stands at step 1 of epoch 2, so that a training of 1 epoch cannot be reached from it:"
            + " epochs must be at least 2");
    refused("adam", epochs(2), at(3 * STEPS), "a training of 2 epochs cannot be reached from it");
    Sequential straight = model(5);
    trainer(straight, "adam", Kernels.scalar()).fit(DATA, epochs(2));
    for (int step : new int[] {STEPS + 1, 2 * STEPS}) {
      Sequential shorter = model(6);
      trainer(shorter, "adam", Kernels.scalar()).resume(DATA, epochs(2), at(step));
      Models.assertSame("three epochs cut down to two at step " + step, straight, shorter);
    }
  }

  /** A rate that was laid out for the planned length: another length is another training. */
  @Test
  void aScheduleIsNotStretched() throws IOException {
    String cosine = "sgd:lr=CosineDecay(0.1,14)";
    Callback saving = new CheckpointTest.Saving(folder);
    trainer(model(5), cosine, Kernels.scalar()).fit(DATA, epochs(2).withCallback(saving));
    refused(
        "sgd:lr=CosineDecay(0.1,28)",
        epochs(4),
        at(STEPS),
        "; a training that goes from 2 to 4 epochs keeps its optimizer: with a learning rate that"
            + " is laid out for another length, the steps that are done would have been others");
  }

  /** Under the names of the model, what fit would have left if it had ended there. */
  @ParameterizedTest
  @ValueSource(strings = {"adam", EMA})
  void theWeightsOfACheckpointAreThoseOfATrainingThatEndsThere(String optimizer)
      throws IOException {
    Callback saving = new CheckpointTest.Saving(folder);
    trainer(model(5), optimizer, Kernels.scalar()).fit(DATA, epochs(2).withCallback(saving));
    for (int epoch = 1; epoch <= 2; epoch++) {
      Sequential straight = model(5);
      trainer(straight, optimizer, Kernels.scalar()).fit(DATA, epochs(epoch));
      var weights = at(epoch * STEPS).weights();
      assertEquals(straight.variables().size(), weights.size(), weights.keySet().toString());
      for (Variable variable : straight.variables()) {
        Bits.assertSame(
            optimizer + " " + variable.name(),
            variable.values(),
            weights.get(variable.name()).data());
      }
    }
  }
}
