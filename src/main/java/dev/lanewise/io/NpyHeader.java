package dev.lanewise.io;

import dev.lanewise.io.support.FileFormat;
import dev.lanewise.io.support.LiteralReader.SyntaxException;
import dev.lanewise.io.support.Names;
import dev.lanewise.io.support.PythonReader;
import dev.lanewise.io.support.PythonReader.Constant;
import dev.lanewise.io.support.PythonReader.Dict;
import dev.lanewise.io.support.PythonReader.Items;
import dev.lanewise.io.support.PythonReader.Text;
import dev.lanewise.io.support.PythonReader.Value;
import dev.lanewise.io.support.PythonReader.Whole;
import dev.lanewise.tensor.Shape;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The header of an npy file: a dict of Python with the keys descr, fortran_order and shape.
 *
 * @param type the type of an element, such as "<f4"
 * @param fortran whether the first index runs fastest
 * @param shape the array's shape; (1) for one without dimensions
 * @param length how many bytes precede the elements
 */
record NpyHeader(String type, boolean fortran, Shape shape, int length) {
  static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};

  private static final List<String> KEYS = List.of("descr", "fortran_order", "shape");

  static NpyHeader parse(Path file, byte[] bytes) throws InvalidFileException {
    if (bytes.length < 10 || !Arrays.equals(Arrays.copyOf(bytes, MAGIC.length), MAGIC)) {
      byte[] start = Arrays.copyOf(bytes, Math.min(bytes.length, FileFormat.START));
      String instead = FileFormat.instead(start, FileFormat.NPY, "an npy file");
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

  private static NpyHeader of(Path file, String text, int length) throws InvalidFileException {
    Value header;
    try {
      header = PythonReader.read(text);
    } catch (SyntaxException e) {
      throw invalid(
          file,
          "has an npy header that is not understood (%s): %s"
              .formatted(e.getMessage(), Names.quoted(text.strip())));
    }
    if (!(header instanceof Dict dict)) {
      throw invalid(file, "has an npy header that is no dict: " + Names.quoted(text.strip()));
    }
    Map<Value, Value> values = dict.values();
    for (String key : KEYS) {
      if (!values.containsKey(new Text(key))) {
        throw invalid(file, "has an npy header without the key '" + key + "'");
      }
    }
    for (Value key : values.keySet()) {
      if (!(key instanceof Text(String name)) || !KEYS.contains(name)) {
        throw invalid(
            file,
            "has an npy header with "
                + (key instanceof Text(String name) ? "the key " + Names.quoted(name) : "a key")
                + " that is none of descr, fortran_order and shape");
      }
    }
    if (!(values.get(new Text("descr")) instanceof Text(String type))) {
      throw invalid(file, "holds records of several fields, but must hold plain numbers");
    }
    if (!(values.get(new Text("fortran_order")) instanceof Constant(String fortran))
        || fortran.equals("None")) {
      throw invalid(file, "has an npy header whose fortran_order is neither True nor False");
    }
    if (!(values.get(new Text("shape")) instanceof Items(boolean tuple, List<Value> dims))
        || !tuple
        || !dims.stream().allMatch(Whole.class::isInstance)) {
      throw invalid(file, "has an npy header whose shape is no tuple of whole numbers");
    }
    return new NpyHeader(type, fortran.equals("True"), shape(file, dims), length);
  }

  private static Shape shape(Path file, List<Value> values) throws InvalidFileException {
    try {
      int[] dims =
          values.stream().mapToInt(value -> ((Whole) value).value().intValueExact()).toArray();
      if (Arrays.stream(dims).allMatch(dim -> dim >= 0)) {
        return dims.length == 0 ? Shape.of(1) : Shape.of(dims);
      }
    } catch (ArithmeticException | IllegalArgumentException tooLarge) {
      // As negative ones.
    }
    String dims =
        values.stream()
            .map(value -> ((Whole) value).value().toString())
            .collect(Collectors.joining(", "));
    throw invalid(file, "has a shape that no array can have: (" + Names.bounded(dims) + ")");
  }

  private static InvalidFileException invalid(Path file, String problem) {
    return new InvalidFileException(file.toString(), problem);
  }
}
