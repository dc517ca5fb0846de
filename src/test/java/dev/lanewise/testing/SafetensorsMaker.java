package dev.lanewise.testing;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;

/** Makes safetensors files by hand, with tensors of any type one behind the other. */
public final class SafetensorsMaker {
  private final StringBuilder header = new StringBuilder("{");
  private ByteBuffer data = ByteBuffer.allocate(1 << 16).order(ByteOrder.LITTLE_ENDIAN);

  /** Appends a tensor of a name, a type, a shape ("2,3") and its bytes. */
  public SafetensorsMaker add(String name, String dtype, String shape, byte... bytes) {
    header.append(header.length() > 1 ? "," : "");
    header.append("\"%s\":{\"dtype\":\"%s\",\"shape\":[%s]".formatted(name, dtype, shape));
    int begin = data.position();
    if (data.remaining() < bytes.length) {
      ByteBuffer larger = ByteBuffer.allocate(2 * (begin + bytes.length));
      data = larger.order(ByteOrder.LITTLE_ENDIAN).put(data.flip());
    }
    data.put(bytes);
    header.append(",\"data_offsets\":[%d,%d]}".formatted(begin, data.position()));
    return this;
  }

  /** Appends a tensor of 32-bit floats that are all the same. */
  public SafetensorsMaker fill(String name, float value, int... shape) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * Arrays.stream(shape).reduce(1, (a, b) -> a * b));
    bytes.order(ByteOrder.LITTLE_ENDIAN);
    while (bytes.hasRemaining()) {
      bytes.putFloat(value);
    }
    String dims = Arrays.stream(shape).mapToObj(String::valueOf).collect(Collectors.joining(","));
    return add(name, "F32", dims, bytes.array());
  }

  /** Appends the weight and the bias of a linear module of PyTorch, all of one value. */
  public SafetensorsMaker linear(String module, float value, int in, int out) {
    return fill(module + ".weight", value, out, in).fill(module + ".bias", value, out);
  }

  /** Writes the file. */
  public Path write(Path file) throws IOException {
    byte[] text = (header + "}").getBytes(StandardCharsets.UTF_8);
    ByteBuffer all = ByteBuffer.allocate(8 + text.length + data.position());
    all.order(ByteOrder.LITTLE_ENDIAN).putLong(text.length).put(text);
    all.put(data.array(), 0, data.position());
    return Files.write(file, all.array());
  }
}
