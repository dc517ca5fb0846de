package dev.lanewise.optim;

import static dev.lanewise.optim.Arguments.Kind.FLAG;
import static dev.lanewise.optim.Arguments.Kind.NUMBER;
import static dev.lanewise.optim.Arguments.Kind.RATE;
import static dev.lanewise.optim.Arguments.Kind.WHOLE;
import static dev.lanewise.optim.Arguments.Kind.WORDS;

import dev.lanewise.optim.Arguments.Parameter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/**
 * Optimizers by their spelling: a name, and behind a colon what differs from Keras's defaults, with
 * Keras's names.
 *
 * <pre>
 * adam
 * sgd:momentum=0.9,nesterov=true
 * adamw:lr=0.0005,weight_decay=0.01,exclude_from_weight_decay=bias,global_clipnorm=1
 * sgd:learning_rate=CosineDecay(0.1,9380,warmup_target=0.2,warmup_steps=100)
 * </pre>
 *
 * <p>{@code lr} is short for {@code learning_rate}. A schedule's arguments stand by their place or
 * name, lists in square brackets: {@code PiecewiseConstantDecay([100,200],[0.1,0.05,0.01])}. Names
 * of optimizers and schedules are taken in any case, those of schedules also with underscores.
 */
public final class Optimizers {
  private record Row(String name, List<Parameter> keys, Function<Arguments, Optimizer> make) {}

  /** What every optimizer has: see {@link OptimizerOptions}. */
  private static final List<Parameter> OPTIONS =
      List.of(
          new Parameter("weight_decay", NUMBER, Arguments.NONE),
          new Parameter("exclude_from_weight_decay", WORDS, Arguments.NONE),
          new Parameter("clipnorm", NUMBER, Arguments.NONE),
          new Parameter("clipvalue", NUMBER, Arguments.NONE),
          new Parameter("global_clipnorm", NUMBER, Arguments.NONE),
          new Parameter("use_ema", FLAG, "false"),
          new Parameter("ema_momentum", NUMBER, "0.99"),
          new Parameter("ema_overwrite_frequency", WHOLE, Arguments.NONE),
          new Parameter("gradient_accumulation_steps", WHOLE, Arguments.NONE));

  private static final Parameter BETA1 = new Parameter("beta_1", NUMBER, "0.9");
  private static final Parameter BETA2 = new Parameter("beta_2", NUMBER, "0.999");
  private static final Parameter EPSILON = new Parameter("epsilon", NUMBER, "1e-7");
  private static final Parameter MOMENTUM = new Parameter("momentum", NUMBER, "0");

  private static final List<Row> ROWS =
      List.of(
          row("adam", Optimizers::adam, rate("0.001"), BETA1, BETA2, EPSILON),
          row(
              "adamw",
              a -> new AdamW(adam(a), OptimizerOptions.NONE),
              rate("0.001"),
              BETA1,
              BETA2,
              EPSILON,
              new Parameter("weight_decay", NUMBER, Double.toString(AdamW.WEIGHT_DECAY))),
          row(
              "sgd",
              a -> new Sgd(a.rate(), a.number("momentum"), a.flag("nesterov")),
              rate("0.01"),
              MOMENTUM,
              new Parameter("nesterov", FLAG, "false")));

  private Optimizers() {}

  private static Adam adam(Arguments a) {
    return new Adam(a.rate(), a.number("beta_1"), a.number("beta_2"), a.number("epsilon"));
  }

  private static Parameter rate(String otherwise) {
    return new Parameter("learning_rate", RATE, otherwise);
  }

  private static Row row(String name, Function<Arguments, Optimizer> make, Parameter... own) {
    List<Parameter> keys = new ArrayList<>(List.of(own));
    for (Parameter option : OPTIONS) {
      if (keys.stream().noneMatch(key -> key.name().equals(option.name()))) {
        keys.add(option);
      }
    }
    return new Row(name, List.copyOf(keys), make);
  }

  /**
   * Returns the optimizer of a spelling.
   *
   * @param text {@code name} or {@code name:key=value,…}
   * @return the optimizer, with Keras's defaults for what the text does not say
   * @throws IllegalArgumentException in one sentence if there is no such optimizer (it lists those
   *     there are), it has no such key (it lists those it has), or a value is wrong (it says what
   *     was expected)
   */
  public static Optimizer parse(String text) {
    int colon = text.indexOf(':');
    String name = (colon < 0 ? text : text.substring(0, colon)).strip();
    Row row = row(name);
    String rest = colon < 0 ? "" : text.substring(colon + 1).strip();
    List<String> items = rest.isEmpty() ? List.of() : Spelling.cut(rest, ',');
    Arguments arguments = new Arguments(row.name, row.keys, items, false);
    Optimizer rule = row.make.apply(arguments);
    OptimizerOptions options = options(arguments);
    return options.equals(OptimizerOptions.NONE) ? rule : rule.with(options);
  }

  /**
   * Returns the optimizers of several spellings, with semicolons between them.
   *
   * @param text "adam;sgd:momentum=0.9" for instance
   * @return the optimizers in their order
   * @throws IllegalArgumentException as {@link #parse}
   */
  public static List<Optimizer> parseAll(String text) {
    return Spelling.cut(text, ';').stream().map(Optimizers::parse).toList();
  }

  /**
   * Returns the names of all optimizers.
   *
   * @return in alphabetical order
   */
  public static List<String> names() {
    return ROWS.stream().map(Row::name).toList();
  }

  /**
   * Returns the keys of an optimizer with their defaults, as they can be spelled.
   *
   * @param name the optimizer's name
   * @return "momentum=0" for instance; "none" is the default of what is not used
   * @throws IllegalArgumentException if there is no such optimizer
   */
  public static List<String> keys(String name) {
    return row(name).keys.stream().map(Parameter::described).toList();
  }

  /**
   * Returns the names of all learning-rate schedules.
   *
   * @return as Keras spells them
   */
  public static List<String> schedules() {
    return Schedules.names();
  }

  private static Row row(String name) {
    return ROWS.stream()
        .filter(one -> one.name.equals(name.toLowerCase(Locale.ROOT)))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "there is no optimizer '" + name + "'; there are " + Spelling.joined(names())));
  }

  private static OptimizerOptions options(Arguments a) {
    return new OptimizerOptions(
        a.numberOrNone("weight_decay"),
        a.words("exclude_from_weight_decay"),
        a.numberOrNone("clipnorm"),
        a.numberOrNone("clipvalue"),
        a.numberOrNone("global_clipnorm"),
        a.flag("use_ema"),
        a.number("ema_momentum"),
        a.intOrNone("ema_overwrite_frequency"),
        a.intOrNone("gradient_accumulation_steps"));
  }
}
