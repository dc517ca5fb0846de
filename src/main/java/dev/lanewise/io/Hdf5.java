package dev.lanewise.io;

import dev.lanewise.io.support.FileFormat;
import dev.lanewise.io.support.InputFile;
import dev.lanewise.io.support.Names;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Tensor;
import io.jhdf.HdfFile;
import io.jhdf.api.Dataset;
import io.jhdf.api.Group;
import io.jhdf.api.Node;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.SequencedMap;

/**
 * Arrays of HDF5 files, as Keras writes them: floats of 2 and 4 bytes that are not compressed.
 *
 * <p>Needs io.jhdf:jhdf, which users of Lanewise add themselves.
 */
public final class Hdf5 {
  private static final String WANTED = "an HDF5 file";

  /** No file of weights has groups within so many groups. */
  private static final int DEEPEST = 32;

  /** No group and no array takes fewer bytes. */
  private static final int SMALLEST = 16;

  private final long bytes;
  private final SequencedMap<String, Tensor> tensors = new LinkedHashMap<>();
  private long elements;
  private long nodes;

  private Hdf5(long bytes) {
    this.bytes = bytes;
  }

  /**
   * Reads all arrays of floats.
   *
   * @param file the file
   * @return the arrays by their paths, "layers/dense/vars/0" for instance; others are left out
   * @throws InvalidFileException if it is no HDF5 file, or damaged: one sentence
   * @throws IOException if it cannot be read
   * @throws IllegalStateException if jhdf is missing
   */
  public static SequencedMap<String, Tensor> read(Path file) throws IOException {
    return InputFile.read(file, () -> read(file, InputFile.bytes(file, WANTED)));
  }

  /**
   * Reads all arrays of floats from bytes that are there.
   *
   * @param file where they come from, for messages
   * @param bytes a whole HDF5 file
   * @return as {@link #read(Path)}
   * @throws InvalidFileException if it is no HDF5 file, or damaged: one sentence
   * @throws IllegalStateException if jhdf is missing
   */
  public static SequencedMap<String, Tensor> read(Path file, byte[] bytes)
      throws InvalidFileException {
    String other = FileFormat.instead(bytes, FileFormat.HDF5, WANTED);
    if (other != null) {
      throw new InvalidFileException(file.toString(), "is " + other);
    }
    try (HdfFile opened = HdfFile.fromBytes(bytes)) {
      Hdf5 reader = new Hdf5(bytes.length);
      reader.group(opened, "", 0);
      return reader.tensors;
    } catch (NoClassDefFoundError missing) {
      throw new IllegalStateException(
          "reading HDF5 needs io.jhdf:jhdf: " + missing.getMessage() + " is missing", missing);
    } catch (RuntimeException damaged) { // jhdf lets those of buffers through, too
      throw new InvalidFileException(
          file.toString(),
          "is no HDF5 file, or damaged: " + Names.bounded(String.valueOf(damaged.getMessage())));
    }
  }

  private void group(Group group, String path, int depth) {
    for (Node node : group) {
      if (depth > DEEPEST || ++nodes > bytes / SMALLEST) {
        throw new IllegalArgumentException("groups contain each other");
      }
      String name = path + node.getName();
      if (node instanceof Group inner) {
        group(inner, name + "/", depth + 1);
      } else if (node instanceof Dataset array) {
        array(array, name);
      }
    }
  }

  private void array(Dataset array, String name) {
    if (array.getJavaType() != float.class || array.isScalar()) {
      return;
    }
    elements += array.getSize();
    if (elements > bytes) {
      throw new IllegalArgumentException(name + " has more elements than the file has bytes");
    }
    Shape shape = Shape.of(array.getDimensions());
    tensors.put(name, new Tensor(shape, (float[]) array.getDataFlat()));
  }
}
