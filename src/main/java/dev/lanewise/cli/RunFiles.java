package dev.lanewise.cli;

import dev.lanewise.cli.support.JsonReport;
import dev.lanewise.cli.support.Terminal;
import dev.lanewise.cli.support.UserException;
import dev.lanewise.io.support.InputFile;
import dev.lanewise.io.support.OutputTarget;
import dev.lanewise.train.CheckpointFolder;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;

/**
 * The files that a run reads and writes, which every command names here before any work: each
 * output is checked, and held against all others and all inputs.
 *
 * <p>Files are compared by what they are, not by their names, so that links, hard links and other
 * spellings are noticed. A null path is an option that was not given.
 */
final class RunFiles {
  private static final String UNWRITABLE = "it cannot be written";

  /** A path and the option that names it; and of an output what the path leads to. */
  private record Named(String option, Path path, Path target) {
    Named(String option, Path path) {
      this(option, path, path);
    }

    boolean isSpelled(Path other) {
      return normal(path).equals(normal(other));
    }

    private static Path normal(Path path) {
      return path.toAbsolutePath().normalize();
    }

    UserException refusal(String reason) {
      return UserException.wrongOption("%s is %s, but %s".formatted(option, path, reason));
    }
  }

  private final List<Named> inputs = new ArrayList<>();
  private final List<Named> outputs = new ArrayList<>();
  private final List<Named> checkpointFolders = new ArrayList<>();
  private boolean standardOutput;

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

  /** Adds a file that is read, or a folder of checkpoints that must not be written over. */
  void readsOrKeeps(String option, @Nullable Path file) {
    if (file != null && Files.isDirectory(file)) {
      keepsCheckpoints(option, file);
    } else {
      reads(option, file);
    }
  }

  /** Adds a file that is written; refuses a path that cannot be. */
  RunFiles writes(String option, @Nullable Path file) {
    if (file != null) {
      OutputTarget target;
      try {
        target = OutputTarget.of(file);
      } catch (IOException circle) {
        throw new Named(option, file).refusal(String.valueOf(circle.getMessage()));
      }
      Named output = new Named(option, file, target.path());
      String reason = reason(target);
      if (reason != null) {
        throw output.refusal(reason);
      }
      outputs.forEach(other -> checkDifferent(other, output));
      inputs.forEach(input -> checkNotRead(output, input));
      checkpointFolders.forEach(folder -> checkNoCheckpoint(output, folder));
      outputs.add(output);
      standardOutput |= target instanceof OutputTarget.Stream stream && stream.isStandardOutput();
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

  /** Adds files that are written into a folder, which is made if it is not there. */
  RunFiles writesInto(String option, @Nullable Path folder, List<String> names) {
    if (folder != null) {
      make(new Named(option, folder));
      names.forEach(name -> writes(option, folder.resolve(name)));
    }
    return this;
  }

  private static void make(Named folder) {
    Path path = folder.path();
    if (Files.exists(path) && !Files.isDirectory(path)) {
      throw folder.refusal("that is no folder");
    }
    try {
      Files.createDirectories(path);
    } catch (IOException e) {
      throw folder.refusal("that folder cannot be made");
    }
    if (!Files.isWritable(path)) {
      throw folder.refusal("it cannot be written to");
    }
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

  private static void checkDifferent(Named one, Named other) {
    if (OutputTarget.same(one.path(), other.path())) {
      throw UserException.wrongOption(
          (one.isSpelled(other.path())
                  ? "%1$s and %3$s are both %2$s, but must be two files"
                  : "%s is %s and %s is %s, which is one file, but they must be two")
              .formatted(one.option(), one.path(), other.option(), other.path()));
    }
  }

  private static void checkNotRead(Named output, Named input) {
    if (OutputTarget.same(output.path(), input.path())) {
      String as = output.isSpelled(input.path()) ? "" : " (as " + input.path() + ")";
      throw output.refusal(input.option() + " reads that file" + as + ", and it would be lost");
    }
  }

  private static void checkNoCheckpoint(Named output, Named folder) {
    if (OutputTarget.same(output.path(), folder.path())) {
      throw output.refusal("that is " + folder.option() + "'s folder");
    }
    if (OutputTarget.isIn(folder.path(), output.path())
        && (CheckpointFolder.isNamedAsCheckpoint(output.path())
            || CheckpointFolder.isNamedAsCheckpoint(output.target()))) {
      throw output.refusal(
          "a file of that name in that folder is a checkpoint of " + folder.option());
    }
  }

  /** Why something cannot be written at the run's end, which must not cost the run; or null. */
  private static @Nullable String reason(OutputTarget target) {
    return switch (target) {
      case OutputTarget.Folder folder -> "that is no regular file";
      // What is open already need not have a name that can be asked.
      case OutputTarget.Stream stream ->
          stream.isStandardOutput() || Files.isWritable(stream.path()) ? null : UNWRITABLE;
      case OutputTarget.RegularFile(Path place) -> reason(place);
    };
  }

  /** Why a file cannot be written; null if it can. */
  private static @Nullable String reason(Path file) {
    Path folder = file.toAbsolutePath().getParent();
    if (folder == null || !Files.isDirectory(folder)) {
      return "there is no folder " + folder;
    }
    try {
      Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    } catch (NoSuchFileException absent) {
      // a new file
    } catch (IOException e) {
      return UNWRITABLE + ": " + InputFile.reason(e); // a name that is too long, for instance
    }
    boolean writable = Files.isWritable(folder) && (!Files.exists(file) || Files.isWritable(file));
    return writable ? null : UNWRITABLE;
  }

  /**
   * Where people are told things, as UTF-8: standard output, unless a file is written there, which
   * another program reads; then standard error.
   */
  PrintStream console() {
    return standardOutput
        ? Terminal.folding(System.err, Terminal.UNLIMITED)
        : CommonOptions.Output.out();
  }

  /** The path of an option that names an output: "-" is standard output, as in most programs. */
  static final class OutputConverter implements ITypeConverter<Path> {
    @Override
    public Path convert(String text) {
      return text.equals("-") ? OutputTarget.STANDARD_OUTPUT_PATH : Lanewise.path(text);
    }
  }
}
