package dev.lanewise.io;

import static dev.lanewise.io.Safetensors.CHUNK;
import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.lanewise.io.Safetensors.FloatType;
import dev.lanewise.io.Safetensors.TensorInfo;
import dev.lanewise.io.SafetensorsHeader.Entry;
import dev.lanewise.io.support.FileFormat;
import dev.lanewise.io.support.InputFile;
import dev.lanewise.io.support.Names;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Tensor;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.SequencedMap;
import java.util.Set;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import org.jspecify.annotations.Nullable;

/** The reading half of {@link Safetensors}. */
final class SafetensorsReader {
  private final Path file;

  SafetensorsReader(Path file) {
    this.file = file;
  }

  Safetensors.Header header() throws IOException {
    return open(
        (bytes, header, in) -> {
          SequencedMap<String, TensorInfo> tensors = new LinkedHashMap<>();
          header.entries().forEach(entry -> tensors.put(entry.name(), entry.info()));
          return new Safetensors.Header(tensors, header.metadata());
        });
  }

  /** Reads the tensors of these names, or all floats. */
  Safetensors.Contents read(@Nullable Set<String> names) throws IOException {
    return open((bytes, header, in) -> read(bytes, header, in, names));
  }

  /** Reads from the opened file what lies behind its header. */
  @FunctionalInterface
  private interface Reading<T> {
    T read(byte[] bytes, SafetensorsHeader header, InputStream in) throws IOException;
  }

  private <T> T open(Reading<T> reading) throws IOException {
    if (Files.exists(file) && !Files.isRegularFile(file)) {
      throw invalid("is no regular file, so that it cannot be read as safetensors");
    }
    return InputFile.read(
        file,
        () -> {
          try (InputStream in = new BufferedInputStream(Files.newInputStream(file), CHUNK)) {
            long size = Files.size(file);
            byte[] header = headerBytes(in, size);
            long available = size - 8 - header.length;
            return reading.read(header, SafetensorsHeader.parse(file, header, available), in);
          } catch (EOFException e) {
            throw invalid("was cut off while it was read");
          }
        });
  }

  private byte[] headerBytes(InputStream in, long size) throws IOException {
    in.mark(FileFormat.START);
    byte[] start = in.readNBytes(FileFormat.START);
    if (start.length < 8) {
      throw invalid(
          (size == 0 ? "is empty (0 bytes" : "is cut off (" + size + " bytes")
              + "), but a safetensors file begins with 8 bytes that hold the length of its header");
    }
    long length = ByteBuffer.wrap(start).order(ByteOrder.LITTLE_ENDIAN).getLong();
    if (length < 0 || length > size - 8) {
      throw other(
          start,
          ("announces a header of %s bytes, but only %s follow; it is cut off or no "
                  + "safetensors file")
              .formatted(Long.toUnsignedString(length), size - 8));
    }
    if (length > Safetensors.LARGEST_HEADER) {
      throw other(
          start,
          "announces a header of %s bytes, but the format allows %s"
              .formatted(length, Safetensors.LARGEST_HEADER));
    }
    if (length == 0 || start.length == 8 || start[8] != '{') {
      throw other(start, "has a header that does not begin with '{'; it is no safetensors file");
    }
    in.reset();
    in.skipNBytes(8);
    byte[] header = new byte[(int) length];
    fill(in, header, header.length);
    return header;
  }

  /** Refuses a file under its own name, or with this problem if it has none. */
  private InvalidFileException other(byte[] start, String problem) {
    String instead = FileFormat.instead(start, FileFormat.SAFETENSORS, "a safetensors file");
    return invalid(instead == null ? problem : "is " + instead);
  }

  private Safetensors.Contents read(
      byte[] bytes, SafetensorsHeader header, InputStream in, @Nullable Set<String> names)
      throws IOException {
    long checksum = checksum(bytes);
    Set<String> missing = names == null ? new HashSet<>() : new LinkedHashSet<>(names);
    header.entries().forEach(entry -> missing.remove(entry.name()));
    for (String name : missing) {
      throw invalid("has no tensor " + Names.quoted(name));
    }
    CRC32 crc = new CRC32();
    crc.update(bytes);
    boolean checked = checksum >= 0;
    InputStream data = checked ? new CheckedInputStream(in, crc) : in;
    SequencedMap<String, Tensor> tensors = new LinkedHashMap<>();
    SequencedMap<String, TensorInfo> others = new LinkedHashMap<>();
    for (Entry entry : header.entries()) {
      if (names == null ? entry.info().isFloat() : names.contains(entry.name())) {
        tensors.put(entry.name(), tensor(data, entry));
      } else {
        others.put(entry.name(), entry.info());
        data.skipNBytes(entry.end() - entry.begin());
      }
    }
    if (in.read() >= 0) {
      throw invalid("was written to while it was read");
    }
    if (checked && checksum != crc.getValue()) {
      throw invalid(
          ("is damaged: its checksum is %s, but should be %s (if another program "
                  + "changed it, its metadata %s must go)")
              .formatted(hex(checksum), hex(crc.getValue()), Safetensors.CHECKSUM));
    }
    return new Safetensors.Contents(tensors, header.metadata(), checked, others);
  }

  private static String hex(long checksum) {
    return HexFormat.of().toHexDigits((int) checksum);
  }

  /**
   * Takes the checksum out of the header, if it stands where we write it; −1 if not. Then the
   * header is as it was when the checksum was computed.
   */
  private long checksum(byte[] header) throws InvalidFileException {
    byte[] prefix = Safetensors.PREFIX.getBytes(US_ASCII);
    int end = prefix.length + Safetensors.NO_CHECKSUM.length();
    if (header.length <= end || Arrays.mismatch(prefix, header) != prefix.length) {
      return -1;
    }
    String digits = new String(header, prefix.length, end - prefix.length, US_ASCII);
    if (header[end] != '"' || !digits.matches("[0-9a-f]{8}")) {
      throw invalid("is damaged: its checksum is not eight hexadecimal digits");
    }
    Arrays.fill(header, prefix.length, end, (byte) '0');
    return HexFormat.fromHexDigitsToLong(digits);
  }

  private Tensor tensor(InputStream in, Entry entry) throws IOException {
    FloatType type = FloatType.of(entry.info().dtype());
    if (type == null) {
      throw invalid(
          "holds the tensor %s as %s, but only F16, BF16, F32 and F64 can be read"
              .formatted(Names.quoted(entry.name()), Names.quoted(entry.info().dtype())));
    }
    Shape shape = shape(entry);
    float[] data = new float[shape.elements()];
    byte[] chunk = new byte[(int) Math.min(CHUNK, entry.end() - entry.begin())];
    ByteBuffer buffer = ByteBuffer.wrap(chunk).order(ByteOrder.LITTLE_ENDIAN);
    for (int at = 0; at < data.length; ) {
      int count = Math.min(data.length - at, chunk.length / type.bytes());
      fill(in, chunk, count * type.bytes());
      for (int i = 0; i < count; i++) {
        data[at + i] = type.get(buffer, i * type.bytes());
        if (type.overflows(buffer, i * type.bytes())) {
          throw invalid(
              "holds %s in its tensor %s, which is too large for a float"
                  .formatted(buffer.getDouble(i * type.bytes()), Names.quoted(entry.name())));
        }
      }
      at += count;
    }
    return new Tensor(shape, data);
  }

  private Shape shape(Entry entry) throws InvalidFileException {
    List<Long> dims = entry.info().shape();
    try {
      return Shape.of(dims.stream().mapToInt(Math::toIntExact).toArray());
    } catch (ArithmeticException | IllegalArgumentException tooLarge) {
      throw invalid(
          "holds the tensor %s as %s, which is more than an array can have"
              .formatted(Names.quoted(entry.name()), entry.info()));
    }
  }

  private static void fill(InputStream in, byte[] bytes, int length) throws IOException {
    if (in.readNBytes(bytes, 0, length) < length) {
      throw new EOFException();
    }
  }

  private InvalidFileException invalid(String problem) {
    return new InvalidFileException(file.toString(), problem);
  }
}
