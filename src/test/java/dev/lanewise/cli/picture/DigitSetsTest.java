package dev.lanewise.cli.picture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.data.Dataset;
import dev.lanewise.data.FloatSamples;
import dev.lanewise.data.Labels;
import dev.lanewise.data.Mnist;
import dev.lanewise.kernel.Kernels;
import dev.lanewise.kernel.parallel.Team;
import dev.lanewise.nn.Loss;
import dev.lanewise.nn.MnistCnn;
import dev.lanewise.optim.Optimizers;
import dev.lanewise.tensor.Shape;
import dev.lanewise.testing.Folders;
import dev.lanewise.train.FitOptions;
import dev.lanewise.train.Trainer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** How many printed, scanned and photographed digits are read right after two epochs. */
@Tag("thorough")
class DigitSetsTest {
  private static final Path SETS = Path.of("src/test/resources/digits");

  private static Team team;
  private static Trainer trainer;
  private static Mnist mnist;

  /** What train --epochs 2 --seed 1 does. */
  @BeforeAll
  static void train() throws IOException {
    mnist = Mnist.load();
    team = Team.ofProcessors();
    trainer =
        new Trainer(
            MnistCnn.create(1),
            Optimizers.parse("adam"),
            Loss.SPARSE_CATEGORICAL_CROSSENTROPY,
            Kernels.simd(team),
            1);
    Dataset images = mnist.train();
    trainer.fit(images, new FitOptions(2, 64));
  }

  @AfterAll
  static void stop() {
    team.close();
  }

  private static int[] read(List<float[]> digits) {
    int size = DigitImage.SIDE * DigitImage.SIDE;
    float[] pixels = new float[digits.size() * size];
    for (int i = 0; i < digits.size(); i++) {
      System.arraycopy(digits.get(i), 0, pixels, i * size, size);
    }
    float[] probabilities =
        trainer.predict(FloatSamples.of(pixels, Shape.of(DigitImage.SIDE, DigitImage.SIDE, 1)));
    int[] read = new int[digits.size()];
    for (int i = 0; i < read.length; i++) {
      for (int c = 1; c < 10; c++) {
        if (probabilities[i * 10 + c] > probabilities[i * 10 + read[i]]) {
          read[i] = c;
        }
      }
    }
    return read;
  }

  static List<String> sets() {
    return DigitSets.NAMES;
  }

  /** FD-01, FD-02, FD-04 and the neighbours that nobody reported. */
  @ParameterizedTest
  @MethodSource("sets")
  void ofSixtyDigitsAtLeast54AreReadRight(String set) throws IOException {
    List<String> files = Folders.names(SETS.resolve(set));
    assertEquals(60, files.size());
    List<float[]> digits = new ArrayList<>();
    for (String file : files) {
      digits.add(DigitImage.read(SETS.resolve(set).resolve(file), note -> assertEquals("", note)));
    }
    int[] read = read(digits);
    List<String> wrong = new ArrayList<>();
    for (int i = 0; i < read.length; i++) {
      String name = files.get(i);
      if (read[i] != name.charAt(0) - '0') {
        wrong.add(name + " as " + read[i]);
      }
    }
    assertTrue(wrong.size() <= 6, set + ": " + wrong.size() + " are read wrong: " + wrong);
  }

  /**
   * FD-02: a hundred digits, dark on paper with noise of ±3, are read as well as they are in MNIST.
   *
   * @param left the paper's level at the left
   * @param right and at the right
   */
  @ParameterizedTest
  @CsvSource({
    "255, 255, 40, 280", "200, 200, 40, 280", "185, 185, 40, 280", "235, 165, 40, 280",
    "200, 200, 40, 140", "235, 165, 40, 140", "225, 225, 195, 200", "30, 90, 220, 200"
  })
  void ofAHundredPhotographsAtLeast95AreReadRight(int left, int right, int ink, int size) {
    SplittableRandom random = new SplittableRandom(1);
    List<float[]> digits = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      float[] digit = mnist.test().samples().slice(i, i + 1).toArray();
      digits.add(DigitImage.of(photograph(digit, left, right, ink, size, random)).orElseThrow());
    }
    assertMostAreReadRight(digits);
  }

  /** A sheet on a dark table, as telephones see it. */
  @Test
  void aSheetOnATableIsReadToo() {
    SplittableRandom random = new SplittableRandom(1);
    List<float[]> digits = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      float[] digit = mnist.test().samples().slice(i, i + 1).toArray();
      Picture sheet = photograph(digit, 225, 225, 40, 140, random);
      for (int at : new int[] {0, 15, 264, 279}) {
        for (int line = 0; line < 16; line++) {
          for (int j = 0; j < 280; j++) {
            int place = at < 140 ? line : 279 - line;
            sheet.values()[place * 280 + j] = 60 / 255f;
            sheet.values()[j * 280 + place] = 60 / 255f;
          }
        }
      }
      digits.add(DigitImage.of(sheet).orElseThrow());
    }
    assertMostAreReadRight(digits);
  }

  /** Holds pictures of the first hundred test images to their labels. */
  private static void assertMostAreReadRight(List<float[]> digits) {
    int[] read = read(digits);
    Labels labels = (Labels) mnist.test().targets();
    int correct = 0;
    for (int i = 0; i < read.length; i++) {
      correct += read[i] == labels.label(i) ? 1 : 0;
    }
    assertTrue(correct >= 95, correct + " of 100 are read right");
  }

  private static Picture photograph(
      float[] digit, int left, int right, int ink, int size, SplittableRandom random) {
    int side = 280;
    float[] values = new float[side * side];
    for (int y = 0; y < side; y++) {
      for (int x = 0; x < side; x++) {
        double drawn = 0;
        double column = (x - (side - size) / 2 + 0.5) * 28 / size - 0.5;
        double row = (y - (side - size) / 2 + 0.5) * 28 / size - 0.5;
        for (int i = 0; i < 4; i++) { // bilinear
          int atX = (int) Math.floor(column) + i % 2;
          int atY = (int) Math.floor(row) + i / 2;
          if (atX >= 0 && atX < 28 && atY >= 0 && atY < 28) {
            drawn +=
                digit[atY * 28 + atX] * (1 - Math.abs(column - atX)) * (1 - Math.abs(row - atY));
          }
        }
        double paper = left + (right - left) * (double) x / side;
        double level = paper + (ink - paper) * drawn + random.nextInt(-3, 4);
        values[y * side + x] = Math.clamp(Math.round(level), 0, 255) / 255f;
      }
    }
    return new Picture(side, side, values);
  }
}
