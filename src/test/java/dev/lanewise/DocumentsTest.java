package dev.lanewise;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The documents' lines are short enough to read beside code, and their links lead somewhere. */
class DocumentsTest {
  private static final int WIDEST = 100;
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");

  /** The README and the pages of docs; what programs write lies in folders of its own. */
  private static List<Path> documents() throws IOException {
    try (Stream<Path> pages = Files.list(Path.of("docs"))) {
      List<Path> all = pages.filter(page -> page.toString().endsWith(".md")).sorted().toList();
      List<Path> documents = new ArrayList<>(all);
      documents.addFirst(Path.of("README.md"));
      assertTrue(documents.size() >= 12, documents.toString());
      return documents;
    }
  }

  /** The lines that {@code compare} wrote, which pages show word for word. */
  private static Set<String> written() throws IOException {
    try (Stream<Path> files = Files.walk(Path.of("docs/plots"))) {
      List<Path> pages = files.filter(file -> file.toString().endsWith(".md")).toList();
      List<String> lines = new ArrayList<>();
      for (Path page : pages) {
        lines.addAll(Files.readAllLines(page));
      }
      return Set.copyOf(lines);
    }
  }

  /** Rows of tables and code cannot be wrapped. */
  @Test
  void linesAreWrapped() throws IOException {
    Set<String> written = written();
    List<String> tooWide = new ArrayList<>();
    for (Path document : documents()) {
      boolean code = false;
      int number = 0;
      for (String line : Files.readAllLines(document)) {
        number++;
        code ^= line.strip().startsWith("```");
        boolean fixed = code || line.strip().startsWith("|") || written.contains(line);
        if (!fixed && line.codePointCount(0, line.length()) > WIDEST) {
          tooWide.add(document + ":" + number + " has more than " + WIDEST + " characters");
        }
      }
    }
    assertEquals(List.of(), tooWide);
  }

  @Test
  void linksLeadSomewhere() throws IOException {
    List<String> broken = new ArrayList<>();
    int links = 0;
    for (Path document : documents()) {
      Matcher link = LINK.matcher(Files.readString(document));
      while (link.find()) {
        String target = link.group(1);
        if (!target.matches("\\w+://.*")) {
          links++;
          if (!leadsSomewhere(document, target)) {
            broken.add(document + " links to " + target + ", which is not there");
          }
        }
      }
    }
    assertTrue(links > 50, links + " links");
    assertEquals(List.of(), broken);
  }

  private static boolean leadsSomewhere(Path document, String target) throws IOException {
    String[] parts = target.split("#", 2);
    Path page = parts[0].isEmpty() ? document : document.resolveSibling(parts[0]);
    return Files.exists(page) && (parts.length == 1 || anchors(page).contains(parts[1]));
  }

  /** What headings are called in links: lower case, blanks as hyphens, no other marks. */
  private static Set<String> anchors(Path page) throws IOException {
    return Files.readAllLines(page).stream()
        .filter(line -> line.startsWith("#"))
        .map(line -> line.replaceFirst("^#+ ", "").toLowerCase(Locale.ROOT))
        .map(heading -> heading.replaceAll("[^\\p{L}\\p{N} _-]", "").replace(' ', '-'))
        .collect(Collectors.toSet());
  }
}
