package dev.lanewise.io;

import dev.lanewise.io.Safetensors.TensorInfo;
import dev.lanewise.io.support.AtomicFile;
import dev.lanewise.io.support.FileFormat;
import dev.lanewise.io.support.InputFile;
import dev.lanewise.io.support.Names;
import dev.lanewise.tensor.Tensor;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.SequencedMap;
import java.util.function.Predicate;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * NumPy's files of named arrays: ZIP archives of npy files.
 *
 * <p>Read are those of {@code numpy.savez} and {@code numpy.savez_compressed}, with the types that
 * {@link Npy} reads; what is no npy file is skipped. Written are floats, not compressed, always to
 * the same bytes; {@code numpy.load} gives them under their names.
 */
public final class Npz {
  private static final String ENDING = ".npy";

  /** No archive tells when it was made. ZIP's first date would be kept with the time zone. */
  private static final LocalDateTime ALWAYS = LocalDateTime.of(1980, 2, 1, 0, 0);

  /** Takes what it wants of an array's npy file. */
  private interface Reading<T> {
    T read(String where, InputStream in) throws IOException;
  }

  private Npz() {}

  /**
   * Returns whether a file's name ends with .npz.
   *
   * @param file the file
   * @return whether it does, in any case
   */
  public static boolean isName(Path file) {
    return file.toString().toLowerCase(Locale.ROOT).endsWith(".npz");
  }

  /**
   * Writes arrays; the file appears whole or not at all.
   *
   * @param file where to write
   * @param arrays the arrays by name, in the order of the file
   * @throws IOException if it cannot be written; the message is one sentence
   */
  public static void write(Path file, SequencedMap<String, Tensor> arrays) throws IOException {
    AtomicFile.write(
        file,
        out -> {
          ZipOutputStream zip = new ZipOutputStream(out);
          for (Map.Entry<String, Tensor> array : arrays.entrySet()) {
            byte[] bytes = Npy.bytes(array.getValue());
            CRC32 crc = new CRC32();
            crc.update(bytes);
            ZipEntry entry = new ZipEntry(array.getKey() + ENDING);
            entry.setMethod(ZipEntry.STORED);
            entry.setSize(bytes.length);
            entry.setCrc(crc.getValue());
            entry.setTimeLocal(ALWAYS);
            zip.putNextEntry(entry);
            zip.write(bytes);
          }
          zip.finish();
        });
  }

  /**
   * Reads what there is: names, types and shapes.
   *
   * @param file the file
   * @return by name what the array's header says, in the file's order
   * @throws InvalidFileException if it is no whole npz file; the message is one sentence
   * @throws IOException if it cannot be read
   */
  public static SequencedMap<String, TensorInfo> header(Path file) throws IOException {
    return read(file, name -> true, Npy::info);
  }

  /**
   * Reads some arrays. A compressed one may take a thousand times as much memory as the file does:
   * {@link #header} tells before.
   *
   * @param file the file
   * @param names the arrays to read; what the file does not have is left out
   * @return the arrays by name, in the file's order, as {@link Npy#read} gives them
   * @throws InvalidFileException if it is no whole npz file, or one of these arrays is refused by
   *     {@link Npy#read}; the message is one sentence
   * @throws IOException if it cannot be read
   */
  public static SequencedMap<String, Tensor> read(Path file, Collection<String> names)
      throws IOException {
    return read(file, names::contains, Npy::read);
  }

  private static <T> SequencedMap<String, T> read(
      Path file, Predicate<String> wanted, Reading<T> reading) throws IOException {
    SequencedMap<String, T> arrays = new LinkedHashMap<>();
    InputFile.unzip(
        file,
        FileFormat.NPZ,
        (entry, in, packed) -> {
          String name = entry.substring(0, Math.max(0, entry.length() - ENDING.length()));
          if (!entry.endsWith(ENDING) || !wanted.test(name)) {
            return;
          }
          String where = "%s (%s)".formatted(file, Names.quoted(entry));
          if (arrays.put(name, reading.read(where, in)) != null) {
            throw new InvalidFileException(where, "is there twice");
          }
        });
    return arrays;
  }
}
