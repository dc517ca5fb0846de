package dev.lanewise.io.support;

import dev.lanewise.io.support.OutputTarget.Stream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Whether two paths are one file, however they are spelled, and whether or not it is there yet. */
public final class FileIdentity {
  private static final int FILE_TYPE = 0170000;
  private static final int CHARACTER_DEVICE = 0020000;

  private FileIdentity() {}

  /**
   * Whether what is written to one path would be found at the other: after links, hard links and
   * letters' case where the file system does not tell it apart. Devices (a terminal, /dev/null) are
   * no files in this sense, unless both are one descriptor of this program.
   */
  public static boolean same(Path one, Path other) {
    try {
      OutputTarget a = OutputTarget.of(one);
      OutputTarget b = OutputTarget.of(other);
      if (a instanceof Stream s
          && b instanceof Stream t
          && s.descriptor() != Stream.NONE
          && s.descriptor() == t.descriptor()) {
        return true;
      }
      if (Files.exists(a.path()) && Files.exists(b.path())) {
        return Files.isSameFile(a.path(), b.path()) && !isCharacterDevice(a.path());
      }
      return !Files.exists(a.path()) && !Files.exists(b.path()) && samePlace(a.path(), b.path());
    } catch (IOException unreadable) {
      return normal(one).equals(normal(other));
    }
  }

  /** Whether a file directly in a folder has a path, whether or not they are there yet. */
  public static boolean isIn(Path folder, Path file) {
    try {
      Path parent = OutputTarget.of(file).path().toAbsolutePath().getParent();
      return parent != null && real(parent).equals(real(folder));
    } catch (IOException unreadable) {
      return normal(folder).equals(normal(file).getParent());
    }
  }

  private static Path normal(Path path) {
    return path.toAbsolutePath().normalize();
  }

  private static boolean isCharacterDevice(Path path) throws IOException {
    try {
      return Files.getAttribute(path, "unix:mode") instanceof Integer mode
          && (mode & FILE_TYPE) == CHARACTER_DEVICE;
    } catch (UnsupportedOperationException notUnix) {
      return false;
    }
  }

  private static boolean samePlace(Path a, Path b) throws IOException {
    Path one = real(a);
    Path other = real(b);
    if (one.equals(other)) {
      return true;
    }
    Path folder = one.getParent();
    return folder != null
        && folder.equals(other.getParent())
        && folded(one).equals(folded(other))
        && Files.isDirectory(folder)
        && foldsCase(folder);
  }

  private static String folded(Path path) {
    return String.valueOf(path.getFileName()).toUpperCase(Locale.ROOT).toLowerCase(Locale.ROOT);
  }

  /** A path without links, of which the end need not be there. */
  private static Path real(Path path) throws IOException {
    Path absolute = path.toAbsolutePath();
    @Nullable Path there = absolute;
    while (there != null && !Files.exists(there)) {
      there = there.getParent();
    }
    return there == null
        ? absolute.normalize()
        : there.toRealPath().resolve(there.relativize(absolute)).normalize();
  }

  /** Whether a folder takes a name in capitals for the same: tried, since no system tells. */
  private static boolean foldsCase(Path folder) throws IOException {
    Path probe = Files.createTempFile(folder, "lanewise", AtomicFile.SUFFIX);
    try {
      String name = probe.getFileName().toString();
      return Files.exists(folder.resolve(name.toUpperCase(Locale.ROOT)));
    } finally {
      Files.delete(probe);
    }
  }
}
