package dev.lanewise.cli;

import dev.lanewise.nn.Sequential;
import dev.lanewise.train.Callback;
import dev.lanewise.train.Divergence;
import dev.lanewise.train.EpochResult;
import dev.lanewise.train.Progress;
import dev.lanewise.train.Training;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Says once that a training has diverged, if epochs follow: its user need not wait for its end. */
final class DivergenceNote implements Callback {
  private final List<EpochResult> before;
  private final Consumer<String> notes;
  private @Nullable Sequential model;
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
    model = training.model();
    said = false;
    say(before.stream().map(Divergence::ofLoss).flatMap(Optional::stream).findFirst());
  }

  @Override
  public void onEpochEnd(Progress progress, EpochResult result) {
    Sequential trained = model;
    if (said || trained == null || progress.epoch() == progress.epochs()) {
      return;
    }
    say(Divergence.of(result, trained));
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
