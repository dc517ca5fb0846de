package dev.lanewise.cli;

import dev.lanewise.optim.LearningRate;
import dev.lanewise.train.Callback;
import dev.lanewise.train.Checkpoint;
import dev.lanewise.train.Training;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.LongStream;

/** The checkpoint that a training resumes from. */
record Start(Path file, Checkpoint checkpoint) {
  /** Says where the training resumes, once nothing stands in its way any more. */
  Callback announcing(LearningRate rate, int epochs, PrintStream out, Consumer<String> notes) {
    return new Callback() {
      private boolean begun;

      @Override
      public void onTrainBegin(Training training) {
        out.println(sentence(epochs));
      }

      @Override
      public void onEpochBegin(Training training) {
        if (!begun) {
          idleEpochs(rate, training).ifPresent(notes);
        }
        begun = true;
      }
    };
  }

  private String sentence(int epochs) {
    Checkpoint.Position at = checkpoint.position();
    int planned = checkpoint.plannedEpochs();
    return "Resuming from step "
        + at.step()
        + " (epoch "
        + at.epoch()
        + ", step "
        + at.epochStep()
        + "), saved in "
        + file
        + (epochs == planned ? "" : "; " + epochs + " epochs in the place of " + planned);
  }

  /**
   * That the epochs by which the plan has grown change no weight, if their learning rate is 0: a
   * schedule ended with the first plan.
   */
  private Optional<String> idleEpochs(LearningRate rate, Training training) {
    int planned = checkpoint.plannedEpochs();
    Checkpoint.Position at = checkpoint.position();
    long zero = at.optimizerStep() - at.step(); // the optimizer's steps before this training
    LongStream added =
        LongStream.range(
            zero + (long) planned * training.steps(),
            zero + (long) training.epochs() * training.steps());
    return rate instanceof LearningRate.Constant
            || training.epochs() <= planned
            || added.anyMatch(step -> rate.at(step) != 0)
        ? Optional.empty()
        : Optional.of(
            "from epoch "
                + (planned + 1)
                + " on the learning rate, "
                + rate
                + ", is 0, so that nothing more will be learned");
  }
}
