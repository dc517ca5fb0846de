package dev.lanewise.io.support;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What a path leads to for one who wants to write there, after any links. */
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
    if (path.equals(STANDARD_OUTPUT_PATH)) {
      return new Stream(path, STANDARD_OUTPUT);
    }
    String name = path.toAbsolutePath().normalize().toString();
    if (name.equals("/dev/stdout")) {
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
}
