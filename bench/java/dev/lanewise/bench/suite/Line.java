package dev.lanewise.bench.suite;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The same work done by several implementations: a line of a table, a group of bars.
 *
 * @param family the kernel family
 * @param subject method and parameters
 * @param threads threads that work
 * @param rows the figures, by implementation; of the widest vectors only
 */
record Line(String family, String subject, int threads, Map<String, Row> rows) {
  /** The name of the scalar twin's second row. */
  static final String NO_AUTO_VECTORIZER = "scalar, no auto-vectorizer";

  static final String SCALAR = "scalar";
  static final String PLAIN = "plain";
  static final String SIMD = "simd";

  /** Our own implementations, in the order of tables and bars; peers follow. */
  static final List<String> OURS = List.of(NO_AUTO_VECTORIZER, SCALAR, PLAIN, SIMD);

  /** The lines of all families but the roofs, in the order of the file; one thread before two. */
  static List<Line> of(List<Row> rows) {
    int widest = rows.stream().mapToInt(row -> row.vm().bits()).max().orElse(0);
    Map<String, Line> lines = new LinkedHashMap<>();
    for (Row row : rows) {
      if (!row.family().equals("Roof") && row.vm().bits() == widest) {
        String key = row.family() + " " + row.subject() + " " + row.threads();
        lines
            .computeIfAbsent(
                key,
                _ -> new Line(row.family(), row.subject(), row.threads(), new LinkedHashMap<>()))
            .rows
            .put(row.vm().superWord() ? row.impl() : NO_AUTO_VECTORIZER, row);
      }
    }
    return inOrder(lines.values());
  }

  private static List<Line> inOrder(Iterable<Line> lines) {
    Map<String, List<Line>> subjects = new LinkedHashMap<>();
    for (Line line : lines) {
      subjects.computeIfAbsent(line.family + " " + line.subject, _ -> new ArrayList<>()).add(line);
    }
    List<Line> ordered = new ArrayList<>();
    for (List<Line> same : subjects.values()) {
      same.stream().sorted((a, b) -> Integer.compare(a.threads, b.threads)).forEach(ordered::add);
    }
    return ordered;
  }

  Optional<Row> row(String impl) {
    return Optional.ofNullable(rows.get(impl));
  }

  /** Any figure, ours first: it tells unit and limit. */
  Row main() {
    return row(SIMD).orElseGet(() -> rows.values().iterator().next());
  }

  /** The implementations of some lines that are none of ours. */
  static List<String> peers(List<Line> lines) {
    return lines.stream()
        .flatMap(line -> line.rows.keySet().stream())
        .distinct()
        .filter(impl -> !OURS.contains(impl))
        .toList();
  }
}
