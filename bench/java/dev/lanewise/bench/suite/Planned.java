package dev.lanewise.bench.suite;

import dev.lanewise.bench.suite.Row.Vm;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.openjdk.jmh.runner.BenchmarkList;
import org.openjdk.jmh.runner.BenchmarkListEntry;
import org.openjdk.jmh.runner.format.OutputFormat;

/**
 * A row that could be measured.
 *
 * @param benchmark the benchmark's full name, class and method
 * @param params a value for each of its parameters
 * @param jmhThreads threads that call it
 * @param vm what is asked of the virtual machine
 */
record Planned(String benchmark, SortedMap<String, String> params, int jmhThreads, Vm vm) {
  Planned {
    params = new TreeMap<>(params);
  }

  /**
   * All rows of all benchmark classes on the class path, each with every value of its parameters.
   */
  static List<Planned> all(OutputFormat out, Vm vm) {
    List<Planned> rows = new ArrayList<>();
    for (BenchmarkListEntry entry :
        BenchmarkList.defaultList().find(out, List.of(".*"), List.of())) {
      Map<String, String[]> values = new LinkedHashMap<>();
      if (entry.getParams().hasValue()) {
        values.putAll(entry.getParams().get());
      }
      for (SortedMap<String, String> params : products(values)) {
        rows.add(new Planned(entry.getUsername(), params, 1, vm));
      }
    }
    return rows;
  }

  private static List<SortedMap<String, String>> products(Map<String, String[]> values) {
    List<SortedMap<String, String>> all = List.of(new TreeMap<>());
    for (Map.Entry<String, String[]> one : values.entrySet()) {
      List<SortedMap<String, String>> longer = new ArrayList<>();
      for (SortedMap<String, String> params : all) {
        for (String value : one.getValue()) {
          SortedMap<String, String> more = new TreeMap<>(params);
          more.put(one.getKey(), value);
          longer.add(more);
        }
      }
      all = longer;
    }
    return all;
  }

  Planned with(Vm other) {
    return new Planned(benchmark, params, jmhThreads, other);
  }

  Planned calledBy(int threads) {
    return new Planned(benchmark, params, threads, vm);
  }

  /** This row before anything is known of it. */
  Row unmeasured() {
    return new Row(
        benchmark,
        params,
        jmhThreads,
        vm,
        Double.NaN,
        Double.NaN,
        new Row.Work(Double.NaN, Double.NaN, Double.NaN),
        new Row.Effort(0, 0, "", 0, ""));
  }
}
