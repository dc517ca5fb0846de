package dev.lanewise.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lanewise.data.Dataset;
import dev.lanewise.nn.Sequential;
import dev.lanewise.train.FitOptions;
import dev.lanewise.train.History;
import dev.lanewise.train.Trainer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** What a training ends with: weights, losses and accuracies of each epoch, and predictions. */
public record Trained(Sequential model, Trainer trainer, History history, float[] predictions) {
  /** Trains and predicts. */
  public static Trained by(Trainer trainer, Dataset data, FitOptions options) {
    History history = trainer.fit(data, options);
    return new Trained(trainer.model(), trainer, history, trainer.predict(data.samples()));
  }

  /** Losses and accuracies of each epoch, without times. */
  public static List<Object> results(History history) {
    List<Object> all = new ArrayList<>();
    history
        .epochs()
        .forEach(e -> all.addAll(Arrays.asList(e.epoch(), e.training(), e.validation())));
    return all;
  }

  /** Fails unless another training ended with the same, to the bit. */
  public void assertSame(String what, Trained actual) {
    Models.assertSame(what, model, actual.model);
    assertEquals(results(history), results(actual.history), what);
    Bits.assertSame(what + ": predictions", predictions, actual.predictions);
  }
}
