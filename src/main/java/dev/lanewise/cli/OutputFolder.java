package dev.lanewise.cli;

import dev.lanewise.cli.support.UserException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Folders that results are written to: made and tried before the run. */
final class OutputFolder {
  private OutputFolder() {}

  /** Makes a folder that is not there; null stays null. */
  static @Nullable Path made(String option, @Nullable Path folder) {
    if (folder == null) {
      return null;
    }
    if (Files.exists(folder) && !Files.isDirectory(folder)) {
      throw UserException.wrongOption(option + " is " + folder + ", but that is no folder");
    }
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw UserException.wrongOption(
          option + " is " + folder + ", but that folder cannot be made");
    }
    if (!Files.isWritable(folder)) {
      throw UserException.wrongOption(option + " is " + folder + ", but it cannot be written to");
    }
    return folder;
  }
}
