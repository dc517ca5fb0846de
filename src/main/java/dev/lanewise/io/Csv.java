package dev.lanewise.io;

import dev.lanewise.io.support.FileFormat;
import dev.lanewise.io.support.InputFile;
import dev.lanewise.tensor.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

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
            return new CsvTable(file, text(file, bytes)).read();
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
}
