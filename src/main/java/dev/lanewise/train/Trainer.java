package dev.lanewise.train;

import dev.lanewise.data.Dataset;
import dev.lanewise.data.Samples;
import dev.lanewise.data.Shuffle;
import dev.lanewise.graph.Plan;
import dev.lanewise.graph.Rule;
import dev.lanewise.graph.StepState;
import dev.lanewise.graph.rewrite.Rules;
import dev.lanewise.kernel.Kernels;
import dev.lanewise.nn.Loss;
import dev.lanewise.nn.Sequential;
import dev.lanewise.optim.Optimizer;
import dev.lanewise.optim.OptimizerState;
import dev.lanewise.tensor.Tensor;
import dev.lanewise.train.ModelGraph.Batch;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Objects;
import java.util.SequencedMap;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Trains and evaluates a model, and predicts with it: a model together with an optimizer's state, a
 * loss, kernels and a seed (what Keras calls a compiled model).
 *
 * <p>The same seed, data and options give the same weights to the bit, whatever the kernels' vector
 * width and number of threads. A second call of {@link #fit} goes on where the first ended. Used by
 * one thread at a time: while it trains, callbacks may evaluate and ask the model, but neither they
 * nor other threads can train with it.
 */
public final class Trainer {
  private static final int EVALUATION_BATCH = 250;

  private final Sequential model;
  private final Optimizer rule;
  private final Loss loss;
  private final State state;
  private final ModelGraph training;
  private final ModelGraph evaluation;
  private final AtomicReference<@Nullable Thread> fitting = new AtomicReference<>();

  /**
   * Makes a trainer whose plans are rewritten by all rules.
   *
   * @param model the model, whose weights are updated
   * @param optimizer the rule of descent
   * @param loss the quantity to minimize
   * @param kernels what to compute with
   * @param seed what the order of images and dropout depend on
   * @throws IllegalArgumentException if the loss cannot be taken of the model's output
   */
  public Trainer(Sequential model, Optimizer optimizer, Loss loss, Kernels kernels, long seed) {
    this(model, optimizer, loss, kernels, seed, Rules.all());
  }

  /**
   * Makes a trainer.
   *
   * @param model the model, whose weights are updated
   * @param optimizer the rule of descent
   * @param loss the quantity to minimize
   * @param kernels what to compute with
   * @param seed what the order of images and dropout depend on
   * @param rules how plans rewrite their graphs; the bits are the same with any, or none
   * @throws IllegalArgumentException if the loss cannot be taken of the model's output
   */
  public Trainer(
      Sequential model,
      Optimizer optimizer,
      Loss loss,
      Kernels kernels,
      long seed,
      List<Rule> rules) {
    this.model = model;
    this.rule = optimizer;
    this.loss = loss;
    state = new State(model, optimizer.start(model.trainableVariables()), seed);
    List<Rule> all = List.copyOf(rules);
    training = new ModelGraph(model, loss, state.optimizer, kernels, state.steps, all, false);
    evaluation = new ModelGraph(model, loss, null, kernels, state.steps, all, false);
  }

  /**
   * Trains the model. An optimizer that keeps a moving average of the weights replaces them by it
   * after the last epoch ({@link OptimizerState#finish}), as Keras does: validation within the
   * epochs has seen the weights themselves.
   *
   * <p>An interrupt of the calling thread ends the training after the step under way.
   *
   * @param data the training data
   * @param options how to fit
   * @return what each epoch gave
   * @throws IllegalArgumentException if data or validation data do not fit the model or the loss
   *     ({@link Loss#check}); no weight has been touched then
   * @throws CancellationException if the thread was interrupted; the interrupt is still pending
   * @throws IllegalStateException if an earlier step failed midway (see {@link
   *     Sequential#checkWhole}), or if this trainer trains already: in another thread, or in the
   *     call that has called a callback
   */
  public History fit(Dataset data, FitOptions options) {
    return fit(data, options, null);
  }

  /**
   * Resumes training from a checkpoint, bit for bit: weights, optimizer, random numbers, and the
   * epochs' results, those before the checkpoint included. The vector width and the number of
   * threads may be others than before.
   *
   * <p>The number of epochs may differ, too, so that a training that was too short can go on. The
   * bits are then those of a training that was planned with that many epochs from its beginning. No
   * schedule of {@link dev.lanewise.optim.LearningRate} depends on this number; all of them count
   * steps of their own.
   *
   * @param data the same training data
   * @param options the same options; the callbacks may be others, and the epochs more, or fewer if
   *     the checkpoint does not lie beyond them
   * @param checkpoint where to resume
   * @return the results of all epochs, from the first one on
   * @throws IllegalArgumentException if a setting, the data or the model are not those of the
   *     checkpoint: one sentence that names it; no weight has been touched then
   * @throws CancellationException if the thread was interrupted; the interrupt is still pending
   * @throws IllegalStateException if this trainer trains already
   */
  public History resume(Dataset data, FitOptions options, Checkpoint checkpoint) {
    return fit(data, options, checkpoint);
  }

  private History fit(Dataset data, FitOptions options, @Nullable Checkpoint from) {
    Thread thread = Thread.currentThread();
    Thread other = fitting.compareAndExchange(null, thread);
    if (other != null) {
      throw new IllegalStateException(
          other.equals(thread)
              ? "fit was called from a callback, whose own training with this trainer goes on"
              : inUse(other));
    }
    try {
      return checkedFit(data, options, from);
    } finally {
      fitting.set(null);
    }
  }

  private static String inUse(Thread other) {
    return "the trainer serves one thread at a time, but the thread '%s' trains with it"
        .formatted(other.getName());
  }

  /** Refuses what another thread would spoil. */
  private void checkNotFitting() {
    Thread other = fitting.get();
    if (other != null && !other.equals(Thread.currentThread())) {
      throw new IllegalStateException(inUse(other));
    }
  }

  private History checkedFit(Dataset data, FitOptions options, @Nullable Checkpoint from) {
    training.check(data);
    Dataset validation = options.validation();
    if (validation != null) {
      evaluation.check(validation);
    }
    if (from == null) {
      model.checkWhole();
    } else {
      Checkpoint.Settings.check(from.settings(), settings(data, options));
    }
    return training(data, options).run(from);
  }

  /** A call of fit that has not begun yet. */
  Training training(Dataset data, FitOptions options) {
    return new Training(this, state, training.of(data), data, options);
  }

  SequencedMap<String, String> settings(Dataset data, FitOptions options) {
    return Checkpoint.Settings.of(model, rule, loss, state.seed(), data, options);
  }

  /**
   * Returns the model.
   *
   * @return the model itself, whose weights training changes
   */
  public Sequential model() {
    return model;
  }

  /**
   * Evaluates the model, without dropout.
   *
   * @param data images and targets
   * @return mean loss, the images' losses added in double in their order, and accuracy
   * @throws IllegalArgumentException if the data do not fit the model or the loss
   * @throws IllegalStateException if a step failed midway (see {@link Sequential#checkWhole}), or
   *     another thread trains with this trainer
   */
  public Evaluation evaluate(Dataset data) {
    checkNotFitting();
    model.checkWhole();
    evaluation.check(data);
    int[] order = IntStream.range(0, data.count()).toArray();
    ModelGraph graph = evaluation.of(data);
    Batch.Sums sums = new Batch.Sums();
    for (int from = 0; from < data.count(); from += EVALUATION_BATCH) {
      int count = Math.min(EVALUATION_BATCH, data.count() - from);
      Batch batch = graph.batch(count);
      batch.load(data, order, from);
      batch.run();
      sums.add(batch);
    }
    return new Evaluation(sums.loss() + evaluation.penalty(), sums.accuracy());
  }

  /**
   * Predicts, without dropout. An image's prediction does not depend on the others.
   *
   * @param samples images of the model's input shape
   * @return one row of the model's output an image
   * @throws IllegalArgumentException if the images do not fit the model
   * @throws IllegalStateException if a step failed midway (see {@link Sequential#checkWhole}), or
   *     another thread trains with this trainer
   */
  public float[] predict(Samples samples) {
    checkNotFitting();
    model.checkWhole();
    if (!samples.shape().equals(model.inputShape())) {
      throw new IllegalArgumentException(
          "the images have shape %s, but the model takes %s"
              .formatted(samples.shape(), model.inputShape()));
    }
    int width = model.outputShape().elements();
    float[] result = new float[Math.multiplyExact(samples.count(), width)];
    int[] order = IntStream.range(0, samples.count()).toArray();
    for (int from = 0; from < samples.count(); from += EVALUATION_BATCH) {
      int count = Math.min(EVALUATION_BATCH, samples.count() - from);
      Plan plan = evaluation.prediction(count);
      samples.gather(order, from, count, plan.values(evaluation.input), 0);
      plan.run();
      System.arraycopy(plan.values(evaluation.prediction), 0, result, from * width, count * width);
    }
    return result;
  }

  /**
   * Returns the optimizer's state.
   *
   * @return the state itself
   */
  public OptimizerState optimizer() {
    return state.optimizer;
  }

  /** What a trainer's steps change, and a checkpoint keeps: weights, optimizer and counts. */
  static final class State {
    final Sequential model;
    final OptimizerState optimizer;

    /** The trainer's steps in all its calls of fit. */
    final StepState steps;

    private final long seed;
    private long epochsDone;

    State(Sequential model, OptimizerState optimizer, long seed) {
      this.model = model;
      this.optimizer = optimizer;
      this.seed = seed;
      steps = new StepState(seed);
    }

    long seed() {
      return seed;
    }

    /** The number that the order of the epoch under way was drawn from. */
    long shuffleEpoch() {
      return epochsDone - 1;
    }

    /** Begins an epoch, whose order is drawn if it is to be shuffled. */
    void beginEpoch(int[] order, boolean shuffled) {
      if (shuffled) {
        Shuffle.epoch(seed, epochsDone, order);
      }
      epochsDone++;
    }

    /** The rest of a step that a batch has been taken forward in: gradients and updates. */
    void backward(Batch batch) {
      model.weightsLock().lock(); // no lambda: a step allocates nothing
      try {
        optimizer.beginStep();
        batch.backward();
        steps.setStep(steps.step() + 1);
      } catch (Throwable failure) {
        model.stepFailed("step " + (steps.step() + 1) + " failed: " + failure);
        throw failure;
      } finally {
        model.weightsLock().unlock();
      }
    }

    /** What follows the last step: weights that are replaced by their moving averages. */
    void finish() {
      changingWeights(optimizer::finish);
    }

    /** Does what another thread that saves the model must not see half done. */
    private void changingWeights(Runnable change) {
      model.weightsLock().lock();
      try {
        change.run();
      } finally {
        model.weightsLock().unlock();
      }
    }

    /** The weights and the optimizer's arrays by the names they have in a checkpoint. */
    SequencedMap<String, Tensor> tensors() {
      SequencedMap<String, Tensor> tensors = new LinkedHashMap<>();
      model.variables().forEach(variable -> tensors.put(variable.name(), variable.tensor()));
      optimizer.slots().forEach((name, slot) -> tensors.put(Checkpoint.OPTIMIZER + name, slot));
      return tensors;
    }

    /** Replaces weights, optimizer and counts; refuses tensors of other names or shapes before. */
    void restore(Checkpoint checkpoint) {
      SequencedMap<String, Tensor> own = tensors();
      own.forEach(
          (name, tensor) -> {
            Tensor kept = checkpoint.tensors().get(name);
            if (kept == null || !kept.shape().equals(tensor.shape())) {
              throw new IllegalArgumentException(
                  "the checkpoint has %s '%s', but the training needs one of shape %s"
                      .formatted(
                          kept == null ? "no tensor" : "a tensor of shape " + kept.shape() + " as",
                          name,
                          tensor.shape()));
            }
          });
      changingWeights(() -> copy(checkpoint, own));
      model.weightsReplaced();
    }

    private void copy(Checkpoint checkpoint, SequencedMap<String, Tensor> own) {
      own.forEach(
          (name, tensor) -> {
            float[] kept = Objects.requireNonNull(checkpoint.tensors().get(name)).data();
            System.arraycopy(kept, 0, tensor.data(), 0, kept.length);
          });
      Checkpoint.Position at = checkpoint.position();
      steps.setStep(at.trainerStep());
      optimizer.setStep(at.optimizerStep());
      if (optimizer.isLearningRateSettable()) {
        optimizer.setLearningRate(at.learningRate());
      }
      epochsDone = at.shuffleEpoch();
    }
  }
}
