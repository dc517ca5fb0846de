package dev.lanewise.cli;

import java.util.ArrayList;
import java.util.List;

/** A table for the terminal and for Markdown. A cell may have several lines. */
final class TextTable {
  private static final String GAP = "  ";

  private final List<List<String>> rows = new ArrayList<>();

  /** Makes a table with its header. */
  TextTable(List<String> header) {
    rows.add(List.copyOf(header));
  }

  void row(List<String> cells) {
    if (cells.size() != rows.getFirst().size()) {
      throw new IllegalArgumentException(
          "a row has " + cells.size() + " cells, but must have " + rows.getFirst().size());
    }
    rows.add(List.copyOf(cells));
  }

  /** Aligned columns, the first to the left and the others to the right. */
  String text() {
    int columns = rows.getFirst().size();
    int[] widths = new int[columns];
    for (List<String> row : rows) {
      for (int c = 0; c < columns; c++) {
        for (String line : lines(row.get(c))) {
          widths[c] = Math.max(widths[c], line.length());
        }
      }
    }
    StringBuilder out = new StringBuilder();
    for (List<String> row : rows) {
      int height = row.stream().mapToInt(cell -> lines(cell).length).max().orElse(1);
      for (int i = 0; i < height; i++) {
        StringBuilder line = new StringBuilder();
        for (int c = 0; c < columns; c++) {
          String[] lines = lines(row.get(c));
          String cell = i < lines.length ? lines[i] : "";
          String pad = " ".repeat(widths[c] - cell.length());
          line.append(c == 0 ? cell + pad : GAP + pad + cell);
        }
        out.append(line.toString().stripTrailing()).append('\n');
      }
    }
    return out.toString();
  }

  String markdown() {
    StringBuilder out = new StringBuilder();
    for (int r = 0; r < rows.size(); r++) {
      for (String cell : rows.get(r)) {
        out.append("| ").append(String.join("<br>", lines(cell))).append(' ');
      }
      out.append("|\n");
      if (r == 0) {
        out.append("|---").append("|--:".repeat(rows.getFirst().size() - 1)).append("|\n");
      }
    }
    return out.toString();
  }

  private static String[] lines(String cell) {
    return cell.split("\n", -1);
  }
}
