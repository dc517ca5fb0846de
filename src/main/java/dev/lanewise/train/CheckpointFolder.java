package dev.lanewise.train;

import dev.lanewise.io.InvalidFileException;
import dev.lanewise.io.support.AtomicFile;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A folder with a training's last checkpoints, "step-000000120.safetensors" for instance: the last
 * one and the one before it.
 *
 * <p>A new one is written beside them, forced to the disk and renamed before the oldest is removed,
 * so at every moment at least the last complete one is there. Files of other names are left alone.
 */
@SuppressWarnings("exports") // @Nullable: see module-info
public final class CheckpointFolder {
  private static final String FILES = "step-?????????.safetensors";

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
    return files(FILES);
  }

  private List<Path> files(String pattern) throws IOException {
    List<Path> files = new ArrayList<>();
    if (Files.isDirectory(folder)) {
      try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder, pattern)) {
        entries.forEach(files::add);
      } catch (IOException e) {
        throw new IOException("the folder " + folder + " cannot be read", e);
      }
    }
    files.sort(Comparator.comparing(Path::toString).reversed());
    return files;
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
    for (Path other : files()) {
      if (other.toString().compareTo(file.toString()) < 0) {
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
    Path file =
        folder.resolve(
            String.format(Locale.ROOT, "step-%09d.safetensors", checkpoint.position().step()));
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new IOException("the folder " + folder + " cannot be made", e);
    }
    checkpoint.write(file);
    Path kept = before == null ? file : before.getFileName();
    for (Path old : files()) {
      if (!old.getFileName().equals(file.getFileName()) && !old.getFileName().equals(kept)) {
        Files.deleteIfExists(old);
      }
    }
    removeUnfinished();
    return file;
  }

  /** Removes what a program left that was killed while it wrote. */
  private void removeUnfinished() throws IOException {
    for (Path left : files(FILES + AtomicFile.SUFFIX)) {
      Files.deleteIfExists(left);
    }
  }
}
