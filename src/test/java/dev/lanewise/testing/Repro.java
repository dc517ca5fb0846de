package dev.lanewise.testing;

import java.lang.reflect.Constructor;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * Turns a failing case into one line that repeats it, and back.
 *
 * <p>A case is a record of ints, longs, floats, doubles, booleans, strings and enums from which all
 * arrays are derived. A property runs its body through {@link #run}; if the body fails, the message
 * begins with a command line. That command runs the class's method {@code repeat()}, which calls
 * {@link #repeat}.
 */
public final class Repro {
  /** The system property that holds a case to repeat. */
  public static final String PROPERTY = "lanewise.case";

  private Repro() {}

  /** Runs a test body on a case; a failure says how to repeat it. */
  public static <C extends Record> void run(Class<?> test, C testCase, Consumer<C> body) {
    try {
      body.accept(testCase);
    } catch (org.opentest4j.TestAbortedException aborted) {
      throw aborted;
    } catch (AssertionError | RuntimeException failure) {
      String bits = System.getProperty("lanewise.vectorBits");
      String width = bits == null ? "" : " -Dwidth=" + bits;
      String what = line(testCase);
      throw new AssertionError(
          "repeat: mvn test -Dtest=%s#repeat%s -D%s=\"%s\": %s"
              .formatted(test.getSimpleName(), width, PROPERTY, what, failure.getMessage()),
          failure);
    }
  }

  /** Runs the body on the case given by {@value #PROPERTY}, if it is one of this class's. */
  public static <C extends Record> void repeat(Class<C> type, Consumer<C> body) {
    Optional<C> parsed = parse(type, System.getProperty(PROPERTY, ""));
    parsed.ifPresent(body);
  }

  /** The case as one line: its type's name and name=value pairs. */
  public static String line(Record testCase) {
    return testCase.getClass().getSimpleName()
        + " "
        + Arrays.stream(testCase.getClass().getRecordComponents())
            .map(component -> component.getName() + "=" + value(component, testCase))
            .collect(Collectors.joining(" "));
  }

  /** Reads a line of {@link #line}; empty if it is not of this type. */
  public static <C extends Record> Optional<C> parse(Class<C> type, String line) {
    String[] words = line.trim().split(" ", -1);
    if (!words[0].equals(type.getSimpleName())) {
      return Optional.empty();
    }
    Map<String, String> values = new HashMap<>();
    for (String word : words) {
      int equals = word.indexOf('=');
      if (equals > 0) {
        values.put(word.substring(0, equals), word.substring(equals + 1));
      }
    }
    return Optional.of(
        make(
            type,
            Arrays.stream(type.getRecordComponents())
                .map(component -> values.get(component.getName()))
                .toArray(String[]::new)));
  }

  private static <C extends Record> C make(Class<C> type, String[] texts) {
    RecordComponent[] components = type.getRecordComponents();
    Object[] arguments = new Object[components.length];
    Class<?>[] types = new Class<?>[components.length];
    for (int i = 0; i < components.length; i++) {
      types[i] = components[i].getType();
      arguments[i] = convert(types[i], texts[i]);
    }
    try {
      Constructor<C> constructor = type.getDeclaredConstructor(types);
      constructor.setAccessible(true);
      return constructor.newInstance(arguments);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("cannot repeat: " + type + Arrays.toString(texts), e);
    }
  }

  /** A component as text; one that is a record as its own components in parentheses. */
  private static Object value(RecordComponent component, Record testCase) {
    try {
      component.getAccessor().setAccessible(true);
      Object value = component.getAccessor().invoke(testCase);
      if (value instanceof Record inner) {
        return Arrays.stream(inner.getClass().getRecordComponents())
            .map(each -> String.valueOf(value(each, inner)))
            .collect(Collectors.joining(",", "(", ")"));
      }
      return value;
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  @SuppressWarnings({"unchecked", "rawtypes"})
  private static Object convert(Class<?> type, String text) {
    if (type.isRecord()) {
      return make((Class) type, text.substring(1, text.length() - 1).split(",", -1));
    }
    return switch (type.getName()) {
      case "int" -> Integer.parseInt(text);
      case "long" -> Long.parseLong(text);
      case "float" -> Float.parseFloat(text);
      case "double" -> Double.parseDouble(text);
      case "boolean" -> Boolean.parseBoolean(text);
      case "java.lang.String" -> text;
      default -> Enum.valueOf((Class) type, text);
    };
  }
}
