package dev.lanewise.train;

import dev.lanewise.data.Dataset;
import dev.lanewise.nn.Sequential;
import dev.lanewise.optim.OptimizerState;
import dev.lanewise.train.ModelGraph.Batch;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SequencedMap;
import java.util.concurrent.CancellationException;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A call of fit as its callbacks see it: what is trained, how far it has come, and the way to end
 * it.
 *
 * <p>It is one object that changes from step to step, so a callback that wants to keep a number
 * copies it.
 */
@SuppressWarnings("exports") // @Nullable: see module-info
public final class Training {
  private final Trainer trainer;
  private final Trainer.State state;
  private final Dataset data;
  private final FitOptions options;
  private final ModelGraph graph;
  private final int[] order;
  private final int steps;
  private final Thread thread = Thread.currentThread();
  private final List<EpochResult> results = new ArrayList<>();
  private final Batch.Sums sums = new Batch.Sums();
  private long began = System.nanoTime();
  private long epochBegan;
  private int epoch;
  private int step;
  private @Nullable Batch batch;
  private @Nullable SequencedMap<String, String> settings;
  private boolean stopping;
  private boolean betweenSteps;

  Training(
      Trainer trainer, Trainer.State state, ModelGraph graph, Dataset data, FitOptions options) {
    this.trainer = trainer;
    this.state = state;
    this.graph = graph;
    this.data = data;
    this.options = options;
    steps = Math.ceilDiv(data.count(), options.batchSize());
    order = IntStream.range(0, data.count()).toArray();
  }

  /** Trains, from the beginning or from a checkpoint on. */
  History run(@Nullable Checkpoint from) {
    if (from != null) {
      check(from);
    }
    options.callbacks().forEach(callback -> callback.onTrainBegin(this));
    int first = 1;
    if (from != null) {
      state.restore(from);
      results.addAll(from.results());
      first = from.position().epoch();
      began -= nanoseconds(from.position().seconds());
    }
    for (int next = first; next <= options.epochs() && !stopping; next++) {
      begin(next);
      if (from != null && next == first) {
        goOnFrom(from.position());
      }
      results.add(trainEpoch());
    }
    state.finish();
    options.callbacks().forEach(callback -> callback.onTrainEnd(this));
    return new History(results, secondsSince(began));
  }

  /** Refuses a position that this training cannot be at. */
  private void check(Checkpoint checkpoint) {
    Checkpoint.Position at = checkpoint.position();
    if (at.epoch() > options.epochs() && checkpoint.results().size() == at.epoch() - 1) {
      throw new IllegalArgumentException(
          ("the checkpoint stands at step %s of epoch %s, so that a training of %s epoch%s cannot"
                  + " be reached from it: epochs must be at least %2$s")
              .formatted(at.epochStep(), at.epoch(), epochs(), epochs() == 1 ? "" : "s"));
    }
    if (at.epoch() < 1
        || at.epoch() > options.epochs()
        || at.epochStep() > steps
        || checkpoint.results().size() != at.epoch() - 1) {
      throw new IllegalArgumentException(
          ("the checkpoint stands at step %s of epoch %s behind %s finished epochs, but "
                  + "the training has %s epochs of %s steps")
              .formatted(
                  at.epochStep(),
                  at.epoch(),
                  checkpoint.results().size(),
                  options.epochs(),
                  steps));
    }
  }

  private void begin(int next) {
    epoch = next;
    step = 0;
    sums.set(0, 0, 0);
    epochBegan = System.nanoTime();
  }

  private void goOnFrom(Checkpoint.Position at) {
    step = at.epochStep();
    sums.set(at.seen(), at.correct(), at.lossSum());
    epochBegan -= nanoseconds(at.epochSeconds());
  }

  private EpochResult trainEpoch() {
    options.callbacks().forEach(callback -> callback.onEpochBegin(this));
    state.beginEpoch(order, options.shuffle());
    int size = Math.min(options.batchSize(), data.count());
    while (step < steps && !stopping) {
      trainStep(step * size);
      if (Thread.currentThread().isInterrupted()) {
        throw new CancellationException(
            "the training was interrupted after step %s of epoch %s; that step is whole"
                .formatted(step, epoch));
      }
    }
    double trainSeconds = seconds();
    Dataset validation = options.validation();
    long trained = System.nanoTime();
    Evaluation validated = validation == null ? null : trainer.evaluate(validation);
    double validationSeconds = validation == null ? 0 : secondsSince(trained);
    EpochResult result =
        new EpochResult(
            epoch, trainSeconds, validationSeconds, new Evaluation(loss(), accuracy()), validated);
    options.callbacks().forEach(callback -> callback.onEpochEnd(this, result));
    return result;
  }

  private void trainStep(int first) {
    List<Callback> callbacks = options.callbacks();
    Batch next = graph.batch(Math.min(options.batchSize(), data.count() - first));
    batch = next;
    next.load(data, order, first);
    next.forward();
    double penalty = graph.penalty();
    double loss = next.meanLoss() + penalty;
    for (int i = 0; i < callbacks.size(); i++) { // no iterator: a step allocates nothing
      callbacks.get(i).onLoss(this, loss);
    }
    if (!stopping) {
      state.backward(next);
    }
    sums.add(next);
    sums.losses += penalty * next.size(); // once for each image
    step++;
    betweenSteps = true;
    for (int i = 0; i < callbacks.size(); i++) {
      callbacks.get(i).onBatchEnd(this);
    }
    betweenSteps = false;
  }

  private static long nanoseconds(double seconds) {
    return (long) (seconds * 1e9);
  }

  private static double secondsSince(long nanoTime) {
    return (System.nanoTime() - nanoTime) / 1e9;
  }

  /**
   * Returns the model.
   *
   * @return the model itself, whose weights change from step to step
   */
  public Sequential model() {
    return state.model;
  }

  /**
   * Returns the optimizer's state.
   *
   * @return the state itself
   */
  public OptimizerState optimizer() {
    return state.optimizer;
  }

  /**
   * Returns whether each epoch ends with a validation.
   *
   * @return whether fit was given validation data
   */
  public boolean isValidated() {
    return options.validation() != null;
  }

  /**
   * Returns the number of epochs to be trained.
   *
   * @return at least 1
   */
  public int epochs() {
    return options.epochs();
  }

  /**
   * Returns the number of the epoch that is being trained.
   *
   * @return from 1; 0 before the first
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

  /**
   * Returns the number of images seen in this epoch.
   *
   * @return from 0
   */
  public long seen() {
    return sums.seen;
  }

  /**
   * Returns the mean loss over the images seen in this epoch.
   *
   * @return NaN before the first step
   */
  public double loss() {
    return sums.loss();
  }

  /**
   * Returns the accuracy over the images seen in this epoch.
   *
   * @return NaN before the first step
   */
  public double accuracy() {
    return sums.accuracy();
  }

  /**
   * Returns the time since the epoch began.
   *
   * @return in seconds
   */
  public double seconds() {
    return secondsSince(epochBegan);
  }

  /**
   * Ends the training (Keras's {@code model.stop_training = True}): after the epoch if called at
   * its end, else after the step, whose epoch then ends early, with validation.
   */
  public void stop() {
    stopping = true;
  }

  /**
   * Returns whether a callback has asked for the training's end.
   *
   * @return whether {@link #stop} was called
   */
  public boolean isStopping() {
    return stopping;
  }

  /**
   * Finds the first tensor, in topological order, that is not finite in the step under way: an
   * image, a weight or what an operation made of them. The forward pass is computed again, with
   * every value kept, so this takes time and memory. To be called from {@link Callback#onLoss}
   * only: later the weights are no longer those of the step.
   *
   * @return its name, shape and first such element in words, or null if all are finite
   */
  public @Nullable String firstNotFinite() {
    return graph.firstNotFinite(Objects.requireNonNull(batch));
  }

  /**
   * Takes a checkpoint. To be called from {@link Callback#onBatchEnd} only. Its tensors are the
   * arrays of weights and optimizer themselves, which the next step changes.
   *
   * @return all that the steps to come depend on
   * @throws IllegalStateException if called within a step, outside of an epoch, or by another
   *     thread than the one that trains
   */
  public Checkpoint checkpoint() {
    if (!thread.equals(Thread.currentThread()) || !betweenSteps) {
      throw new IllegalStateException(
          "a checkpoint can be taken between two steps only, by the thread that trains");
    }
    SequencedMap<String, String> known = settings;
    if (known == null) {
      known = trainer.settings(data, options);
      settings = known;
    }
    OptimizerState optimizer = state.optimizer;
    Checkpoint.Position position =
        new Checkpoint.Position(
            stepsDone(),
            epoch,
            step,
            state.steps.step(),
            state.shuffleEpoch(),
            optimizer.step(),
            optimizer.isLearningRateSettable() ? optimizer.learningRate() : 0,
            sums.seen,
            sums.correct,
            sums.losses,
            seconds(),
            secondsSince(began));
    return new Checkpoint(known, position, results, state.tensors());
  }

  /**
   * Refuses callbacks whose work in a training that is resumed from a checkpoint would depend on
   * what was forgotten.
   *
   * @throws IllegalArgumentException if there is one; see {@link Callback#remembersEpochs}
   */
  public void checkNothingElseRemembers() {
    for (Callback callback : options.callbacks()) {
      if (callback.remembersEpochs()) {
        throw new IllegalArgumentException(
            ("a checkpoint does not keep what %s remembers of past epochs, so that a resumed"
                    + " training would be another one")
                .formatted(callback.getClass().getSimpleName()));
      }
    }
  }
}
