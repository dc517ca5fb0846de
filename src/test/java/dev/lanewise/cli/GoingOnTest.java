package dev.lanewise.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.jr.ob.JSON;
import dev.lanewise.testing.Program;
import dev.lanewise.testing.SmallMnist;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Ways on from a training that was too short, and what is said of one that was no use. */
class GoingOnTest {
  @TempDir private static Path images;
  @TempDir private Path folder;

  @BeforeAll
  static void writeImages() throws IOException {
    SmallMnist.write(images, 120, 40);
  }

  private static Program.Result train(Object... options) {
    List<String> arguments =
        new ArrayList<>(List.of("train", "--data", images + "", "--batch-size", "32"));
    for (Object option : options) {
      arguments.add(option.toString());
    }
    return Program.run(arguments.toArray(String[]::new));
  }

  private static Program.Result trained(Object... options) {
    Program.Result result = train(options);
    assertEquals(0, result.exitCode(), result.err());
    assertEquals("", result.err());
    return result;
  }

  private static void refused(int exitCode, String sentence, Object... options) {
    Program.Result result = train(options);
    assertEquals(exitCode, result.exitCode(), result.err());
    assertEquals(1, result.err().lines().count(), result.err());
    assertTrue(result.err().contains(sentence), result.err());
  }

  private Path file(String name) {
    return folder.resolve(name);
  }

  /** A report without what differs from run to run. */
  private static Map<String, Object> report(Path json) throws IOException {
    Map<String, Object> report = JSON.std.mapFrom(Files.readString(json));
    report.remove("total_seconds");
    for (Object epoch : (List<?>) report.get("epochs")) {
      ((Map<?, ?>) epoch).keySet().removeIf(key -> key.toString().endsWith("_seconds"));
    }
    return report;
  }

  /** FD-36: two epochs and two more are four, from every checkpoint, with every schedule. */
  @ParameterizedTest
  @ValueSource(strings = {"adam", "sgd:lr=PolynomialDecay(0.1,30)", "adam:use_ema=true"})
  void moreEpochsGiveTheBytesOfAStraightRun(String optimizer) throws IOException {
    Path straight = file("straight.safetensors");
    Path straightJson = file("straight.json");
    trained(
        "--epochs=4", "--optimizer", optimizer, "--save", straight, "--json", straightJson, "-q");
    Path first = file("first");
    trained(
        "--epochs=2",
        "--optimizer",
        optimizer,
        "--checkpoint",
        first,
        "--checkpoint-every=3",
        "-q");
    trained("--epochs=2", "--optimizer", optimizer, "--checkpoint", file("second"), "-q");
    for (String from :
        List.of(
            "first/step-000000003.safetensors",
            "first/step-000000006.safetensors",
            "second/step-000000004.safetensors",
            "second/step-000000008.safetensors")) {
      Path weights = file("weights.safetensors");
      Path json = file("run.json");
      Path copy = Files.createDirectory(file(from.replaceAll("\\D", "") + from.charAt(0)));
      Files.copy(file(from), copy.resolve(file(from).getFileName()));
      Program.Result result =
          trained(
              "--epochs=4",
              "--optimizer",
              optimizer,
              "--resume",
              copy,
              "--save",
              weights,
              "--json",
              json);
      assertTrue(result.out().contains("; 4 epochs in the place of 2"), result.out());
      assertTrue(result.out().contains("Epoch 3/4"), result.out());
      assertArrayEquals(Files.readAllBytes(straight), Files.readAllBytes(weights), from);
      assertEquals(report(straightJson), report(json), from);
      // Nobody need remember how many there were.
      Program.Result again = trained("--optimizer", optimizer, "--resume", copy, "-q");
      assertTrue(again.out().contains(" 4 epochs in "), again.out());
      assertFalse(again.out().contains("in the place of"), again.out());
    }
  }

  @Test
  void whatCannotGrowIsOneSentence() {
    Path there = file("checkpoints");
    String cosine = "sgd:lr=CosineDecay(0.1,8)"; // as long as the two epochs
    trained("--epochs=2", "--optimizer", cosine, "--checkpoint", there);
    refused(
        1,
        "stands at step 4 of epoch 2, so that a training of 1 epoch cannot be reached from it",
        "--epochs=1",
        "--optimizer",
        cosine,
        "--resume",
        there);
    refused(
        1,
        "a training that goes from 2 to 4 epochs keeps its optimizer",
        "--epochs=4",
        "--optimizer",
        "sgd:lr=CosineDecay(0.1,16)",
        "--resume",
        there);
    refused(
        1,
        "the checkpoint was made with the batch size 32, but is to be resumed with 16",
        "--epochs=4",
        "--batch-size=16",
        "--optimizer",
        cosine,
        "--resume",
        there);
    // The bits are those of a straight run, in which nothing more is learned either.
    Program.Result idle = train("--epochs=4", "--optimizer", cosine, "--resume", there, "-q");
    assertEquals(0, idle.exitCode(), idle.err());
    assertTrue(idle.err().startsWith("Note: from epoch 3 on the learning rate, "), idle.err());
    assertTrue(idle.err().strip().endsWith(", is 0, so that nothing more will be learned"));
  }

  /** FD-09: nothing is lost, the sentence says what the files are worth, and the code is 1. */
  @Test
  void aTrainingThatDivergedSaysSo() throws IOException {
    Path weights = file("nan.safetensors");
    Path json = file("nan.json");
    Path there = file("checkpoints");
    Path plots = file("plots");
    Program.Result result =
        train(
            "--optimizer=sgd",
            "--lr=1e30",
            "--epochs=2",
            "--save",
            weights,
            "--json",
            json,
            "--checkpoint",
            there,
            "--plots",
            plots);
    assertEquals(1, result.exitCode(), result.err());
    List<String> said = result.err().lines().toList();
    assertEquals(2, said.size(), result.err());
    assertEquals(
        "Note: the training diverged in epoch 1: the loss is NaN; the epochs to come will not mend"
            + " it, a smaller learning rate may",
        said.getFirst());
    assertEquals(
        "The training diverged in epoch 1: the loss is NaN; conv2d/kernel holds NaN; these are the"
            + " weights in "
            + weights
            + "; the checkpoints from epoch 1 on, in "
            + there
            + ", are of that training too",
        said.getLast());
    assertTrue(Files.size(weights) > 4_000_000);
    assertTrue(Files.exists(plots.resolve(TrainingPlots.LOSS)));
    Map<?, ?> diverged = (Map<?, ?>) report(json).get("diverged");
    assertEquals(1, diverged.get("epoch"));
    assertEquals("the loss is NaN", diverged.get("reason"));
    assertEquals(2, ((List<?>) report(json).get("epochs")).size());
    // Who goes on from there is told before the first step.
    Program.Result resumed =
        train("--optimizer=sgd", "--lr=1e30", "--epochs=3", "--resume", there, "-q");
    assertEquals(1, resumed.exitCode(), resumed.err());
    assertTrue(resumed.err().startsWith("Note: the training diverged in epoch 1: "), resumed.err());
    assertEquals(2, resumed.err().lines().count(), resumed.err());
  }

  /** The very last update may spoil what every loss was fine with. */
  @Test
  void weightsThatTheLastStepSpoiledAreSeen() {
    Program.Result result =
        train(
            "--optimizer=sgd:lr=3e38,weight_decay=10",
            "--epochs=1",
            "--limit=30",
            "--no-validation",
            "-q");
    assertEquals(1, result.exitCode(), result.out() + result.err());
    assertTrue(
        result.err().startsWith("The training diverged in epoch 1: conv2d/kernel holds "),
        result.err());
    assertEquals(1, result.err().lines().count(), result.err());
  }

  @Test
  void withoutValidation() throws IOException {
    Path with = file("with.safetensors");
    Path without = file("without.safetensors");
    Path json = file("without.json");
    trained("--epochs=2", "--save", with, "-q");
    Program.Result result =
        trained("--epochs=2", "--no-validation", "--save", without, "--json", json);
    assertArrayEquals(Files.readAllBytes(with), Files.readAllBytes(without));
    assertFalse(result.out().contains("val"), result.out());
    assertTrue(
        result
            .out()
            .strip()
            .matches(
                "(?s).*Adam, 2 epochs in \\d+\\.\\d s: training accuracy 0\\.\\d{4}, training loss"
                    + " \\d\\.\\d{4}"),
        result.out());
    Map<String, Object> report = JSON.std.mapFrom(Files.readString(json));
    assertEquals(0, ((Map<?, ?>) report.get("settings")).get("validation_images"));
    for (Object epoch : (List<?>) report.get("epochs")) {
      assertEquals(
          List.of("train_seconds", "val_seconds", "loss", "accuracy"),
          List.copyOf(((Map<?, ?>) epoch).keySet()));
      assertEquals(0, ((Number) ((Map<?, ?>) epoch).get("val_seconds")).doubleValue());
    }
  }
}
