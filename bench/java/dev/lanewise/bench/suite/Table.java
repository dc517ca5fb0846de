package dev.lanewise.bench.suite;

import java.util.ArrayList;
import java.util.List;

/** A Markdown table. */
final class Table {
  private final List<String[]> rows = new ArrayList<>();

  Table(String... header) {
    rows.add(header);
  }

  void row(String... cells) {
    if (cells.length != rows.getFirst().length) {
      throw new IllegalArgumentException(
          "a row has " + cells.length + " cells, but must have " + rows.getFirst().length);
    }
    rows.add(cells);
  }

  /** The first column to the left, figures to the right. */
  String markdown() {
    return text("|--:");
  }

  String leftAligned() {
    return text("|---");
  }

  private String text(String others) {
    StringBuilder out = new StringBuilder();
    for (int r = 0; r < rows.size(); r++) {
      for (String cell : rows.get(r)) {
        out.append("| ").append(cell.replace("|", "\\|")).append(' ');
      }
      out.append("|\n");
      if (r == 0) {
        out.append("|---").append(others.repeat(rows.getFirst().length - 1)).append("|\n");
      }
    }
    return out.toString();
  }
}
