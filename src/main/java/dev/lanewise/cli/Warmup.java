package dev.lanewise.cli;

import dev.lanewise.kernel.parallel.Team;
import dev.lanewise.train.Callback;
import dev.lanewise.train.Progress;
import dev.lanewise.train.Training;

/**
 * Leaves a processor to the VM's compiler for a program's first training steps.
 *
 * <p>Until a kernel is compiled its vectors are objects and a step takes a hundred times as long as
 * later on; a team on all processors only keeps the compiler from running.
 */
final class Warmup implements Callback {
  /** Steps after which the kernels of the MNIST network are compiled. */
  static final int STEPS = 100;

  private final Team team;
  private int steps;

  Warmup(Team team) {
    this.team = team;
  }

  @Override
  public void onTrainBegin(Training training) {
    int others = Runtime.getRuntime().availableProcessors() - 1;
    team.use(Math.clamp(others, 1, team.size()));
  }

  @Override
  public void onBatchEnd(Progress progress) {
    steps++;
    if (steps == STEPS) {
      team.use(team.size());
    }
  }

  @Override
  public void onTrainEnd() {
    team.use(team.size());
  }
}
