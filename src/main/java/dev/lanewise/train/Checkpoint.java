package dev.lanewise.train;

import dev.lanewise.io.InvalidFileException;
import dev.lanewise.optim.OptimizerState;
import dev.lanewise.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/**
 * The state of a training between two of its steps, with everything that later steps depend on.
 * {@link Trainer#resume} resumes the training from it, bit for bit.
 *
 * <p>Random numbers need no state of their own. The order of an epoch is a function of the seed and
 * the epoch's number, dropout one of the seed and the step's number ({@link
 * dev.lanewise.graph.StepState#key}), and the three are here.
 *
 * @param settings what the training was asked for, by name; a resumed one must be asked for the
 *     same
 * @param position how far it has come
 * @param results what the finished epochs gave
 * @param tensors the weights under the variables' names, and the optimizer's arrays under
 *     "optimizer/" and theirs
 */
public record Checkpoint(
    SequencedMap<String, String> settings,
    Position position,
    List<EpochResult> results,
    SequencedMap<String, Tensor> tensors) {
  /** What stands before the names of the optimizer's arrays. */
  static final String OPTIMIZER = "optimizer/";

  /** Makes maps and list unmodifiable. */
  public Checkpoint {
    settings = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(settings));
    results = List.copyOf(results);
    tensors = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(tensors));
  }

  /**
   * How far a training has come.
   *
   * @param step the steps done in this call of fit
   * @param epoch the epoch under way, from 1
   * @param epochStep the steps done in it, which is the place in its order of images in batches
   * @param trainerStep the trainer's steps in all its calls of fit: what dropout's keys come from
   * @param shuffleEpoch the number that the epoch's order is drawn from
   * @param optimizerStep the optimizer's steps
   * @param learningRate the optimizer's learning rate in the next step, if it is no schedule
   * @param seen the images seen in the epoch
   * @param correct how many of them were answered correctly
   * @param lossSum the sum of their losses
   * @param epochSeconds the time that the epoch has taken
   * @param seconds the time that the whole training has taken
   */
  public record Position(
      long step,
      int epoch,
      int epochStep,
      long trainerStep,
      long shuffleEpoch,
      long optimizerStep,
      double learningRate,
      long seen,
      long correct,
      double lossSum,
      double epochSeconds,
      double seconds) {}

  /**
   * Returns how many epochs were planned; {@link Trainer#resume} may be given more.
   *
   * @return the number; the epoch under way if the checkpoint does not tell it
   */
  public int plannedEpochs() {
    return Settings.epochs(settings).orElse(position.epoch());
  }

  /**
   * Returns the weights that the training would have left if it had ended here: the moving averages
   * if the optimizer keeps them ({@link dev.lanewise.optim.OptimizerState#finish}), as Keras and
   * {@link Trainer#fit} put them into the model after the last epoch; else the weights themselves.
   *
   * @return the tensors themselves, under the variables' names
   */
  public SequencedMap<String, Tensor> weights() {
    SequencedMap<String, Tensor> weights = new LinkedHashMap<>();
    tensors.forEach(
        (name, tensor) -> {
          if (!name.startsWith(OPTIMIZER)) {
            Tensor average = tensors.get(OPTIMIZER + name + OptimizerState.AVERAGE);
            weights.put(name, average == null || position.optimizerStep() == 0 ? tensor : average);
          }
        });
    return weights;
  }

  /**
   * Writes a file: safetensors with a checksum, which appears whole or not at all.
   *
   * @param file where to write
   * @throws IOException if it cannot be written; what was there is untouched
   */
  public void write(Path file) throws IOException {
    CheckpointFile.write(file, this);
  }

  /**
   * Reads a file.
   *
   * @param file the file
   * @return what {@link #write} wrote
   * @throws InvalidFileException if it is no checkpoint, or not a whole one: one sentence
   * @throws IOException if it cannot be read
   */
  public static Checkpoint read(Path file) throws IOException {
    return CheckpointFile.read(file);
  }
}
