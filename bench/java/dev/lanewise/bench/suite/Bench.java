package dev.lanewise.bench.suite;

import dev.lanewise.kernel.support.VectorWidth;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.openjdk.jmh.runner.format.OutputFormat;
import org.openjdk.jmh.runner.format.OutputFormatFactory;
import org.openjdk.jmh.runner.options.VerboseMode;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The benchmark suite's command line. */
@Command(
    name = "bench",
    description = "Measures the kernels beside what else a Java program could call.",
    mixinStandardHelpOptions = true,
    subcommands = {
      Bench.Quick.class,
      Bench.Full.class,
      Bench.ReportCommand.class,
      Bench.CompareCommand.class
    })
public final class Bench {
  private static final int FAILED = 1;

  private Bench() {}

  /**
   * Runs the program.
   *
   * @param args a command and its arguments
   */
  public static void main(String... args) {
    System.setProperty("java.awt.headless", "true"); // a picture needs no display
    System.exit(run(args));
  }

  static int run(String... args) {
    CommandLine line = new CommandLine(new Bench());
    line.setExecutionExceptionHandler(
        (failure, command, parsed) -> {
          if (!(failure instanceof BenchException)) {
            throw failure;
          }
          command.getErr().println(failure.getMessage());
          return FAILED;
        });
    return line.execute(args.length == 0 ? new String[] {"--help"} : args);
  }

  /** What quick and full share. */
  abstract static class SuiteCommand implements Callable<Integer> {
    @Option(
        names = "--out",
        paramLabel = "FILE",
        description = "Where results go; the report goes into a folder beside it.")
    private Path file;

    @Option(
        names = "--only",
        paramLabel = "REGEX",
        defaultValue = ".*",
        description = "Only rows whose Family.method fits; the roofs are always measured.")
    private String only;

    @Option(names = "--list", description = "Names the rows and the time they take; runs nothing.")
    private boolean list;

    private final boolean full;

    SuiteCommand(boolean full) {
      this.full = full;
    }

    @Override
    public Integer call() throws BenchException {
      String name = full ? "full" : "quick";
      int bits = VectorWidth.PREFERRED_BITS;
      int processors = Runtime.getRuntime().availableProcessors();
      List<Planned> rows =
          new Selection(full, bits, processors)
              .choose(Planned.all(silent(), new Row.Vm(bits, true))).stream()
                  .filter(this::isWanted)
                  .toList();
      PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
      out.println(
          "The "
              + name
              + " suite: "
              + rows.size()
              + " rows, about "
              + Figures.minutes(Pace.estimate(rows, full)));
      if (list) {
        rows.forEach(row -> out.println(row.unmeasured().key()));
        return 0;
      }
      Path json = file == null ? Path.of("target", "bench", name + ".json") : file;
      Results results = new Results(Environment.here(name, bits));
      new Suite(rows, full, results, json, out).run();
      Path folder = json.resolveSibling(json.getFileName().toString().replaceFirst("\\.json$", ""));
      Report.write(
          results,
          folder.equals(json) ? json.resolveSibling(json.getFileName() + "-report") : folder);
      out.println("Results in " + json + ", report in " + folder.resolve("report.md"));
      results.failed().forEach(row -> out.println("FAILED: " + row));
      return results.failed().isEmpty() ? 0 : FAILED;
    }

    private boolean isWanted(Planned row) {
      Row named = row.unmeasured();
      return named.family().equals("Roof") || (named.family() + "." + named.method()).matches(only);
    }

    private static OutputFormat silent() {
      return OutputFormatFactory.createFormatInstance(
          new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8),
          VerboseMode.SILENT);
    }
  }

  /** A selection in under five minutes. */
  @Command(
      name = "quick",
      mixinStandardHelpOptions = true,
      description = "Measures a selection in under five minutes and reports.")
  static final class Quick extends SuiteCommand {
    Quick() {
      super(false);
    }
  }

  /** Everything. */
  @Command(
      name = "full",
      mixinStandardHelpOptions = true,
      description = "Measures everything, some three quarters of an hour, and reports.")
  static final class Full extends SuiteCommand {
    Full() {
      super(true);
    }
  }

  /** Tables and pictures of results. */
  @Command(
      name = "report",
      mixinStandardHelpOptions = true,
      description = "Makes tables and pictures of results.")
  static final class ReportCommand implements Callable<Integer> {
    @Parameters(paramLabel = "RESULTS.json")
    private Path file;

    @Option(names = "--out", required = true, paramLabel = "FOLDER", description = "Where to.")
    private Path folder;

    ReportCommand() {}

    @Override
    public Integer call() throws BenchException {
      Report.write(Results.read(file), folder);
      return 0;
    }
  }

  /** What changed. */
  @Command(
      name = "compare",
      mixinStandardHelpOptions = true,
      description = {
        "Says what got faster or slower from A to B:",
        "intervals that do not overlap, and 3 % at least."
      })
  static final class CompareCommand implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "A.json")
    private Path before;

    @Parameters(index = "1", paramLabel = "B.json")
    private Path after;

    CompareCommand() {}

    @Override
    public Integer call() throws BenchException {
      System.out.print(
          new Comparison(Results.read(before).rows(), Results.read(after).rows()).text());
      return 0;
    }
  }
}
