package dev.lanewise.io;

import dev.lanewise.io.Safetensors.TensorInfo;
import dev.lanewise.io.support.LiteralReader.Json;
import dev.lanewise.io.support.LiteralReader.SyntaxException;
import dev.lanewise.io.support.Names;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.Set;

/**
 * The header of a safetensors file: everything that it says is held against the file's size, so
 * that nobody takes memory for a claim.
 */
final class SafetensorsHeader {
  /** A tensor, and where its bytes lie behind the header. */
  record Entry(String name, TensorInfo info, long begin, long end) {}

  private final Path file;
  private final List<Entry> entries = new ArrayList<>();
  private final SequencedMap<String, String> metadata = new LinkedHashMap<>();

  private SafetensorsHeader(Path file) {
    this.file = file;
  }

  /** Parses a header; {@code available} bytes follow it. */
  static SafetensorsHeader parse(Path file, byte[] header, long available)
      throws InvalidFileException {
    SafetensorsHeader result = new SafetensorsHeader(file);
    result.parse(header);
    result.checkOffsets(available);
    return result;
  }

  /** The tensors in the order of their bytes, which lie one behind the other. */
  List<Entry> entries() {
    return entries;
  }

  SequencedMap<String, String> metadata() {
    return metadata;
  }

  private void parse(byte[] header) throws InvalidFileException {
    String text;
    try {
      text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(header)).toString();
    } catch (CharacterCodingException e) {
      throw invalid("has a header that is not UTF-8 text; it is damaged or no safetensors file");
    }
    try {
      Json json = new Json(text);
      Set<String> names = new HashSet<>();
      json.expect('{');
      for (boolean first = true; json.next(first, '}'); first = false) {
        String name = json.name();
        if (!names.add(name)) {
          throw invalid("has " + Names.quoted(name) + " twice in its header");
        }
        if (name.equals(Safetensors.METADATA)) {
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

  private void parseMetadata(Json json) throws SyntaxException, InvalidFileException {
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

  private Entry parseEntry(String name, Json json) throws SyntaxException, InvalidFileException {
    String dtype = null;
    List<Long> dims = null;
    long[] offsets = null;
    json.expect('{');
    for (boolean first = true; json.next(first, '}'); first = false) {
      String key = json.name();
      if (key.equals("dtype") && dtype == null) {
        dtype = json.string();
      } else if (key.equals("shape") && dims == null) {
        dims = parseShape(json);
      } else if (key.equals("data_offsets") && offsets == null) {
        offsets = parseOffsets(json);
      } else {
        throw invalid(
            "has " + Names.quoted(key) + " at a wrong place of its tensor " + Names.quoted(name));
      }
    }
    if (dtype == null || dims == null || offsets == null) {
      throw invalid(
          "lacks %s for its tensor %s"
              .formatted(
                  dtype == null ? "dtype" : dims == null ? "shape" : "data_offsets",
                  Names.quoted(name)));
    }
    TensorInfo info = new TensorInfo(dtype, dims);
    long needed = bytes(info);
    boolean backwards = offsets[1] < offsets[0];
    if (backwards || (needed >= 0 && offsets[1] - offsets[0] != needed)) {
      throw invalid(
          "gives its tensor %s the bytes from %s to %s%s"
              .formatted(
                  Names.quoted(name),
                  offsets[0],
                  offsets[1],
                  needed < 0 ? "" : ", but " + info + " needs " + needed));
    }
    return new Entry(name, info, offsets[0], offsets[1]);
  }

  private static List<Long> parseShape(Json json) throws SyntaxException {
    List<Long> dims = new ArrayList<>();
    json.expect('[');
    for (boolean first = true; json.next(first, ']'); first = false) {
      dims.add(json.count());
    }
    return dims;
  }

  private static long[] parseOffsets(Json json) throws SyntaxException {
    json.expect('[');
    long begin = json.count();
    json.expect(',');
    long end = json.count();
    json.expect(']');
    return new long[] {begin, end};
  }

  /** How many bytes a tensor takes, at most {@link Long#MAX_VALUE}; −1 for an unknown type. */
  private static long bytes(TensorInfo info) {
    int bits = bits(info.dtype());
    if (bits == 0) {
      return -1;
    }
    if (info.shape().contains(0L)) {
      return 0; // however large the others are
    }
    long total = bits;
    for (long dim : info.shape()) {
      boolean tooMany = total > Long.MAX_VALUE / dim;
      total = tooMany ? Long.MAX_VALUE : total * dim;
    }
    return Math.ceilDiv(total, 8);
  }

  /** The bits of an element; 0 for a type that is not known. */
  private static int bits(String dtype) {
    return switch (dtype) {
      case "F4" -> 4;
      case "F6_E2M3", "F6_E3M2" -> 6;
      case "BOOL", "U8", "I8", "F8_E4M3", "F8_E5M2", "F8_E8M0" -> 8;
      case "U16", "I16", "F16", "BF16" -> 16;
      case "U32", "I32", "F32" -> 32;
      case "U64", "I64", "F64", "C64" -> 64;
      default -> 0;
    };
  }

  /** Holds that the tensors' bytes lie one behind the other and are all that follows. */
  private void checkOffsets(long available) throws InvalidFileException {
    entries.sort(Comparator.comparingLong(Entry::begin).thenComparingLong(Entry::end));
    long at = 0;
    for (Entry entry : entries) {
      if (entry.begin() != at) {
        throw invalid(
            "gives its tensor %s bytes from %s on, but those before it end at %s"
                .formatted(Names.quoted(entry.name()), entry.begin(), at));
      }
      at = entry.end();
    }
    if (at != available) {
      throw invalid("holds " + available + " bytes behind its header, but its tensors take " + at);
    }
  }

  private InvalidFileException invalid(String problem) {
    return new InvalidFileException(file.toString(), problem);
  }
}
