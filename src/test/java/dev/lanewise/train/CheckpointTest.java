package dev.lanewise.train;

import static dev.lanewise.testing.Refusals.assertSentence;
import static dev.lanewise.testing.Refusals.refused;
import static dev.lanewise.testing.Refusals.said;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.data.Dataset;
import dev.lanewise.io.InvalidFileException;
import dev.lanewise.io.Safetensors;
import dev.lanewise.kernel.Kernels;
import dev.lanewise.nn.ActivationFunction;
import dev.lanewise.nn.Dense;
import dev.lanewise.nn.Dropout;
import dev.lanewise.nn.Loss;
import dev.lanewise.nn.Sequential;
import dev.lanewise.optim.Optimizer;
import dev.lanewise.optim.Optimizers;
import dev.lanewise.tensor.Shape;
import dev.lanewise.testing.Bits;
import dev.lanewise.testing.Each;
import dev.lanewise.testing.Folders;
import dev.lanewise.testing.Models;
import dev.lanewise.testing.Teams;
import dev.lanewise.testing.Trained;
import dev.lanewise.train.callback.Checkpoints;
import dev.lanewise.train.callback.EarlyStopping;
import dev.lanewise.train.callback.ModelCheckpoint;
import dev.lanewise.train.callback.ReduceLROnPlateau;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** FR-18: a training that was stopped and resumed is the training that never stopped. */
class CheckpointTest {
  static final Dataset DATA = Clouds.of(1, 100);
  static final Dataset VALIDATION = Clouds.of(2, 30);
  private static final FitOptions OPTIONS = new FitOptions(3, 16).withValidation(VALIDATION);
  static final int STEPS = 7; // an epoch's

  @TempDir private Path folder;

  static Sequential model(long seed) {
    return model(seed, 0.3);
  }

  private static Sequential model(long seed, double rate) {
    return new Sequential(
        seed,
        Shape.of(2),
        new Dense(16, ActivationFunction.RELU),
        new Dropout(rate),
        new Dense(Clouds.CLASSES, ActivationFunction.SOFTMAX));
  }

  static Trainer trainer(Sequential model, String optimizer, Kernels kernels) {
    Optimizer rule = Optimizers.parse(optimizer);
    return new Trainer(model, rule, Loss.SPARSE_CATEGORICAL_CROSSENTROPY, kernels, 5);
  }

  private static Trainer adam(Sequential model) {
    return trainer(model, "adam", Kernels.scalar());
  }

  /** Writes a file at each of some steps, counted from 1. */
  record Saving(Path folder) implements Callback {
    @Override
    public void onBatchEnd(Training training) {
      try {
        training.checkpoint().write(folder.resolve(training.stepsDone() + ".safetensors"));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  static Stream<String> optimizers() {
    return Stream.concat(
        Optimizers.names().stream(),
        Stream.of(
            "adam:amsgrad=true",
            "sgd:momentum=0.9,nesterov=true,clipnorm=1",
            "sgd:lr=CosineDecay(0.1,20)",
            "adam:use_ema=true,ema_momentum=0.9",
            "adam:use_ema=true,ema_momentum=0.9,ema_overwrite_frequency=4",
            "adamw:gradient_accumulation_steps=3,global_clipnorm=0.5",
            "rmsprop:centered=true,momentum=0.5"));
  }

  /** Resumed at every third step, in another model, on other kernels: the same bits. */
  @ParameterizedTest
  @MethodSource("optimizers")
  void resumedTrainingEndsWithTheSameBits(String optimizer) throws IOException {
    Sequential straight = model(5);
    History history =
        trainer(straight, optimizer, Kernels.scalar())
            .fit(DATA, OPTIONS.withCallback(new Saving(folder)));
    int resumed = 0;
    for (int step = 1; step <= 3 * STEPS; step += step % STEPS == 0 ? 1 : 3) {
      Sequential other = model(77); // other weights: all of them must come from the file
      Checkpoint checkpoint = Checkpoint.read(folder.resolve(step + ".safetensors"));
      assertEquals(step, checkpoint.position().step());
      Kernels kernels = step % 2 == 0 ? Kernels.scalar() : Kernels.best(Teams.of(2));
      History second = trainer(other, optimizer, kernels).resume(DATA, OPTIONS, checkpoint);
      Models.assertSame(optimizer + " resumed at step " + step, straight, other);
      assertEquals(
          Trained.results(history),
          Trained.results(second),
          optimizer + " resumed at step " + step);
      resumed++;
    }
    assertEquals(9, resumed);
  }

  /** The second call of fit has orders of images and dropout of its own. */
  @Test
  void aLaterCallOfFitCanBeResumedToo() throws IOException {
    Sequential straight = model(5);
    Trainer trainer = adam(straight);
    trainer.fit(DATA, OPTIONS);
    trainer.fit(DATA, OPTIONS.withCallback(new Saving(folder)));
    Sequential other = model(6);
    adam(other).resume(DATA, OPTIONS, Checkpoint.read(folder.resolve("10.safetensors")));
    Models.assertSame("second call", straight, other);
  }

  /** What a callback has set: the rate is part of the state. */
  @Test
  void aLearningRateThatWasSetIsKept() throws IOException {
    Callback lowering =
        Each.epoch(
            (training, result) -> {
              if (result.epoch() == 1) {
                training.optimizer().setLearningRate(1e-4);
              }
            });
    Sequential straight = model(5);
    adam(straight).fit(DATA, OPTIONS.withCallback(lowering).withCallback(new Saving(folder)));
    Sequential other = model(6);
    Checkpoint second = Checkpoint.read(folder.resolve(STEPS + 2 + ".safetensors"));
    adam(other).resume(DATA, OPTIONS.withCallback(lowering), second);
    Models.assertSame("with a lowered rate", straight, other);
  }

  @Test
  void otherSettingsAreRefusedByName() throws IOException {
    adam(model(5)).fit(DATA, OPTIONS.withCallback(new Saving(folder)));
    Checkpoint checkpoint = Checkpoint.read(folder.resolve("5.safetensors"));
    Sequential other = model(6);
    float[] before = other.variables().getFirst().values().clone();
    Trainer same = adam(other);
    otherSettings(
        same, DATA, new FitOptions(3, 8).withValidation(VALIDATION), checkpoint, "batch size 16");
    otherSettings(same, DATA, new FitOptions(3, 16), checkpoint, "validation data 30 samples");
    otherSettings(same, Clouds.of(3, 100), OPTIONS, checkpoint, "training data 100 samples");
    otherSettings(same, DATA.limit(99), OPTIONS, checkpoint, "training data 100 samples");
    FitOptions unshuffled = new FitOptions(3, 16, false, VALIDATION, List.of());
    otherSettings(same, DATA, unshuffled, checkpoint, "shuffle true");
    Kernels scalar = Kernels.scalar();
    otherSettings(
        trainer(other, "adam:beta_1=0.8", scalar), DATA, OPTIONS, checkpoint, "optimizer Adam");
    Loss loss = Loss.SPARSE_CATEGORICAL_CROSSENTROPY;
    Trainer otherSeed = new Trainer(other, Optimizers.parse("adam"), loss, scalar, 6);
    otherSettings(otherSeed, DATA, OPTIONS, checkpoint, "seed 5");
    otherSettings(adam(model(5, 0.31)), DATA, OPTIONS, checkpoint, "model (2,)");
    Bits.assertSame("weights after refusals", before, other.variables().getFirst().values());
  }

  private static void otherSettings(
      Trainer trainer, Dataset data, FitOptions options, Checkpoint checkpoint, String name) {
    String message =
        said(IllegalArgumentException.class, () -> trainer.resume(data, options, checkpoint));
    assertTrue(
        message.startsWith("the checkpoint was made with the " + name)
            && message.contains(", but is to be resumed with "),
        message);
  }

  /** FR-28: every truncation, a flip of every 29th bit, a foreign file; the older one is named. */
  @Test
  void aDamagedFileIsRefusedInOneSentenceAndThePreviousOffered() throws IOException {
    saveTo(folder, 4);
    CheckpointFolder checkpoints = new CheckpointFolder(folder);
    List<Path> files = checkpoints.files();
    assertEquals(2, files.size(), files.toString());
    Path newest = checkpoints.newest();
    Path older = files.getLast();
    byte[] whole = Files.readAllBytes(newest);
    List<byte[]> damaged = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      damaged.add(Arrays.copyOf(whole, (int) ((long) whole.length * i / 200)));
    }
    damaged.add(Arrays.copyOf(whole, whole.length - 1));
    damaged.add(Arrays.copyOf(whole, whole.length + 1));
    for (long bit = 0; bit < 8L * whole.length; bit += 29) {
      byte[] flipped = whole.clone();
      flipped[(int) (bit / 8)] ^= (byte) (1 << (bit % 8));
      damaged.add(flipped);
    }
    damaged.add("no checkpoint at all".getBytes(StandardCharsets.UTF_8));
    Path weights = folder.resolve("weights");
    ModelFile.save(model(1), weights);
    damaged.add(Files.readAllBytes(weights));
    assertTrue(damaged.size() > 1000, damaged.size() + " files");
    for (byte[] bytes : damaged) {
      Files.write(newest, bytes);
      String message = said(InvalidFileException.class, () -> checkpoints.read(newest));
      assertTrue(message.startsWith(newest + " "), message);
      assertTrue(message.endsWith("(the checkpoint before it is whole: " + older + ")"), message);
    }
    Files.write(older, new byte[100]);
    String nothing = said(IOException.class, () -> checkpoints.read(newest));
    assertTrue(nothing.endsWith("(and there is no checkpoint before it)"), nothing);
    Files.write(newest, whole);
    assertEquals(20, checkpoints.read(newest).position().step());
  }

  private static void saveTo(Path folder, int every) {
    Callback saving = new Checkpoints(folder, every, null, note -> {});
    adam(model(5)).fit(DATA, OPTIONS.withCallback(saving));
  }

  @Test
  void aFileOfAnotherVersionOrWithoutAPositionIsRefused() throws IOException {
    saveTo(folder, 4);
    Path file = new CheckpointFolder(folder).newest();
    var contents = Safetensors.read(file);
    for (String[] change :
        new String[][] {
          {"lanewise.checkpoint", "2", "is a checkpoint of version 2, but version 1 is read here"},
          {"position/epoch", "-1", "is a checkpoint whose position is wrong: epoch is -1"},
          {"position/step", "x", "is a checkpoint whose position is wrong: step is x"},
          {
            "position/step",
            "\u001b" + "9".repeat(1000),
            "is a checkpoint whose position is wrong: step is \\u001b" + "9".repeat(54) + "…"
          },
          {
            "position/loss_sum",
            "a\nb",
            "is a checkpoint whose position is wrong: loss_sum is a\\nb"
          },
          {"position/seen", null, "is a checkpoint whose position is wrong: it has no seen"},
          {"position/epoch", "99999999999", "is a checkpoint whose position is wrong: "},
          {"result/1", "1 2", "is a checkpoint whose position is wrong: the result of epoch 1"}
        }) {
      var metadata = new LinkedHashMap<>(contents.metadata());
      metadata.remove(change[0]);
      if (change[1] != null) {
        metadata.put(change[0], change[1]);
      }
      Path other = folder.resolve("other");
      Safetensors.write(other, contents.tensors(), metadata);
      String said = said(InvalidFileException.class, () -> Checkpoint.read(other));
      assertTrue(said.startsWith(other + " " + change[2]), said);
    }
    var metadata = new LinkedHashMap<>(contents.metadata());
    metadata.put("position/epoch", "9"); // the training has three
    Path other = folder.resolve("other");
    Safetensors.write(other, contents.tensors(), metadata);
    Checkpoint late = Checkpoint.read(other);
    Trainer trainer = adam(model(5));
    refused("of epoch 9 behind 2 finished epochs", () -> trainer.resume(DATA, OPTIONS, late));
  }

  /** A user's names like ours, links and folders among them, and what killed programs left. */
  @Test
  void theLastTwoAreKeptAndOnlyOwnNamesGo() throws IOException {
    String stale = "step-000000001.safetensors.0123456789abcdef.tmp";
    FileTime old = FileTime.from(Instant.now().minus(2, ChronoUnit.HOURS));
    Files.setLastModifiedTime(Files.writeString(folder.resolve(stale), "half"), old);
    String fresh = "step-000000002.safetensors.0123456789abcdef.tmp";
    List<String> mine = new ArrayList<>(List.of(fresh, "step-000000008.safetensors"));
    for (String name :
        List.of(
            "step-important.safetensors",
            "step-12345678a.safetensors",
            "step-000000001.safetensors.tmp",
            "step-0000000001.safetensors",
            "step-99999999999999999999.safetensors",
            "step-best.safetensors.0123456789abcdef.tmp",
            "step-notes.txt")) {
      Files.setLastModifiedTime(Files.writeString(folder.resolve(name), "mine"), old);
      mine.add(name);
    }
    Files.writeString(folder.resolve(fresh), "another program is writing");
    Files.createDirectory(folder.resolve("step-000000008.safetensors")); // empty
    saveTo(folder, 5);
    List<String> expected = new ArrayList<>(mine);
    expected.addAll(List.of("step-000000015.safetensors", "step-000000020.safetensors"));
    assertEquals(expected.stream().sorted().toList(), Folders.names(folder));
    assertTrue(CheckpointFolder.isNamedAsCheckpoint(folder.resolve("step-1234567890.safetensors")));
    assertFalse(
        CheckpointFolder.isNamedAsCheckpoint(folder.resolve("step-0123456789.safetensors")));
  }

  /** Steps are numbers, not letters: ten digits come after nine. */
  @Test
  void stepsBeyondNineDigitsAreInOrder() throws IOException {
    for (String step : List.of("999999999", "1000000000", "9000000000", "10000000000")) {
      Files.writeString(folder.resolve("step-" + step + ".safetensors"), step);
    }
    CheckpointFolder checkpoints = new CheckpointFolder(folder);
    assertEquals(
        List.of("10000000000", "9000000000", "1000000000", "999999999"),
        checkpoints.files().stream()
            .map(file -> file.getFileName().toString().replaceAll("\\D", ""))
            .toList());
    assertEquals("step-10000000000.safetensors", checkpoints.newest().getFileName().toString());
  }

  /** The folder as an absolute path, the file as a relative one, and the other way round. */
  @Test
  void theCheckpointBeforeADamagedOneIsFoundByRelativePathsToo() throws IOException {
    saveTo(folder, 5);
    CheckpointFolder absolute = new CheckpointFolder(folder.toAbsolutePath());
    Path damaged = absolute.newest();
    Path whole = absolute.files().getLast();
    Files.writeString(damaged, "damaged");
    Path here = Path.of("").toAbsolutePath();
    Path relative = here.relativize(damaged.toAbsolutePath());
    for (CheckpointFolder checkpoints :
        List.of(absolute, new CheckpointFolder(here.relativize(folder.toAbsolutePath())))) {
      for (Path file : List.of(damaged, relative)) {
        String said = said(InvalidFileException.class, () -> checkpoints.read(file));
        assertTrue(said.contains("(the checkpoint before it is whole: "), said);
        assertTrue(said.contains(whole.getFileName().toString()), said);
      }
    }
    // Resumed by a link to the folder, it is the same folder.
    Path link = Files.createSymbolicLink(folder.resolve("link"), folder);
    Callback resumed = new Checkpoints(link, 5, whole, note -> {});
    adam(model(5)).resume(DATA, OPTIONS.withCallback(resumed), absolute.read(whole));
  }

  @Test
  void aFolderInUseIsAnotherTrainings() throws IOException {
    saveTo(folder, 5);
    // A folder in use is another training's.
    Callback again = new Checkpoints(folder, 5, null, note -> {});
    FitOptions options = OPTIONS.withCallback(again);
    Sequential model = model(5);
    refused(
        folder + " holds checkpoints of another training", () -> adam(model).fit(DATA, options));
    // Resumed from the older one, it replaces the newer one and goes on.
    CheckpointFolder checkpoints = new CheckpointFolder(folder);
    Path older = checkpoints.files().getLast();
    Callback resumed = new Checkpoints(folder, 5, older, note -> {});
    adam(model).resume(DATA, OPTIONS.withCallback(resumed), checkpoints.read(older));
    assertEquals(
        List.of("step-000000015.safetensors", "step-000000020.safetensors"), Folders.names(folder));
  }

  /** By default one an epoch, after its last step; resumed there, validation comes first. */
  @Test
  void onceAnEpochByDefault() throws IOException {
    Sequential straight = model(5);
    Callback saving = new Checkpoints(folder, 0, null, note -> {});
    History history = adam(straight).fit(DATA, OPTIONS.withCallback(saving));
    assertEquals(
        List.of("step-000000014.safetensors", "step-000000021.safetensors"), Folders.names(folder));
    for (Path file : new CheckpointFolder(folder).files()) {
      Sequential other = model(6);
      assertEquals(
          Trained.results(history),
          Trained.results(adam(other).resume(DATA, OPTIONS, Checkpoint.read(file))),
          file.toString());
      Models.assertSame(file.toString(), straight, other);
    }
  }

  /** The folder disappears, or its name is taken by a file: the training goes on. */
  @Test
  void aCheckpointThatCannotBeWrittenDoesNotEndTheTraining() throws IOException {
    Path taken = Files.writeString(folder.resolve("taken"), "a file, no folder");
    List<String> notes = new ArrayList<>();
    Sequential model = model(5);
    adam(model).fit(DATA, OPTIONS.withCallback(new Checkpoints(taken, 10, null, notes::add)));
    assertEquals(2, notes.size(), notes.toString());
    assertEquals(
        "the folder "
            + taken
            + " cannot be made; the training goes on, and there is no checkpoint yet",
        notes.getFirst());
    Sequential straight = model(5);
    adam(straight).fit(DATA, OPTIONS);
    Models.assertSame("without checkpoints", straight, model);
  }

  @Test
  void callbacksThatRememberEpochsAreRefused() {
    for (Callback remembering :
        List.of(
            new EarlyStopping(),
            new ReduceLROnPlateau(),
            new ModelCheckpoint(folder.resolve("best")).saveBestOnly(true))) {
      FitOptions options =
          OPTIONS
              .withCallback(remembering)
              .withCallback(new Checkpoints(folder, 1, null, note -> {}));
      refused(remembering.getClass().getSimpleName(), () -> adam(model(5)).fit(DATA, options));
    }
    assertFalse(new ModelCheckpoint(folder.resolve("each")).remembersEpochs());
  }

  @Test
  void withinAStepThereIsNoCheckpoint() {
    FitOptions options = OPTIONS.withCallback(Each.loss(Training::checkpoint));
    assertThrows(IllegalStateException.class, () -> adam(model(5)).fit(DATA, options));
  }

  /** The step under way is finished, so that the weights are whole, and the interrupt stays. */
  @Test
  void anInterruptEndsTheTrainingBetweenSteps() {
    Sequential model = model(5);
    Callback interrupting =
        Each.loss(
            training -> {
              if (training.stepsDone() == 8) {
                Thread.currentThread().interrupt();
              }
            });
    Trainer trainer = adam(model);
    assertSentence(
        CancellationException.class,
        "the training was interrupted after step 2 of epoch 2; that step is whole",
        () -> trainer.fit(DATA, OPTIONS.withCallback(interrupting)));
    assertTrue(Thread.interrupted());
    assertEquals(9, trainer.optimizer().step());
    trainer.evaluate(DATA); // the model is usable
  }
}
