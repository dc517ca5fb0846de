package dev.lanewise.cli.support;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** A table for the terminal and for Markdown. A cell may have several lines. */
public final class TextTable {
  private static final int GAP = 2;

  private final List<List<String>> rows = new ArrayList<>();

  /** Makes a table with its header. */
  public TextTable(List<String> header) {
    rows.add(List.copyOf(header));
  }

  /** Adds a row. */
  public void row(List<String> cells) {
    if (cells.size() != rows.getFirst().size()) {
      throw new IllegalArgumentException(
          "a row has " + cells.size() + " cells, but must have " + rows.getFirst().size());
    }
    rows.add(List.copyOf(cells));
  }

  /**
   * Aligned columns, the first to the left and the others to the right. A table that is too wide is
   * drawn closer, and if that does not do, as blocks of columns, each behind the first column.
   */
  public String text(int width) {
    int columns = rows.getFirst().size();
    int[] widths = new int[columns];
    for (List<String> row : rows) {
      for (int c = 0; c < columns; c++) {
        for (String line : lines(row.get(c))) {
          widths[c] = Math.max(widths[c], line.length());
        }
      }
    }
    int cells = IntStream.of(widths).sum();
    int gap = cells + GAP * (columns - 1) <= width ? GAP : 1;
    StringBuilder out = new StringBuilder();
    int from = 1;
    do {
      out.append(from == 1 ? "" : "\n");
      int end = fitting(widths, from, gap, width);
      block(widths, from, end, gap, out);
      from = end;
    } while (from < columns);
    return out.toString();
  }

  /** The end of the columns that fit beside the first one, at least one. */
  private static int fitting(int[] widths, int from, int gap, int width) {
    int end = from;
    long taken = widths[0];
    while (end < widths.length && (end == from || taken + gap + widths[end] <= width)) {
      taken += gap + widths[end];
      end++;
    }
    return end;
  }

  private void block(int[] widths, int from, int end, int gap, StringBuilder out) {
    for (List<String> row : rows) {
      int height = lines(row.getFirst()).length;
      for (String cell : row.subList(from, end)) {
        height = Math.max(height, lines(cell).length);
      }
      for (int i = 0; i < height; i++) {
        StringBuilder line = new StringBuilder(line(row.getFirst(), i));
        line.repeat(" ", widths[0] - line.length());
        for (int c = from; c < end; c++) {
          String cell = line(row.get(c), i);
          line.repeat(" ", gap + widths[c] - cell.length()).append(cell);
        }
        out.append(line.toString().stripTrailing()).append('\n');
      }
    }
  }

  private static String line(String cell, int number) {
    String[] lines = lines(cell);
    return number < lines.length ? lines[number] : "";
  }

  /** A Markdown table, the first column to the left and the others to the right. */
  public String markdown() {
    StringBuilder out = new StringBuilder();
    for (int r = 0; r < rows.size(); r++) {
      for (String cell : rows.get(r)) {
        String one = String.join("<br>", lines(cell)).replace("|", "\\|");
        out.append("| ").append(one).append(' ');
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
