package dev.lanewise.io;

import dev.lanewise.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;

/**
 * Named tensors of 32-bit floats in a file, in the safetensors format, which many tools read.
 *
 * <p>A file is eight bytes with the length of the header, the header in JSON, and the numbers, all
 * little-endian. Names and shapes are kept as they are; every NaN is written as 0x7fc00000. Files
 * that Lanewise writes hold a checksum of everything in their metadata, under the name {@value
 * #CHECKSUM}; other tools ignore it.
 */
public final class Safetensors {
  /** The name under which a file's own checksum stands among its metadata. */
  public static final String CHECKSUM = "lanewise.crc32";

  /**
   * What a file holds.
   *
   * @param tensors the tensors by name, in the file's order
   * @param metadata the texts that belong to them, without the checksum
   * @param checked whether the file held a checksum, which was right
   */
  public record Contents(
      SequencedMap<String, Tensor> tensors,
      SequencedMap<String, String> metadata,
      boolean checked) {
    /** Makes both maps unmodifiable. */
    public Contents {
      tensors = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(tensors));
      metadata = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(metadata));
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
   * Reads a file.
   *
   * @param file the file
   * @return all that it holds
   * @throws InvalidFileException if it is not a whole safetensors file of 32-bit floats, or if its
   *     checksum is wrong; the message is one sentence
   * @throws IOException if it cannot be read
   */
  public static Contents read(Path file) throws IOException {
    return new SafetensorsReader(file).read();
  }
}
