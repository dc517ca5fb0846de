package dev.lanewise.train;

import dev.lanewise.data.Dataset;
import java.util.ArrayList;
import java.util.List;
import java.util.SequencedMap;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/** One call of fit: the loop over epochs and steps, from the beginning or from a checkpoint on. */
final class Fit {
  private final Trainer trainer;
  private final Dataset data;
  private final FitOptions options;
  private final @Nullable Checkpoint from;
  private final long began = System.nanoTime();
  private final double secondsBefore;
  private final Progress progress;
  private final Training call;
  private final int[] order;
  private final List<EpochResult> results = new ArrayList<>();
  private @Nullable SequencedMap<String, String> settings;

  Fit(Trainer trainer, Dataset data, FitOptions options, @Nullable Checkpoint from) {
    this.trainer = trainer;
    this.data = data;
    this.options = options;
    this.from = from;
    secondsBefore = from == null ? 0 : from.position().seconds();
    int steps = Math.ceilDiv(data.count(), options.batchSize());
    progress = new Progress(options.epochs(), steps, data.count());
    call =
        new Training(
            trainer.model(),
            trainer.optimizer(),
            options.validation() != null,
            options.callbacks(),
            trainer::firstNotFinite,
            this::checkpoint);
    order = Trainer.inOrder(data.count());
  }

  History run() {
    Checkpoint start = from;
    if (start != null) {
      check(start);
    }
    for (Callback callback : options.callbacks()) {
      callback.onTrainBegin(call);
    }
    int first = 1;
    if (start != null) {
      trainer.restore(start);
      results.addAll(start.results());
      first = start.position().epoch();
    }
    for (int epoch = first; epoch <= options.epochs() && !call.isStopping(); epoch++) {
      if (start != null && epoch == first) {
        progress.restore(start.position());
      } else {
        progress.begin(epoch);
      }
      results.add(epoch());
    }
    trainer.finish();
    for (Callback callback : options.callbacks()) {
      callback.onTrainEnd();
    }
    return new History(results, seconds());
  }

  /** Refuses a position that this training cannot be at. */
  private void check(Checkpoint checkpoint) {
    Checkpoint.Position at = checkpoint.position();
    if (at.epoch() > options.epochs() && checkpoint.results().size() == at.epoch() - 1) {
      throw new IllegalArgumentException(
          "the checkpoint stands at step "
              + at.epochStep()
              + " of epoch "
              + at.epoch()
              + ", so that a training of "
              + options.epochs()
              + (options.epochs() == 1 ? " epoch" : " epochs")
              + " cannot be reached from it: epochs must be at least "
              + at.epoch());
    }
    if (at.epoch() < 1
        || at.epoch() > options.epochs()
        || at.epochStep() > progress.steps()
        || checkpoint.results().size() != at.epoch() - 1) {
      throw new IllegalArgumentException(
          "the checkpoint stands at step "
              + at.epochStep()
              + " of epoch "
              + at.epoch()
              + " behind "
              + checkpoint.results().size()
              + " finished epochs, but the training has "
              + options.epochs()
              + " epochs of "
              + progress.steps()
              + " steps");
    }
  }

  private EpochResult epoch() {
    for (Callback callback : options.callbacks()) {
      callback.onEpochBegin(progress);
    }
    if (options.shuffle()) {
      trainer.shuffle(order);
    }
    trainer.countEpoch();
    int batch = Math.min(options.batchSize(), data.count());
    while (progress.step() < progress.steps() && !call.isStopping()) {
      step(progress.step() * batch);
      if (Thread.currentThread().isInterrupted()) {
        throw new CancellationException(
            "the training was interrupted after step "
                + progress.step()
                + " of epoch "
                + progress.epoch()
                + "; that step is whole");
      }
    }
    double trainSeconds = progress.seconds();
    Dataset validation = options.validation();
    long trained = System.nanoTime();
    Evaluation validated = validation == null ? null : trainer.evaluate(validation);
    double validationSeconds = validation == null ? 0 : (System.nanoTime() - trained) / 1e9;
    EpochResult result =
        new EpochResult(
            progress.epoch(),
            trainSeconds,
            validationSeconds,
            new Evaluation(progress.loss(), progress.accuracy()),
            validated);
    for (Callback callback : options.callbacks()) {
      callback.onEpochEnd(progress, result);
    }
    return result;
  }

  private void step(int first) {
    List<Callback> callbacks = options.callbacks();
    int count = Math.min(options.batchSize(), data.count() - first);
    double loss = trainer.forward(data, order, first, count);
    for (int i = 0; i < callbacks.size(); i++) { // no iterator: a step allocates nothing
      callbacks.get(i).onLoss(progress, loss);
    }
    if (!call.isStopping()) {
      trainer.backward();
    }
    trainer.count(progress);
    call.setBetweenSteps(true);
    for (int i = 0; i < callbacks.size(); i++) {
      callbacks.get(i).onBatchEnd(progress);
    }
    call.setBetweenSteps(false);
  }

  private Checkpoint checkpoint() {
    SequencedMap<String, String> known = settings;
    if (known == null) {
      known = trainer.settings(data, options);
      settings = known;
    }
    return new Checkpoint(known, trainer.position(progress, seconds()), results, trainer.tensors());
  }

  private double seconds() {
    return secondsBefore + (System.nanoTime() - began) / 1e9;
  }
}
