package dev.lanewise.io;

import dev.lanewise.io.support.FileFormat;
import dev.lanewise.io.support.InputFile;
import dev.lanewise.io.support.Names;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Tables of numbers as text, in UTF-8 with or without a byte order mark: a row a line.
 *
 * <p>One separator is a file's: the semicolon, tab or comma that stands in its first line (in this
 * order, outside of quotes; in its second line if there is none in the first), or a line {@code
 * sep=;} before all others, as spreadsheets write it; if there is none of them, numbers are
 * separated by blanks, as {@code numpy.savetxt} writes them. Where semicolons separate, numbers may
 * have decimal commas, but not some of them commas and others points.
 *
 * <p>Cells may be in double quotes. Numbers are decimal, in ASCII digits, with or without an
 * exponent; infinities and NaN may be spelled as NumPy, pandas, C, R and Java do ({@code nan},
 * {@code inf}, {@code -Infinity}, {@code 1.#INF}). An empty cell is NaN, since pandas writes it so;
 * a column of nothing but empty cells is refused, since that is what a separator at the end of each
 * line looks like. A number that is finite, but not as a float, is refused; one that is too small
 * becomes 0.
 *
 * <p>The first line is a header, and left out, if none of its cells is a number or looks like one.
 * Empty lines and those that begin with "#" are left out too.
 */
public final class Csv {
  private Csv() {}

  /**
   * Reads a table.
   *
   * @param file the file
   * @return rows × columns
   * @throws InvalidFileException if a line has other than numbers, or not as many as the first (or
   *     as the header has names), or if the file is no such text: one sentence that names the line
   * @throws IOException if it cannot be read
   */
  public static Tensor read(Path file) throws IOException {
    byte[] bytes = InputFile.bytes(file, "a table as text");
    return InputFile.read(
        file,
        () -> {
          try {
            return new Table(file, text(file, bytes)).read();
          } catch (InvalidFileException e) {
            String instead = FileFormat.instead(bytes, FileFormat.TEXT, "a table as text");
            throw instead == null ? e : invalid(file, "is " + instead);
          }
        });
  }

  private static String text(Path file, byte[] bytes) throws InvalidFileException {
    boolean little = begins(bytes, 0xff, 0xfe);
    if (little && begins(bytes, 0xff, 0xfe, 0, 0)) {
      throw invalid(file, "is text in UTF-32; save it in UTF-8");
    }
    if (little || begins(bytes, 0xfe, 0xff) || hasZeros(bytes)) {
      throw invalid(file, "is text in UTF-16 (called Unicode by spreadsheets); save it in UTF-8");
    }
    int start = begins(bytes, 0xef, 0xbb, 0xbf) ? 3 : 0;
    ByteBuffer in = ByteBuffer.wrap(bytes, start, bytes.length - start);
    CharBuffer out = CharBuffer.allocate(in.remaining()); // no character takes less than a byte
    boolean wrong = StandardCharsets.UTF_8.newDecoder().decode(in, out, true).isError();
    String text = out.flip().toString();
    if (wrong) {
      throw invalid(
          file,
          ("has the byte %s in line %s, which is no UTF-8; if it is text in Latin-1 "
                  + "(ISO 8859-1, Windows-1252), save it in UTF-8")
              .formatted(HexFormat.of().toHexDigits(in.get()), (text + ".").lines().count()));
    }
    return text;
  }

  private static boolean begins(byte[] bytes, int... first) {
    return bytes.length >= first.length
        && IntStream.range(0, first.length).allMatch(i -> (bytes[i] & 255) == first[i]);
  }

  /** Whether every other byte is 0, as in UTF-16 of plain letters and digits. */
  private static boolean hasZeros(byte[] bytes) {
    int looked = Math.min(bytes.length, 64) & -2;
    IntPredicate evenAlone = i -> (bytes[i] == 0) == (i % 2 == 0);
    return looked > 0
        && (IntStream.range(0, looked).allMatch(evenAlone)
            || IntStream.range(0, looked).noneMatch(evenAlone));
  }

  private static InvalidFileException invalid(Path file, String problem) {
    return new InvalidFileException(file.toString(), problem);
  }

  /** A table that is being read. */
  private static final class Table {
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

    Table(Path file, String text) {
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
        throw invalid(file, "holds no line of numbers");
      }
      for (int j = 0; j < columns; j++) {
        if (!filled[j]) {
          throw invalid(
              file, "has nothing in column " + (j + 1) + " (does each line end with a separator?)");
        }
      }
      return new Tensor(Shape.of(count / columns, columns), Arrays.copyOf(values, count));
    }

    // ---- lines and cells

    /** Finds the separator, and moves behind a line that names it. */
    private char separator() throws InvalidFileException {
      separator = '\n'; // so that a line is one cell, with its quotes
      int found = BLANKS;
      for (int lines = 0; lines < 2 && found == BLANKS && skipEmptyLines(); lines++) {
        int start = at;
        String row = text.substring(start, endOfRow());
        if (lines == 0 && row.length() == 5 && row.toLowerCase(Locale.ROOT).startsWith("sep=")) {
          return row.charAt(4);
        }
        String outside = row.replaceAll("\"[^\"]*+\"", "");
        found =
            IntStream.of(';', '\t', ',')
                .filter(c -> outside.indexOf(c) >= 0)
                .findFirst()
                .orElse(BLANKS);
      }
      at = 0;
      nextLine = 1;
      return (char) found;
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
      throw invalid(file, "has a quote in line " + line + " that is not closed");
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
              file,
              "has %s in line %s, but %s in its header"
                  .formatted(counted(columns, "number"), line, counted(names, "name")));
        }
      }
      if (row.size() != columns) {
        throw invalid(
            file,
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
            file,
            "has %s in line %s, where a number must stand%s"
                .formatted(
                    Names.quoted(cell),
                    line,
                    comma ? " (decimal commas are read where semicolons separate)" : ""));
      }
      if (cell.indexOf(decimal) >= 0) {
        if (mark.line() > 0 && mark.mark() != decimal) {
          throw invalid(
              file,
              "has %s in line %s, but %s in line %s, and a file must have one decimal mark"
                  .formatted(Names.quoted(cell), line, Names.quoted(mark.cell()), mark.line()));
        }
        if (mark.line() == 0) {
          mark = new Mark(decimal, cell, line);
        }
      }
      if (Float.isInfinite(value)) {
        throw invalid(
            file,
            "has " + Names.quoted(cell) + " in line " + line + ", which is too large for a float");
      }
      return value;
    }

    private static boolean isNumber(String cell, char decimal) {
      return special(cell) != null || decimal(cell, decimal) != null;
    }

    /**
     * A number of ASCII digits with this decimal mark, with or without an exponent; null if none.
     */
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
  }
}
