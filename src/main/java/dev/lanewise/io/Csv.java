package dev.lanewise.io;

import dev.lanewise.io.support.Reasons;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Tables of numbers as text: a row a line, numbers separated by commas, semicolons or tabs. A first
 * line that begins with something else than a number is a header and is left out; empty lines are.
 */
public final class Csv {
  private Csv() {}

  /**
   * Reads a table.
   *
   * @param file the file
   * @return rows × columns
   * @throws InvalidFileException if a line has other than numbers, or not as many as the first: one
   *     sentence that names the line
   * @throws IOException if it cannot be read
   */
  public static Tensor read(Path file) throws IOException {
    List<String> lines;
    try {
      lines = Files.readAllLines(file);
    } catch (NoSuchFileException e) {
      throw new NoSuchFileException(file.toString(), null, "there is no such file");
    } catch (IOException e) {
      throw new IOException(file + " cannot be read: " + Reasons.of(e), e);
    }
    List<float[]> rows = new ArrayList<>();
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i).strip();
      if (line.isEmpty() || (i == 0 && number(line.split("[,;\t]", -1)[0]) == null)) {
        continue;
      }
      float[] row = row(file, i + 1, line.split("[,;\t]", -1));
      if (!rows.isEmpty() && rows.getFirst().length != row.length) {
        throw new InvalidFileException(
            file.toString(),
            "has "
                + row.length
                + " numbers in line "
                + (i + 1)
                + ", but "
                + rows.getFirst().length
                + " in the first");
      }
      rows.add(row);
    }
    if (rows.isEmpty()) {
      throw new InvalidFileException(file.toString(), "holds no line of numbers");
    }
    int columns = rows.getFirst().length;
    float[] all = new float[Math.multiplyExact(rows.size(), columns)];
    for (int i = 0; i < rows.size(); i++) {
      System.arraycopy(rows.get(i), 0, all, i * columns, columns);
    }
    return new Tensor(Shape.of(rows.size(), columns), all);
  }

  private static float[] row(Path file, int line, String[] cells) throws InvalidFileException {
    float[] row = new float[cells.length];
    for (int j = 0; j < cells.length; j++) {
      Float value = number(cells[j]);
      if (value == null) {
        throw new InvalidFileException(
            file.toString(),
            "has '" + cells[j].strip() + "' in line " + line + ", where a number must stand");
      }
      row[j] = value;
    }
    return row;
  }

  private static @Nullable Float number(String cell) {
    try {
      return Float.valueOf(cell.strip());
    } catch (NumberFormatException e) {
      return null;
    }
  }
}
