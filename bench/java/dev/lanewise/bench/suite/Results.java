package dev.lanewise.bench.suite;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * A suite's results and the file that keeps them.
 *
 * <p>The file is one JSON object: {@code environment} (names and texts), {@code failed} (the rows
 * that gave no figure) and {@code results}, the array that JMH's own {@code -rf json} writes, of
 * all rows together. Such an array alone can be read too. The vector width and the
 * auto-vectorizer's switch are found in JMH's {@code jvmArgs}.
 */
final class Results {
  private static final String BITS = "-Dlanewise.vectorBits=";
  static final String NO_SUPER_WORD = "-XX:-UseSuperWord";

  private final Map<String, String> environment;
  private final List<Object> raw = new ArrayList<>();
  private final List<Row> rows = new ArrayList<>();
  private final List<String> failed = new ArrayList<>();

  Results(Map<String, String> environment) {
    this.environment = new LinkedHashMap<>(environment);
  }

  static List<String> arguments(Row.Vm vm) {
    List<String> arguments = new ArrayList<>();
    if (vm.bits() != 0) {
      arguments.add(BITS + vm.bits());
    }
    if (!vm.superWord()) {
      arguments.add(NO_SUPER_WORD);
    }
    return arguments;
  }

  Map<String, String> environment() {
    return environment;
  }

  List<Row> rows() {
    return rows;
  }

  List<String> failed() {
    return failed;
  }

  /** The flags of the virtual machines, without those that tell rows apart; each set once. */
  List<String> flags() {
    return raw.stream()
        .map(
            one ->
                list(map(one).getOrDefault("jvmArgs", List.of())).stream()
                    .map(Object::toString)
                    .filter(flag -> !flag.startsWith(BITS) && !flag.equals(NO_SUPER_WORD))
                    .collect(Collectors.joining(" ")))
        .distinct()
        .map(flags -> flags.isEmpty() ? "none" : "`" + flags + "`")
        .toList();
  }

  /** Adds what JMH wrote: an array in its own format. */
  void add(String json) throws IOException {
    for (Object one : list(JSON.std.anyFrom(json))) {
      rows.add(row(map(one)));
      raw.add(one);
    }
  }

  void addFailed(String row) {
    failed.add(row);
  }

  /** Writes everything so far, so that there is a whole file at any time. */
  void write(Path file) throws BenchException {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("environment", environment);
    all.put("failed", failed);
    all.put("results", raw);
    Path absolute = file.toAbsolutePath();
    Path part = absolute.resolveSibling(absolute.getFileName() + ".part");
    try {
      Files.createDirectories(absolute.getParent());
      Files.writeString(part, JSON.std.with(JSON.Feature.PRETTY_PRINT_OUTPUT).asString(all) + "\n");
      Files.move(part, absolute, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException failure) {
      throw new BenchException(file + " cannot be written: " + failure);
    }
  }

  static Results read(Path file) throws BenchException {
    String text;
    try {
      text = Files.readString(file);
    } catch (NoSuchFileException missing) {
      throw new BenchException(file + " does not exist");
    } catch (IOException failure) {
      throw new BenchException(file + " cannot be read: " + failure);
    }
    try {
      Object all = JSON.std.anyFrom(text);
      Results results = new Results(Map.of());
      if (all instanceof Map<?, ?>) {
        Map<String, Object> object = map(all);
        map(object.getOrDefault("environment", Map.of()))
            .forEach((name, value) -> results.environment.put(name, String.valueOf(value)));
        list(object.getOrDefault("failed", List.of()))
            .forEach(row -> results.failed.add(String.valueOf(row)));
        all = object.get("results");
      }
      for (Object one : list(all)) {
        results.rows.add(row(map(one)));
        results.raw.add(one);
      }
      return results;
    } catch (IOException | IllegalArgumentException wrong) {
      String[] lines = String.valueOf(wrong.getMessage()).split("\\R", 2);
      throw new BenchException(file + " does not hold results of JMH in JSON: " + lines[0]);
    }
  }

  private static Row row(Map<String, Object> json) {
    TreeMap<String, String> params = new TreeMap<>();
    map(json.getOrDefault("params", Map.of()))
        .forEach((name, value) -> params.put(name, String.valueOf(value)));
    Map<String, Object> score = map(json.get("primaryMetric"));
    if (!"thrpt".equals(json.get("mode"))) {
      throw new IllegalArgumentException(
          json.get("benchmark") + " was measured in the mode " + json.get("mode") + ", not thrpt");
    }
    double second = perSecond(String.valueOf(score.get("scoreUnit")));
    return new Row(
        text(json, "benchmark"),
        params,
        (int) number(json, "threads"),
        vm(list(json.getOrDefault("jvmArgs", List.of()))),
        number(score, "score") * second,
        number(score, "scoreError") * second,
        work(map(json.getOrDefault("secondaryMetrics", Map.of()))),
        new Row.Effort(
            (int) number(json, "forks"),
            (int) number(json, "warmupIterations"),
            text(json, "warmupTime"),
            (int) number(json, "measurementIterations"),
            text(json, "measurementTime")));
  }

  private static Row.Vm vm(List<Object> arguments) {
    int bits = 0;
    for (Object argument : arguments) {
      if (argument.toString().startsWith(BITS)) {
        bits = Integer.parseInt(argument.toString().substring(BITS.length()));
      }
    }
    return new Row.Vm(bits, !arguments.contains(NO_SUPER_WORD));
  }

  private static Row.Work work(Map<String, Object> metrics) {
    double gflops = Double.NaN;
    double gigabytes = Double.NaN;
    double allocated = Double.NaN;
    for (Map.Entry<String, Object> metric : metrics.entrySet()) {
      Map<String, Object> score = map(metric.getValue());
      String name = metric.getKey();
      if (name.equals("GFLOP")) {
        gflops = number(score, "score") * perSecond(text(score, "scoreUnit"));
      } else if (name.equals("GB")) {
        gigabytes = number(score, "score") * perSecond(text(score, "scoreUnit"));
      } else if (name.endsWith("gc.alloc.rate.norm")) {
        allocated = number(score, "score");
      }
    }
    // A counter that was never touched is one that this method does not use.
    return new Row.Work(
        gflops == 0 ? Double.NaN : gflops, gigabytes == 0 ? Double.NaN : gigabytes, allocated);
  }

  private static double perSecond(String unit) {
    return switch (unit) {
      case "ops/s" -> 1;
      case "ops/ms" -> 1e3;
      case "ops/us" -> 1e6;
      case "ops/ns" -> 1e9;
      default -> throw new IllegalArgumentException("the unit " + unit + " is not ops/s");
    };
  }

  private static String text(Map<String, Object> json, String name) {
    Object value = json.get(name);
    if (value == null) {
      throw new IllegalArgumentException("a result has no " + name);
    }
    return value.toString();
  }

  /** A number; JMH writes "NaN" as a text. */
  private static double number(Map<String, Object> json, String name) {
    return json.get(name) instanceof Number number
        ? number.doubleValue()
        : Double.parseDouble(text(json, name));
  }

  @SuppressWarnings("unchecked") // JSON's objects have texts for names
  private static Map<String, Object> map(Object json) {
    if (json instanceof Map<?, ?> map) {
      return (Map<String, Object>) map;
    }
    throw new IllegalArgumentException("an object was expected, but found " + brief(json));
  }

  @SuppressWarnings("unchecked")
  private static List<Object> list(Object json) {
    if (json instanceof List<?> list) {
      return (List<Object>) list;
    }
    throw new IllegalArgumentException("an array was expected, but found " + brief(json));
  }

  private static String brief(Object json) {
    String text = String.valueOf(json);
    return text.length() > 40 ? text.substring(0, 40) + "…" : text;
  }
}
