package dev.lanewise.io.support;

import dev.lanewise.io.InvalidFileException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/** Reads a file so that whatever goes wrong is one sentence with the file's name in it. */
public final class InputFile {
  /** Reads from a file that may be missing, unreadable or too large. */
  @FunctionalInterface
  public interface Reading<T> {
    /** Opens the file, reads and closes it. */
    T read() throws IOException;
  }

  private InputFile() {}

  /**
   * Does the reading.
   *
   * @throws NoSuchFileException if there is no such file
   * @throws InvalidFileException as {@code reading} does
   * @throws IOException if it cannot be read, or if what it holds takes more memory than there is
   */
  public static <T> T read(Path file, Reading<T> reading) throws IOException {
    try {
      return reading.read();
    } catch (InvalidFileException e) {
      throw e;
    } catch (NoSuchFileException e) {
      throw new NoSuchFileException(file.toString(), null, "there is no such file");
    } catch (IOException e) {
      String sentence = file + " cannot be read: ";
      throw String.valueOf(e.getMessage()).startsWith(sentence)
          ? e
          : new IOException(sentence + reason(e), e);
    } catch (OutOfMemoryError e) {
      throw new IOException(
          file
              + " cannot be read: what it holds takes more memory than the VM has left of "
              + (Runtime.getRuntime().maxMemory() >> 20)
              + " MB (a larger -Xmx helps)",
          e);
    }
  }

  /**
   * Reads all bytes.
   *
   * @param wanted what the file should be, with its article: "an npy file"
   * @throws InvalidFileException if it is a folder
   * @throws IOException as {@link #read} says
   */
  public static byte[] bytes(Path file, String wanted) throws IOException {
    if (Files.isDirectory(file)) {
      throw new InvalidFileException(file.toString(), "is a folder, but should be " + wanted);
    }
    return read(file, () -> Files.readAllBytes(file));
  }

  /** Reads one of the files in an archive. */
  @FunctionalInterface
  public interface Part {
    /**
     * Reads as much of it as is wanted.
     *
     * @param packed how many bytes the archive has
     */
    void read(String name, InputStream in, int packed) throws IOException;
  }

  /**
   * Reads the files in a ZIP archive, one after another.
   *
   * @param format what archive it should be
   * @throws InvalidFileException if it is another file, or damaged, or {@code part} throws it
   * @throws IOException as {@link #read} says
   */
  public static void unzip(Path file, FileFormat format, Part part) throws IOException {
    byte[] bytes = bytes(file, format.called());
    if (FileFormat.of(bytes) != format) {
      String other = FileFormat.instead(bytes, format, format.called());
      throw new InvalidFileException(
          file.toString(), "is " + (other == null ? "damaged, or not " + format.called() : other));
    }
    read(
        file,
        () -> {
          try (ZipInputStream in = new ZipInputStream(new ByteArrayInputStream(bytes))) {
            for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
              part.read(entry.getName(), in, bytes.length);
            }
            return true;
          } catch (InvalidFileException refused) {
            throw refused;
          } catch (IOException | IllegalArgumentException damaged) {
            String reason = Names.bounded(String.valueOf(damaged.getMessage()));
            throw new InvalidFileException(file.toString(), "is damaged: " + reason);
          }
        });
  }

  /** The reason that an exception of the JDK gives, without the file's name; never null. */
  public static String reason(IOException failure) {
    return switch (failure) {
      case FileSystemException e when e.getReason() != null -> e.getReason();
      case AccessDeniedException e -> "access denied";
      case FileSystemException e -> unnamed(e);
      default -> {
        String message = failure.getMessage();
        if (message == null) {
          yield unnamed(failure);
        }
        // The JDK's message is "name (No space left on device)": the part in brackets counts.
        int bracket = message.lastIndexOf('(');
        yield bracket >= 0 && message.endsWith(")")
            ? message.substring(bracket + 1, message.length() - 1)
            : message;
      }
    };
  }

  /** The JDK says no more than the exception's name. */
  private static String unnamed(IOException failure) {
    return "the system reports " + failure.getClass().getSimpleName();
  }
}
