package dev.lanewise.io.support;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Replaces a file as a whole: at every moment, also when the power fails or others write the same
 * file, there is the old file or a new one under its name, never a part.
 *
 * <p>The new content lies beside the file until it is whole, under a name that nothing else has:
 * the file's own, a random number and {@link #SUFFIX}. Nothing that was there before is touched but
 * the file itself, whose permissions the new one gets. A link stays one, and the file that it leads
 * to is replaced. What is no file (a pipe, a device, /dev/stdout) is written directly.
 */
public final class AtomicFile {
  /** What every name ends with under which new content lies. */
  public static final String SUFFIX = ".tmp";

  /** What follows a file's name in the name of its new content, as a regular expression. */
  public static final String UNFINISHED = "\\.[0-9a-f]{16}\\" + SUFFIX;

  /** So much of a long name is kept, since systems limit a name's bytes. */
  private static final int NAME = 40;

  private static final int ATTEMPTS = 100;

  /** Writes the content of a file. */
  @FunctionalInterface
  public interface Content {
    /** Writes everything; the stream is not buffered, and closed by the caller. */
    void writeTo(OutputStream out) throws IOException;
  }

  private AtomicFile() {}

  /**
   * Writes a file beside the target, forces it to the disk and renames it to the target; writes
   * directly to what is no file.
   *
   * @throws IOException if that fails; one sentence says why, the old file is untouched and the new
   *     one removed
   */
  public static void write(Path target, Content content) throws IOException {
    try {
      switch (OutputTarget.of(target)) {
        case OutputTarget.Folder folder -> throw new IOException("it is no regular file");
        case OutputTarget.Stream stream -> stream.write(content);
        case OutputTarget.RegularFile(Path file) -> replace(file, content);
      }
    } catch (IOException failure) {
      throw new IOException(target + " cannot be written: " + reason(failure, target), failure);
    }
  }

  private static void replace(Path file, Content content) throws IOException {
    FileMode mode = FileMode.of(file);
    if (Files.exists(file) && !Files.isWritable(file)) {
      throw new AccessDeniedException(file.toString()); // renaming alone would not ask
    }
    Path fresh = create(file, mode);
    try {
      // Neither this stream nor the next is closed when the thread is interrupted.
      try (OutputStream out =
          Files.newOutputStream(fresh, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS)) {
        content.writeTo(out);
      }
      mode.set(fresh);
      force(fresh);
      Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException | RuntimeException | Error failure) {
      try {
        Files.deleteIfExists(fresh);
      } catch (IOException alsoFailed) {
        failure.addSuppressed(alsoFailed);
      }
      throw failure;
    }
    forceFolder(file);
  }

  /** Makes an empty file that was not there, under a name that nobody can have foreseen. */
  private static Path create(Path file, FileMode mode) throws IOException {
    String name = String.valueOf(file.getFileName());
    int length = Math.min(name.length(), NAME);
    if (length < name.length() && Character.isHighSurrogate(name.charAt(length - 1))) {
      length--;
    }
    for (int attempt = 1; ; attempt++) {
      UUID random = UUID.randomUUID();
      String digits =
          HexFormat.of()
              .toHexDigits(random.getMostSignificantBits() ^ random.getLeastSignificantBits());
      Path fresh = file.resolveSibling(name.substring(0, length) + "." + digits + SUFFIX);
      try {
        return Files.createFile(fresh, mode.atCreation());
      } catch (FileAlreadyExistsException taken) {
        if (attempt == ATTEMPTS) {
          throw taken;
        }
      }
    }
  }

  private static String reason(IOException failure, Path target) {
    Path folder = folder(target);
    if (folder != null && !Files.isDirectory(folder)) {
      return "there is no folder " + folder;
    }
    return switch (failure) {
      case AtomicMoveNotSupportedException e -> "its file system cannot rename it in one step";
      case NoSuchFileException e -> "its new content was removed by somebody else";
      default -> InputFile.reason(failure);
    };
  }

  /** The folder of the file that a path leads to. */
  private static @Nullable Path folder(Path target) {
    try {
      return OutputTarget.of(target).path().toAbsolutePath().getParent();
    } catch (IOException unknown) {
      return null;
    }
  }

  private static void force(Path fresh) throws IOException {
    if (fresh.getFileSystem().equals(FileSystems.getDefault())) {
      // Opened to append, so that nothing is cut.
      try (FileOutputStream out = new FileOutputStream(fresh.toFile(), true)) {
        out.getFD().sync();
      }
    }
  }

  /** Makes the renaming last; not every system can, and then it is only a little later. */
  private static void forceFolder(Path file) {
    Path folder = file.toAbsolutePath().getParent();
    if (folder == null) {
      return;
    }
    boolean interrupted = Thread.interrupted(); // a channel would be closed by it
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    } catch (IOException notOnThisSystem) {
      // Windows does not open folders.
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /**
   * Who may do what with a file that is to be replaced: its permissions, group and owner.
   *
   * @param old what the file has; null if there is none, or its system knows no permissions
   */
  private record FileMode(@Nullable PosixFileAttributes old) {
    static FileMode of(Path file) {
      PosixFileAttributeView view = Files.getFileAttributeView(file, PosixFileAttributeView.class);
      try {
        return new FileMode(view == null ? null : view.readAttributes());
      } catch (IOException none) {
        return new FileMode(null);
      }
    }

    /** What the new file is made with: never more than the old one has; else the umask decides. */
    FileAttribute<?>[] atCreation() {
      PosixFileAttributes kept = old;
      return kept == null
          ? new FileAttribute<?>[0]
          : new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(kept.permissions())};
    }

    /** Gives the new file what the old one has, as far as the system allows it. */
    void set(Path fresh) throws IOException {
      PosixFileAttributes kept = old;
      PosixFileAttributeView view = Files.getFileAttributeView(fresh, PosixFileAttributeView.class);
      if (kept == null || view == null) {
        return;
      }
      PosixFileAttributes now = view.readAttributes();
      Set<PosixFilePermission> permissions = EnumSet.noneOf(PosixFilePermission.class);
      permissions.addAll(kept.permissions());
      if (!now.group().equals(kept.group())) {
        try {
          view.setGroup(kept.group());
        } catch (IOException notAMember) {
          // Another group may do no more than anybody.
          keepIf(permissions, PosixFilePermission.GROUP_READ, PosixFilePermission.OTHERS_READ);
          keepIf(permissions, PosixFilePermission.GROUP_WRITE, PosixFilePermission.OTHERS_WRITE);
          keepIf(
              permissions, PosixFilePermission.GROUP_EXECUTE, PosixFilePermission.OTHERS_EXECUTE);
        }
      }
      try {
        if (!now.permissions().equals(permissions)) {
          view.setPermissions(permissions);
        }
        if (!now.owner().equals(kept.owner())) {
          view.setOwner(kept.owner());
        }
      } catch (IOException notAllowed) {
        // It was made with no more than the old one's permissions; and only root gives files away.
      }
    }

    private static void keepIf(
        Set<PosixFilePermission> permissions, PosixFilePermission of, PosixFilePermission other) {
      if (!permissions.contains(other)) {
        permissions.remove(of);
      }
    }
  }
}
