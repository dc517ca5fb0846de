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

  private static final Parameter RATE_001 = rate("0.001");
  private static final Parameter BETA1 = number("beta_1", "0.9");
  private static final Parameter BETA2 = number("beta_2", "0.999");
  private static final Parameter EPSILON = number("epsilon", "1e-7");
  private static final Parameter MOMENTUM = number("momentum", "0");
  private static final Parameter ACCUMULATOR = number("initial_accumulator_value", "0.1");
  private static final Parameter AMSGRAD = flag("amsgrad");

  /** In alphabetical order; a row's options are added to its own keys. */
  private static final List<Row> ROWS =
      List.of(
          row(
              "adadelta",
              a -> new Adadelta(a.rate(), a.number("rho"), a.number("epsilon")),
              RATE_001,
              number("rho", "0.95"),
              EPSILON),
          row(
              "adagrad",
              a ->
                  new Adagrad(a.rate(), a.number("initial_accumulator_value"), a.number("epsilon")),
              RATE_001,
              ACCUMULATOR,
              EPSILON),
          row("adam", Optimizers::adam, RATE_001, BETA1, BETA2, EPSILON, AMSGRAD),
          row(
              "adamax",
              a -> new Adamax(a.rate(), beta1(a), beta2(a), a.number("epsilon")),
              RATE_001,
              BETA1,
              BETA2,
              EPSILON),
          row(
              "adamw",
              a -> new AdamW(adam(a), OptimizerOptions.NONE),
              RATE_001,
              BETA1,
              BETA2,
              EPSILON,
              AMSGRAD,
              number("weight_decay", Double.toString(AdamW.WEIGHT_DECAY))),
          row(
              "ftrl",
              Optimizers::ftrl,
              RATE_001,
              number("learning_rate_power", "-0.5"),
              ACCUMULATOR,
              number("l1_regularization_strength", "0"),
              number("l2_regularization_strength", "0"),
              number("l2_shrinkage_regularization_strength", "0"),
              number("beta", "0")),
          row(
              "lion",
              a -> new Lion(a.rate(), beta1(a), beta2(a)),
              RATE_001,
              BETA1,
              number("beta_2", "0.99")),
          row(
              "nadam",
              a -> new Nadam(a.rate(), beta1(a), beta2(a), a.number("epsilon")),
              RATE_001,
              BETA1,
              BETA2,
              EPSILON),
          row(
              "rmsprop",
              a ->
                  new RmsProp(
                      a.rate(),
                      a.number("rho"),
                      a.number("momentum"),
                      a.number("epsilon"),
                      a.flag("centered")),
              RATE_001,
              number("rho", "0.9"),
              MOMENTUM,
              EPSILON,
              flag("centered")),
          row(
              "sgd",
              a -> new Sgd(a.rate(), a.number("momentum"), a.flag("nesterov")),
              rate("0.01"),
              MOMENTUM,
              flag("nesterov")));

  private Optimizers() {}

  private static Adam adam(Arguments a) {
    return new Adam(
        a.rate(), beta1(a), beta2(a), a.number("epsilon"), a.flag("amsgrad"), 0, Dialect.KERAS);
  }

  private static Ftrl ftrl(Arguments a) {
    return new Ftrl(
        a.rate(),
        a.number("learning_rate_power"),
        a.number("initial_accumulator_value"),
        a.number("l1_regularization_strength"),
        a.number("l2_regularization_strength"),
        a.number("l2_shrinkage_regularization_strength"),
        a.number("beta"));
  }

  private static double beta1(Arguments a) {
    return a.number("beta_1");
  }

  private static double beta2(Arguments a) {
    return a.number("beta_2");
  }

  private static Parameter number(String name, String otherwise) {
    return new Parameter(name, NUMBER, otherwise);
  }

  private static Parameter flag(String name) {
    return new Parameter(name, FLAG, "false");
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
