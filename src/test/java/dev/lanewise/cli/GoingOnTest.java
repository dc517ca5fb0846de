package dev.lanewise.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.jr.ob.JSON;
import dev.lanewise.data.Mnist;
import dev.lanewise.kernel.Kernels;
import dev.lanewise.nn.Loss;
import dev.lanewise.nn.MnistCnn;
import dev.lanewise.nn.Sequential;
import dev.lanewise.optim.Optimizers;
import dev.lanewise.testing.Fork;
import dev.lanewise.testing.Program;
import dev.lanewise.testing.SmallMnist;
import dev.lanewise.train.FitOptions;
import dev.lanewise.train.ModelFile;
import dev.lanewise.train.Trainer;
import dev.lanewise.train.WeightLayout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
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

  private static Fork.Result run(String command, Object... options) {
    return Program.run(Fork.words(command, images, List.of(options)));
  }

  private static Fork.Result train(Object... options) {
    return run("train --batch-size 32 --data", options);
  }

  private static Fork.Result trained(Object... options) {
    Fork.Result result = train(options).succeeded();
    assertEquals("", result.err());
    return result;
  }

  private static void refused(int exitCode, String sentence, Object... options) {
    String said = train(options).refused(exitCode);
    assertTrue(said.contains(sentence), said);
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
    String rule = "--optimizer " + optimizer;
    trained("-q --epochs=4", rule, "--save", straight, "--json", straightJson);
    Path first = file("first");
    trained("-q --epochs=2 --checkpoint-every=3", rule, "--checkpoint", first);
    trained("-q --epochs=2", rule, "--checkpoint", file("second"));
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
      Fork.Result result =
          trained("--epochs=4", rule, "--resume", copy, "--save", weights, "--json", json);
      assertTrue(result.out().contains("; 4 epochs in the place of 2"), result.out());
      assertTrue(result.out().contains("Epoch 3/4"), result.out());
      assertArrayEquals(Files.readAllBytes(straight), Files.readAllBytes(weights), from);
      assertEquals(report(straightJson), report(json), from);
      // Nobody need remember how many there were.
      Fork.Result again = trained("-q", rule, "--resume", copy);
      assertTrue(again.out().contains(" 4 epochs in "), again.out());
      assertFalse(again.out().contains("in the place of"), again.out());
    }
  }

  @Test
  void whatCannotGrowIsOneSentence() {
    Path there = file("checkpoints");
    String cosine = "--optimizer=sgd:lr=CosineDecay(0.1,8)"; // as long as the two epochs
    trained("--epochs=2", cosine, "--checkpoint", there);
    String other = "--epochs=4 --optimizer=sgd:lr=CosineDecay(0.1,16) --resume";
    refused(1, "a training that goes from 2 to 4 epochs keeps its optimizer", other, there);
    String fewer = "stands at step 4 of epoch 2, so that a training of 1 epoch cannot be reached";
    refused(1, fewer + " from it", cosine + " --epochs=1 --resume", there);
    String size = "the checkpoint was made with the batch size 32, but is to be resumed with 16";
    refused(1, size, cosine + " --epochs=4 --batch-size=16 --resume", there);
    // The bits are those of a straight run, in which nothing more is learned either.
    Fork.Result idle = train("-q --epochs=4", cosine, "--resume", there).succeeded();
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
    String spoiling = "--optimizer=sgd --lr=1e30";
    List<Object> files =
        List.of("--save", weights, "--json", json, "--checkpoint", there, "--plots", plots);
    Fork.Result result = train(spoiling + " --epochs=2", files);
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
    assertTrue(Files.exists(plots.resolve(TrainResults.LOSS)));
    Map<?, ?> diverged = (Map<?, ?>) report(json).get("diverged");
    assertEquals(1, diverged.get("epoch"));
    assertEquals("the loss is NaN", diverged.get("reason"));
    assertEquals(2, ((List<?>) report(json).get("epochs")).size());
    // Who goes on from there is told before the first step.
    Fork.Result resumed = train(spoiling + " -q --epochs=3 --resume", there);
    assertEquals(1, resumed.exitCode(), resumed.err());
    assertTrue(resumed.err().startsWith("Note: the training diverged in epoch 1: "), resumed.err());
    assertEquals(2, resumed.err().lines().count(), resumed.err());
  }

  /** The very last update may spoil what every loss was fine with. */
  @Test
  void weightsThatTheLastStepSpoiledAreSeen() {
    String options = "--optimizer=sgd:lr=3e38,weight_decay=10 --epochs=1 --limit=30";
    String said = train(options + " --no-validation -q").refused(1);
    assertTrue(said.startsWith("The training diverged in epoch 1: conv2d/kernel holds "), said);
  }

  @Test
  void withoutValidation() throws IOException {
    Path with = file("with.safetensors");
    Path without = file("without.safetensors");
    Path json = file("without.json");
    trained("--epochs=2", "--save", with, "-q");
    Fork.Result result =
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

  private static Fork.Result evaluate(Object... options) {
    return run("evaluate --no-worst -q --data", options);
  }

  /** What the library gives for the same, with a state of the optimizer of its own. */
  private byte[] begunWith(Path weights, String optimizer) throws IOException {
    Mnist mnist = Mnist.load(images);
    Sequential model = MnistCnn.create(9);
    ModelFile.load(model, weights);
    Loss loss = Loss.SPARSE_CATEGORICAL_CROSSENTROPY;
    new Trainer(model, Optimizers.parse(optimizer), loss, Kernels.scalar(), 9)
        .fit(mnist.train(), new FitOptions(1, 32));
    Path saved = file("by-the-library.safetensors");
    ModelFile.save(model, saved);
    return Files.readAllBytes(saved);
  }

  /** FD-36: from a file, from PyTorch's layout, from a checkpoint and from a folder of them. */
  @Test
  void aTrainingBeginsWithLoadedWeights() throws IOException {
    Path first = file("first.safetensors");
    Path torch = file("torch.safetensors");
    Path there = file("checkpoints");
    trained("--epochs=1", "--save", first, "--checkpoint", there, "-q");
    trained("--epochs=1", "--save", torch, "--layout=pytorch", "-q");
    byte[] expected = begunWith(first, "adam");
    Path newest = there.resolve("step-000000004.safetensors");
    Path saved = file("second.safetensors");
    Path json = file("second.json");
    for (List<Object> from :
        List.<List<Object>>of(
            List.of("--load", first, "--save", saved),
            List.of("--load", there, "--save", saved),
            List.of("--load", newest, "--save", saved),
            List.of("--load", torch, "--load-layout", "pytorch", "--save", saved),
            List.of("--load", torch, "--layout", "pytorch", "--save", file("t.safetensors")))) {
      Fork.Result result = trained("--epochs=1 --seed=9 --json", json, from);
      Path file = (Path) from.get(1);
      Path taken = file.equals(there) ? newest : file;
      assertTrue(result.out().startsWith("Beginning with the weights in " + taken), result.out());
      Map<?, ?> settings = (Map<?, ?>) report(json).get("settings");
      assertEquals(taken.toString(), settings.get("loaded"));
      assertEquals(file.equals(torch) ? "pytorch" : "keras", settings.get("loaded_layout"));
      if (!from.contains(saved)) {
        Sequential model = MnistCnn.create(0);
        ModelFile.load(model, file("t.safetensors"), WeightLayout.PYTORCH);
        ModelFile.save(model, saved);
      }
      assertArrayEquals(expected, Files.readAllBytes(saved), from.toString());
    }
    // It can be resumed as any other, without the weights that it began with.
    Path half = file("half");
    trained("--epochs=2", "--seed=9", "--load", first, "--checkpoint", half, "--save", saved, "-q");
    byte[] straight = Files.readAllBytes(saved);
    trained("--seed=9", "--resume", half.resolve(newest.getFileName()), "--save", saved, "-q");
    assertArrayEquals(straight, Files.readAllBytes(saved));
  }

  @Test
  void whatCannotBeBegunWithIsOneSentence() throws IOException {
    Path first = file("first.safetensors");
    Path there = file("checkpoints");
    trained("--epochs=1", "--save", first, "--checkpoint", there, "-q");
    refused(2, "--load and --resume are both given", "--load", first, "--resume", there);
    refused(2, "--load-layout is given, but there is no --load", "--load-layout=keras");
    refused(
        2, "--save is " + first + ", but --load reads that file", "--load", first, "--save", first);
    Path one = there.resolve("step-000000004.safetensors");
    refused(2, "is a checkpoint of --load", "--load", there, "--save", one);
    refused(1, "no such file", "--load", file("nothing"));
    refused(1, "it fits with --layout keras", "--load", there, "--load-layout=pytorch");
    refused(1, "there is no checkpoint in it", "--load", Files.createDirectory(file("empty")));
    Path nan = file("nan.safetensors");
    train("--optimizer=sgd", "--lr=1e30", "--epochs=1", "--save", nan, "-q");
    refused(1, nan + " holds a weight that is NaN, in 'conv2d/kernel'", "--load", nan);
  }

  /** A killed run gives something to predict with before it has been resumed to its end. */
  @Test
  void evaluateAndPredictTakeCheckpoints() throws IOException {
    Path saved = file("saved.safetensors");
    Path there = file("checkpoints");
    String ema = "--optimizer=adam:use_ema=true,ema_momentum=0.9";
    trained("--epochs=2", ema, "--save", saved, "--checkpoint", there, "-q");
    String expected = evaluate("--load", saved).out();
    assertTrue(expected.startsWith("40 images: accuracy "), expected);
    Path newest = there.resolve("step-000000008.safetensors");
    assertEquals(expected, evaluate("--load", newest).out());
    Path json = file("evaluated.json");
    assertEquals(expected, evaluate("--load", there, "--json", json).out());
    assertEquals(newest.toString(), JSON.std.mapFrom(Files.readString(json)).get("weights"));
    byte[] whole = Files.readAllBytes(newest);
    Files.write(newest, Arrays.copyOf(whole, whole.length - 1));
    Path older = there.resolve("step-000000004.safetensors");
    for (String[] command :
        new String[][] {
          {"evaluate", "--data", images + "", "--no-worst", "--load", there + ""},
          {"predict", "--load", newest + "", file("digit.png") + ""},
          {"train", "--data", images + "", "--load", there + ""}
        }) {
      Fork.Result result = Program.run(command);
      assertEquals("", result.out());
      String said = result.refused(1);
      assertTrue(said.endsWith("(the checkpoint before it is whole: " + older + ")"), said);
    }
  }
}
