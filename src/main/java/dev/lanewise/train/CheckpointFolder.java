package dev.lanewise.train;

import dev.lanewise.io.InvalidFileException;
import dev.lanewise.io.support.AtomicFile;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A folder with a training's last checkpoints, "step-000000120.safetensors" for instance: the last
 * one and the one before it.
 *
 * <p>A new one is written beside them, forced to the disk and renamed before the oldest is removed,
 * so at every moment at least the last complete one is there. Whatever has a name that is not
 * written here is left alone, "step-best.safetensors" for instance; so is a link or a folder. What
 * a program left that was killed while it wrote is removed once it is an hour old.
 */
@SuppressWarnings("exports") // @Nullable: see module-info
public final class CheckpointFolder {
  /** What {@link #name} gives: nine digits, or more that do not begin with 0. */
  private static final String NAME = "step-(\\d{9}|[1-9]\\d{9,18})\\.safetensors";

  private static final Pattern FILE = Pattern.compile(NAME);
  private static final Predicate<String> UNFINISHED =
      Pattern.compile(NAME + AtomicFile.UNFINISHED).asMatchPredicate();

  /** A program that lives adds to its new content again and again. */
  private static final Duration STALE = Duration.ofHours(1);

  private final Path folder;

  /**
   * Names a folder, which need not be there yet.
   *
   * @param folder the folder
   */
  public CheckpointFolder(Path folder) {
    this.folder = folder;
  }

  /**
   * Lists the checkpoints.
   *
   * @return the files from the newest to the oldest, by their step; none if there is no folder
   * @throws IOException if the folder cannot be read
   */
  public List<Path> files() throws IOException {
    List<Path> files = files(name -> step(name).isPresent());
    files.sort(Comparator.comparingLong((Path file) -> step(nameOf(file)).orElse(-1)).reversed());
    return files;
  }

  /** The regular files whose names are asked for, and links to such. */
  private List<Path> files(Predicate<String> names) throws IOException {
    List<Path> files = new ArrayList<>();
    if (Files.isDirectory(folder)) {
      try (DirectoryStream<Path> entries =
          Files.newDirectoryStream(
              folder, entry -> names.test(nameOf(entry)) && Files.isRegularFile(entry))) {
        entries.forEach(files::add);
      } catch (IOException | DirectoryIteratorException e) {
        throw new IOException("the folder " + folder + " cannot be read", e);
      }
    }
    return files;
  }

  /** The name of the checkpoint of a step. */
  private static String name(long step) {
    return String.format(Locale.ROOT, "step-%09d.safetensors", step);
  }

  /** The step whose checkpoint has a name; empty if it is no name of ours. */
  private static OptionalLong step(String name) {
    Matcher matcher = FILE.matcher(name);
    if (!matcher.matches()) {
      return OptionalLong.empty();
    }
    try {
      return OptionalLong.of(Long.parseLong(matcher.group(1)));
    } catch (NumberFormatException beyondALong) {
      return OptionalLong.empty();
    }
  }

  private static String nameOf(Path file) {
    return String.valueOf(file.getFileName());
  }

  /**
   * Returns whether a file has a name that a checkpoint gets here: whether it may be replaced or
   * removed if it lies in such a folder.
   *
   * @param file a file, of which only the name is looked at
   * @return whether the name is "step-", nine digits or more, and ".safetensors"
   */
  public static boolean isNamedAsCheckpoint(Path file) {
    return step(nameOf(file)).isPresent();
  }

  /**
   * Returns the newest checkpoint's file.
   *
   * @return the file, unread
   * @throws IOException if there is none: one sentence
   */
  public Path newest() throws IOException {
    List<Path> files = files();
    if (files.isEmpty()) {
      throw new NoSuchFileException(
          folder.toString(),
          null,
          Files.isDirectory(folder) ? "there is no checkpoint in it" : "there is no such folder");
    }
    return files.getFirst();
  }

  /**
   * Returns the file that a place names: a folder stands for its newest checkpoint.
   *
   * @param place a folder, or anything else
   * @return the newest checkpoint in the folder, unread; what is no folder, as it is
   * @throws IOException if there is no checkpoint in the folder: one sentence
   */
  public static Path fileAt(Path place) throws IOException {
    return Files.isDirectory(place) ? new CheckpointFolder(place).newest() : place;
  }

  /**
   * Reads a checkpoint with those beside it in mind.
   *
   * @param file the file
   * @return what it holds
   * @throws InvalidFileException if it is no whole checkpoint: one sentence, which also names the
   *     next older one in its folder, if there is one that can be read
   * @throws IOException if it cannot be read
   */
  public static Checkpoint readAmongOthers(Path file) throws IOException {
    Path folder = file.getParent();
    return new CheckpointFolder(folder == null ? Path.of("") : folder).read(file);
  }

  /**
   * Reads a checkpoint of this folder.
   *
   * @param file one of {@link #files}
   * @return what it holds
   * @throws InvalidFileException if it is no whole checkpoint: one sentence, which also names the
   *     next older one, if there is one that can be read
   * @throws IOException if it cannot be read
   */
  public Checkpoint read(Path file) throws IOException {
    try {
      return Checkpoint.read(file);
    } catch (InvalidFileException damaged) {
      Path older = readableBefore(file);
      InvalidFileException offering =
          new InvalidFileException(
              String.valueOf(damaged.getMessage()),
              older == null
                  ? "(and there is no checkpoint before it)"
                  : "(the checkpoint before it is whole: " + older + ")");
      offering.initCause(damaged);
      throw offering;
    }
  }

  private @Nullable Path readableBefore(Path file) throws IOException {
    OptionalLong step = step(nameOf(file));
    for (Path other : files()) {
      if (step.isPresent() && step(nameOf(other)).orElseThrow() < step.getAsLong()) {
        try {
          Checkpoint.read(other);
          return other;
        } catch (IOException alsoDamaged) {
          // the next one then
        }
      }
    }
    return null;
  }

  /**
   * Writes a checkpoint, then removes all but it and the one before it.
   *
   * @param checkpoint what to write
   * @param before the last one that was written or resumed from, which is kept; null if there is
   *     none
   * @return the new file
   * @throws IOException if it cannot be written: one sentence; those that were there still are
   */
  public Path write(Checkpoint checkpoint, @Nullable Path before) throws IOException {
    Path file = folder.resolve(name(checkpoint.position().step()));
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new IOException("the folder " + folder + " cannot be made", e);
    }
    checkpoint.write(file);
    Path kept = before == null ? file : before.getFileName();
    for (Path old : files()) {
      if (!old.getFileName().equals(file.getFileName())
          && !old.getFileName().equals(kept)
          && !Files.isSymbolicLink(old)) {
        Files.deleteIfExists(old);
      }
    }
    removeUnfinished(file);
    return file;
  }

  /** Removes what a program left that was killed while it wrote, by the file system's own clock. */
  private void removeUnfinished(Path justWritten) throws IOException {
    FileTime now = Files.getLastModifiedTime(justWritten);
    for (Path left : files(UNFINISHED)) {
      FileTime changed = Files.getLastModifiedTime(left, LinkOption.NOFOLLOW_LINKS);
      if (changed.toInstant().plus(STALE).isBefore(now.toInstant())
          && !Files.isSymbolicLink(left)) {
        Files.deleteIfExists(left);
      }
    }
  }
}
