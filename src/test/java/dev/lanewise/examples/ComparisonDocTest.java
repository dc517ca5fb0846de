package dev.lanewise.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.train.History;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** docs/comparison.md shows code that runs, and the very table that compare wrote. */
class ComparisonDocTest {
  private static final Path PAGE = Path.of("docs/comparison.md");

  @ParameterizedTest
  @ValueSource(strings = {"load", "targets", "one-hot", "model", "fit", "table"})
  void showsTheExampleAsItIs(String block) throws IOException {
    Shown.assertShown(PAGE.toString(), "ComparisonExample", block, 26);
  }

  /** What compare wrote for the page stands in it word for word. */
  @ParameterizedTest
  @ValueSource(strings = {"compare.md", "descent.md"})
  void showsTheTablesOfTheRun(String name) throws IOException {
    Path table = Path.of("docs/plots", name);
    if (Files.exists(table)) {
      String text = Files.readString(table).strip();
      assertTrue(Files.readString(PAGE).contains(text), PAGE + " lacks " + table);
    } else {
      assertTrue(Files.readString(PAGE).contains("<!-- " + name + " goes here -->"), name);
    }
  }

  @Test
  void theExampleTrainsWithFiveOptimizers() throws IOException {
    Map<String, History> histories = ComparisonExample.run(640, 1);
    assertEquals(
        List.of("Adadelta", "Adagrad", "Adam", "RMSprop", "SGD"), List.copyOf(histories.keySet()));
    double adam = histories.get("Adam").last().training().loss();
    double adadelta = histories.get("Adadelta").last().training().loss();
    assertTrue(adam < adadelta, adam + " and " + adadelta);
  }
}
