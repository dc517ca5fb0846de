package dev.lanewise.cli;

import dev.lanewise.optim.Adam;
import dev.lanewise.optim.Optimizer;
import dev.lanewise.optim.Sgd;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Makes an optimizer from its name on the command line. */
final class OptimizerOption {
  private OptimizerOption() {}

  /**
   * Returns the optimizer of a name, with Keras's defaults.
   *
   * @param name "adam" or "sgd"
   * @param learningRate the learning rate, or null for the default
   */
  static Optimizer of(String name, @Nullable Double learningRate) {
    try {
      return switch (name.toLowerCase(Locale.ROOT)) {
        case "adam" -> learningRate == null ? new Adam() : new Adam(learningRate);
        case "sgd" -> learningRate == null ? new Sgd() : new Sgd(learningRate);
        default ->
            throw UserException.wrongOption(
                "--optimizer is '" + name + "', but must be adam or sgd");
      };
    } catch (IllegalArgumentException wrong) {
      throw UserException.wrongOption("--lr cannot be used: " + wrong.getMessage());
    }
  }
}
