package dev.lanewise.io;

import dev.lanewise.io.support.AtomicFile;
import dev.lanewise.io.support.FileFormat;
import dev.lanewise.io.support.InputFile;
import dev.lanewise.io.support.Names;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Tensor;
import io.jhdf.HdfFile;
import io.jhdf.WritableHdfFile;
import io.jhdf.api.Dataset;
import io.jhdf.api.Group;
import io.jhdf.api.Node;
import io.jhdf.api.WritableGroup;
import io.jhdf.exceptions.HdfException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import java.util.function.IntFunction;

/**
 * Arrays of HDF5 files, as Keras has them: floats of 2 and 4 bytes that are not compressed; written
 * are those of 4.
 *
 * <p>Needs io.jhdf:jhdf, which users of Lanewise add themselves.
 */
public final class Hdf5 {
  private static final String WANTED = "an HDF5 file";

  private Hdf5() {}

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
    try {
      return Jhdf.read(bytes);
    } catch (NoClassDefFoundError missing) {
      throw missing(missing);
    } catch (RuntimeException damaged) { // jhdf lets those of buffers through, too
      throw new InvalidFileException(
          file.toString(),
          "is no HDF5 file, or damaged: " + Names.bounded(String.valueOf(damaged.getMessage())));
    }
  }

  /**
   * Writes arrays of floats; the file appears whole or not at all, by way of one in the system's
   * folder for temporary files.
   *
   * @param file where to write
   * @param tensors the arrays by their paths, "layers/dense/vars/0" for instance, whose groups are
   *     made; of at most four dimensions, none of them 0
   * @throws IOException if it cannot be written; the message is one sentence
   * @throws IllegalArgumentException if an array has another shape, or its path is a group's, too
   * @throws IllegalStateException if jhdf is missing
   */
  public static void write(Path file, SequencedMap<String, Tensor> tensors) throws IOException {
    AtomicFile.write(
        file,
        out -> {
          Path written = Files.createTempFile("lanewise", ".h5"); // jhdf writes to files alone
          boolean interrupted = Thread.interrupted(); // its channel would be closed by it
          try {
            Jhdf.write(tensors, written);
            Files.copy(written, out);
          } catch (NoClassDefFoundError missing) {
            throw missing(missing);
          } finally {
            Files.delete(written);
            if (interrupted) {
              Thread.currentThread().interrupt();
            }
          }
        });
  }

  private static IllegalStateException missing(NoClassDefFoundError missing) {
    return new IllegalStateException(
        "HDF5 needs io.jhdf:jhdf: " + missing.getMessage() + " is missing", missing);
  }

  /** What jhdf does, apart from its user: a class that names what is missing cannot be used. */
  private static final class Jhdf {
    /** No file of weights has groups within so many groups. */
    private static final int DEEPEST = 32;

    /** No group and no array takes fewer bytes. */
    private static final int SMALLEST = 16;

    private final long bytes;
    private final SequencedMap<String, Tensor> tensors = new LinkedHashMap<>();
    private long elements;
    private long nodes;

    private Jhdf(long bytes) {
      this.bytes = bytes;
    }

    static SequencedMap<String, Tensor> read(byte[] bytes) {
      try (HdfFile opened = HdfFile.fromBytes(bytes)) {
        Jhdf reader = new Jhdf(bytes.length);
        reader.group(opened, "", 0);
        return reader.tensors;
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

    static void write(SequencedMap<String, Tensor> tensors, Path file) throws IOException {
      try (WritableHdfFile root = HdfFile.write(file)) {
        Map<String, WritableGroup> groups = new HashMap<>(Map.of("", root));
        tensors.forEach(
            (path, tensor) -> {
              int end = path.lastIndexOf('/');
              group(path.substring(0, Math.max(0, end)), groups)
                  .putDataset(path.substring(end + 1), nested(tensor, path));
            });
        if (!Collections.disjoint(groups.keySet(), tensors.keySet())) {
          throw new IllegalArgumentException("an array and a group have one path");
        }
      } catch (HdfException failed) {
        if (failed.getCause() instanceof IOException reason) {
          throw reason;
        }
        throw failed;
      }
    }

    /** The group of a path; those above it are made, too. */
    private static WritableGroup group(String path, Map<String, WritableGroup> groups) {
      WritableGroup group = groups.get(path);
      if (group == null) {
        int end = path.lastIndexOf('/');
        group =
            group(path.substring(0, Math.max(0, end)), groups).putGroup(path.substring(end + 1));
        groups.put(path, group);
      }
      return group;
    }

    /** The elements as jhdf takes them: as arrays of arrays. */
    private static Object nested(Tensor tensor, String path) {
      int[] dims = tensor.shape().dims();
      float[] values = new float[tensor.data().length];
      for (int i = 0; i < values.length; i++) {
        // One NaN, 0x7fc00000, as in all our files.
        values[i] = Float.intBitsToFloat(Float.floatToIntBits(tensor.data()[i]));
      }
      if (dims.length > 4 || values.length == 0) {
        throw new IllegalArgumentException(
            "%s is %s, but should have at most four dimensions, and none of 0"
                .formatted(Names.quoted(path), tensor.shape()));
      }
      int columns = dims[dims.length - 1];
      float[][] rows = new float[values.length / columns][];
      Arrays.setAll(rows, i -> Arrays.copyOfRange(values, i * columns, (i + 1) * columns));
      return switch (dims.length) {
        case 1 -> values;
        case 2 -> rows;
        case 3 -> grouped(rows, dims[1], float[][][]::new);
        default -> grouped(grouped(rows, dims[2], float[][][]::new), dims[1], float[][][][]::new);
      };
    }

    private static <T> T[][] grouped(T[] all, int size, IntFunction<T[][]> array) {
      T[][] groups = array.apply(all.length / size);
      Arrays.setAll(groups, i -> Arrays.copyOfRange(all, i * size, (i + 1) * size));
      return groups;
    }
  }
}
