package dev.lanewise.cli.compare;

import dev.lanewise.train.Callback;
import dev.lanewise.train.EpochResult;
import dev.lanewise.train.Training;
import java.util.Arrays;

/** Keeps the cost of each update, before it changed the weights, and the training time after it. */
final class DescentCosts implements Callback {
  private final double[] costs;
  private final double[] seconds;
  private final int slices;
  private int updates;
  private int slicesDone;
  private double sum;
  private double secondsBefore;

  DescentCosts(long steps, int slices) {
    int size = Math.toIntExact(steps / slices);
    costs = new double[size];
    seconds = new double[size];
    this.slices = slices;
  }

  @Override
  public void onLoss(Training training, double loss) {
    sum += loss;
  }

  @Override
  public void onBatchEnd(Training training) {
    slicesDone++;
    if (slicesDone == slices) {
      costs[updates] = sum / slices;
      seconds[updates] = secondsBefore + training.seconds();
      updates++;
      slicesDone = 0;
      sum = 0;
    }
  }

  @Override
  public void onEpochEnd(Training training, EpochResult result) {
    secondsBefore += result.trainSeconds();
  }

  double[] costs() {
    return Arrays.copyOf(costs, updates);
  }

  double[] seconds() {
    return Arrays.copyOf(seconds, updates);
  }
}
