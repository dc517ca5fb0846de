package dev.lanewise.bench.suite;

import java.util.List;
import java.util.OptionalDouble;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * One measured row.
 *
 * @param benchmark the benchmark's full name, class and method
 * @param params JMH's parameters
 * @param jmhThreads threads that called the method (a kernel's own threads are a parameter)
 * @param vm what was asked of the virtual machine
 * @param calls calls a second
 * @param error half of the 99.9 % interval of {@code calls}, NaN where too little was measured
 * @param work what is counted beside the calls
 * @param effort how long was measured
 */
record Row(
    String benchmark,
    SortedMap<String, String> params,
    int jmhThreads,
    Vm vm,
    double calls,
    double error,
    Work work,
    Effort effort) {
  /** The implementation that a row without the parameter {@code impl} measures. */
  private static final String OURS = "simd";

  /**
   * What was asked of the virtual machine.
   *
   * @param bits the vector width, 0 if nothing was asked
   * @param superWord whether C2 may turn loops into vector code by itself
   */
  record Vm(int bits, boolean superWord) {}

  /**
   * What is counted beside the calls.
   *
   * @param gflops billions of operations a second, NaN if the benchmark does not count them
   * @param gigabytes billions of bytes a second, NaN if the benchmark does not count them
   * @param allocated bytes allocated by a call, NaN if unknown
   */
  record Work(double gflops, double gigabytes, double allocated) {}

  /**
   * How long was measured.
   *
   * @param forks virtual machines
   * @param warmups iterations of each that do not count
   * @param warmupTime the time of one of them, as JMH writes it
   * @param iterations iterations of each that count
   * @param time the time of one of them, as JMH writes it
   */
  record Effort(int forks, int warmups, String warmupTime, int iterations, String time) {
    /** The time of one iteration that counts; NaN if it is not written as "200 ms" or "1 s". */
    double seconds() {
      String[] words = time.split(" ", -1);
      if (words.length != 2) {
        return Double.NaN;
      }
      return switch (words[1]) {
        case "s" -> Double.parseDouble(words[0]);
        case "ms" -> Double.parseDouble(words[0]) / 1e3;
        default -> Double.NaN;
      };
    }
  }

  Row {
    params = new TreeMap<>(params);
  }

  /** The kernel family: the class's name without its ending, the same for its peers. */
  String family() {
    String type = benchmark.substring(0, benchmark.lastIndexOf('.'));
    return type.substring(type.lastIndexOf('.') + 1).replaceFirst("(Peers|Plain)?Bench$", "");
  }

  String method() {
    return benchmark.substring(benchmark.lastIndexOf('.') + 1);
  }

  String impl() {
    return params.getOrDefault("impl", OURS);
  }

  /** The threads that work. */
  int threads() {
    String own = params.get("threads");
    return own == null ? jmhThreads : Integer.parseInt(own) * jmhThreads;
  }

  /** What is computed, by whomever: method and parameters, without implementation and threads. */
  String subject() {
    String others =
        params.entrySet().stream()
            .filter(e -> !List.of("impl", "threads", "shape").contains(e.getKey()))
            .map(e -> e.getKey() + "=" + e.getValue())
            .collect(Collectors.joining(" "));
    String shape = params.getOrDefault("shape", "");
    return (method() + " " + shape + " " + others).strip().replaceAll(" +", " ");
  }

  /** All that tells this row from others: equal keys of two files are the same measurement. */
  String key() {
    return family()
        + "."
        + subject()
        + ", "
        + impl()
        + (vm.superWord ? "" : " without auto-vectorizer")
        + (vm.bits == 0 ? "" : ", " + vm.bits + " bits")
        + ", "
        + threads()
        + (threads() == 1 ? " thread" : " threads");
  }

  /** The time of one call. */
  double seconds() {
    return jmhThreads / calls;
  }

  /** Bytes that were allocated in an iteration, JMH's own objects included; NaN if unknown. */
  double allocatedInIteration() {
    return work.allocated * calls * effort.seconds();
  }

  /** The error as a share of the score, NaN if unknown. */
  double relativeError() {
    return error / calls;
  }

  /** Whether the figure says little: its error is above 10 %, or unknown. */
  boolean noisy() {
    return !(relativeError() <= 0.1);
  }

  /** Whether operations are counted: then they are the measure, else bytes, else calls. */
  boolean countsOperations() {
    return !Double.isNaN(work.gflops);
  }

  /**
   * The rate that is compared with other implementations: GFLOP/s, else GB/s, else calls a second.
   */
  double rate() {
    return countsOperations() ? work.gflops : Double.isNaN(work.gigabytes) ? calls : work.gigabytes;
  }

  String unit() {
    return countsOperations() ? "GFLOP/s" : Double.isNaN(work.gigabytes) ? "calls/s" : "GB/s";
  }

  /** Billions of bytes that a call reads and writes. */
  OptionalDouble gigabytesPerCall() {
    return Double.isNaN(work.gigabytes)
        ? OptionalDouble.empty()
        : OptionalDouble.of(work.gigabytes / calls);
  }

  /** Operations for each byte that arguments make a call read and write. */
  OptionalDouble intensity() {
    return countsOperations() && !Double.isNaN(work.gigabytes)
        ? OptionalDouble.of(work.gflops / work.gigabytes)
        : OptionalDouble.empty();
  }
}
