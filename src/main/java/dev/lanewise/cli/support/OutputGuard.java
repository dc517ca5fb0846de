package dev.lanewise.cli.support;

import dev.lanewise.train.Callback;
import dev.lanewise.train.Training;
import java.io.PrintStream;

/**
 * Notices within a run that what it prints reaches nobody any more (a full disk, a pipe that was
 * closed), and ends it; a run that leaves files goes on, after a note.
 */
public final class OutputGuard implements Callback {
  public static final String SENTENCE =
      "Standard output cannot be written: the disk is full, or the program that reads it has ended";

  private final PrintStream out;
  private final boolean leavesFiles;
  private boolean said;

  public OutputGuard(PrintStream out, boolean leavesFiles) {
    this.out = out;
    this.leavesFiles = leavesFiles;
  }

  @Override
  public void onBatchEnd(Training training) {
    if (said || !out.checkError()) {
      return;
    }
    said = true;
    if (!leavesFiles) {
      throw UserException.failed(SENTENCE);
    }
    System.err.println("Note: " + SENTENCE + "; the run goes on, since it writes files");
  }
}
