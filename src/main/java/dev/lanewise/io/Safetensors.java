package dev.lanewise.io;

import dev.lanewise.io.support.AtomicFile;
import dev.lanewise.io.support.Names;
import dev.lanewise.tensor.Tensor;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.stream.Collectors;
import java.util.zip.CRC32;
import java.util.zip.CheckedOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * Named tensors in a file, in the safetensors format, which many tools read.
 *
 * <p>A file is eight bytes with the length of the header, the header in JSON, and the numbers, all
 * little-endian. Written are 32-bit floats; names and shapes are kept as they are, and every NaN is
 * written as 0x7fc00000. Read are floats of 16 bits (F16 and BF16), 32 and 64 bits (F32, F64), the
 * last rounded to the nearest float; tensors of other types are named, but not read. Files that
 * Lanewise writes hold a checksum of everything in their metadata, under the name {@value
 * #CHECKSUM}; other tools ignore it.
 */
public final class Safetensors {
  /** The name under which a file's own checksum stands among its metadata. */
  public static final String CHECKSUM = "lanewise.crc32";

  /** The name in a header under which metadata stand, and which no tensor can have. */
  static final String METADATA = "__metadata__";

  /** The format's limit for a header. */
  static final int LARGEST_HEADER = 100_000_000;

  /** How every header of ours begins, so that the checksum's digits have a fixed place. */
  static final String PREFIX = "{\"" + METADATA + "\":{\"" + CHECKSUM + "\":\"";

  /** Stands for the checksum while the checksum is computed. */
  static final String NO_CHECKSUM = "00000000";

  /** How many bytes are written or read at once: a multiple of every element's size. */
  static final int CHUNK = 1 << 16;

  /**
   * What a file's header says about a tensor.
   *
   * @param dtype its type in the format's spelling: "F32", "I64"
   * @param shape its dimensions; none for a single number
   */
  public record TensorInfo(String dtype, List<Long> shape) {
    /** Makes the list unmodifiable. */
    public TensorInfo {
      shape = List.copyOf(shape);
    }

    /**
     * Returns whether the tensor can be read.
     *
     * @return whether it holds floats of 16, 32 or 64 bits
     */
    public boolean isFloat() {
      return FloatType.of(dtype) != null;
    }

    /** Its type and shape, "I64 (2, 3)", as messages have it. */
    @Override
    public String toString() {
      String dims = shape.stream().map(String::valueOf).collect(Collectors.joining(", "));
      return Names.bounded(dtype) + " (" + Names.bounded(dims) + (shape.size() == 1 ? ",)" : ")");
    }
  }

  /**
   * What a file's header says.
   *
   * @param tensors the tensors by name, in the file's order
   * @param metadata the texts that belong to them, without the checksum
   */
  public record Header(
      SequencedMap<String, TensorInfo> tensors, SequencedMap<String, String> metadata) {
    /** Makes both maps unmodifiable. */
    public Header {
      tensors = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(tensors));
      metadata = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(metadata));
    }
  }

  /**
   * What a file holds.
   *
   * @param tensors the tensors that were read by name, in the file's order
   * @param metadata the texts that belong to them, without the checksum
   * @param checked whether the file held a checksum, which was right
   * @param others the tensors that were not read, in the file's order
   */
  public record Contents(
      SequencedMap<String, Tensor> tensors,
      SequencedMap<String, String> metadata,
      boolean checked,
      SequencedMap<String, TensorInfo> others) {
    /** Makes the maps unmodifiable. */
    public Contents {
      tensors = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(tensors));
      metadata = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(metadata));
      others = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(others));
    }
  }

  private Safetensors() {}

  /**
   * Writes a file. It is written beside the target under the target's name with ".tmp", forced to
   * the disk and renamed, so that a failure leaves the old file whole. The same tensors make the
   * same bytes.
   *
   * @param file where to write; a file that is there is replaced
   * @param tensors the tensors by name
   * @param metadata texts that belong to them
   * @throws IllegalArgumentException if a name cannot be written; nothing is written then
   * @throws IOException if the file cannot be written; the message is one sentence
   */
  public static void write(
      Path file, SequencedMap<String, Tensor> tensors, Map<String, String> metadata)
      throws IOException {
    byte[] header = headerBytes(tensors, metadata);
    CRC32 crc = new CRC32();
    crc.update(header);
    writeData(tensors, new CheckedOutputStream(OutputStream.nullOutputStream(), crc));
    byte[] digits =
        HexFormat.of().toHexDigits((int) crc.getValue()).getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(digits, 0, header, PREFIX.length(), digits.length);
    byte[] length =
        ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(header.length).array();
    AtomicFile.write(
        file,
        out -> {
          out.write(length);
          out.write(header);
          writeData(tensors, out);
        });
  }

  private static byte[] headerBytes(
      SequencedMap<String, Tensor> tensors, Map<String, String> metadata) {
    StringBuilder json = new StringBuilder(PREFIX).append(NO_CHECKSUM).append('"');
    metadata.forEach(
        (name, text) -> {
          if (name.equals(CHECKSUM)) {
            throw new IllegalArgumentException(
                "metadata hold " + name + ", which is written by itself");
          }
          json.append(',').append(quoted(name)).append(':').append(quoted(text));
        });
    json.append('}');
    long at = 0;
    for (Map.Entry<String, Tensor> entry : tensors.entrySet()) {
      if (entry.getKey().equals(METADATA)) {
        throw new IllegalArgumentException("a tensor cannot be called " + METADATA);
      }
      Tensor tensor = entry.getValue();
      String dims =
          Arrays.stream(tensor.shape().dims())
              .mapToObj(Integer::toString)
              .collect(Collectors.joining(","));
      long end = at + 4L * tensor.data().length;
      json.append(',').append(quoted(entry.getKey())).append(":{\"dtype\":\"F32\",\"shape\":[");
      json.append(dims).append("],\"data_offsets\":[").append(at).append(',').append(end);
      json.append("]}");
      at = end;
    }
    byte[] text = json.append('}').toString().getBytes(StandardCharsets.UTF_8);
    int padded = Math.addExact(text.length, 7) & -8;
    if (padded > LARGEST_HEADER) {
      throw new IllegalArgumentException(
          "names and metadata take " + padded + " bytes, but the format allows " + LARGEST_HEADER);
    }
    byte[] header = Arrays.copyOf(text, padded);
    Arrays.fill(header, text.length, padded, (byte) ' ');
    return header;
  }

  /**
   * A string of JSON. Written here, and not by the library that reports of the command line are
   * written by, so that users of the kernels need no library.
   */
  private static String quoted(String text) {
    if (!StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
      throw new IllegalArgumentException(
          Names.quoted(text) + " holds half of a character, which cannot be written");
    }
    StringBuilder out = new StringBuilder("\"");
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"', '\\' -> out.append('\\').append(c);
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        default -> out.append(c < ' ' ? "\\u" + HexFormat.of().toHexDigits(c) : String.valueOf(c));
      }
    }
    return out.append('"').toString();
  }

  private static void writeData(SequencedMap<String, Tensor> tensors, OutputStream out)
      throws IOException {
    byte[] chunk = new byte[CHUNK];
    ByteBuffer buffer = ByteBuffer.wrap(chunk).order(ByteOrder.LITTLE_ENDIAN);
    for (Tensor tensor : tensors.values()) {
      for (float value : tensor.data()) {
        buffer.putInt(Float.floatToIntBits(value));
        if (!buffer.hasRemaining()) {
          out.write(chunk);
          buffer.clear();
        }
      }
    }
    out.write(chunk, 0, buffer.position());
  }

  /**
   * Reads a file's header: what there is to read. The numbers are not looked at, so that a checksum
   * is not compared either.
   *
   * @param file the file
   * @return what its header says
   * @throws InvalidFileException if it is not a whole safetensors file; the message is one sentence
   * @throws IOException if it cannot be read
   */
  public static Header header(Path file) throws IOException {
    return new SafetensorsReader(file).header();
  }

  /**
   * Reads all floats of a file.
   *
   * @param file the file
   * @return all tensors of floats; those of other types are among the others, with name and type
   * @throws InvalidFileException if it is not a whole safetensors file, if a 64-bit float of it is
   *     finite, but not as a float, or if its checksum is wrong; the message is one sentence
   * @throws IOException if it cannot be read
   */
  public static Contents read(Path file) throws IOException {
    return new SafetensorsReader(file).read(null);
  }

  /**
   * Reads some tensors of a file; whatever else it holds is skipped, and need be neither of a type
   * that can be read nor of a size that an array can have.
   *
   * @param file the file
   * @param names the tensors to read
   * @return these tensors; the rest is among the others
   * @throws InvalidFileException if it is not a whole safetensors file, lacks one of the tensors,
   *     has one of another type than floats, or one with a 64-bit float that is finite, but not as
   *     a float, or if its checksum is wrong; the message is one sentence
   * @throws IOException if it cannot be read
   */
  public static Contents read(Path file, Collection<String> names) throws IOException {
    return new SafetensorsReader(file).read(new LinkedHashSet<>(names));
  }

  /** How files keep floating-point numbers; each is widened exactly or rounded once. */
  enum FloatType {
    F16(2),
    BF16(2),
    F32(4),
    F64(8);

    private final int bytes;

    FloatType(int bytes) {
      this.bytes = bytes;
    }

    /** The type of this name in safetensors files; null if there is none. */
    static @Nullable FloatType of(String dtype) {
      return Arrays.stream(values())
          .filter(type -> type.name().equals(dtype))
          .findFirst()
          .orElse(null);
    }

    /** The number of bytes of an element. */
    int bytes() {
      return bytes;
    }

    /** The float nearest to what stands at byte {@code at}. */
    float get(ByteBuffer from, int at) {
      return switch (this) {
        case F16 -> Float.float16ToFloat(from.getShort(at));
        case BF16 -> Float.intBitsToFloat(from.getShort(at) << 16);
        case F32 -> from.getFloat(at);
        case F64 -> (float) from.getDouble(at);
      };
    }

    /** Whether a finite number stands there that is infinite as a float. */
    boolean overflows(ByteBuffer from, int at) {
      return this == F64
          && Double.isFinite(from.getDouble(at))
          && Float.isInfinite((float) from.getDouble(at));
    }
  }
}
