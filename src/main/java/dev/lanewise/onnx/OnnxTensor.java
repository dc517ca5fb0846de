package dev.lanewise.onnx;

import dev.lanewise.io.support.Names;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A tensor of an ONNX file: its elements lie in the file, or in another one beside it. */
final class OnnxTensor {
  static final int FLOAT = 1;
  static final int INT32 = 6;
  static final int INT64 = 7;
  private static final int BOOL = 9;

  /** The types of {@code TensorProto.DataType}, by number. */
  private static final String[] TYPES = {
    "undefined",
    "float",
    "uint8",
    "int8",
    "uint16",
    "int16",
    "int32",
    "int64",
    "string",
    "bool",
    "float16",
    "double",
    "uint32",
    "uint64",
    "complex64",
    "complex128",
    "bfloat16"
  };

  private final Path model;
  private String name = "";
  private int type;
  private final Fields.Numbers dims = new Fields.Numbers();
  private final Fields.Numbers floats = new Fields.Numbers();
  private final Fields.Numbers numbers = new Fields.Numbers();
  private @Nullable ByteBuffer raw;
  private boolean outside;
  private @Nullable Tensor known;
  private final Map<String, String> place = new HashMap<>();

  private OnnxTensor(Path model) {
    this.model = model;
  }

  /** Floats that stand in an attribute. */
  static OnnxTensor of(String name, Shape shape, float[] values) {
    OnnxTensor tensor = new OnnxTensor(Path.of(""));
    tensor.name = name;
    tensor.type = FLOAT;
    tensor.known = new Tensor(shape, values);
    return tensor;
  }

  /** Reads a message {@code TensorProto} of a model's file. */
  static OnnxTensor read(Fields in, Path model) throws IOException {
    OnnxTensor tensor = new OnnxTensor(model);
    in.message(field -> tensor.field(field, in));
    return tensor;
  }

  private void field(int field, Fields in) throws IOException {
    switch (field) {
      case 1 -> in.numbers(dims);
      case 2 -> type = Math.toIntExact(in.number());
      case 4 -> in.reals(floats);
      case 5, 7 -> in.numbers(numbers);
      case 8 -> name = in.text();
      case 9 -> raw = in.bytes();
      case 13 -> {
        String[] entry = OnnxFile.entry(in);
        place.put(entry[0], entry[1]);
      }
      case 14 -> outside = in.number() == 1;
      default -> in.skip();
    }
  }

  String name() {
    return name;
  }

  boolean isFloats() {
    return type == FLOAT;
  }

  Shape shape() {
    long[] sizes = dims.longs();
    for (long size : sizes) {
      if (size < 0 || size > Integer.MAX_VALUE) {
        throw refused("has the dimension " + size);
      }
    }
    return Shape.of(OnnxNode.ints(sizes));
  }

  static String type(int type) {
    return type >= 0 && type < TYPES.length ? TYPES[type] : "the type " + type;
  }

  private IllegalArgumentException refused(String problem) {
    return new IllegalArgumentException("tensor " + Names.quoted(name) + " " + problem);
  }

  /** The elements, which must be floats. */
  Tensor floats() {
    if (type != FLOAT) {
      throw refused("holds %s, but should hold float".formatted(type(type)));
    }
    Tensor whole = known;
    if (whole != null) {
      return whole;
    }
    Shape shape = shape();
    ByteBuffer bytes = bytes((long) shape.elements() * Float.BYTES);
    if (bytes == null) {
      checkCount(floats.count(), shape.elements());
      return new Tensor(shape, floats.reals());
    }
    float[] values = new float[shape.elements()];
    bytes.asFloatBuffer().get(values);
    return new Tensor(shape, values);
  }

  /** The elements, which must be whole numbers. */
  long[] integers() {
    int size = type == INT64 ? Long.BYTES : type == INT32 ? Integer.BYTES : 1;
    if (type != INT64 && type != INT32 && type != BOOL) {
      throw refused("holds %s, but should hold int64".formatted(type(type)));
    }
    int count = shape().elements();
    ByteBuffer bytes = bytes((long) count * size);
    if (bytes == null) {
      checkCount(numbers.count(), count);
      return numbers.longs();
    }
    long[] values = new long[count];
    for (int i = 0; i < count; i++) {
      values[i] = size == 8 ? bytes.getLong() : size == 4 ? bytes.getInt() : bytes.get();
    }
    return values;
  }

  private void checkCount(int found, int wanted) {
    if (found != wanted) {
      throw refused("has %d elements, but its shape has %d".formatted(found, wanted));
    }
  }

  /** So many bytes; null if the elements stand one by one in the file. */
  private @Nullable ByteBuffer bytes(long length) {
    ByteBuffer bytes = outside ? outside(length) : raw;
    if (bytes != null && bytes.remaining() != length) {
      throw refused("has %d bytes, but its shape needs %d".formatted(bytes.remaining(), length));
    }
    return bytes == null ? null : bytes.duplicate().order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Reads elements of another file, which must lie in the model's folder. */
  private ByteBuffer outside(long length) {
    String location = place.getOrDefault("location", "");
    try {
      Path folder = model.toAbsolutePath().normalize().getParent();
      Path file = folder == null ? null : folder.resolve(location).normalize();
      if (folder == null
          || file == null
          || location.isEmpty()
          || !file.toRealPath().startsWith(folder.toRealPath())) {
        throw refused(
            "lies in %s, which is outside of the model's folder".formatted(Names.quoted(location)));
      }
      try (FileChannel channel = FileChannel.open(file)) {
        long offset = Long.parseLong(place.getOrDefault("offset", "0"));
        long stored = Long.parseLong(place.getOrDefault("length", Long.toString(length)));
        if (stored != length || offset < 0 || offset > channel.size() - length) {
          throw refused(
              "should be %d bytes from %d of %s, which has %d"
                  .formatted(length, offset, Names.quoted(location), channel.size()));
        }
        return channel.map(FileChannel.MapMode.READ_ONLY, offset, length);
      }
    } catch (NumberFormatException | InvalidPathException wrong) {
      throw refused("does not say where in its file it lies");
    } catch (IOException e) {
      throw refused("lies in %s, which cannot be read".formatted(Names.quoted(location)));
    }
  }
}
