package dev.lanewise.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Checks of files to be written at a run's end: a wrong path must not cost the run. */
final class OutputFile {
  private OutputFile() {}

  /** Refuses a path that cannot be written; null is no path. */
  static void check(String option, @Nullable Path file) {
    if (file == null) {
      return;
    }
    Path folder = file.toAbsolutePath().getParent();
    if (folder == null || !Files.isDirectory(folder)) {
      throw UserException.wrongOption(
          option + " is " + file + ", but there is no folder " + folder);
    }
    if (Files.isDirectory(file)) {
      throw UserException.wrongOption(option + " is " + file + ", but that is a folder");
    }
    if (!Files.isWritable(folder) || (Files.exists(file) && !Files.isWritable(file))) {
      throw UserException.wrongOption(option + " is " + file + ", but it cannot be written");
    }
  }
}
