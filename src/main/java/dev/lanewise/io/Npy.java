package dev.lanewise.io;

import dev.lanewise.io.support.AtomicFile;
import dev.lanewise.io.support.Reasons;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Tensor;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * NumPy's files of one array (format versions 1 to 3, "NumPy Enhancement Proposal 1").
 *
 * <p>Written are {@code <f4} and {@code <i4} in C order. Read are floats of 4 and 8 bytes and
 * integers of 1, 2, 4 and 8 bytes, signed, unsigned or bool, of either byte order, in C or Fortran
 * order. An array without dimensions is read as one of shape (1).
 */
public final class Npy {
  private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
  private static final int ALIGNMENT = 64;
  private static final Pattern HEADER =
      Pattern.compile(
          "\\{\\s*'descr':\\s*'([^']*)',\\s*'fortran_order':\\s*(True|False),"
              + "\\s*'shape':\\s*\\(([^)]*)\\),?\\s*\\}\\s*");

  private Npy() {}

  /**
   * Writes an array of floats; the file appears whole or not at all.
   *
   * @param file where to write
   * @param array the array
   * @throws IOException if it cannot be written; the message is one sentence
   */
  public static void write(Path file, Tensor array) throws IOException {
    float[] values = array.data();
    ByteBuffer bytes = buffer("<f4", array.shape(), values.length);
    for (float value : values) {
      bytes.putInt(Float.floatToIntBits(value)); // one NaN, 0x7fc00000, as in all our files
    }
    AtomicFile.write(file, out -> writeAll(out, bytes));
  }

  /**
   * Writes a vector of ints, labels for instance; the file appears whole or not at all.
   *
   * @param file where to write
   * @param values the ints
   * @throws IOException if it cannot be written; the message is one sentence
   */
  public static void writeInts(Path file, int[] values) throws IOException {
    ByteBuffer bytes = buffer("<i4", Shape.of(values.length), values.length);
    for (int value : values) {
      bytes.putInt(value);
    }
    AtomicFile.write(file, out -> writeAll(out, bytes));
  }

  private static void writeAll(OutputStream out, ByteBuffer bytes) throws IOException {
    byte[] all = new byte[bytes.position()];
    bytes.flip().get(all);
    out.write(all);
  }

  private static ByteBuffer buffer(String type, Shape shape, int elements) {
    StringBuilder dims = new StringBuilder();
    for (int i = 0; i < shape.rank(); i++) {
      dims.append(i == 0 ? "" : " ").append(shape.dim(i)).append(',');
    }
    if (shape.rank() > 1) {
      dims.setLength(dims.length() - 1); // NumPy's comma is that of a tuple of one
    }
    String header = "{'descr': '" + type + "', 'fortran_order': False, 'shape': (" + dims + "), }";
    int unpadded = MAGIC.length + 4 + header.length() + 1;
    int length = Math.ceilDiv(unpadded, ALIGNMENT) * ALIGNMENT;
    ByteBuffer bytes =
        ByteBuffer.allocate(Math.addExact(length, Math.multiplyExact(4, elements)))
            .order(ByteOrder.LITTLE_ENDIAN);
    bytes.put(MAGIC).put((byte) 1).put((byte) 0).putShort((short) (length - MAGIC.length - 4));
    String padded = header + " ".repeat(length - unpadded) + "\n";
    return bytes.put(padded.getBytes(StandardCharsets.US_ASCII));
  }

  /**
   * Reads an array of floats or integers as floats: of 8 bytes they are rounded to the nearest
   * float.
   *
   * @param file the file
   * @return the array, row-major
   * @throws InvalidFileException if it is no whole npy file of numbers: one sentence
   * @throws IOException if it cannot be read
   */
  public static Tensor read(Path file) throws IOException {
    Content content = Content.of(file);
    float[] values = new float[content.elements];
    for (int i = 0; i < values.length; i++) {
      values[content.place(i)] = (float) content.number(i);
    }
    return new Tensor(content.shape, values);
  }

  /**
   * Reads an array of integers, labels for instance, whatever its shape.
   *
   * @param file the file
   * @return the elements, row-major
   * @throws InvalidFileException if it is no whole npy file of integers, or one is no int: one
   *     sentence
   * @throws IOException if it cannot be read
   */
  public static int[] readInts(Path file) throws IOException {
    Content content = Content.of(file);
    int[] values = new int[content.elements];
    for (int i = 0; i < values.length; i++) {
      long value = content.integer(i);
      if (value != (int) value) {
        throw new InvalidFileException(
            file.toString(), "holds " + value + " at position " + i + ", which is no int");
      }
      values[content.place(i)] = (int) value;
    }
    return values;
  }

  /** A file's array, not converted yet. */
  private record Content(
      Path file, char kind, int size, boolean fortran, Shape shape, int elements, ByteBuffer data) {

    static Content of(Path file) throws IOException {
      byte[] bytes;
      try {
        bytes = Files.readAllBytes(file);
      } catch (NoSuchFileException e) {
        throw new NoSuchFileException(file.toString(), null, "there is no such file");
      } catch (IOException e) {
        throw new IOException(file + " cannot be read: " + Reasons.of(e), e);
      } catch (OutOfMemoryError e) {
        throw new IOException(file + " cannot be read: it is too large for this program", e);
      }
      if (bytes.length < 10 || !Arrays.equals(Arrays.copyOf(bytes, MAGIC.length), MAGIC)) {
        throw new InvalidFileException(file.toString(), "does not begin as an npy file does");
      }
      ByteBuffer all = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
      boolean shortLength = bytes[6] == 1;
      int start = shortLength ? 10 : 12;
      long length =
          shortLength
              ? Short.toUnsignedLong(all.getShort(8))
              : bytes.length < 12 ? Long.MAX_VALUE : Integer.toUnsignedLong(all.getInt(8));
      if (bytes[6] < 1 || bytes[6] > 3 || length > bytes.length - start) {
        throw new InvalidFileException(
            file.toString(),
            "is cut off or of an npy version that is not known (" + bytes[6] + ")");
      }
      String header = new String(bytes, start, (int) length, StandardCharsets.UTF_8);
      Matcher matcher = HEADER.matcher(header);
      if (!matcher.matches()) {
        throw new InvalidFileException(
            file.toString(), "has an npy header that is not understood: " + header.strip());
      }
      return of(file, matcher, all, start + (int) length);
    }

    private static Content of(Path file, Matcher header, ByteBuffer all, int start)
        throws InvalidFileException {
      String type = header.group(1);
      if (!type.matches("[<>|=]([iu][1248]|f[48]|b1)")) {
        throw new InvalidFileException(
            file.toString(),
            "holds elements of type '"
                + type
                + "', but must hold floats of 4 or 8 bytes or integers");
      }
      int size = type.charAt(2) - '0';
      Shape shape = shape(file, header.group(3));
      long needed = (long) shape.elements() * size;
      if (needed != all.capacity() - start) {
        throw new InvalidFileException(
            file.toString(),
            "announces "
                + shape.elements()
                + " elements of "
                + size
                + " bytes, but "
                + (all.capacity() - start)
                + " bytes follow its header");
      }
      ByteBuffer data = all.slice(start, (int) needed);
      data.order(type.charAt(0) == '>' ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
      boolean fortran = header.group(2).equals("True");
      return new Content(file, type.charAt(1), size, fortran, shape, shape.elements(), data);
    }

    private static Shape shape(Path file, String text) throws InvalidFileException {
      try {
        int[] dims =
            Arrays.stream(text.split(",", -1))
                .map(String::strip)
                .filter(dim -> !dim.isEmpty())
                .mapToInt(Integer::parseInt)
                .toArray();
        return dims.length == 0 ? Shape.of(1) : Shape.of(dims);
      } catch (IllegalArgumentException e) {
        throw new InvalidFileException(
            file.toString(), "has a shape that no array can have: (" + text + ")");
      }
    }

    /** Where element i of the file stands in row-major order. */
    int place(int i) {
      if (!fortran) {
        return i;
      }
      int place = 0;
      int left = i;
      for (int axis = 0; axis < shape.rank(); axis++) {
        int stride = 1;
        for (int behind = axis + 1; behind < shape.rank(); behind++) {
          stride *= shape.dim(behind);
        }
        place += left % shape.dim(axis) * stride;
        left /= shape.dim(axis);
      }
      return place;
    }

    double number(int i) throws InvalidFileException {
      if (kind != 'f') {
        return integer(i);
      }
      return size == 4 ? data.getFloat(4 * i) : data.getDouble(8 * i);
    }

    long integer(int i) throws InvalidFileException {
      if (kind == 'f') {
        throw new InvalidFileException(file.toString(), "holds floats, but must hold integers");
      }
      boolean signed = kind == 'i';
      return switch (size) {
        case 1 -> signed ? data.get(i) : Byte.toUnsignedLong(data.get(i));
        case 2 -> signed ? data.getShort(2 * i) : Short.toUnsignedLong(data.getShort(2 * i));
        case 4 -> signed ? data.getInt(4 * i) : Integer.toUnsignedLong(data.getInt(4 * i));
        default -> data.getLong(8 * i);
      };
    }
  }
}
