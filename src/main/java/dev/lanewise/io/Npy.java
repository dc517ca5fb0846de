package dev.lanewise.io;

import dev.lanewise.io.Safetensors.FloatType;
import dev.lanewise.io.Safetensors.TensorInfo;
import dev.lanewise.io.support.AtomicFile;
import dev.lanewise.io.support.FileFormat;
import dev.lanewise.io.support.InputFile;
import dev.lanewise.io.support.LiteralReader.Python;
import dev.lanewise.io.support.LiteralReader.SyntaxException;
import dev.lanewise.io.support.Names;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Tensor;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * NumPy's files of one array (format versions 1 to 3, "NumPy Enhancement Proposal 1").
 *
 * <p>Written are {@code <f4} and {@code <i4} in C order. Read are floats of 2, 4 and 8 bytes,
 * integers of 1, 2, 4 and 8 bytes, signed or unsigned, and bools, of either byte order, in C or
 * Fortran order. An array without dimensions is read as one of shape (1).
 */
public final class Npy {
  private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
  private static final List<String> KEYS = List.of("descr", "fortran_order", "shape");
  private static final int ALIGNMENT = 64;
  private static final String WANTED = "an npy file";

  /** As many bytes of an archive's array are looked at for its header, which has some hundred. */
  private static final int START = 1 << 12;

  private static final Pattern TYPE =
      Pattern.compile("([<>|=]?)([iu](?=[1248])|f(?=[248])|b(?=1))([1248])");

  private Npy() {}

  /**
   * Writes an array of floats; the file appears whole or not at all.
   *
   * @param file where to write
   * @param array the array
   * @throws IOException if it cannot be written; the message is one sentence
   */
  public static void write(Path file, Tensor array) throws IOException {
    byte[] bytes = bytes(array);
    AtomicFile.write(file, out -> out.write(bytes));
  }

  /** A whole file. */
  static byte[] bytes(Tensor array) {
    float[] values = array.data();
    ByteBuffer bytes = buffer("<f4", array.shape(), values.length);
    for (float value : values) {
      bytes.putInt(Float.floatToIntBits(value)); // one NaN, 0x7fc00000, as in all our files
    }
    return written(bytes);
  }

  private static byte[] written(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.position()];
    buffer.flip().get(bytes);
    return bytes;
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
    AtomicFile.write(file, out -> out.write(written(bytes)));
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
   * Reads an array of floats or integers as floats; what is no float is rounded to the nearest,
   * once.
   *
   * @param file the file
   * @return the array, row-major
   * @throws InvalidFileException if it is no whole npy file of numbers, or one is finite, but not
   *     as a float: one sentence
   * @throws IOException if it cannot be read
   */
  public static Tensor read(Path file) throws IOException {
    byte[] bytes = InputFile.bytes(file, WANTED);
    return InputFile.read(file, () -> Content.of(file.toString(), bytes).tensor());
  }

  /**
   * Reads an array from a stream, and of that no more than the array's own header announces.
   *
   * @param where what messages call it
   */
  static Tensor read(String where, InputStream in) throws IOException {
    byte[] start = in.readNBytes(START);
    Header header = Header.parse(where, start);
    Matcher type = TYPE.matcher(header.type());
    int size = type.matches() ? type.group(3).charAt(0) - '0' : 0;
    long end = header.length() + (long) size * header.shape().elements();
    // One byte more, so that it is seen if there are too many.
    int more = Math.clamp(end + 1 - start.length, 0, Integer.MAX_VALUE - 8 - START);
    byte[] rest = in.readNBytes(more);
    byte[] bytes = Arrays.copyOf(start, start.length + rest.length);
    System.arraycopy(rest, 0, bytes, start.length, rest.length);
    return Content.of(where, bytes).tensor();
  }

  /** What the header of an array says, with the type as safetensors would have it. */
  static TensorInfo info(String where, InputStream in) throws IOException {
    Header header = Header.parse(where, in.readNBytes(START));
    Matcher type = TYPE.matcher(header.type());
    String dtype =
        type.matches()
            ? type.group(2).toUpperCase(Locale.ROOT) + 8 * (type.group(3).charAt(0) - '0')
            : header.type();
    return new TensorInfo(
        dtype, Arrays.stream(header.shape().dims()).mapToObj(Long::valueOf).toList());
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
    byte[] bytes = InputFile.bytes(file, WANTED);
    return InputFile.read(
        file,
        () -> {
          Content content = Content.of(file.toString(), bytes);
          int[] values = new int[content.elements()];
          for (int i = 0; i < values.length; i++) {
            values[content.place(i)] = content.integerExact(i);
          }
          return values;
        });
  }

  /**
   * The header of an npy file: a dict of Python with the keys descr, fortran_order and shape.
   *
   * @param type the type of an element, such as "<f4"
   * @param fortran whether the first index runs fastest
   * @param shape the array's shape; (1) for one without dimensions
   * @param length how many bytes precede the elements
   */
  private record Header(String type, boolean fortran, Shape shape, int length) {
    static Header parse(String file, byte[] bytes) throws InvalidFileException {
      if (bytes.length < 10 || !Arrays.equals(Arrays.copyOf(bytes, MAGIC.length), MAGIC)) {
        String instead = FileFormat.instead(bytes, FileFormat.NPY, WANTED);
        throw invalid(
            file,
            bytes.length == 0
                ? "is empty, but should be an npy file"
                : instead == null ? "does not begin as an npy file does" : "is " + instead);
      }
      int version = bytes[6] & 255;
      if (version < 1 || version > 3 || bytes[7] != 0) {
        throw invalid(
            file,
            "is of the npy version %s.%s, but those that are known are 1.0, 2.0 and 3.0"
                .formatted(version, bytes[7] & 255));
      }
      int start = version == 1 ? 10 : 12;
      ByteBuffer all = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
      long length =
          bytes.length < start ? 0 : version == 1 ? all.getShort(8) & 0xffff : all.getInt(8);
      length &= 0xffffffffL;
      if (length > bytes.length - start) {
        throw invalid(
            file,
            "is cut off: its header takes %s bytes, but it has %s"
                .formatted(start + length, bytes.length));
      }
      Charset charset = version == 3 ? StandardCharsets.UTF_8 : StandardCharsets.ISO_8859_1;
      return of(file, new String(bytes, start, (int) length, charset), start + (int) length);
    }

    private static Header of(String file, String text, int length) throws InvalidFileException {
      Object header;
      try {
        header = Python.read(text);
      } catch (SyntaxException e) {
        throw invalid(
            file,
            "has an npy header that is not understood (%s): %s"
                .formatted(e.getMessage(), Names.quoted(text.strip())));
      }
      if (!(header instanceof Map<?, ?> values)) {
        throw invalid(file, "has an npy header that is no dict: " + Names.quoted(text.strip()));
      }
      for (String key : KEYS) {
        if (!values.containsKey(key)) {
          throw invalid(file, "has an npy header without the key '" + key + "'");
        }
      }
      for (Object key : values.keySet()) {
        if (!(key instanceof String name) || !KEYS.contains(name)) {
          throw invalid(
              file,
              "has an npy header with %s that is none of descr, fortran_order and shape"
                  .formatted(
                      key instanceof String name ? "the key " + Names.quoted(name) : "a key"));
        }
      }
      if (!(values.get("descr") instanceof String type)) {
        throw invalid(file, "holds records of several fields, but must hold plain numbers");
      }
      if (!(values.get("fortran_order") instanceof Boolean fortran)) {
        throw invalid(file, "has an npy header whose fortran_order is neither True nor False");
      }
      if (!(values.get("shape") instanceof Python.Tuple(var dims))
          || !dims.stream().allMatch(BigInteger.class::isInstance)) {
        throw invalid(file, "has an npy header whose shape is no tuple of whole numbers");
      }
      return new Header(type, fortran, shape(file, dims), length);
    }

    private static Shape shape(String file, List<@Nullable Object> values)
        throws InvalidFileException {
      try {
        int[] dims =
            values.stream().mapToInt(value -> ((BigInteger) value).intValueExact()).toArray();
        if (Arrays.stream(dims).allMatch(dim -> dim >= 0)) {
          return dims.length == 0 ? Shape.of(1) : Shape.of(dims);
        }
      } catch (ArithmeticException | IllegalArgumentException tooLarge) {
        // As negative ones.
      }
      String dims = values.stream().map(String::valueOf).collect(Collectors.joining(", "));
      throw invalid(file, "has a shape that no array can have: (" + Names.bounded(dims) + ")");
    }
  }

  /** A file's array, not converted yet. */
  private record Content(String file, Header header, char kind, int size, ByteBuffer data) {

    static Content of(String file, byte[] bytes) throws InvalidFileException {
      Header header = Header.parse(file, bytes);
      Matcher type = TYPE.matcher(header.type());
      if (!type.matches()) {
        throw invalid(
            file,
            ("holds elements of type %s, but must hold floats of 2, 4 or 8 bytes, integers or"
                    + " bools")
                .formatted(Names.quoted(header.type())));
      }
      int size = type.group(3).charAt(0) - '0';
      int elements = header.shape().elements();
      long needed = (long) elements * size;
      int available = bytes.length - header.length();
      if (needed != available) {
        throw invalid(
            file,
            "announces %s elements of %s bytes, but %s bytes follow its header"
                .formatted(elements, size, available));
      }
      ByteBuffer data = ByteBuffer.wrap(bytes).slice(header.length(), available);
      boolean big = type.group(1).equals(">");
      data.order(big ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
      return new Content(file, header, type.group(2).charAt(0), size, data);
    }

    int elements() {
      return header.shape().elements();
    }

    Tensor tensor() throws InvalidFileException {
      float[] values = new float[elements()];
      for (int i = 0; i < values.length; i++) {
        values[place(i)] = number(i);
      }
      return new Tensor(header.shape(), values);
    }

    /** Where element i of the file stands in row-major order. */
    int place(int i) {
      if (!header.fortran()) {
        return i;
      }
      Shape shape = header.shape();
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

    /** The float nearest to element i; rounded once, never by way of a double. */
    float number(int i) throws InvalidFileException {
      if (kind != 'f') {
        long value = integer(i);
        return value < 0 && kind == 'u' ? unsigned(value) : value;
      }
      FloatType type = size == 2 ? FloatType.F16 : size == 4 ? FloatType.F32 : FloatType.F64;
      if (type.overflows(data, size * i)) {
        throw invalid(
            file, "holds " + data.getDouble(8 * i) + at(i) + ", which is too large for a float");
      }
      return type.get(data, size * i);
    }

    /** A number from 2^63 on: half of it, whose last bit stands for all that is lost, doubled. */
    private static float unsigned(long value) {
      return 2 * (float) ((value >>> 1) | (value & 1));
    }

    /** Element i; if it is unsigned and of 8 bytes, its bits. */
    long integer(int i) throws InvalidFileException {
      boolean signed = kind == 'i';
      return switch (kind) {
        case 'f' -> throw invalid(file, "holds floats, but must hold integers");
        case 'b' -> data.get(i) == 0 ? 0 : 1;
        default ->
            switch (size) {
              case 1 -> signed ? data.get(i) : Byte.toUnsignedLong(data.get(i));
              case 2 -> signed ? data.getShort(2 * i) : Short.toUnsignedLong(data.getShort(2 * i));
              case 4 -> signed ? data.getInt(4 * i) : Integer.toUnsignedLong(data.getInt(4 * i));
              default -> data.getLong(8 * i);
            };
      };
    }

    int integerExact(int i) throws InvalidFileException {
      long value = integer(i);
      boolean beyond = kind == 'u' && value < 0;
      if (beyond || value != (int) value) {
        String text = beyond ? Long.toUnsignedString(value) : Long.toString(value);
        throw invalid(file, "holds " + text + at(i) + ", which is no int");
      }
      return (int) value;
    }

    /** Where the user finds element i. */
    private String at(int i) {
      return " at position " + place(i);
    }
  }

  private static InvalidFileException invalid(String file, String problem) {
    return new InvalidFileException(file, problem);
  }
}
