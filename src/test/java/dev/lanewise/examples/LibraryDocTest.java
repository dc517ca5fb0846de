package dev.lanewise.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.train.Evaluation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** docs/library.md shows code that compiles, runs and does what it says. */
class LibraryDocTest {
  @TempDir private Path folder;

  @ParameterizedTest
  @CsvSource({
    "CsvExample, csv",
    "TwoConvolutionsExample, two-convolutions",
    "BlasExample, blas",
    "ArraysExample, arrays"
  })
  void showsTheExamplesAsTheyAre(String name, String block) throws IOException {
    Shown.assertShown("docs/library.md", name, block, 26);
  }

  @Test
  void csvExamplePredictsWhatItHasNotSeen() throws IOException {
    StringBuilder csv = new StringBuilder("a,b,c,answer\n");
    double[] answers = new double[500];
    for (int i = 0; i < answers.length; i++) {
      double a = Math.sin(i * 12.9898);
      double b = Math.sin(i * 78.233);
      double c = Math.sin(i * 37.719);
      answers[i] = a * b + 0.5 * c;
      csv.append(String.format(Locale.ROOT, "%.5f,%.5f,%.5f,%.5f%n", a, b, c, answers[i]));
    }
    Path table = folder.resolve("table.csv");
    Files.writeString(table, csv);
    float[] predicted = CsvExample.run(table, folder.resolve("weights.safetensors"));
    assertEquals(100, predicted.length);
    double error = 0;
    double spread = 0;
    for (int i = 0; i < predicted.length; i++) {
      error += Math.pow(predicted[i] - answers[400 + i], 2);
      spread += Math.pow(answers[400 + i], 2);
    }
    assertTrue(error < 0.02 * spread, error + " of " + spread);
  }

  @Test
  void twoConvolutionsLearn() throws IOException {
    Evaluation result = TwoConvolutionsExample.run(folder.resolve("weights.safetensors"), 6000, 3);
    assertTrue(result.accuracy() > 0.85, result.toString());
  }

  @Test
  void blasExampleFindsTheEigenvalue() {
    assertEquals(3, BlasExample.run(), 1e-5); // of [[2, 1], [1, 2]]
  }

  @Test
  void arraysGoOutAndComeIn() throws IOException {
    assertTrue(ArraysExample.run(folder) > 0.5, "accuracy");
  }
}
