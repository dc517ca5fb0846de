package dev.lanewise.io.support;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a path leads to for one who wants to write there, after any links; and whether two paths
 * lead to one file, however they are spelled, and whether or not it is there yet.
 */
public sealed interface OutputTarget {
  /** The descriptor of standard output. */
  int STANDARD_OUTPUT = 1;

  /** What stands for standard output in the place of a file, on every system. */
  Path STANDARD_OUTPUT_PATH = Path.of("/dev/stdout");

  /** The path after its links; the last one may lead to what is not there yet. */
  Path path();

  /** A regular file, or the place of a new one: to be replaced as a whole. */
  record RegularFile(Path path) implements OutputTarget {}

  /** A folder: nothing can be written there. */
  record Folder(Path path) implements OutputTarget {}

  /**
   * A pipe, a device, or what this program was given opened: written directly.
   *
   * @param path where it is
   * @param descriptor the number of one of this program's own descriptors, else {@link #NONE}
   */
  record Stream(Path path, int descriptor) implements OutputTarget {
    /** The descriptor of what has to be opened by its name. */
    public static final int NONE = -1;

    private static final int STANDARD_ERROR = 2;

    /** Whether this is the program's standard output. */
    public boolean isStandardOutput() {
      return descriptor == STANDARD_OUTPUT;
    }

    /** Writes; what stands there already stays before it. */
    void write(AtomicFile.Content content) throws IOException {
      switch (descriptor) {
        case STANDARD_OUTPUT -> {
          System.out.flush();
          inherited(FileDescriptor.out, content);
        }
        case STANDARD_ERROR -> {
          System.err.flush();
          inherited(FileDescriptor.err, content);
        }
        default -> {
          // A redirected descriptor may be a regular file: opened to append, it is not cut.
          try (OutputStream out = new FileOutputStream(path.toFile(), true)) {
            content.writeTo(out);
          }
        }
      }
    }

    /** Not closed: others go on writing to it. */
    @SuppressWarnings("resource")
    private static void inherited(FileDescriptor descriptor, AtomicFile.Content content)
        throws IOException {
      content.writeTo(new FileOutputStream(descriptor));
    }
  }

  /** Links that lead to links; Linux follows no more. */
  int MOST_LINKS = 40;

  /** What a system calls the descriptors of this program, or of another one. */
  Pattern DESCRIPTOR =
      Pattern.compile(
          "/dev/fd/(?<fd>\\d{1,9})|/proc/(?<pid>[^/]+)/(task/[^/]+/)?fd/(?<n>\\d{1,9})");

  /**
   * Follows a path.
   *
   * @throws IOException if its links lead round in a circle, or cannot be read
   */
  static OutputTarget of(Path path) throws IOException {
    Path at = path;
    for (int links = 0; links <= MOST_LINKS; links++) {
      // Such a link's text is no path ("pipe:[4711]"), or that of a file that is open already.
      Stream stream = descriptor(at);
      if (stream != null) {
        return stream;
      }
      if (!Files.isSymbolicLink(at)) {
        if (Files.isDirectory(at)) {
          return new Folder(at);
        }
        return Files.exists(at) && !Files.isRegularFile(at)
            ? new Stream(at, Stream.NONE)
            : new RegularFile(at);
      }
      at = at.resolveSibling(Files.readSymbolicLink(at));
    }
    throw new IOException("its links lead round in a circle");
  }

  /** Whether a path leads to what is written directly; false if it leads nowhere. */
  static boolean isStream(Path path) {
    try {
      return of(path) instanceof Stream;
    } catch (IOException circle) {
      return false;
    }
  }

  private static @Nullable Stream descriptor(Path path) {
    String name = normal(path).toString();
    if (path.equals(STANDARD_OUTPUT_PATH) || name.equals("/dev/stdout")) {
      return new Stream(path, STANDARD_OUTPUT);
    }
    if (name.equals("/dev/stderr")) {
      return new Stream(path, Stream.STANDARD_ERROR);
    }
    Matcher matcher = DESCRIPTOR.matcher(name);
    if (!matcher.matches()) {
      return null;
    }
    String pid = matcher.group("pid");
    if (pid == null) {
      return new Stream(path, Integer.parseInt(matcher.group("fd")));
    }
    boolean own =
        pid.equals("self")
            || pid.equals("thread-self")
            || pid.equals(Long.toString(ProcessHandle.current().pid()));
    return new Stream(path, own ? Integer.parseInt(matcher.group("n")) : Stream.NONE);
  }

  /**
   * Whether what is written to one path would be found at the other: after links, hard links and
   * letters' case where the file system does not tell it apart. Devices (a terminal, /dev/null) are
   * no files in this sense, unless both are one descriptor of this program.
   */
  static boolean same(Path one, Path other) {
    try {
      OutputTarget a = of(one);
      OutputTarget b = of(other);
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
  static boolean isIn(Path folder, Path file) {
    try {
      Path parent = of(file).path().toAbsolutePath().getParent();
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
          && (mode & 0170000) == 0020000;
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
