package dev.lanewise.train;

import static java.util.stream.Collectors.joining;

import dev.lanewise.io.support.Names;
import dev.lanewise.tensor.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * What a file of weights says about a tensor.
 *
 * @param name its name there
 * @param shape its dimensions there, which may be larger than an array's
 * @param type its numbers' type, "F32" for instance
 */
record FileTensor(String name, List<Long> shape, String type) {
  private static final int MOST_DIMS = 8;

  private static final Pattern SEPARATOR = Pattern.compile("[./]");

  /** TensorFlow's ends of names: the output's number, and what its checkpoints append. */
  private static final Pattern SUFFIX = Pattern.compile(":\\d+$|/\\.ATTRIBUTES/VARIABLE_VALUE$");

  /** How weights of a layer are called, so that none of them is left out. */
  private static final Pattern WEIGHTS =
      Pattern.compile(
          "weight|kernel|bias|gamma|beta|moving_mean|moving_variance|running_mean|running_var");

  /** Parts of names of what no network computes with: states of optimizers, metrics, generators. */
  private static final Pattern STATE =
      Pattern.compile(
          "(optimizers?|optim)(_(state|states|weights|state_dict))?(_\\d+)?|opt_state"
              + "|seed_generator(_state)?(_\\d+)?|(compiled?_)?metrics");

  private static final Pattern OPTIMIZER =
      Pattern.compile(
          "(sgd|momentum|rmsprop|adam|adamw|adamax|nadam|radam|adagrad|adadelta|ftrl|lion|lamb"
              + "|adafactor)(_\\d+)?");

  /** Last parts of names of an optimizer's arrays, and of counters. */
  private static final Pattern OF_TRAINING =
      Pattern.compile(
          "num_batches_tracked|exp_avg|exp_avg_sq|max_exp_avg_sq|exp_inf|momentum_buffer|square_avg"
              + "|acc_delta|iteration|iterations|iter|learning_rate|global_step|step|epoch");

  /** The name's parts, without what TensorFlow appends. */
  List<String> path() {
    String bare = name;
    for (String cut = ""; !cut.equals(bare); ) {
      cut = bare;
      bare = SUFFIX.matcher(bare).replaceFirst("");
    }
    return List.of(SEPARATOR.split(bare, -1));
  }

  /**
   * Whether it surely is none of a network's weights: a counter, an optimizer's array, the state of
   * metrics or random numbers, or whole numbers under a name that no weight has.
   */
  boolean isNoWeight() {
    List<String> path = path().stream().map(part -> part.toLowerCase(Locale.ROOT)).toList();
    String last = path.getLast();
    if (path.stream().anyMatch(STATE.asMatchPredicate()) || OF_TRAINING.matcher(last).matches()) {
      return true;
    }
    boolean floats = type.startsWith("F") || type.startsWith("BF");
    return !WEIGHTS.matcher(last).matches()
        && (!floats || path.stream().anyMatch(OPTIMIZER.asMatchPredicate()));
  }

  /** Whether it has this shape. */
  boolean has(Shape other) {
    return shape.equals(dims(other));
  }

  /** A shape's dimensions as a file has them. */
  static List<Long> dims(Shape shape) {
    return Arrays.stream(shape.dims()).mapToObj(Long::valueOf).toList();
  }

  /** The name in quotes, and the shape as Python writes it. */
  @Override
  public String toString() {
    String dims = shape.stream().limit(MOST_DIMS).map(String::valueOf).collect(joining(", "));
    String end = shape.size() == 1 ? ",)" : shape.size() > MOST_DIMS ? ", …)" : ")";
    return Names.quoted(name) + " (" + dims + end;
  }
}
