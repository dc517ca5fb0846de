package dev.lanewise.cli;

import dev.lanewise.kernel.parallel.Team;
import dev.lanewise.train.Callback;
import dev.lanewise.train.Training;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Leaves a processor to the VM's compiler for a program's first seconds of training.
 *
 * <p>Until a kernel is compiled its vectors are objects and a step takes a hundred times as long as
 * later on; a team on all processors only keeps the compiler from running.
 */
final class Warmup implements Callback {
  /**
   * How long the kernels of the MNIST network take to be compiled. A time rather than a number of
   * steps, since a step takes as long as its batch is large, and the compiler does not.
   */
  static final Duration TIME = Duration.ofMillis(2500);

  private final Team team;
  private final LongSupplier nanos;
  private long end;
  private boolean over;

  Warmup(Team team) {
    this(team, System::nanoTime);
  }

  /** With a clock of one's own, for tests. */
  Warmup(Team team, LongSupplier nanos) {
    this.team = team;
    this.nanos = nanos;
  }

  @Override
  public void onTrainBegin(Training training) {
    int others = Runtime.getRuntime().availableProcessors() - 1;
    team.use(Math.clamp(others, 1, team.size()));
    over = false;
    end = nanos.getAsLong() + TIME.toNanos();
  }

  @Override
  public void onBatchEnd(Training training) {
    if (!over && nanos.getAsLong() - end >= 0) {
      over = true;
      team.use(team.size());
    }
  }

  @Override
  public void onTrainEnd(Training training) {
    team.use(team.size());
  }
}
