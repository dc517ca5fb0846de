package dev.lanewise.optim;

import dev.lanewise.io.support.Numbers;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The values that a text gives to the keys of an optimizer or schedule, and the defaults: read one
 * by one, in the order of the keys.
 */
final class Spelling {
  /** What a default is called that means that there is no value. */
  static final String NONE = "none";

  /** What a value may be. */
  private enum Kind {
    NUMBER("a number"),
    WHOLE("a whole number"),
    FLAG("true or false"),
    RATE("a number or a schedule such as CosineDecay(0.001,1000)"),
    NUMBERS("a list of numbers such as [0.1,0.01]"),
    WHOLES("a list of whole numbers such as [100,200]"),
    WORDS("a word or a list of words such as [bias,dense]");

    private final String expected;

    Kind(String expected) {
      this.expected = expected;
    }

    private static Kind of(String key) {
      return switch (key) {
        case "learning_rate" -> RATE;
        case "amsgrad", "nesterov", "centered", "use_ema", "staircase", "cycle" -> FLAG;
        case "ema_overwrite_frequency", "gradient_accumulation_steps" -> WHOLE;
        case "decay_steps", "first_decay_steps", "warmup_steps" -> WHOLE;
        case "boundaries" -> WHOLES;
        case "values" -> NUMBERS;
        case "exclude_from_weight_decay" -> WORDS;
        default -> NUMBER;
      };
    }

    private boolean takes(String text) {
      return switch (this) {
        case NUMBER -> Numbers.isDecimal(text);
        case WHOLE -> Numbers.isWhole(text);
        case FLAG -> text.equalsIgnoreCase("true") || text.equalsIgnoreCase("false");
        case RATE -> Numbers.isDecimal(text) || text.indexOf('(') > 0;
        case NUMBERS -> list(text).stream().allMatch(Numbers::isDecimal);
        case WHOLES -> list(text).stream().allMatch(Numbers::isWhole);
        case WORDS -> !text.isEmpty() && text.indexOf('(') < 0;
      };
    }
  }

  /**
   * A key.
   *
   * @param name as Keras spells it
   * @param kind what its value may be
   * @param otherwise the default, spelled as a value; {@link #NONE}: none; empty: it must be given
   */
  private record Key(String name, Kind kind, String otherwise) {
    private static Key of(String described) {
      int equals = described.indexOf('=');
      String name = equals < 0 ? described : described.substring(0, equals);
      return new Key(name, Kind.of(name), equals < 0 ? "" : described.substring(equals + 1));
    }

    private String described() {
      return otherwise.isEmpty() ? name : name + "=" + otherwise;
    }
  }

  /**
   * What can be spelled: an optimizer or a schedule.
   *
   * @param name its name
   * @param keys its keys, in the order of arguments by place
   * @param make how it is made from their values
   */
  record Row<T>(String name, List<Key> keys, Function<Spelling, T> make) {
    /** A row whose keys are a text, "momentum=0, nesterov=false" with the defaults. */
    static <T> Row<T> row(String name, String keys, Function<Spelling, T> make) {
      return new Row<>(name, cut(keys, ',').stream().map(Key::of).toList(), make);
    }

    /** The same with further keys, but for those that it has. */
    Row<T> with(String more) {
      Row<T> others = row(name, more, make);
      Stream<Key> added = others.keys.stream().filter(key -> !names().contains(key.name));
      return new Row<>(name, Stream.concat(keys.stream(), added).toList(), make);
    }

    private List<String> names() {
      return keys.stream().map(Key::name).toList();
    }

    /** The keys with their defaults, as help lists them. */
    List<String> described() {
      return keys.stream().map(Key::described).toList();
    }

    /**
     * Reads a list of {@code key=value}, with commas between them.
     *
     * @param text the list, which may be empty
     * @param byPlace whether an item without a key takes the key at its place
     * @throws IllegalArgumentException if a key is wrong, missing or given twice, or a value not of
     *     its kind, in one sentence
     */
    Spelling read(String text, boolean byPlace) {
      Map<String, String> values = new HashMap<>();
      List<String> items = text.isBlank() ? List.of() : cut(text.strip(), ',');
      for (int i = 0; i < items.size(); i++) {
        String item = items.get(i);
        int equals = equalsSign(item);
        if (equals < 0 && !(byPlace && i < keys.size())) {
          throw new IllegalArgumentException(
              "'" + item + "' is not of the form key=value; " + rightKeys());
        }
        Key key = equals < 0 ? keys.get(i) : key(item.substring(0, equals).strip());
        String value = item.substring(equals + 1).strip();
        boolean none = key.otherwise.equals(NONE) && value.equalsIgnoreCase(NONE);
        if (!none && !key.kind.takes(value)) {
          throw new IllegalArgumentException(
              name + "'s " + key.name + " is '" + value + "', but must be " + key.kind.expected);
        }
        if (values.put(key.name, none ? NONE : value) != null) {
          throw new IllegalArgumentException(name + "'s " + key.name + " is given twice");
        }
      }
      List<String> all = new ArrayList<>();
      for (Key key : keys) {
        if (key.otherwise.isEmpty() && !values.containsKey(key.name)) {
          throw new IllegalArgumentException(name + " needs " + key.name);
        }
        all.add(values.getOrDefault(key.name, key.otherwise));
      }
      return new Spelling(all);
    }

    /** Where a key ends: an equals sign inside brackets belongs to the value. */
    private static int equalsSign(String item) {
      int equals = item.indexOf('=');
      int bracket = item.indexOf('(');
      return bracket >= 0 && bracket < equals ? -1 : equals;
    }

    private Key key(String given) {
      String full = given.equals("lr") ? "learning_rate" : given;
      return keys.stream()
          .filter(key -> key.name.equals(full))
          .findFirst()
          .orElseThrow(
              () -> new IllegalArgumentException(name + " has no '" + given + "'; " + rightKeys()));
    }

    private String rightKeys() {
      return name
          + "'s keys are "
          + joined(
              names().stream()
                  .map(key -> key.equals("learning_rate") ? "learning_rate (or lr)" : key)
                  .toList());
    }
  }

  private final Iterator<String> values;

  private Spelling(List<String> values) {
    this.values = values.iterator();
  }

  double number() {
    return Double.parseDouble(values.next());
  }

  /** A number, or null if there is none. */
  @Nullable Double numberOrNone() {
    String value = values.next();
    return value.equals(NONE) ? null : Double.valueOf(value);
  }

  long whole() {
    return Long.parseLong(values.next());
  }

  /** A whole number of the size of an int, or null if there is none. */
  @Nullable Integer intOrNone() {
    String value = values.next();
    return value.equals(NONE)
        ? null
        : Integer.valueOf(Math.clamp(Long.parseLong(value), Integer.MIN_VALUE, Integer.MAX_VALUE));
  }

  boolean flag() {
    return Boolean.parseBoolean(values.next());
  }

  LearningRate rate() {
    String value = values.next();
    return Numbers.isDecimal(value)
        ? LearningRate.constant(Double.parseDouble(value))
        : Optimizers.schedule(value);
  }

  List<String> words() {
    String value = values.next();
    return value.equals(NONE) ? List.of() : list(value);
  }

  List<Double> numbers() {
    return list(values.next()).stream().map(Double::valueOf).toList();
  }

  List<Long> wholes() {
    return list(values.next()).stream().map(Long::valueOf).toList();
  }

  /**
   * Cuts a text at a separator, but not inside brackets, and strips blanks.
   *
   * @throws IllegalArgumentException if brackets do not match
   */
  static List<String> cut(String text, char separator) {
    List<String> parts = new ArrayList<>();
    StringBuilder open = new StringBuilder();
    int from = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '(' || c == '[') {
        open.append(c == '(' ? ')' : ']');
      } else if (c == ')' || c == ']') {
        if (open.isEmpty() || open.charAt(open.length() - 1) != c) {
          throw new IllegalArgumentException("the brackets in '" + text + "' do not match");
        }
        open.setLength(open.length() - 1);
      } else if (c == separator && open.isEmpty()) {
        parts.add(text.substring(from, i).strip());
        from = i + 1;
      }
    }
    if (!open.isEmpty()) {
      throw new IllegalArgumentException("the brackets in '" + text + "' do not match");
    }
    parts.add(text.substring(from).strip());
    return parts;
  }

  /** The items of a list, [a,b]; a text without brackets is a list of one. */
  private static List<String> list(String text) {
    if (!text.startsWith("[") || !text.endsWith("]")) {
      return List.of(text);
    }
    String inner = text.substring(1, text.length() - 1).strip();
    return inner.isEmpty() ? List.of() : cut(inner, ',');
  }

  /** Names joined as in a sentence: "a, b and c". */
  static String joined(List<String> names) {
    int last = names.size() - 1;
    return last == 0
        ? names.getFirst()
        : String.join(", ", names.subList(0, last)) + " and " + names.get(last);
  }
}
