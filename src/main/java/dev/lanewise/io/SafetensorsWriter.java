package dev.lanewise.io;

import dev.lanewise.io.support.AtomicFile;
import dev.lanewise.io.support.JsonWriter;
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
    JsonWriter json = new JsonWriter(false);
    json.object().name(METADATA).object().name(Safetensors.CHECKSUM).value(NO_CHECKSUM);
    metadata.forEach(
        (name, text) -> {
          if (name.equals(Safetensors.CHECKSUM)) {
            throw new IllegalArgumentException(
                "metadata hold " + name + ", which is written by itself");
          }
          json.name(writable(name)).value(writable(text));
        });
    json.end();
    long at = 0;
    for (Map.Entry<String, Tensor> entry : tensors.entrySet()) {
      if (entry.getKey().equals(METADATA)) {
        throw new IllegalArgumentException("a tensor cannot be called " + METADATA);
      }
      Tensor tensor = entry.getValue();
      json.name(writable(entry.getKey())).object().name("dtype").value("F32");
      json.name("shape").array();
      Arrays.stream(tensor.shape().dims()).forEach(json::value);
      long end = at + 4L * tensor.data().length;
      json.end().name("data_offsets").array().value(at).value(end).end().end();
      at = end;
    }
    byte[] text = json.end().toString().getBytes(StandardCharsets.UTF_8);
    int padded = Math.addExact(text.length, 7) & -8;
    if (padded > LARGEST_HEADER) {
      throw new IllegalArgumentException(
          "names and metadata take " + padded + " bytes, but the format allows " + LARGEST_HEADER);
    }
    byte[] header = Arrays.copyOf(text, padded);
    Arrays.fill(header, text.length, padded, (byte) ' ');
    return header;
  }

  private static String writable(String text) {
    if (!StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
      throw new IllegalArgumentException(
          Names.quoted(text) + " holds half of a character, which cannot be written");
    }
    return text;
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
