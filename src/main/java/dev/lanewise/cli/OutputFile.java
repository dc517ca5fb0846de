package dev.lanewise.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Checks of files to be written at a run's end: a wrong path must not cost the run. */
final class OutputFile {
  private OutputFile() {}

  /** Refuses two options that name one file. */
  static void checkDifferent(
      String option, @Nullable Path file, String other, @Nullable Path otherFile) {
    if (file != null
        && otherFile != null
        && file.toAbsolutePath().normalize().equals(otherFile.toAbsolutePath().normalize())) {
      throw UserException.wrongOption(
          option + " and " + other + " are both " + file + ", but must be two files");
    }
  }

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
    if (Files.exists(file) && !Files.isRegularFile(file)) {
      throw UserException.wrongOption(option + " is " + file + ", but that is no regular file");
    }
    if (!Files.isWritable(folder) || (Files.exists(file) && !Files.isWritable(file))) {
      throw UserException.wrongOption(option + " is " + file + ", but it cannot be written");
    }
  }
}
