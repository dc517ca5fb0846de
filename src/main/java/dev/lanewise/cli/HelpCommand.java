package dev.lanewise.cli;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Shows what {@code --help} of a command shows. */
@Command(
    name = "help",
    mixinStandardHelpOptions = true,
    versionProvider = Lanewise.Version.class,
    description = "Shows the help of a command, as --help does.")
final class HelpCommand implements Callable<Integer> {
  @Parameters(arity = "0..1", paramLabel = "COMMAND", description = "The command.")
  private @Nullable String command;

  @Spec private @Nullable CommandSpec spec;

  HelpCommand() {}

  @Override
  public Integer call() {
    CommandSpec own = spec;
    if (own == null) {
      throw new IllegalStateException("help was not called by the command line");
    }
    CommandLine shown = own.parent().commandLine();
    String name = command;
    if (name != null) {
      CommandLine named = shown.getSubcommands().get(name);
      if (named == null) {
        throw new ParameterException(shown, CommandLineFaults.noCommand(name, shown));
      }
      shown = named;
    }
    shown.usage(shown.getOut());
    return Lanewise.OK;
  }
}
