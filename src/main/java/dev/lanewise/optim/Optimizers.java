package dev.lanewise.optim;

import static dev.lanewise.optim.Spelling.Row.row;

import dev.lanewise.optim.Optimizer.Dialect;
import dev.lanewise.optim.Schedule.CosineDecay;
import dev.lanewise.optim.Schedule.CosineDecayRestarts;
import dev.lanewise.optim.Schedule.ExponentialDecay;
import dev.lanewise.optim.Schedule.InverseTimeDecay;
import dev.lanewise.optim.Schedule.PiecewiseConstantDecay;
import dev.lanewise.optim.Schedule.PolynomialDecay;
import dev.lanewise.optim.Spelling.Row;
import java.util.List;
import java.util.Locale;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

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
  /** What is made reads its values in the order of the keys. */
  private static final List<Row<Schedule>> SCHEDULES =
      List.of(
          row(
              "ExponentialDecay",
              "initial_learning_rate, decay_steps, decay_rate, staircase=false",
              a -> new ExponentialDecay(a.number(), a.whole(), a.number(), a.flag())),
          row(
              "InverseTimeDecay",
              "initial_learning_rate, decay_steps, decay_rate, staircase=false",
              a -> new InverseTimeDecay(a.number(), a.whole(), a.number(), a.flag())),
          row(
              "PolynomialDecay",
              "initial_learning_rate, decay_steps, end_learning_rate=0.0001, power=1, cycle=false",
              a -> new PolynomialDecay(a.number(), a.whole(), a.number(), a.number(), a.flag())),
          row(
              "PiecewiseConstantDecay",
              "boundaries, values",
              a -> new PiecewiseConstantDecay(a.wholes(), a.numbers())),
          row(
              "CosineDecay",
              "initial_learning_rate, decay_steps, alpha=0, warmup_target=none, warmup_steps=0",
              a -> new CosineDecay(a.number(), a.whole(), a.number(), a.numberOrNone(), a.whole())),
          row(
              "CosineDecayRestarts",
              "initial_learning_rate, first_decay_steps, t_mul=2, m_mul=1, alpha=0",
              a ->
                  new CosineDecayRestarts(
                      a.number(), a.whole(), a.number(), a.number(), a.number())));

  /** What every optimizer has, behind its own keys: see {@link OptimizerOptions}. */
  private static final String OPTIONS =
      "weight_decay=none, exclude_from_weight_decay=none, clipnorm=none, clipvalue=none,"
          + " global_clipnorm=none, use_ema=false, ema_momentum=0.99, ema_overwrite_frequency=none,"
          + " gradient_accumulation_steps=none";

  private static final String ADAM =
      "learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7, amsgrad=false";

  /** In alphabetical order; each reads the values of its own keys, in their order. */
  private static final List<Row<Optimizer>> OPTIMIZERS =
      Stream.<Row<Optimizer>>of(
              row(
                  "adadelta",
                  "learning_rate=0.001, rho=0.95, epsilon=1e-7",
                  a -> new Adadelta(a.rate(), a.number(), a.number())),
              row(
                  "adagrad",
                  "learning_rate=0.001, initial_accumulator_value=0.1, epsilon=1e-7",
                  a -> new Adagrad(a.rate(), a.number(), a.number())),
              row("adam", ADAM, Optimizers::adam),
              row(
                  "adamax",
                  "learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7",
                  a -> new Adamax(a.rate(), a.number(), a.number(), a.number())),
              // The weight decay is the first of the options, too, and is read as such.
              row(
                  "adamw",
                  ADAM + ", weight_decay=" + AdamW.WEIGHT_DECAY,
                  a -> new AdamW(adam(a), OptimizerOptions.NONE)),
              row(
                  "ftrl",
                  "learning_rate=0.001, learning_rate_power=-0.5, initial_accumulator_value=0.1,"
                      + " l1_regularization_strength=0, l2_regularization_strength=0,"
                      + " l2_shrinkage_regularization_strength=0, beta=0",
                  a ->
                      new Ftrl(
                          a.rate(),
                          a.number(),
                          a.number(),
                          a.number(),
                          a.number(),
                          a.number(),
                          a.number())),
              row(
                  "lion",
                  "learning_rate=0.001, beta_1=0.9, beta_2=0.99",
                  a -> new Lion(a.rate(), a.number(), a.number())),
              row(
                  "nadam",
                  "learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7",
                  a -> new Nadam(a.rate(), a.number(), a.number(), a.number())),
              row(
                  "rmsprop",
                  "learning_rate=0.001, rho=0.9, momentum=0, epsilon=1e-7, centered=false",
                  a -> new RmsProp(a.rate(), a.number(), a.number(), a.number(), a.flag())),
              row(
                  "sgd",
                  "learning_rate=0.01, momentum=0, nesterov=false",
                  a -> new Sgd(a.rate(), a.number(), a.flag())))
          .map(row -> row.with(OPTIONS))
          .toList();

  private Optimizers() {}

  private static Adam adam(Spelling a) {
    return new Adam(a.rate(), a.number(), a.number(), a.number(), a.flag(), 0, Dialect.KERAS);
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
    Row<Optimizer> row = find((colon < 0 ? text : text.substring(0, colon)).strip());
    Spelling values = row.read(colon < 0 ? "" : text.substring(colon + 1), false);
    Optimizer rule = row.make().apply(values);
    OptimizerOptions options = options(values);
    return options.equals(OptimizerOptions.NONE) ? rule : rule.with(options);
  }

  /**
   * Returns the names of all optimizers.
   *
   * @return in alphabetical order
   */
  public static List<String> names() {
    return OPTIMIZERS.stream().map(Row::name).toList();
  }

  /**
   * Returns the keys of an optimizer with their defaults, as they can be spelled.
   *
   * @param name the optimizer's name
   * @return "momentum=0" for instance; "none" is the default of what is not used
   * @throws IllegalArgumentException if there is no such optimizer
   */
  public static List<String> keys(String name) {
    return find(name).described();
  }

  private static Row<Optimizer> find(String name) {
    return find("optimizer", OPTIMIZERS, name, text -> text.toLowerCase(Locale.ROOT));
  }

  private static <T> Row<T> find(
      String kind, List<Row<T>> rows, String name, UnaryOperator<String> plain) {
    String names = Spelling.joined(rows.stream().map(Row::name).toList());
    return rows.stream()
        .filter(row -> plain.apply(row.name()).equals(plain.apply(name)))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "there is no %s '%s'; there are %s".formatted(kind, name, names)));
  }

  private static OptimizerOptions options(Spelling a) {
    return new OptimizerOptions(
        a.numberOrNone(),
        a.words(),
        a.numberOrNone(),
        a.numberOrNone(),
        a.numberOrNone(),
        a.flag(),
        a.number(),
        a.intOrNone(),
        a.intOrNone());
  }

  /**
   * Returns the schedule of a spelling: {@code Name(arguments)}, the arguments by place or as
   * {@code key=value}.
   *
   * @throws IllegalArgumentException if there is no such schedule or an argument is wrong
   */
  static Schedule schedule(String text) {
    int open = text.indexOf('(');
    if (open < 0 || !text.endsWith(")")) {
      throw new IllegalArgumentException(
          "the schedule '" + text + "' is not of the form Name(arguments)");
    }
    String name = text.substring(0, open).strip();
    Row<Schedule> row = find("schedule", SCHEDULES, name, Optimizers::plain);
    return row.make().apply(row.read(text.substring(open + 1, text.length() - 1), true));
  }

  /** A name without what may be spelled one way or another: cosine, cosine_decay, CosineDecay. */
  private static String plain(String name) {
    return name.toLowerCase(Locale.ROOT).replace("_", "").replace("decay", "");
  }
}
