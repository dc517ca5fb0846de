package dev.lanewise.examples;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/** Code of an example that stands in a document. */
final class Shown {
  private Shown() {}

  /** Fails unless a page shows what stands between two marks, of at most so many lines. */
  static void assertShown(String page, String example, String block, int most) throws IOException {
    Path source = Path.of("src/test/java/dev/lanewise/examples", example + ".java");
    List<String> lines = Files.readAllLines(source);
    List<String> stripped = lines.stream().map(String::strip).toList();
    int begin = stripped.indexOf("// " + block + " begins");
    int end = stripped.indexOf("// " + block + " ends");
    assertTrue(begin > 0 && end > begin && end - begin <= most, "lines " + begin + " to " + end);
    int indent = lines.get(begin).indexOf('/');
    String code =
        lines.subList(begin + 1, end).stream()
            .map(line -> line.isEmpty() ? line : line.substring(indent))
            .collect(Collectors.joining("\n"))
            .strip();
    String text = Files.readString(Path.of(page));
    assertTrue(text.contains("```java\n" + code + "\n```"), page + " lacks:\n" + code);
  }
}
