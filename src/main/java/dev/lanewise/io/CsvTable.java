package dev.lanewise.io;

import dev.lanewise.io.support.Names;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Tensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A table of {@link Csv} that is being read. */
final class CsvTable {
  private static final char BLANKS = ' ';

  /** A cell: what stands in it, and whether it stood in quotes. */
  private record Cell(String text, boolean quoted) {}

  /** Where a number has a decimal mark; to say which of two was first. */
  private record Mark(char mark, String cell, int line) {}

  private final Path file;
  private final String text;
  private char separator;
  private int at;
  // The line that is read next, and the one that the last row began in.
  private int nextLine = 1;
  private int line;

  private float[] values = new float[1 << 10];
  private int count;
  private int columns = -1;
  private int names = -1;
  private boolean[] filled = {};
  private Mark mark = new Mark('\0', "", 0);

  CsvTable(Path file, String text) {
    this.file = file;
    this.text = text;
  }

  Tensor read() throws InvalidFileException {
    separator = separator();
    boolean first = true;
    for (List<Cell> row = row(); !row.isEmpty(); row = row()) {
      if (first && isHeader(row)) {
        // Names may hold blanks themselves.
        names = separator == BLANKS ? -1 : row.size();
      } else {
        add(row);
      }
      first = false;
    }
    if (columns < 0) {
      throw invalid("holds no line of numbers");
    }
    for (int j = 0; j < columns; j++) {
      if (!filled[j]) {
        throw invalid(
            "has nothing in column " + (j + 1) + " (does each line end with a separator?)");
      }
    }
    return new Tensor(Shape.of(count / columns, columns), Arrays.copyOf(values, count));
  }

  // ---- lines and cells

  /** Finds the separator, and moves behind a line that names it. */
  private char separator() throws InvalidFileException {
    separator = '\n'; // so that a line is one cell, with its quotes
    for (int lines = 0; lines < 2 && skipEmptyLines(); lines++) {
      int start = at;
      int end = endOfRow();
      String row = text.substring(start, end);
      if (lines == 0 && row.length() == 5 && row.toLowerCase(Locale.ROOT).startsWith("sep=")) {
        return row.charAt(4);
      }
      String outside = row.replaceAll("\"[^\"]*+\"", "");
      for (char c : new char[] {';', '\t', ','}) {
        if (outside.indexOf(c) >= 0) {
          at = 0;
          nextLine = 1;
          return c;
        }
      }
    }
    at = 0;
    nextLine = 1;
    return BLANKS;
  }

  /** The end of the row at this place, which line ends in quotes do not end. */
  private int endOfRow() {
    boolean quoted = false;
    while (at < text.length() && (quoted || !isLineEnd(text.charAt(at)))) {
      quoted ^= text.charAt(at) == '"';
      at++;
    }
    int end = at;
    lineEnd();
    return end;
  }

  private static boolean isLineEnd(char c) {
    return c == '\n' || c == '\r';
  }

  /** Moves behind a line's end: LF, CR or both. */
  private void lineEnd() {
    if (at < text.length() && isLineEnd(text.charAt(at))) {
      at += text.startsWith("\r\n", at) ? 2 : 1;
      nextLine++;
    }
  }

  /** Moves to the next line that is not empty and no comment; false at the end. */
  private boolean skipEmptyLines() {
    while (at < text.length()) {
      int begin = at;
      skipSpaces();
      boolean comment = at < text.length() && text.charAt(at) == '#';
      while (comment && at < text.length() && !isLineEnd(text.charAt(at))) {
        at++;
      }
      if (at < text.length() && !isLineEnd(text.charAt(at))) {
        at = begin; // a tab may be the end of an empty cell
        return true;
      }
      lineEnd();
    }
    return false;
  }

  private boolean isSpace(char c) {
    return c == ' ' || (c == '\t' && separator != '\t');
  }

  /** The cells of the next row; none at the end. */
  private List<Cell> row() throws InvalidFileException {
    List<Cell> cells = new ArrayList<>(Math.max(columns, 4));
    if (!skipEmptyLines()) {
      return cells;
    }
    line = nextLine;
    while (true) {
      if (separator == BLANKS) {
        skipSpaces();
        if (at == text.length() || isLineEnd(text.charAt(at))) {
          break;
        }
      }
      cells.add(cell());
      if (at == text.length() || isLineEnd(text.charAt(at))) {
        break;
      }
      at++; // the separator
    }
    lineEnd();
    return cells;
  }

  private void skipSpaces() {
    while (at < text.length() && isSpace(text.charAt(at))) {
      at++;
    }
  }

  private Cell cell() throws InvalidFileException {
    skipSpaces();
    boolean quoted = at < text.length() && text.charAt(at) == '"';
    StringBuilder inQuotes = new StringBuilder();
    int start = at;
    if (quoted) {
      quoted(inQuotes);
    }
    int rest = at;
    while (at < text.length() && text.charAt(at) != separator && !isLineEnd(text.charAt(at))) {
      at++;
    }
    boolean whole = quoted && text.substring(rest, at).isBlank();
    return whole
        ? new Cell(inQuotes.toString().strip(), true)
        : new Cell(text.substring(start, at).strip(), false);
  }

  /** Reads what is in quotes, of which two stand for one. */
  private void quoted(StringBuilder out) throws InvalidFileException {
    at++;
    while (at < text.length()) {
      char c = text.charAt(at);
      if (c == '"' && !text.startsWith("\"\"", at)) {
        at++;
        return;
      }
      if (c == '\n' || (c == '\r' && !text.startsWith("\r\n", at))) {
        nextLine++;
      }
      out.append(c);
      at += c == '"' ? 2 : 1;
    }
    throw invalid("has a quote in line " + line + " that is not closed");
  }

  // ---- numbers

  /** Whether a row holds names: none is a number, and not all look like damaged ones. */
  private boolean isHeader(List<Cell> row) {
    boolean words = false;
    for (Cell cell : row) {
      if (isNumber(cell.text(), '.') || (separator == ';' && isNumber(cell.text(), ','))) {
        return false;
      }
      words |= isWord(cell.text());
    }
    return words;
  }

  /** Whether a text is none that a number was meant by, such as "1f", "1'000" or "5%". */
  private static boolean isWord(String cell) {
    boolean digits = false;
    for (int i = 0; i < cell.length(); i++) {
      char c = cell.charAt(i);
      digits |= Character.isDigit(c);
      if (Character.isLetter(c) && "abcdefABCDEFxXpPlL".indexOf(c) < 0) {
        return true;
      }
    }
    return !digits && !cell.isEmpty();
  }

  private void add(List<Cell> row) throws InvalidFileException {
    if (columns < 0) {
      columns = row.size();
      filled = new boolean[columns];
      if (names >= 0 && names != columns) {
        throw invalid(
            "has %s in line %s, but %s in its header"
                .formatted(counted(columns, "number"), line, counted(names, "name")));
      }
    }
    if (row.size() != columns) {
      throw invalid(
          "has %s in line %s, but %s in the first"
              .formatted(counted(row.size(), "number"), line, columns));
    }
    if (values.length - count < columns) {
      values = Arrays.copyOf(values, Math.addExact(count, Math.max(columns, count)));
    }
    for (int j = 0; j < columns; j++) {
      Cell cell = row.get(j);
      // A lone "" is how pandas writes NaN in a table of one column.
      filled[j] |= cell.quoted() || !cell.text().isEmpty();
      values[count++] = number(cell.text());
    }
  }

  private static String counted(int count, String what) {
    return count + " " + what + (count == 1 ? "" : "s");
  }

  private float number(String cell) throws InvalidFileException {
    if (cell.isEmpty()) {
      return Float.NaN;
    }
    char decimal = separator == ';' && cell.indexOf(',') >= 0 ? ',' : '.';
    Float special = special(cell);
    if (special != null) {
      return special;
    }
    Float value = decimal(cell, decimal);
    if (value == null) {
      boolean comma = separator != ';' && isNumber(cell, ',');
      throw invalid(
          "has %s in line %s, where a number must stand%s"
              .formatted(
                  Names.quoted(cell),
                  line,
                  comma ? " (decimal commas are read where semicolons separate)" : ""));
    }
    if (cell.indexOf(decimal) >= 0) {
      if (mark.line() > 0 && mark.mark() != decimal) {
        throw invalid(
            "has %s in line %s, but %s in line %s, and a file must have one decimal mark"
                .formatted(Names.quoted(cell), line, Names.quoted(mark.cell()), mark.line()));
      }
      if (mark.line() == 0) {
        mark = new Mark(decimal, cell, line);
      }
    }
    if (Float.isInfinite(value)) {
      throw invalid(
          "has " + Names.quoted(cell) + " in line " + line + ", which is too large for a float");
    }
    return value;
  }

  private static boolean isNumber(String cell, char decimal) {
    return special(cell) != null || decimal(cell, decimal) != null;
  }

  /** A number of ASCII digits with this decimal mark, with or without an exponent; null if none. */
  private static @Nullable Float decimal(String cell, char decimal) {
    for (int i = 0; i < cell.length(); i++) {
      char c = cell.charAt(i);
      if ((c < '0' || c > '9') && c != decimal && "+-eE".indexOf(c) < 0) {
        return null; // Java reads letters, blanks and other scripts' digits, too
      }
    }
    try {
      return Float.parseFloat(decimal == ',' ? cell.replace(',', '.') : cell);
    } catch (NumberFormatException none) {
      return null;
    }
  }

  /** NaN and the infinities in the spellings of other programs; null if it is none of them. */
  private static @Nullable Float special(String cell) {
    int sign = cell.startsWith("-") || cell.startsWith("+") ? 1 : 0;
    char first = sign < cell.length() ? cell.charAt(sign) : '\0';
    if ("nNiI1".indexOf(first) < 0 || (first == '1' && !cell.startsWith("1.#", sign))) {
      return null;
    }
    String word = cell.substring(sign).toLowerCase(Locale.ROOT);
    return switch (word) {
      case "inf", "infinity", "1.#inf", "1.#inf00" ->
          cell.charAt(0) == '-' ? Float.NEGATIVE_INFINITY : Float.POSITIVE_INFINITY;
      case "nan", "1.#qnan", "1.#snan", "1.#ind", "1.#qnan0", "1.#snan0", "1.#ind00" -> Float.NaN;
      default -> word.startsWith("nan(") && word.endsWith(")") ? Float.NaN : null;
    };
  }

  private InvalidFileException invalid(String problem) {
    return new InvalidFileException(file.toString(), problem);
  }
}
