package dev.lanewise.cli;

import dev.lanewise.cli.support.UserException;
import dev.lanewise.optim.LearningRate;
import dev.lanewise.optim.Optimizer;
import dev.lanewise.optim.Optimizers;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/** Makes an optimizer from its spelling on the command line. */
final class OptimizerOption {
  /** What {@code --help} says of the option. */
  static final String HELP =
      "An optimizer and what differs from Keras's defaults, in Keras's names: adam,"
          + " sgd:momentum=0.9,nesterov=true, adamw:lr=0.0005,weight_decay=0.01 or"
          + " \"sgd:lr=CosineDecay(0.1,9380)\". ";

  private OptimizerOption() {}

  /**
   * Returns the optimizer of a spelling.
   *
   * @param text as {@link Optimizers#parse} takes it
   * @param learningRate the learning rate of {@code --lr}, or null if the text has it
   */
  static Optimizer of(String text, @Nullable Double learningRate) {
    if (learningRate == null) {
      return parsed("--optimizer", text);
    }
    try {
      LearningRate.constant(learningRate);
    } catch (IllegalArgumentException wrong) {
      throw UserException.wrongOption("--lr cannot be used: " + wrong.getMessage());
    }
    String separator = text.indexOf(':') < 0 ? ":" : text.strip().endsWith(":") ? "" : ",";
    return parsed("--optimizer with --lr", text + separator + "learning_rate=" + learningRate);
  }

  private static Optimizer parsed(String option, String text) {
    try {
      return Optimizers.parse(text);
    } catch (IllegalArgumentException wrong) {
      throw UserException.wrongOption(option + " cannot be used: " + wrong.getMessage());
    }
  }

  /** For {@code --help}: the optimizers there are. */
  static final class Names implements Iterable<String> {
    Names() {}

    @Override
    public Iterator<String> iterator() {
      return Optimizers.names().iterator();
    }
  }
}
