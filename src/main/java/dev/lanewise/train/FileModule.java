package dev.lanewise.train;

import static java.util.stream.Collectors.joining;

import dev.lanewise.io.support.Names;
import dev.lanewise.tensor.Shape;
import dev.lanewise.train.ModelLayout.Part;
import dev.lanewise.train.ModelLayout.Wanted;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * Tensors of a file whose names differ in their last part only: what PyTorch calls a module and
 * Keras a layer.
 */
final class FileModule {
  /** What data parallelism and compilation wrap a module in. */
  private static final Set<String> WRAPPERS = Set.of("module", "_orig_mod");

  private static final Pattern TOKEN = Pattern.compile("[0-9]+|[^0-9]+");
  private static final Pattern COUNTER = Pattern.compile("_[0-9]+");

  private final String name;
  private List<String> path;
  private final SequencedMap<String, FileTensor> tensors = new LinkedHashMap<>();

  private FileModule(String name, List<String> path) {
    this.name = name;
    this.path = path;
  }

  /**
   * A file's modules in its order; what all names begin with counts for nothing.
   *
   * @param tensors those that may be weights
   * @param layout tells how weights are called
   */
  static List<FileModule> of(Collection<FileTensor> tensors, WeightLayout layout) {
    SequencedMap<String, FileModule> modules = new LinkedHashMap<>();
    for (FileTensor tensor : tensors) {
      List<String> path = tensor.path();
      int size = path.size();
      String role = path.getLast();
      int own = 1;
      // Keras's .h5 files number a layer's weights: layers/dense/vars/0.
      if (layout == WeightLayout.KERAS
          && size > 1
          && path.get(size - 2).equals("vars")
          && role.matches("[0-9]+")) {
        role = numbered(Integer.parseInt(role.length() < 9 ? role : "999999999"));
        own = 2;
      }
      List<String> outer = path.subList(0, size - own);
      int end = outer.stream().mapToInt(part -> part.length() + 1).sum();
      String prefix = tensor.name().substring(0, Math.max(0, end - 1));
      FileModule module =
          modules.computeIfAbsent(
              prefix,
              name ->
                  new FileModule(
                      name, outer.stream().filter(part -> !WRAPPERS.contains(part)).toList()));
      boolean isNew = module.tensors.putIfAbsent(role, tensor) == null;
      if (!isNew) {
        module.tensors.put(tensor.name(), tensor); // 'kernel' beside 'kernel:0' is one too many
      }
    }
    List<FileModule> all = new ArrayList<>(modules.values());
    int common = common(all);
    all.forEach(module -> module.path = module.path.subList(common, module.path.size()));
    return all;
  }

  /** How many parts all paths begin with; each keeps one at least. */
  private static int common(List<FileModule> modules) {
    int most = modules.stream().mapToInt(module -> module.path.size() - 1).min().orElse(0);
    return (int)
        IntStream.range(0, most)
            .takeWhile(i -> modules.stream().map(each -> each.path.get(i)).distinct().count() == 1)
            .count();
  }

  private static String numbered(int index) {
    return "#" + index;
  }

  /** The name as the file has it. */
  String name() {
    return name;
  }

  /** The name's parts, without wrappers and what all have in common. */
  List<String> path() {
    return path;
  }

  /** What is in it, in the file's order. */
  Collection<FileTensor> tensors() {
    return tensors.values();
  }

  /** The tensor that stands where a layer has this weight. */
  Optional<FileTensor> tensor(Part part, Wanted wanted) {
    FileTensor named = tensors.get(wanted.role());
    return Optional.ofNullable(
        named != null ? named : tensors.get(numbered(part.weights().indexOf(wanted))));
  }

  /** Whether it holds a layer's weights in their shapes, and nothing else. */
  boolean fits(Part part) {
    return tensors.size() == part.weights().size()
        && part.weights().stream()
            .allMatch(
                wanted ->
                    tensor(part, wanted).filter(tensor -> tensor.has(wanted.shape())).isPresent());
  }

  /**
   * Whether the numbers in this module's name are surely before those in another's: fc1 before fc2,
   * features.3 before features.10, dense before dense_1, block1.b before block2.a. The order is
   * partial: no number tells whether up comes before down, or features.3 before classifier.0.
   */
  boolean isBefore(FileModule other) {
    int depth = Math.min(path.size(), other.path.size());
    for (int i = 0; i < depth; i++) {
      if (!path.get(i).equals(other.path.get(i))) {
        return isBefore(path.get(i), other.path.get(i));
      }
    }
    return false;
  }

  private static boolean isBefore(String one, String other) {
    if (other.startsWith(one) && COUNTER.matcher(other.substring(one.length())).matches()) {
      return true; // Keras counts dense, dense_1, dense_2
    }
    List<String> left = tokens(one);
    List<String> right = tokens(other);
    int length = Math.min(left.size(), right.size());
    for (int i = 0; i < length; i++) {
      String a = left.get(i);
      String b = right.get(i);
      if (isNumber(a) && isNumber(b)) {
        int order = new BigInteger(a).compareTo(new BigInteger(b));
        if (order != 0) {
          return order < 0;
        }
      } else if (!a.equals(b)) {
        return false;
      }
    }
    return false;
  }

  private static List<String> tokens(String text) {
    return TOKEN.matcher(text).results().map(MatchResult::group).toList();
  }

  private static boolean isNumber(String token) {
    char first = token.charAt(0);
    return first >= '0' && first <= '9';
  }

  /** The name in quotes. */
  @Override
  public String toString() {
    return Names.quoted(name);
  }

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

    /**
     * Parts of names of what no network computes with: states of optimizers, metrics, generators.
     */
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
     * Whether it surely is none of a network's weights: a counter, an optimizer's array, the state
     * of metrics or random numbers, or whole numbers under a name that no weight has.
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
}
