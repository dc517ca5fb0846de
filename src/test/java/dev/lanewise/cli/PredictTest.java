package dev.lanewise.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.jr.ob.JSON;
import dev.lanewise.cli.picture.DigitSets;
import dev.lanewise.nn.ActivationFunction;
import dev.lanewise.nn.Dense;
import dev.lanewise.nn.Flatten;
import dev.lanewise.nn.MnistCnn;
import dev.lanewise.nn.Sequential;
import dev.lanewise.onnx.Onnx;
import dev.lanewise.tensor.Shape;
import dev.lanewise.testing.Fork;
import dev.lanewise.testing.Program;
import dev.lanewise.testing.SmallMnist;
import dev.lanewise.train.ModelFile;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands predict and evaluate, with weights of no training. */
class PredictTest {
  private static final Path DIGIT = Path.of("src/test/resources/digits/white/7-sans.png");

  @TempDir private static Path folder;

  private static Path weights;

  @BeforeAll
  static void writeFiles() throws IOException {
    weights = folder.resolve("weights.safetensors");
    ModelFile.save(MnistCnn.create(1), weights);
    SmallMnist.write(folder, 64, 40);
  }

  private static Fork.Result predict(byte[] input, Object... more) {
    List<Object> parts = new ArrayList<>(List.of("predict --load", weights));
    parts.addAll(List.of(more));
    return Program.run(input, Fork.words(parts.toArray()));
  }

  private static Map<String, Object> json(Path file) throws IOException {
    return JSON.std.mapFrom(Files.readString(file));
  }

  /** FD-06, FD-07: one bad picture costs its own answer; the JSON holds all. */
  @Test
  void oneBadPictureCostsOnlyItsOwnAnswer() throws IOException {
    byte[] good = Files.readAllBytes(DIGIT);
    Path cut = Files.write(folder.resolve("cut.png"), java.util.Arrays.copyOf(good, 90));
    BufferedImage flat = new BufferedImage(30, 20, BufferedImage.TYPE_BYTE_GRAY);
    Path empty = Files.write(folder.resolve("empty.png"), DigitSets.encoded(flat, "png"));
    Path json = folder.resolve("predicted.json");
    Fork.Result quiet = predict(good, "-q", "--json", json, DIGIT, cut, "-", empty);
    assertEquals(1, quiet.exitCode(), quiet.err());
    List<String> lines = quiet.out().lines().toList();
    assertEquals(4, lines.size(), quiet.out());
    assertTrue(lines.getFirst().matches("\\d"), quiet.out());
    assertEquals(List.of(lines.getFirst(), "-", lines.getFirst(), "-"), lines);
    List<String> said = quiet.err().lines().toList();
    assertEquals(2, said.size(), quiet.err());
    assertTrue(said.getFirst().startsWith(cut + " is no image that can be read: "), quiet.err());
    assertTrue(said.getLast().startsWith(empty + " shows no digit: "), quiet.err());

    List<?> images = (List<?>) json(json).get("images");
    assertEquals(weights.toString(), json(json).get("weights"));
    Map<?, ?> first = (Map<?, ?>) images.getFirst();
    assertEquals(DIGIT.toString(), first.get("file"));
    assertEquals(lines.getFirst(), String.valueOf(first.get("digit")));
    List<?> probabilities = (List<?>) first.get("probabilities");
    double sum = probabilities.stream().mapToDouble(p -> ((Number) p).doubleValue()).sum();
    assertEquals(10, probabilities.size());
    assertEquals(1, sum, 1e-5);
    assertEquals(first.get("probability"), probabilities.get((Integer) first.get("digit")));
    Map<?, ?> second = (Map<?, ?>) images.get(1);
    assertEquals(said.getFirst(), second.get("error"));
    assertFalse(second.containsKey("digit"));
    Map<?, ?> third = (Map<?, ?>) images.get(2);
    assertEquals("-", third.get("file"));
    assertEquals(probabilities, third.get("probabilities"));
    Fork.Result loud = predict(good, DIGIT, cut);
    assertEquals(1, loud.exitCode());
    assertTrue(loud.out().startsWith(DIGIT + ": " + lines.getFirst() + ", prob"), loud.out());
  }

  /** The weights' own file, and one whose last layer gives logits. */
  @Test
  void modelsOfOnnxAreAskedLikeWeights() throws IOException {
    Path onnx = folder.resolve("model.onnx");
    Onnx.write(MnistCnn.create(1), onnx);
    String[] arguments = {"predict", "--load", weights.toString(), "--json", "", DIGIT.toString()};
    List<Object> images = new ArrayList<>();
    for (String file : List.of(weights.toString(), onnx.toString())) {
      arguments[2] = file;
      arguments[4] = folder.resolve("asked.json").toString();
      Fork.Result run = Program.run(arguments);
      assertEquals(0, run.exitCode(), run.err());
      images.add(json(Path.of(arguments[4])).get("images"));
    }
    assertEquals(images.getFirst(), images.getLast());
    String[] evaluate = {
      "evaluate", "-q", "--no-worst", "--data", folder + "", "--load", weights + ""
    };
    Fork.Result ours = Program.run(evaluate);
    evaluate[6] = onnx.toString();
    Fork.Result theirs = Program.run(evaluate);
    assertEquals(0, theirs.exitCode(), theirs.err());
    assertEquals(ours.out(), theirs.out());

    Shape image = Shape.of(28, 28, 1);
    Onnx.write(
        new Sequential(1, image, new Flatten(), new Dense(10, ActivationFunction.LINEAR)), onnx);
    Fork.Result logits = Program.run(evaluate);
    assertEquals(0, logits.exitCode(), logits.err());
    Onnx.write(new Sequential(1, image, new Flatten()), onnx);
    Fork.Result wide = Program.run(evaluate);
    assertEquals(1, wide.exitCode());
    assertTrue(wide.err().contains("gives (784,) for an image, but should give one"), wide.err());
    Files.writeString(onnx, "no model");
    assertEquals(1, Program.run(evaluate).exitCode());
  }

  @Test
  void allGoodIsExitCode0AndAllBadIs1() {
    assertEquals(0, predict(new byte[0], DIGIT, DIGIT).exitCode());
    Fork.Result nothing = predict(new byte[0], "-");
    assertEquals(1, nothing.exitCode());
    assertEquals("standard input is empty", nothing.err().strip());
    Fork.Result missing = predict(new byte[0], "-q", "nowhere.png");
    assertEquals("-\n", missing.out());
    assertEquals("nowhere.png cannot be read: there is none", missing.err().strip());
  }

  /** A cut JPEG is answered, with a note on standard error and in the JSON. */
  @Test
  void aCutJpegIsNoted() throws IOException {
    byte[] whole = Files.readAllBytes(Path.of("src/test/resources/digits/gradient/7-sans.jpg"));
    Path cut =
        Files.write(
            folder.resolve("cut.jpg"), java.util.Arrays.copyOf(whole, whole.length * 9 / 10));
    Path json = folder.resolve("noted.json");
    Fork.Result run = predict(new byte[0], "-q", "--json", json, cut);
    assertEquals(0, run.exitCode(), run.err());
    assertTrue(run.err().startsWith("Note: " + cut + " may be damaged: "), run.err());
    Map<?, ?> image = (Map<?, ?>) ((List<?>) json(json).get("images")).getFirst();
    assertEquals(List.of(run.err().strip().substring("Note: ".length())), image.get("notes"));
  }

  /** FD-09: weights of NaN or infinity are refused by both commands. */
  @Test
  void weightsThatAreNoNumbersAreRefused() throws IOException {
    for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
      Sequential model = MnistCnn.create(1);
      model.variables().get(2).values()[5] = bad;
      Path file = folder.resolve("diverged.safetensors");
      ModelFile.save(model, file);
      Fork.Result predicted = Program.run(Fork.words("predict -q --load", file, DIGIT));
      Fork.Result evaluated =
          Program.run(Fork.words("evaluate --no-worst --load", file, "--data", folder));
      for (Fork.Result run : List.of(predicted, evaluated)) {
        assertEquals("", run.out());
        String said = run.refused(1);
        assertTrue(said.startsWith(file + " holds a weight that is " + bad), said);
      }
    }
  }

  /** FD-32: results never lie over what they came from. */
  @Test
  void resultsOverAnInputAreRefused() throws IOException {
    byte[] whole = Files.readAllBytes(weights);
    Path image = Files.write(folder.resolve("image.png"), Files.readAllBytes(DIGIT));
    List<Fork.Result> runs =
        List.of(
            predict(new byte[0], "--json", weights, DIGIT),
            predict(new byte[0], "--json", image, DIGIT, folder.resolve("./image.png")),
            Program.run(Fork.words("evaluate --no-worst --load", weights, "--json", weights)),
            Program.run(Fork.words("evaluate --load", weights, "--worst", weights)));
    for (Fork.Result run : runs) {
      assertEquals(2, run.exitCode(), run.err());
      assertTrue(run.err().contains("reads that file"), run.err());
    }
    assertArrayEquals(whole, Files.readAllBytes(weights));
    assertArrayEquals(Files.readAllBytes(DIGIT), Files.readAllBytes(image));
  }

  @Test
  void evaluateWritesItsFiguresAsJson() throws IOException {
    Path file = folder.resolve("evaluated.json");
    String evaluate = "evaluate -q --no-worst --load";
    Program.run(Fork.words(evaluate, weights, "--data", folder, "--json", file)).succeeded();
    Map<String, Object> json = json(file);
    assertEquals(40, json.get("images"));
    List<?> confusion = (List<?>) json.get("confusion");
    int all = 0;
    int right = 0;
    for (int truth = 0; truth < 10; truth++) {
      int[] row = ((List<?>) confusion.get(truth)).stream().mapToInt(n -> (Integer) n).toArray();
      assertEquals(10, row.length);
      all += IntStream.of(row).sum();
      right += row[truth];
      Map<?, ?> one = (Map<?, ?>) ((List<?>) json.get("classes")).get(truth);
      assertEquals(truth, one.get("class"));
      assertEquals(IntStream.of(row).sum(), one.get("images"));
      if (IntStream.of(row).sum() > 0) {
        assertEquals(
            row[truth] / (double) IntStream.of(row).sum(),
            ((Number) one.get("recall")).doubleValue(),
            1e-12);
      }
      assertTrue(one.containsKey("precision"));
    }
    assertEquals(40, all);
    assertEquals(40 - right, json.get("errors"));
    assertEquals(right / 40.0, ((Number) json.get("accuracy")).doubleValue(), 1e-9);
    assertTrue(((Number) json.get("loss")).doubleValue() > 0);
  }
}
