package dev.lanewise.cli;

import dev.lanewise.cli.support.FoldingStream;
import dev.lanewise.cli.support.JsonReport;
import dev.lanewise.cli.support.Terminal;
import dev.lanewise.cli.support.UserException;
import dev.lanewise.io.support.FileIdentity;
import dev.lanewise.io.support.OutputTarget;
import dev.lanewise.train.CheckpointFolder;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The files that a run reads and writes, which every command names here before any work: each
 * output is checked, and held against all others and all inputs.
 *
 * <p>Files are compared by what they are, not by their names, so that links, hard links and other
 * spellings are noticed. A null path is an option that was not given.
 */
final class RunFiles {
  /** A path and the option that names it. */
  private record Named(String option, Path path) {}

  private final List<Named> inputs = new ArrayList<>();
  private final List<Named> outputs = new ArrayList<>();
  private final List<Named> checkpointFolders = new ArrayList<>();
  private boolean standardOutput;

  RunFiles() {}

  /** Adds a file that is read. */
  RunFiles reads(String option, @Nullable Path file) {
    if (file != null) {
      Named input = new Named(option, file);
      outputs.forEach(output -> checkNotRead(output, input));
      inputs.add(input);
    }
    return this;
  }

  /** Adds files that are read; "-" is standard input. */
  RunFiles reads(String option, List<Path> files) {
    files.stream()
        .filter(file -> !file.toString().equals("-"))
        .forEach(file -> reads(option, file));
    return this;
  }

  /** Adds a file that is written; refuses a path that cannot be. */
  RunFiles writes(String option, @Nullable Path file) {
    if (file != null) {
      OutputFile.check(option, file);
      add(new Named(option, file));
    }
    return this;
  }

  /** Adds a report that is written; refuses a path that cannot be, and all without the library. */
  RunFiles writesReport(String option, @Nullable Path file) {
    if (file != null) {
      JsonReport.check(option);
    }
    return writes(option, file);
  }

  /** Adds files that are written into a folder, which has been checked. */
  RunFiles writesInto(String option, @Nullable Path folder, List<String> names) {
    if (folder != null) {
      for (String name : names) {
        writes(option, folder.resolve(name));
      }
    }
    return this;
  }

  /** Adds a folder in which checkpoints are kept: no other output may have a name of theirs. */
  RunFiles keepsCheckpoints(String option, @Nullable Path folder) {
    if (folder != null) {
      Named kept = new Named(option, folder);
      outputs.forEach(output -> checkNoCheckpoint(output, kept));
      checkpointFolders.add(kept);
    }
    return this;
  }

  private void add(Named output) {
    outputs.forEach(other -> checkDifferent(other, output));
    inputs.forEach(input -> checkNotRead(output, input));
    checkpointFolders.forEach(folder -> checkNoCheckpoint(output, folder));
    outputs.add(output);
    standardOutput |= isStandardOutput(output.path());
  }

  private static void checkDifferent(Named one, Named other) {
    if (!FileIdentity.same(one.path(), other.path())) {
      return;
    }
    boolean sameName = normal(one.path()).equals(normal(other.path()));
    throw UserException.wrongOption(
        sameName
            ? one.option()
                + " and "
                + other.option()
                + " are both "
                + one.path()
                + ", but must be two files"
            : one.option()
                + " is "
                + one.path()
                + " and "
                + other.option()
                + " is "
                + other.path()
                + ", which is one file, but they must be two");
  }

  private static void checkNotRead(Named output, Named input) {
    if (FileIdentity.same(output.path(), input.path())) {
      throw UserException.wrongOption(
          output.option()
              + " is "
              + output.path()
              + ", but "
              + input.option()
              + " reads that file"
              + (normal(output.path()).equals(normal(input.path()))
                  ? ""
                  : " (as " + input.path() + ")")
              + ", and it would be lost");
    }
  }

  private static void checkNoCheckpoint(Named output, Named folder) {
    if (FileIdentity.same(output.path(), folder.path())) {
      throw UserException.wrongOption(
          output.option()
              + " is "
              + output.path()
              + ", but that is "
              + folder.option()
              + "'s folder");
    }
    if (FileIdentity.isIn(folder.path(), output.path())
        && (CheckpointFolder.isNamedAsCheckpoint(output.path())
            || CheckpointFolder.isNamedAsCheckpoint(target(output.path())))) {
      throw UserException.wrongOption(
          output.option()
              + " is "
              + output.path()
              + ", but a file of that name in that folder is a checkpoint of "
              + folder.option());
    }
  }

  private static Path target(Path path) {
    try {
      return OutputTarget.of(path).path();
    } catch (IOException circle) {
      return path;
    }
  }

  private static Path normal(Path path) {
    return path.toAbsolutePath().normalize();
  }

  private static boolean isStandardOutput(Path path) {
    try {
      return OutputTarget.of(path) instanceof OutputTarget.Stream stream
          && stream.isStandardOutput();
    } catch (IOException circle) {
      return false;
    }
  }

  /**
   * Where people are told things, as UTF-8: standard output, unless a file is written there, which
   * another program reads; then standard error.
   */
  PrintStream console() {
    return standardOutput ? new FoldingStream(System.err, Terminal.UNLIMITED) : OutputOptions.out();
  }
}
