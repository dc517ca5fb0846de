package dev.lanewise.cli.compare;

import java.util.Map;
import java.util.Optional;

/**
 * Results of others on MNIST, after ten epochs with batches of 64.
 *
 * @param accuracy validation accuracy
 * @param loss validation loss
 * @param seconds total time on their machine; NaN if unknown
 */
record Published(double accuracy, double loss, double seconds) {
  static final int EPOCHS = 10;
  static final int BATCH = 64;

  /** The comparison that this one repeats. */
  private static final Map<String, Published> ARTICLE =
      Map.of(
          "Adam", new Published(0.9893, 0.0351, 625),
          "RMSprop", new Published(0.9887, 0.0348, 609),
          "SGD", new Published(0.9679, 0.1050, 528));

  /** The same program run with Keras 3.15 on TensorFlow 2.21, seed 1, once. */
  private static final Map<String, Published> KERAS =
      Map.of(
          "Adadelta", new Published(0.8303, 0.9794, Double.NaN),
          "Adagrad", new Published(0.9259, 0.2584, Double.NaN),
          "Adam", new Published(0.9896, 0.0339, Double.NaN),
          "RMSprop", new Published(0.9903, 0.0308, Double.NaN),
          "SGD", new Published(0.9676, 0.1044, Double.NaN));

  static Optional<Published> article(String label) {
    return Optional.ofNullable(ARTICLE.get(label));
  }

  static Optional<Published> keras(String label) {
    return Optional.ofNullable(KERAS.get(label));
  }
}
