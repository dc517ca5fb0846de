package dev.lanewise.io;

import dev.lanewise.io.support.AtomicFile;
import dev.lanewise.io.support.Names;
import dev.lanewise.tensor.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.SequencedMap;
import java.util.stream.Collectors;
import java.util.zip.CRC32;

/** The writing half of {@link Safetensors}. */
final class SafetensorsWriter {
  /** The name in a header under which metadata stand, and which no tensor can have. */
  static final String METADATA = "__metadata__";

  /** The format's limit for a header. */
  static final int LARGEST_HEADER = 100_000_000;

  /** How every header of ours begins, so that the checksum's digits have a fixed place. */
  static final String PREFIX = "{\"" + METADATA + "\":{\"" + Safetensors.CHECKSUM + "\":\"";

  /** Stands for the checksum while the checksum is computed. */
  static final String NO_CHECKSUM = "00000000";

  private static final int CHUNK = 1 << 16;

  private SafetensorsWriter() {}

  /** A piece of the file, in order. */
  @FunctionalInterface
  private interface Sink {
    void accept(byte[] bytes, int length) throws IOException;
  }

  static void write(Path file, SequencedMap<String, Tensor> tensors, Map<String, String> metadata)
      throws IOException {
    byte[] header = header(tensors, metadata);
    CRC32 crc = new CRC32();
    crc.update(header);
    data(tensors, (bytes, length) -> crc.update(bytes, 0, length));
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
          data(tensors, (bytes, count) -> out.write(bytes, 0, count));
        });
  }

  private static byte[] header(SequencedMap<String, Tensor> tensors, Map<String, String> metadata) {
    StringBuilder json = new StringBuilder(PREFIX).append(NO_CHECKSUM).append('"');
    metadata.forEach(
        (name, text) -> {
          if (name.equals(Safetensors.CHECKSUM)) {
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

  private static void data(SequencedMap<String, Tensor> tensors, Sink sink) throws IOException {
    byte[] chunk = new byte[CHUNK];
    ByteBuffer buffer = ByteBuffer.wrap(chunk).order(ByteOrder.LITTLE_ENDIAN);
    for (Tensor tensor : tensors.values()) {
      for (float value : tensor.data()) {
        buffer.putInt(Float.floatToIntBits(value));
        if (!buffer.hasRemaining()) {
          sink.accept(chunk, CHUNK);
          buffer.clear();
        }
      }
    }
    sink.accept(chunk, buffer.position());
  }
}
