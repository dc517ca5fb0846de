package dev.lanewise.bench.suite;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** Results that nobody measured, in JMH's words. */
final class Measured {
  private final List<String> rows = new ArrayList<>();

  /** A row to come. Without further words: SIMD, one thread, 100 calls a second ± 1 %. */
  static final class One {
    private final String benchmark;
    private final SortedMap<String, String> params = new TreeMap<>();
    private int jmhThreads = 1;
    private String arguments = "\"-Dlanewise.vectorBits=512\"";
    private double calls = 100;
    private double error = 1;
    private String counters = "";
    private String unit = "ops/s";

    private One(String benchmark) {
      this.benchmark = benchmark;
    }

    One with(String param, String value) {
      params.put(param, value);
      return this;
    }

    One calledBy(int threads) {
      jmhThreads = threads;
      return this;
    }

    One bits(int bits) {
      arguments = "\"-Dlanewise.vectorBits=" + bits + "\"";
      return this;
    }

    One withoutSuperWord() {
      return flag("-XX:-UseSuperWord");
    }

    One flag(String flag) {
      arguments += ", \"" + flag + "\"";
      return this;
    }

    One calls(double score, double scoreError) {
      calls = score;
      error = scoreError;
      return this;
    }

    One unit(String name) {
      unit = name;
      return this;
    }

    One counting(String counter, double rate) {
      counters +=
          String.format(
              Locale.ROOT,
              "%s\"%s\": {\"score\": %s, \"scoreError\": \"NaN\", \"scoreUnit\": \"%s\"}",
              counters.isEmpty() ? "" : ", ",
              counter,
              rate,
              counter.startsWith("gc") ? "B/op" : unit);
      return this;
    }

    One allocating(double bytes) {
      return counting("gc.alloc.rate.norm", bytes);
    }

    /** The row, once it has been read back. */
    Row row() {
      return new Measured().add(this).rows().getFirst();
    }

    private String json() {
      String named =
          String.join(
              ", ",
              params.entrySet().stream()
                  .map(e -> "\"" + e.getKey() + "\": \"" + e.getValue() + "\"")
                  .toList());
      return String.format(
          Locale.ROOT,
          """
          {"benchmark": "dev.lanewise.bench.%s", "mode": "thrpt", "threads": %d, "forks": 2,
           "jvmArgs": ["--add-modules=jdk.incubator.vector", %s],
           "warmupIterations": 3, "warmupTime": "500 ms",
           "measurementIterations": 5, "measurementTime": "200 ms", "params": {%s},
           "primaryMetric": {"score": %s, "scoreError": %s, "scoreUnit": "%s"},
           "secondaryMetrics": {%s}}
          """,
          benchmark,
          jmhThreads,
          arguments,
          named,
          calls,
          Double.isNaN(error) ? "\"NaN\"" : Double.toString(error),
          unit,
          counters);
    }
  }

  /** A row of {@code Class.method}. */
  static One row(String benchmark) {
    return new One(benchmark);
  }

  /** The multiply-adds' roof, of all threads together. */
  static One fma(int threads, double gflops) {
    return row("RoofBench.fma").calledBy(threads).counting("GFLOP", gflops);
  }

  /** A triad's rate, of all threads together. */
  static One triad(int threads, int kilobytes, double gigabytes) {
    return row("RoofBench.triad")
        .with("kilobytes", Integer.toString(kilobytes))
        .calledBy(threads)
        .counting("GB", gigabytes);
  }

  Measured add(One... some) {
    for (One one : some) {
      rows.add(one.json());
    }
    return this;
  }

  String json() {
    return "[" + String.join(",\n", rows) + "]";
  }

  Results results() {
    Results results =
        new Results(Map.of("processor", "a processor", "commit", "abc, with changes"));
    try {
      results.add(json());
    } catch (IOException wrong) {
      throw new AssertionError(wrong);
    }
    return results;
  }

  List<Row> rows() {
    return results().rows();
  }
}
