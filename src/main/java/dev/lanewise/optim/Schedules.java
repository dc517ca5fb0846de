package dev.lanewise.optim;

import static dev.lanewise.optim.Arguments.Kind.FLAG;
import static dev.lanewise.optim.Arguments.Kind.NUMBER;
import static dev.lanewise.optim.Arguments.Kind.NUMBERS;
import static dev.lanewise.optim.Arguments.Kind.WHOLE;
import static dev.lanewise.optim.Arguments.Kind.WHOLES;

import dev.lanewise.optim.Arguments.Parameter;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/** The table of schedules: their names and keys, as in Keras's calls, and how to build them. */
final class Schedules {
  private static final Parameter FIRST = new Parameter("initial_learning_rate", NUMBER, "");
  private static final Parameter STEPS = new Parameter("decay_steps", WHOLE, "");
  private static final Parameter DECAY = new Parameter("decay_rate", NUMBER, "");
  private static final Parameter STAIRS = new Parameter("staircase", FLAG, "false");
  private static final Parameter ALPHA = new Parameter("alpha", NUMBER, "0");

  private record Row(String name, List<Parameter> keys, Function<Arguments, Schedule> make) {}

  private static final List<Row> ROWS =
      List.of(
          new Row(
              "ExponentialDecay",
              List.of(FIRST, STEPS, DECAY, STAIRS),
              a -> new ExponentialDecay(first(a), steps(a), decay(a), a.flag("staircase"))),
          new Row(
              "InverseTimeDecay",
              List.of(FIRST, STEPS, DECAY, STAIRS),
              a -> new InverseTimeDecay(first(a), steps(a), decay(a), a.flag("staircase"))),
          new Row(
              "PolynomialDecay",
              List.of(
                  FIRST,
                  STEPS,
                  new Parameter("end_learning_rate", NUMBER, "0.0001"),
                  new Parameter("power", NUMBER, "1"),
                  new Parameter("cycle", FLAG, "false")),
              a ->
                  new PolynomialDecay(
                      first(a),
                      steps(a),
                      a.number("end_learning_rate"),
                      a.number("power"),
                      a.flag("cycle"))),
          new Row(
              "PiecewiseConstantDecay",
              List.of(
                  new Parameter("boundaries", WHOLES, ""), new Parameter("values", NUMBERS, "")),
              a -> new PiecewiseConstantDecay(a.wholes("boundaries"), a.numbers("values"))),
          new Row(
              "CosineDecay",
              List.of(
                  FIRST,
                  STEPS,
                  ALPHA,
                  new Parameter("warmup_target", NUMBER, Arguments.NONE),
                  new Parameter("warmup_steps", WHOLE, "0")),
              a ->
                  new CosineDecay(
                      first(a),
                      steps(a),
                      a.number("alpha"),
                      a.numberOrNone("warmup_target"),
                      a.whole("warmup_steps"))),
          new Row(
              "CosineDecayRestarts",
              List.of(
                  FIRST,
                  new Parameter("first_decay_steps", WHOLE, ""),
                  new Parameter("t_mul", NUMBER, "2"),
                  new Parameter("m_mul", NUMBER, "1"),
                  ALPHA),
              a ->
                  new CosineDecayRestarts(
                      first(a),
                      a.whole("first_decay_steps"),
                      a.number("t_mul"),
                      a.number("m_mul"),
                      a.number("alpha"))));

  private Schedules() {}

  private static double first(Arguments a) {
    return a.number("initial_learning_rate");
  }

  private static long steps(Arguments a) {
    return a.whole("decay_steps");
  }

  private static double decay(Arguments a) {
    return a.number("decay_rate");
  }

  /**
   * Returns the schedule of a spelling: {@code Name(arguments)}, the arguments by place or as
   * {@code key=value}.
   *
   * @throws IllegalArgumentException if there is no such schedule or an argument is wrong
   */
  static Schedule parse(String text) {
    int open = text.indexOf('(');
    if (open < 0 || !text.endsWith(")")) {
      throw new IllegalArgumentException(
          "the schedule '" + text + "' is not of the form Name(arguments)");
    }
    String name = text.substring(0, open).strip();
    String inner = text.substring(open + 1, text.length() - 1).strip();
    Row row =
        ROWS.stream()
            .filter(one -> plain(one.name).equals(plain(name)))
            .findFirst()
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "there is no schedule '"
                            + name
                            + "'; there are "
                            + Spelling.joined(names())));
    List<String> items = inner.isEmpty() ? List.of() : Spelling.cut(inner, ',');
    return row.make.apply(new Arguments(row.name, row.keys, items, true));
  }

  static List<String> names() {
    return ROWS.stream().map(Row::name).toList();
  }

  /** A name without what may be spelled one way or another: cosine, cosine_decay, CosineDecay. */
  private static String plain(String name) {
    return name.toLowerCase(Locale.ROOT).replace("_", "").replace("decay", "");
  }
}
