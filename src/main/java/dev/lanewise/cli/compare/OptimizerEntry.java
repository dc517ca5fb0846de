package dev.lanewise.cli.compare;

import dev.lanewise.cli.support.UserException;
import dev.lanewise.optim.Optimizer;
import dev.lanewise.optim.Optimizers;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * An optimizer that is compared.
 *
 * @param spelling as the command line has it, "sgd:momentum=0.9"
 * @param label what tables and legends call it, "SGD momentum=0.9"
 * @param rule the optimizer
 */
public record OptimizerEntry(String spelling, String label, Optimizer rule) {
  /** What is compared if the user does not say. */
  public static final String DEFAULT = "adadelta;adagrad;adam;rmsprop;sgd;sgd:momentum=0.9";

  /** Reads a list with semicolons between its items. */
  public static List<OptimizerEntry> parse(String text) {
    List<OptimizerEntry> all = new ArrayList<>();
    Set<String> labels = new HashSet<>();
    for (String item : text.split(";", -1)) {
      OptimizerEntry next = of(item.strip());
      if (!labels.add(next.label)) {
        throw UserException.wrongOption("--optimizers names " + next.label + " twice");
      }
      all.add(next);
    }
    return all;
  }

  /** Reads one. */
  static OptimizerEntry of(String spelling) {
    Optimizer rule = rule("--optimizers", spelling);
    int colon = spelling.indexOf(':');
    String rest = colon < 0 ? "" : spelling.substring(colon + 1).strip();
    return new OptimizerEntry(
        spelling, rest.isEmpty() ? rule.name() : rule.name() + " " + rest, rule);
  }

  /** Makes the optimizer that an option spells. */
  public static Optimizer rule(String option, String spelling) {
    try {
      return Optimizers.parse(spelling);
    } catch (IllegalArgumentException wrong) {
      throw UserException.wrongOption(option + " cannot be used: " + wrong.getMessage());
    }
  }
}
