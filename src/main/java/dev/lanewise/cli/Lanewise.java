package dev.lanewise.cli;

import dev.lanewise.cli.support.CommandLineFaults;
import dev.lanewise.cli.support.Machine;
import dev.lanewise.cli.support.OutputGuard;
import dev.lanewise.cli.support.Terminal;
import dev.lanewise.cli.support.UserException;
import dev.lanewise.io.support.Names;
import dev.lanewise.io.support.Numbers;
import dev.lanewise.kernel.KernelChoice;
import dev.lanewise.kernel.Kernels;
import dev.lanewise.kernel.math.Fma;
import dev.lanewise.kernel.parallel.Team;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** The program: its commands, and how it ends. */
@Command(
    name = "lanewise",
    description = {
      "Trains the MNIST CNN with SIMD kernels in pure Java.",
      "Without a command it trains: its options are those of 'train --help'."
    },
    synopsisSubcommandLabel = "[train | evaluate | predict | convert | compare | info | help]",
    footer = {
      "",
      "The environment variable LANEWISE_JAVA_OPTS adds flags of the Java VM to those of bin/lanewise;"
          + " put a value that contains a blank in quotes."
    },
    subcommands = {
      TrainCommand.class,
      EvaluateCommand.class,
      PredictCommand.class,
      ConvertCommand.class,
      CompareCommand.class
    })
public final class Lanewise implements Runnable {
  /** Exit code of a run that did what was asked. */
  public static final int OK = 0;

  /** Exit code of a run that failed on its way: a file that cannot be read or written. */
  public static final int FAILED = UserException.FAILED;

  /** Exit code for a wrong option or command. */
  public static final int WRONG_OPTION = UserException.WRONG_OPTION;

  private static final int NARROWEST_HELP = 55; // what picocli can do
  private static final int UNFOLDED_HELP = 10_000;
  private static final Set<String> OWN_OPTIONS = Set.of("-h", "--help", "-V", "--version");

  private final Rehearsal rehearsal;

  @Spec private @Nullable CommandSpec spec;

  private Lanewise(Rehearsal rehearsal) {
    this.rehearsal = rehearsal;
  }

  /**
   * Runs the program in a VM that has just been started, whose compiler is given something to do
   * while the command line and the data are read.
   *
   * @param args the command line
   * @return the exit code: 0, 1 or 2
   */
  public static int start(String... args) {
    return run(Rehearsal.begin(List.of(withCommand(args))), args);
  }

  /**
   * Runs the program.
   *
   * @param args the command line
   * @return the exit code: 0, 1 or 2
   */
  public static int run(String... args) {
    return run(Rehearsal.none(), args);
  }

  private static int run(Rehearsal rehearsal, String... args) {
    CommandLine line = new CommandLine(new Lanewise(rehearsal));
    addCommonOptions(line);
    line.getSubcommands().values().forEach(Lanewise::addCommonOptions);
    line.setCaseInsensitiveEnumValuesAllowed(true); // --layout pytorch
    line.setOverwrittenOptionsAllowed(true); // the last one counts, as in most programs
    line.setExpandAtFiles(false); // a file may be called @digits.png
    line.registerConverter(Path.class, Lanewise::path);
    ITypeConverter<Integer> whole =
        number(text -> (int) Numbers.whole(text, Integer.MIN_VALUE, Integer.MAX_VALUE));
    ITypeConverter<Long> wide = number(text -> Numbers.whole(text, Long.MIN_VALUE, Long.MAX_VALUE));
    ITypeConverter<Double> decimal = number(Numbers::decimal);
    line.registerConverter(int.class, whole);
    line.registerConverter(Integer.class, whole);
    line.registerConverter(long.class, wide);
    line.registerConverter(double.class, decimal);
    line.registerConverter(Double.class, decimal);
    line.setColorScheme(CommandLine.Help.defaultColorScheme(Ansi.OFF));
    fit(line, Terminal.width());
    line.setParameterExceptionHandler(Lanewise::wrongOption);
    line.setExecutionExceptionHandler((failure, command, parsed) -> failed(failure, command));
    try {
      return written(line.execute(withCommand(args)));
    } catch (OutOfMemoryError memory) {
      if (CommonOptions.Machine.isThread(memory)) {
        System.err.println(
            CommonOptions.Machine.NO_THREAD + "; a smaller --threads, or a higher limit, helps");
        return FAILED;
      }
      System.err.printf(
          "There is not enough memory: the VM may use %s MB; a larger -Xmx or a smaller --batch-size"
              + " or --limit helps%n",
          Runtime.getRuntime().maxMemory() >> 20);
      return FAILED;
    }
  }

  private static void addCommonOptions(CommandLine command) {
    CommandSpec spec = command.getCommandSpec();
    if (!spec.mixinStandardHelpOptions()) { // a method's must come before its own parameters
      spec.mixinStandardHelpOptions(true);
    }
    spec.version("lanewise " + Machine.version());
    spec.usageMessage().sortOptions(false); // but as they are declared
  }

  /** Lets help fit the terminal; where that is too narrow for picocli's columns, by folding. */
  private static void fit(CommandLine line, int width) {
    if (width == Terminal.UNLIMITED) {
      return;
    }
    line.setUsageHelpWidth(width < NARROWEST_HELP ? UNFOLDED_HELP : width);
    line.setOut(
        new PrintWriter(System.out, true) {
          @Override
          public void write(String text) {
            super.write(Terminal.fold(text, width));
          }
        });
  }

  /** The exit code, unless what was printed has not all reached its place. */
  private static int written(int exitCode) {
    if (exitCode == OK && System.out.checkError()) {
      System.err.println(OutputGuard.SENTENCE);
      return FAILED;
    }
    return exitCode;
  }

  /** A path, or one sentence instead of the exception that the JDK throws at some characters. */
  static Path path(String text) {
    try {
      return Path.of(text);
    } catch (InvalidPathException wrong) {
      boolean utf8 = System.getProperty("sun.jnu.encoding", "UTF-8").equals("UTF-8");
      throw new TypeConversionException(
          "%s is no path on this system: %s%s"
              .formatted(
                  Names.quoted(text),
                  wrong.getReason(),
                  utf8 ? "" : "; with the environment variable LC_ALL=C.UTF-8 it may be one"));
    }
  }

  /** A number, or one sentence instead of Java's exception. */
  private static <T> ITypeConverter<T> number(Function<String, T> read) {
    return text -> {
      try {
        return read.apply(text.strip());
      } catch (IllegalArgumentException wrong) {
        throw new TypeConversionException(wrong.getMessage());
      }
    };
  }

  /** Without a command, what is given are options of train. */
  private static String[] withCommand(String[] args) {
    boolean trains =
        args.length == 0 || (args[0].startsWith("-") && !OWN_OPTIONS.contains(args[0]));
    if (!trains) {
      return args;
    }
    return Stream.concat(Stream.of("train"), Arrays.stream(args)).toArray(String[]::new);
  }

  private static int wrongOption(ParameterException wrong, String[] args) {
    CommandLine command = wrong.getCommandLine();
    String name = command.getCommandSpec().qualifiedName();
    say(command, oneLine(CommandLineFaults.sentence(wrong)) + " (see: " + name + " --help)");
    return WRONG_OPTION;
  }

  private static int failed(Exception failure, CommandLine command) {
    if (failure instanceof UncheckedIOException wrapper) {
      return failed(Objects.requireNonNull(wrapper.getCause()), command);
    }
    if (failure instanceof UserException expected) {
      say(command, oneLine(expected.getMessage()));
      return expected.exitCode();
    }
    if (failure instanceof IOException told) {
      say(command, oneLine(told.getMessage()));
      return FAILED;
    }
    // A fault of ours. A stack trace would help nobody but us, so it has to be asked for.
    say(command, "Lanewise failed unexpectedly: " + oneLine(failure.toString()));
    if (Boolean.getBoolean("lanewise.stackTrace")) {
      failure.printStackTrace(command.getErr());
    }
    return FAILED;
  }

  private static void say(CommandLine command, String sentence) {
    PrintWriter err = command.getErr();
    err.println(sentence);
    err.flush();
  }

  private static String oneLine(@Nullable String message) {
    String line = message == null ? "" : message.strip().replaceAll("\\s*\\R\\s*", " ");
    return line.isEmpty() ? "something failed" : line;
  }

  /** Says what this machine and VM offer and what would be used of it. */
  @Command(
      name = "info",
      mixinStandardHelpOptions = true,
      description = "Shows what this machine offers and what the program uses.")
  int info(@Mixin CommonOptions.Machine machine) {
    machine.apply();
    PrintStream out = CommonOptions.Output.out();
    try (Team team = machine.team()) {
      Kernels kernels = machine.kernels(team, System.err);
      int bits = kernels.vectorBits();
      String twins = bits == 0 ? "scalar" : "SIMD, " + bits + " bits";
      int processors = Runtime.getRuntime().availableProcessors();
      out.println("lanewise    " + Machine.version());
      out.println("processor   " + Machine.processor());
      out.println("kernels     " + twins + ": " + KernelChoice.now().reason());
      out.println("fma         " + (Fma.HARDWARE ? "in hardware" : "emulated, exactly"));
      out.println("threads     " + kernels.threads() + " of " + processors + " processors");
      out.println("jdk         " + Machine.java());
    }
    return OK;
  }

  /** Shows what {@code --help} of a command shows. */
  @Command(
      name = "help",
      mixinStandardHelpOptions = true,
      description = "Shows the help of a command, as --help does.")
  int help(
      @Parameters(arity = "0..1", paramLabel = "COMMAND", description = "The command.")
          @Nullable String command) {
    CommandLine shown = Objects.requireNonNull(spec).commandLine();
    if (command != null) {
      CommandLine named = shown.getSubcommands().get(command);
      if (named == null) {
        throw new ParameterException(shown, CommandLineFaults.noCommand(command, shown));
      }
      shown = named;
    }
    shown.usage(shown.getOut());
    return OK;
  }

  /** What a training does not need any more, once its data are there. */
  Rehearsal rehearsal() {
    return rehearsal;
  }

  /** Does nothing: without a command {@code train} is run. */
  @Override
  public void run() {}
}
