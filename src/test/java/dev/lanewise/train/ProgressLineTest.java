package dev.lanewise.train;

import static dev.lanewise.testing.Refusals.assertSentence;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.data.Dataset;
import dev.lanewise.optim.Sgd;
import dev.lanewise.testing.Each;
import dev.lanewise.train.callback.ProgressLine;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Progress on terminals of any width: every line fits, and is redrawn over the one before. */
class ProgressLineTest {
  private static final int IMAGES = 12;

  /** What is printed while a small model trains, slowly enough for some lines to be redrawn. */
  private static String printed(boolean terminal, int width) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
    Dataset data = Clouds.of(1, IMAGES);
    Callback slow = Each.batch(training -> LockSupport.parkNanos(60_000_000));
    Clouds.trainer(Clouds.model(1), new Sgd())
        .fit(
            data,
            new FitOptions(1, 1)
                .withValidation(data)
                .withCallback(slow)
                .withCallback(new ProgressLine(out, terminal, width)));
    return bytes.toString(StandardCharsets.UTF_8);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 10, 19, 24, 39, 59, 79, 119})
  void everyLineFits(int width) {
    String text = printed(true, width);
    List<String> rows = Arrays.asList(text.split("[\r\n]+", -1));
    int items = " val_accuracy: 0.0000 ".length();
    for (String row : rows.subList(1, rows.size())) {
      assertTrue(row.length() <= Math.max(width, items), width + ": '" + row + "'");
    }
    for (String name : List.of("accuracy: ", "loss: ", "val_accuracy: ", "val_loss: ")) {
      assertTrue(text.contains(name), text);
    }
  }

  /** What a terminal shows is the last line alone: nothing of a longer one is left behind it. */
  @ParameterizedTest
  @ValueSource(ints = {24, 39, 59, 79})
  void aLineCoversTheOneBefore(int width) {
    String[] drawn = printed(true, width).split("\n", 2)[1].split("\r", -1);
    assertTrue(drawn.length > 3, "only " + drawn.length + " lines were drawn");
    for (int i = 2; i < drawn.length; i++) {
      String line = drawn[i].split("\n", -1)[0];
      assertTrue(line.length() >= drawn[i - 1].stripTrailing().length(), drawn[i - 1] + "|" + line);
    }
  }

  @Test
  void aNarrowTerminalGetsFewerNumbersAndAllInTheEnd() {
    String[] drawn = printed(true, 39).split("\n", 2)[1].split("\r", -1);
    assertTrue(drawn[2].matches("\\d+/12 \\ds acc 0\\.\\d{4} loss \\d\\.\\d{4} *"), drawn[2]);
    List<String> last = drawn[drawn.length - 1].lines().toList();
    assertTrue(last.getFirst().matches("12/12 ━+ \\d+s \\d+ms/step *"), last + "");
    assertTrue(last.get(1).matches("  accuracy: 0\\.\\d{4} - loss: \\d\\.\\d{4}"), last + "");
    assertTrue(last.get(2).matches("  val_accuracy: 0\\.\\d{4}"), last + "");
    assertTrue(last.get(3).matches("  val_loss: \\d\\.\\d{4}"), last + "");
  }

  @Test
  void withoutATerminalNothingIsFolded() {
    List<String> lines = printed(false, Integer.MAX_VALUE).lines().toList();
    assertEquals(2, lines.size());
    assertTrue(lines.get(1).matches("12/12 ━{20} .* - val_loss: \\d\\.\\d{4}"), lines.get(1));
  }

  @Test
  void refusesAWidthOfNothing() {
    assertSentence(
        "width is 0, but must be at least 1", () -> new ProgressLine(System.out, true, 0));
  }
}
