package dev.lanewise.bench.suite;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.results.format.ResultFormatFactory;
import org.openjdk.jmh.results.format.ResultFormatType;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.format.OutputFormatFactory;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * Measures rows one after the other. Each row's figures are in the file before the next row begins,
 * so that an interruption or a failure costs one row.
 */
final class Suite {
  private final List<Planned> rows;
  private final boolean full;
  private final Results results;
  private final Path file;
  private final PrintStream out;

  Suite(List<Planned> rows, boolean full, Results results, Path file, PrintStream out) {
    this.rows = List.copyOf(rows);
    this.full = full;
    this.results = results;
    this.file = file;
    this.out = out;
  }

  /** JMH's own words go to a file beside the results. */
  void run() throws BenchException {
    Path log = file.resolveSibling(file.getFileName() + ".log");
    results.write(file);
    try (PrintStream words =
        new PrintStream(Files.newOutputStream(log), true, StandardCharsets.UTF_8)) {
      long start = System.nanoTime();
      for (int i = 0; i < rows.size(); i++) {
        Row row = measure(rows.get(i), words);
        results.write(file);
        out.printf(
            Locale.ROOT,
            "%4d/%d  %-90s %s  (about %s left)%n",
            i + 1,
            rows.size(),
            rows.get(i).unmeasured().key(),
            row == null ? "FAILED, see " + log : Figures.rateWithError(row),
            Figures.minutes(left(start, i + 1)));
      }
    } catch (IOException failure) {
      throw new BenchException(log + " cannot be written: " + failure);
    }
  }

  /** What is left by the estimate, corrected by how well it held so far. */
  private Duration left(long start, int done) {
    double held =
        (System.nanoTime() - start) / (double) Pace.estimate(rows.subList(0, done), full).toNanos();
    Duration rest = Pace.estimate(rows.subList(done, rows.size()), full);
    return Duration.ofNanos((long) (held * rest.toNanos()));
  }

  /** The row's result, or null if there is none. */
  private Row measure(Planned row, PrintStream words) throws IOException {
    Pace pace = Pace.of(row, full);
    ChainedOptionsBuilder options =
        new OptionsBuilder()
            .include("^\\Q" + row.benchmark() + "\\E$")
            .mode(Mode.Throughput)
            .timeUnit(TimeUnit.SECONDS)
            .threads(row.jmhThreads())
            .forks(pace.forks())
            .warmupIterations(pace.warmups())
            .warmupTime(TimeValue.milliseconds(pace.warmupMillis()))
            .measurementIterations(pace.iterations())
            .measurementTime(TimeValue.milliseconds(pace.millis()))
            .addProfiler(GCProfiler.class)
            .shouldFailOnError(true)
            .jvmArgsAppend(Results.arguments(row.vm()).toArray(String[]::new));
    row.params().forEach(options::param);
    try {
      Collection<RunResult> measured =
          new Runner(
                  options.build(),
                  OutputFormatFactory.createFormatInstance(words, VerboseMode.NORMAL))
              .run();
      ByteArrayOutputStream json = new ByteArrayOutputStream();
      try (PrintStream print = new PrintStream(json, false, StandardCharsets.UTF_8)) {
        ResultFormatFactory.getInstance(ResultFormatType.JSON, print).writeOut(measured);
      }
      int before = results.rows().size();
      results.add(json.toString(StandardCharsets.UTF_8));
      if (results.rows().size() == before + 1) {
        return results.rows().getLast();
      }
    } catch (RunnerException failure) {
      words.println(failure);
    }
    results.addFailed(row.unmeasured().key());
    return null;
  }
}
