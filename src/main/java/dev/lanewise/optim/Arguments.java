package dev.lanewise.optim;

import dev.lanewise.io.support.Numbers;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The values that a spelling gives to the keys of an optimizer or schedule, and the defaults. */
final class Arguments {
  /** What a default is called that means that there is no value. */
  static final String NONE = "none";

  /** What a value may be. */
  enum Kind {
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

    private boolean takes(String text) {
      return switch (this) {
        case NUMBER -> Numbers.isDecimal(text);
        case WHOLE -> Numbers.isWhole(text);
        case FLAG -> text.equalsIgnoreCase("true") || text.equalsIgnoreCase("false");
        case RATE -> Numbers.isDecimal(text) || text.indexOf('(') > 0;
        case NUMBERS -> Spelling.list(text).stream().allMatch(Numbers::isDecimal);
        case WHOLES -> Spelling.list(text).stream().allMatch(Numbers::isWhole);
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
  record Parameter(String name, Kind kind, String otherwise) {
    /** The key with its default, as help lists it. */
    String described() {
      return otherwise.isEmpty() ? name : name + "=" + otherwise;
    }
  }

  private final Map<String, String> values = new HashMap<>();

  /**
   * Reads a list of {@code key=value}.
   *
   * @param owner whose keys they are, for messages
   * @param keys the right keys
   * @param items the texts
   * @param byPlace whether an item without a key takes the key at its place
   * @throws IllegalArgumentException if a key is wrong, missing or given twice, or a value not of
   *     its kind, in one sentence
   */
  Arguments(String owner, List<Parameter> keys, List<String> items, boolean byPlace) {
    for (int i = 0; i < items.size(); i++) {
      String item = items.get(i);
      int equals = equalsSign(item);
      if (equals < 0 && !(byPlace && i < keys.size())) {
        throw new IllegalArgumentException(
            "'" + item + "' is not of the form key=value; " + rightKeys(owner, keys));
      }
      Parameter key =
          equals < 0 ? keys.get(i) : key(owner, keys, item.substring(0, equals).strip());
      String value = item.substring(equals + 1).strip();
      boolean none = key.otherwise.equals(NONE) && value.equalsIgnoreCase(NONE);
      if (!none && !key.kind.takes(value)) {
        throw new IllegalArgumentException(
            owner + "'s " + key.name + " is '" + value + "', but must be " + key.kind.expected);
      }
      if (values.put(key.name, none ? NONE : value) != null) {
        throw new IllegalArgumentException(owner + "'s " + key.name + " is given twice");
      }
    }
    for (Parameter key : keys) {
      if (key.otherwise.isEmpty() && !values.containsKey(key.name)) {
        throw new IllegalArgumentException(owner + " needs " + key.name);
      }
      values.putIfAbsent(key.name, key.otherwise);
    }
  }

  /** Where a key ends: an equals sign inside brackets belongs to the value. */
  private static int equalsSign(String item) {
    int equals = item.indexOf('=');
    int bracket = item.indexOf('(');
    return bracket >= 0 && bracket < equals ? -1 : equals;
  }

  private static Parameter key(String owner, List<Parameter> keys, String name) {
    String full = name.equals("lr") ? "learning_rate" : name;
    return keys.stream()
        .filter(key -> key.name.equals(full))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    owner + " has no '" + name + "'; " + rightKeys(owner, keys)));
  }

  private static String rightKeys(String owner, List<Parameter> keys) {
    List<String> names = new ArrayList<>();
    for (Parameter key : keys) {
      names.add(key.name.equals("learning_rate") ? "learning_rate (or lr)" : key.name);
    }
    return owner + "'s keys are " + Spelling.joined(names);
  }

  private String text(String key) {
    String value = values.get(key);
    if (value == null) {
      throw new IllegalArgumentException("there is no key '" + key + "'");
    }
    return value;
  }

  double number(String key) {
    return Double.parseDouble(text(key));
  }

  long whole(String key) {
    return Long.parseLong(text(key));
  }

  boolean flag(String key) {
    return Boolean.parseBoolean(text(key));
  }

  LearningRate rate() {
    String value = text("learning_rate");
    return Numbers.isDecimal(value)
        ? LearningRate.constant(Double.parseDouble(value))
        : Schedules.parse(value);
  }

  List<String> words(String key) {
    return text(key).equals(NONE) ? List.of() : Spelling.list(text(key));
  }

  List<Double> numbers(String key) {
    return Spelling.list(text(key)).stream().map(Double::valueOf).toList();
  }

  List<Long> wholes(String key) {
    return Spelling.list(text(key)).stream().map(Long::valueOf).toList();
  }

  /** A number, or null if there is none. */
  @Nullable Double numberOrNone(String key) {
    return text(key).equals(NONE) ? null : Double.valueOf(text(key));
  }

  /** A whole number of the size of an int, or null if there is none. */
  @Nullable Integer intOrNone(String key) {
    if (text(key).equals(NONE)) {
      return null;
    }
    return Math.clamp(whole(key), Integer.MIN_VALUE, Integer.MAX_VALUE);
  }
}
