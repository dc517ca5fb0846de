package dev.lanewise.io;

import dev.lanewise.io.support.JsonReader;
import dev.lanewise.io.support.JsonReader.SyntaxException;
import dev.lanewise.io.support.Names;
import dev.lanewise.io.support.Reasons;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Tensor;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.Set;
import java.util.zip.CRC32;

/**
 * The reading half of {@link Safetensors}.
 *
 * <p>All that the header says is held against the file's size before memory is taken for a tensor.
 */
final class SafetensorsReader {
  private static final int CHUNK = 1 << 16;

  /** What the header says about a tensor. */
  private record Entry(String name, Shape shape, long begin, long end) {}

  private final Path file;
  private final List<Entry> entries = new ArrayList<>();
  private final SequencedMap<String, String> metadata = new LinkedHashMap<>();

  SafetensorsReader(Path file) {
    this.file = file;
  }

  Safetensors.Contents read() throws IOException {
    if (Files.exists(file) && !Files.isRegularFile(file)) {
      throw invalid("is no regular file, so that it cannot be read as safetensors");
    }
    try (InputStream in = Files.newInputStream(file)) {
      return read(in, Files.size(file));
    } catch (NoSuchFileException e) {
      throw new NoSuchFileException(file.toString(), null, "there is no such file");
    } catch (InvalidFileException e) {
      throw e;
    } catch (IOException e) {
      throw new IOException(file + " cannot be read: " + Reasons.of(e), e);
    }
  }

  private Safetensors.Contents read(InputStream in, long size) throws IOException {
    if (size < 8) {
      throw invalid(
          (size == 0 ? "is empty (0 bytes" : "is cut off (" + size + " bytes")
              + "), but a safetensors file begins with 8 bytes that hold the length of its header");
    }
    byte[] start = new byte[8];
    fill(in, start, 8);
    long length = ByteBuffer.wrap(start).order(ByteOrder.LITTLE_ENDIAN).getLong();
    if (length < 0 || length > size - 8) {
      throw invalid(
          "announces a header of "
              + Long.toUnsignedString(length)
              + " bytes, but only "
              + (size - 8)
              + " follow; it is cut off or no safetensors file");
    }
    if (length > SafetensorsWriter.LARGEST_HEADER) {
      throw invalid(
          "announces a header of "
              + length
              + " bytes, but the format allows "
              + SafetensorsWriter.LARGEST_HEADER);
    }
    byte[] header = new byte[(int) length];
    fill(in, header, header.length);
    long checksum = checksum(header);
    CRC32 crc = new CRC32();
    crc.update(header);
    parse(header);
    checkOffsets(size - 8 - length);
    SequencedMap<String, Tensor> tensors = tensors(in, crc);
    if (in.read() >= 0) {
      throw invalid("was written to while it was read");
    }
    if (checksum >= 0 && checksum != crc.getValue()) {
      throw invalid(
          "is damaged: its checksum is "
              + hex(checksum)
              + ", but should be "
              + hex(crc.getValue())
              + " (if another program changed it, its metadata "
              + Safetensors.CHECKSUM
              + " must go)");
    }
    return new Safetensors.Contents(tensors, metadata, checksum >= 0);
  }

  private static String hex(long checksum) {
    return HexFormat.of().toHexDigits((int) checksum);
  }

  /**
   * Takes the checksum out of the header, if it stands where we write it; −1 if not. Then the
   * header is as it was when the checksum was computed.
   */
  private long checksum(byte[] header) throws InvalidFileException {
    byte[] prefix = SafetensorsWriter.PREFIX.getBytes(StandardCharsets.US_ASCII);
    int end = prefix.length + SafetensorsWriter.NO_CHECKSUM.length();
    if (header.length <= end || Arrays.mismatch(prefix, header) != prefix.length) {
      return -1;
    }
    long value = 0;
    for (int i = prefix.length; i < end; i++) {
      int digit = "0123456789abcdef".indexOf(header[i]);
      if (digit < 0 || header[end] != '"') {
        throw invalid("is damaged: its checksum is not eight hexadecimal digits");
      }
      value = value * 16 + digit;
      header[i] = '0';
    }
    return value;
  }

  private void parse(byte[] header) throws InvalidFileException {
    String text;
    try {
      text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(header)).toString();
    } catch (CharacterCodingException e) {
      throw invalid("has a header that is not UTF-8 text; it is damaged or no safetensors file");
    }
    if (!text.startsWith("{")) {
      throw invalid("has a header that does not begin with '{'; it is no safetensors file");
    }
    try {
      JsonReader json = new JsonReader(text);
      Set<String> names = new HashSet<>();
      json.expect('{');
      for (boolean first = true; json.next(first, '}'); first = false) {
        String name = json.name();
        if (!names.add(name)) {
          throw invalid("has " + Names.quoted(name) + " twice in its header");
        }
        if (name.equals(SafetensorsWriter.METADATA)) {
          parseMetadata(json);
        } else {
          entries.add(parseEntry(name, json));
        }
      }
      json.end();
    } catch (SyntaxException e) {
      throw invalid("has a header that is wrong: " + e.getMessage());
    }
  }

  private void parseMetadata(JsonReader json) throws SyntaxException, InvalidFileException {
    Set<String> names = new HashSet<>();
    json.expect('{');
    for (boolean first = true; json.next(first, '}'); first = false) {
      String name = json.name();
      if (!names.add(name)) {
        throw invalid("has " + Names.quoted(name) + " twice in its metadata");
      }
      String value = json.string();
      if (!name.equals(Safetensors.CHECKSUM)) {
        metadata.put(name, value);
      }
    }
  }

  private Entry parseEntry(String name, JsonReader json)
      throws SyntaxException, InvalidFileException {
    String dtype = null;
    int[] dims = null;
    long[] offsets = null;
    json.expect('{');
    for (boolean first = true; json.next(first, '}'); first = false) {
      String key = json.name();
      if (key.equals("dtype") && dtype == null) {
        dtype = json.string();
      } else if (key.equals("shape") && dims == null) {
        dims = parseShape(name, json);
      } else if (key.equals("data_offsets") && offsets == null) {
        offsets = parseOffsets(json);
      } else {
        throw invalid(
            "has " + Names.quoted(key) + " at a wrong place of its tensor " + Names.quoted(name));
      }
    }
    if (dtype == null || dims == null || offsets == null) {
      throw invalid(
          "lacks "
              + (dtype == null ? "dtype" : dims == null ? "shape" : "data_offsets")
              + " for its tensor "
              + Names.quoted(name));
    }
    if (!dtype.equals("F32")) {
      throw invalid(
          "holds the tensor "
              + Names.quoted(name)
              + " as "
              + Names.quoted(dtype)
              + ", but only F32 can be read");
    }
    return entry(name, dims, offsets);
  }

  private int[] parseShape(String name, JsonReader json)
      throws SyntaxException, InvalidFileException {
    int[] dims = new int[4];
    int rank = 0;
    json.expect('[');
    for (boolean first = true; json.next(first, ']'); first = false) {
      long dim = json.count();
      if (dim > Integer.MAX_VALUE) {
        throw invalid("has a dimension of " + dim + " in its tensor " + Names.quoted(name));
      }
      if (rank == dims.length) {
        dims = Arrays.copyOf(dims, 2 * rank);
      }
      dims[rank++] = (int) dim;
    }
    return Arrays.copyOf(dims, rank);
  }

  private static long[] parseOffsets(JsonReader json) throws SyntaxException {
    json.expect('[');
    long begin = json.count();
    json.expect(',');
    long end = json.count();
    json.expect(']');
    return new long[] {begin, end};
  }

  private Entry entry(String name, int[] dims, long[] offsets) throws InvalidFileException {
    Shape shape;
    try {
      shape = Shape.of(dims);
    } catch (IllegalArgumentException tooLarge) {
      throw invalid("holds the tensor " + Names.quoted(name) + ", but " + tooLarge.getMessage());
    }
    if (offsets[1] - offsets[0] != 4L * shape.elements()) {
      throw invalid(
          "gives its tensor "
              + Names.quoted(name)
              + " the bytes from "
              + offsets[0]
              + " to "
              + offsets[1]
              + ", but a shape of "
              + shape
              + " needs "
              + 4L * shape.elements());
    }
    return new Entry(name, shape, offsets[0], offsets[1]);
  }

  /** Holds that the tensors' bytes lie one behind the other and are all that follows. */
  private void checkOffsets(long available) throws InvalidFileException {
    entries.sort(Comparator.comparingLong(Entry::begin).thenComparingLong(Entry::end));
    long at = 0;
    for (Entry entry : entries) {
      if (entry.begin() != at) {
        throw invalid(
            "gives its tensor "
                + Names.quoted(entry.name())
                + " bytes from "
                + entry.begin()
                + " on, but those before it end at "
                + at);
      }
      at = entry.end();
    }
    if (at != available) {
      throw invalid("holds " + available + " bytes behind its header, but its tensors take " + at);
    }
  }

  private SequencedMap<String, Tensor> tensors(InputStream in, CRC32 crc) throws IOException {
    SequencedMap<String, Tensor> tensors = new LinkedHashMap<>();
    byte[] chunk = new byte[CHUNK];
    ByteBuffer buffer = ByteBuffer.wrap(chunk).order(ByteOrder.LITTLE_ENDIAN);
    for (Entry entry : entries) {
      float[] data = new float[entry.shape().elements()];
      for (int at = 0; at < data.length; ) {
        int count = Math.min(data.length - at, CHUNK / 4);
        fill(in, chunk, 4 * count);
        crc.update(chunk, 0, 4 * count);
        buffer.asFloatBuffer().get(data, at, count);
        at += count;
      }
      tensors.put(entry.name(), new Tensor(entry.shape(), data));
    }
    return tensors;
  }

  private void fill(InputStream in, byte[] bytes, int length) throws IOException {
    if (in.readNBytes(bytes, 0, length) < length) {
      throw invalid("was cut off while it was read");
    }
  }

  private InvalidFileException invalid(String problem) {
    return new InvalidFileException(file.toString(), problem);
  }
}
