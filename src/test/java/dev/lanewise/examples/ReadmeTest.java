package dev.lanewise.examples;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.train.Evaluation;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The documentation's code is code that compiles, runs and does what it says. */
class ReadmeTest {
  @ParameterizedTest
  @CsvSource({
    "KernelsExample, README.md",
    "TrainingExample, README.md",
    "GraphExample, docs/architecture.md"
  })
  void showsTheExamplesAsTheyAre(String name, String page) throws IOException {
    Shown.assertShown(page, name, "README", 20);
  }

  @Test
  void kernelsExampleComputesWhatItSays() {
    float[] c = KernelsExample.run();
    // A·B = [[5, 6, 7], [13, 14, 15]]; plus bias; the last column cut by ReLU.
    double[][] logits = {{6, 8, 0}, {14, 16, 0}};
    for (int i = 0; i < 2; i++) {
      double sum = 0;
      for (double logit : logits[i]) {
        sum += Math.exp(logit - logits[i][1]);
      }
      for (int j = 0; j < 3; j++) {
        assertEquals(Math.exp(logits[i][j] - logits[i][1]) / sum, c[3 * i + j], 1e-6);
      }
    }
  }

  /** With weights of zero every class has probability 1/3: dw = xᵀ·(1/3 − target). */
  @Test
  void graphExampleComputesItsGradient() {
    float third = 1f / 3;
    float[] expected = {0.5f * third, 0.5f * third, 0.5f * (third - 1), -third, -third, 1 - third};
    assertArrayEquals(expected, GraphExample.run(), 1e-6f);
  }

  @Test
  void trainingExampleLearns() throws IOException {
    Evaluation last = TrainingExample.run().last().validation();
    assertTrue(last != null && last.accuracy() > 0.9, "validation: " + last);
  }
}
