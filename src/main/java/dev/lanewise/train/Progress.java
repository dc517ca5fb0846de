package dev.lanewise.train;

/**
 * How far an epoch has come: one object that the fit loop changes from step to step, so a callback
 * that wants to keep something copies it.
 */
public final class Progress {
  private final int epochs;
  private final int steps;
  private final long samples;
  private int epoch;
  private int step;
  private long seen;
  private long correct;
  private double lossSum;
  private long began;

  Progress(int epochs, int steps, long samples) {
    this.epochs = epochs;
    this.steps = steps;
    this.samples = samples;
  }

  void begin(int newEpoch) {
    epoch = newEpoch;
    step = 0;
    seen = 0;
    correct = 0;
    lossSum = 0;
    began = System.nanoTime();
  }

  /** Resumes where a checkpoint was taken. */
  void restore(Checkpoint.Position at) {
    begin(at.epoch());
    step = at.epochStep();
    seen = at.seen();
    correct = at.correct();
    lossSum = at.lossSum();
    began -= (long) (at.epochSeconds() * 1e9);
  }

  /** Adds what a step's penalties of weights are, once for each of its images. */
  void addPenalty(double penalty, int count) {
    lossSum += penalty * count;
  }

  /** Adds one step's images: their losses in order, in double, so that batches leave no trace. */
  void add(float[] losses, int count, int right) {
    for (int i = 0; i < count; i++) {
      lossSum += losses[i];
    }
    seen += count;
    correct += right;
    step++;
  }

  /**
   * Returns the number of epochs to be trained.
   *
   * @return at least 1
   */
  public int epochs() {
    return epochs;
  }

  /**
   * Returns the number of the epoch that is being trained.
   *
   * @return from 1
   */
  public int epoch() {
    return epoch;
  }

  /**
   * Returns the number of steps in an epoch.
   *
   * @return the last, partial batch included
   */
  public int steps() {
    return steps;
  }

  /**
   * Returns the number of steps done in this epoch.
   *
   * @return from 0
   */
  public int step() {
    return step;
  }

  /**
   * Returns the number of steps done since the first epoch's beginning.
   *
   * @return those of finished epochs and of this one
   */
  public long stepsDone() {
    return (epoch - 1L) * steps + step;
  }

  long correct() {
    return correct;
  }

  double lossSum() {
    return lossSum;
  }

  /**
   * Returns the number of images in an epoch.
   *
   * @return the size of the training data
   */
  public long samples() {
    return samples;
  }

  /**
   * Returns the number of images seen in this epoch.
   *
   * @return from 0
   */
  public long seen() {
    return seen;
  }

  /**
   * Returns the mean loss over the images seen in this epoch.
   *
   * @return NaN before the first step
   */
  public double loss() {
    return lossSum / seen;
  }

  /**
   * Returns the accuracy over the images seen in this epoch.
   *
   * @return NaN before the first step
   */
  public double accuracy() {
    return (double) correct / seen;
  }

  /**
   * Returns the time since the epoch began.
   *
   * @return in seconds
   */
  public double seconds() {
    return (System.nanoTime() - began) / 1e9;
  }
}
