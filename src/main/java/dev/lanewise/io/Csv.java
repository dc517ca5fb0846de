package dev.lanewise.io;

import dev.lanewise.io.support.FileFormat;
import dev.lanewise.io.support.InputFile;
import dev.lanewise.tensor.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;

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
            byte[] start = Arrays.copyOf(bytes, Math.min(bytes.length, FileFormat.START));
            String instead = FileFormat.instead(start, FileFormat.TEXT, "a table as text");
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
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(bytes, start, bytes.length - start))
          .toString();
    } catch (CharacterCodingException e) {
      throw notUtf8(file, bytes);
    }
  }

  private static boolean begins(byte[] bytes, int... first) {
    for (int i = 0; i < first.length; i++) {
      if (i >= bytes.length || (bytes[i] & 255) != first[i]) {
        return false;
      }
    }
    return true;
  }

  /** Whether every other byte is 0, as in UTF-16 of plain letters and digits. */
  private static boolean hasZeros(byte[] bytes) {
    int looked = Math.min(bytes.length, 64) & -2;
    for (int parity = 0; parity < 2; parity++) {
      boolean zeros = looked > 0;
      for (int i = 0; i < looked; i++) {
        zeros &= (bytes[i] == 0) == (i % 2 == parity);
      }
      if (zeros) {
        return true;
      }
    }
    return false;
  }

  private static InvalidFileException notUtf8(Path file, byte[] bytes) {
    // What decodes to the replacement character is the first byte that is wrong.
    int at = 0;
    int line = 1;
    while (at < bytes.length) {
      int length = sequence(bytes, at);
      if (length == 0) {
        break;
      }
      line +=
          bytes[at] == '\n'
                  || (bytes[at] == '\r' && (at + 1 == bytes.length || bytes[at + 1] != '\n'))
              ? 1
              : 0;
      at += length;
    }
    String wrong = HexFormat.of().toHexDigits(bytes[Math.min(at, bytes.length - 1)]);
    return invalid(
        file,
        ("has the byte %s in line %s, which is no UTF-8; if it is text in Latin-1 "
                + "(ISO 8859-1, Windows-1252), save it in UTF-8")
            .formatted(wrong, line));
  }

  /** How many bytes the character at this place takes in UTF-8; 0 if there is none. */
  private static int sequence(byte[] bytes, int at) {
    if (bytes[at] >= 0) {
      return 1;
    }
    for (int length = 2; length <= 4 && at + length <= bytes.length; length++) {
      String one = new String(bytes, at, length, StandardCharsets.UTF_8);
      if (one.codePointCount(0, one.length()) == 1 && one.indexOf('\ufffd') < 0) {
        return length;
      }
    }
    return 0;
  }

  private static InvalidFileException invalid(Path file, String problem) {
    return new InvalidFileException(file.toString(), problem);
  }
}
