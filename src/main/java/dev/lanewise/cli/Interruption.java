package dev.lanewise.cli;

import dev.lanewise.cli.support.Terminal;
import dev.lanewise.train.Callback;
import dev.lanewise.train.Training;
import dev.lanewise.train.callback.Checkpoints;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * Ctrl-C (or a SIGTERM): the step under way is finished, a checkpoint saved, and one sentence says
 * how to go on.
 *
 * <p>The VM runs a hook when it is told to end, and ends when the hook returns. So the hook waits
 * until the thread that trains has saved between two steps, and that thread then does nothing any
 * more.
 */
final class Interruption implements Callback, AutoCloseable {
  private static final long PATIENCE_SECONDS = 60;

  private final Checkpoints checkpoints;
  private final List<String> loading;
  private final Consumer<String> out;
  private final CountDownLatch done = new CountDownLatch(1);
  private final Thread hook = new Thread(this::waitUntilSaved, "lanewise-interruption");
  private volatile boolean asked;

  /**
   * Makes the callback and its hook.
   *
   * @param checkpoints what saves
   * @param loading the options that gave the training its first weights, which a checkpoint has
   * @param out takes the sentence
   */
  Interruption(Checkpoints checkpoints, List<String> loading, Consumer<String> out) {
    this.checkpoints = checkpoints;
    this.loading = List.copyOf(loading);
    this.out = out;
    Runtime.getRuntime().addShutdownHook(hook);
  }

  private void waitUntilSaved() {
    asked = true;
    try {
      if (!done.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        out.accept("The step under way did not end, so that no checkpoint was saved");
      }
    } catch (InterruptedException ended) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void onBatchEnd(Training training) {
    if (!asked) {
      return;
    }
    boolean saved = checkpoints.save(training);
    Path last = checkpoints.last();
    if (Terminal.isThere()) {
      System.out.println(); // behind the line of progress and the terminal's ^C
    }
    String goingOn =
        last == null
            ? "; there is no checkpoint to go on from"
            : "%s; to go on, run the same command with --resume %s in the place of --checkpoint%s"
                .formatted(
                    saved ? "" : ", which could not be saved",
                    shellWord(String.valueOf(last.toAbsolutePath().getParent())),
                    loading.isEmpty() ? "" : " and without " + String.join(", ", loading));
    out.accept(
        "Interrupted after step " + training.step() + " of epoch " + training.epoch() + goingOn);
    done.countDown();
    while (true) {
      LockSupport.park(this); // the VM is about to end; nothing must be printed or written any more
    }
  }

  /**
   * A word as a POSIX shell reads it back: in single quotes, if it holds more than plain letters.
   */
  static String shellWord(String word) {
    return word.matches("[A-Za-z0-9_@%+=:,./-]+") ? word : "'" + word.replace("'", "'\\''") + "'";
  }

  /** The training is over, and its results are written: nothing need be waited for any more. */
  @Override
  public void close() {
    done.countDown();
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException endingAlready) {
      // Then the hook has been waiting for this very call.
    }
  }
}
