package dev.lanewise.cli;

import dev.lanewise.train.Callback;
import dev.lanewise.train.Divergence;
import dev.lanewise.train.EpochResult;
import dev.lanewise.train.Training;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Says once that a training has diverged, if epochs follow: its user need not wait for its end. */
final class DivergenceNote implements Callback {
  private final List<EpochResult> before;
  private final Consumer<String> notes;
  private boolean said;

  /**
   * Makes the callback.
   *
   * @param before what the epochs gave that the training is resumed behind
   * @param notes takes the sentence
   */
  DivergenceNote(List<EpochResult> before, Consumer<String> notes) {
    this.before = List.copyOf(before);
    this.notes = notes;
  }

  @Override
  public void onTrainBegin(Training training) {
    said = false;
    say(before.stream().map(Divergence::ofLoss).flatMap(Optional::stream).findFirst());
  }

  @Override
  public void onEpochEnd(Training training, EpochResult result) {
    if (said || training.epoch() == training.epochs()) {
      return;
    }
    say(Divergence.of(result, training.model()));
  }

  private void say(Optional<Divergence> diverged) {
    said = diverged.isPresent();
    diverged.ifPresent(
        how ->
            notes.accept(
                "the training "
                    + how.words()
                    + "; the epochs to come will not mend it, a smaller learning rate may"));
  }
}
