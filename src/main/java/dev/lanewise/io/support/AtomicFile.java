package dev.lanewise.io.support;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * Replaces a file as a whole: at every moment, also when the power fails, there is the old file or
 * the new one under its name, never a part.
 */
public final class AtomicFile {
  /** What stands behind a file's name while its new content is being written. */
  public static final String SUFFIX = ".tmp";

  /** Writes the content of a file. */
  @FunctionalInterface
  public interface Content {
    /** Writes everything; the stream is not buffered, and closed by the caller. */
    void writeTo(OutputStream out) throws IOException;
  }

  private AtomicFile() {}

  /**
   * Writes a file beside the target, forces it to the disk and renames it to the target.
   *
   * @throws IOException if that fails; one sentence says why, the old file is untouched and the new
   *     one removed
   */
  public static void write(Path target, Content content) throws IOException {
    // A link stays one: the file that it leads to is replaced.
    Path file = Files.isSymbolicLink(target) && Files.exists(target) ? target.toRealPath() : target;
    if (Files.exists(file) && !Files.isRegularFile(file)) {
      throw new IOException(target + " cannot be written: it is no regular file");
    }
    Path fresh = file.resolveSibling(file.getFileName() + SUFFIX);
    try {
      // A plain stream: a channel would be closed when the thread is interrupted.
      try (FileOutputStream out = new FileOutputStream(fresh.toFile())) {
        content.writeTo(out);
        out.getFD().sync();
      }
      Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException | RuntimeException | Error failure) {
      try {
        Files.deleteIfExists(fresh);
      } catch (IOException alsoFailed) {
        failure.addSuppressed(alsoFailed);
      }
      if (failure instanceof IOException exception) {
        throw new IOException(target + " cannot be written: " + reason(exception, file), exception);
      }
      throw failure;
    }
    syncFolder(file);
  }

  private static String reason(IOException failure, Path file) {
    Path folder = file.toAbsolutePath().getParent();
    if (folder != null && !Files.isDirectory(folder)) {
      return "there is no folder " + folder;
    }
    return switch (failure) {
      case AtomicMoveNotSupportedException e -> "its file system cannot rename it in one step";
      case NoSuchFileException e -> "its new content was removed by somebody else";
      default -> Reasons.of(failure);
    };
  }

  /** Makes the renaming last; not every system can, and then it is only a little later. */
  private static void syncFolder(Path file) {
    Path folder = file.toAbsolutePath().getParent();
    if (folder != null) {
      try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
        channel.force(true);
      } catch (IOException notOnThisSystem) {
        // Windows does not open folders.
      }
    }
  }
}
