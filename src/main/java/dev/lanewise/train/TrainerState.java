package dev.lanewise.train;

import dev.lanewise.data.Shuffle;
import dev.lanewise.graph.StepState;
import dev.lanewise.nn.Sequential;
import dev.lanewise.optim.OptimizerState;
import dev.lanewise.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.Objects;
import java.util.SequencedMap;

/** What a trainer's steps change, and a checkpoint keeps: weights, optimizer and counts. */
final class TrainerState {
  final Sequential model;
  final OptimizerState optimizer;

  /** The trainer's steps in all its calls of fit. */
  final StepState steps;

  private final long seed;
  private long epochsDone;

  TrainerState(Sequential model, OptimizerState optimizer, long seed) {
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
