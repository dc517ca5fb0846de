package dev.lanewise.io;

import dev.lanewise.io.support.Names;
import dev.lanewise.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.stream.Collectors;

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
    SafetensorsWriter.write(file, tensors, metadata);
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
}
