package dev.lanewise.cli;

import dev.lanewise.cli.support.UserException;
import dev.lanewise.io.support.OutputTarget;
import dev.lanewise.io.support.Reasons;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;

/** Files to be written at a run's end: a wrong path must not cost the run. */
final class OutputFile {
  private OutputFile() {}

  /** The path of an option that names an output: "-" is standard output, as in most programs. */
  static final class Converter implements ITypeConverter<Path> {
    Converter() {}

    @Override
    public Path convert(String text) {
      return text.equals("-") ? OutputTarget.STANDARD_OUTPUT_PATH : Lanewise.path(text);
    }
  }

  /** Refuses a path that cannot be written. */
  static void check(String option, Path file) {
    String refusal = refusal(file);
    if (refusal != null) {
      throw UserException.wrongOption(option + " is " + file + ", but " + refusal);
    }
  }

  /** Why a path cannot be written, as the end of a sentence; null if it can. */
  static @Nullable String refusal(Path file) {
    try {
      return switch (OutputTarget.of(file)) {
        case OutputTarget.Folder folder -> "that is no regular file";
        case OutputTarget.Stream stream -> refusal(stream);
        case OutputTarget.RegularFile(Path place) -> refusalOf(place);
      };
    } catch (IOException circle) {
      return circle.getMessage();
    }
  }

  private static @Nullable String refusal(OutputTarget.Stream stream) {
    // What is open already need not have a name that can be asked.
    boolean writable = stream.isStandardOutput() || Files.isWritable(stream.path());
    return writable ? null : "it cannot be written";
  }

  private static @Nullable String refusalOf(Path file) {
    Path folder = file.toAbsolutePath().getParent();
    if (folder == null || !Files.isDirectory(folder)) {
      return "there is no folder " + folder;
    }
    try {
      Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    } catch (NoSuchFileException new1) {
      // a new file
    } catch (IOException e) {
      return "it cannot be written: " + Reasons.of(e); // a name that is too long, for instance
    }
    boolean writable = Files.isWritable(folder) && (!Files.exists(file) || Files.isWritable(file));
    return writable ? null : "it cannot be written";
  }
}
