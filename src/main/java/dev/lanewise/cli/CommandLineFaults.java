package dev.lanewise.cli;

import dev.lanewise.cli.support.Suggestions;
import dev.lanewise.cli.support.UserException;
import dev.lanewise.io.support.Names;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** What is wrong with a command line, in sentences that name what is near. */
final class CommandLineFaults {
  private CommandLineFaults() {}

  /** Refuses a number below 1. */
  static void checkAtLeastOne(String option, int value) {
    if (value < 1) {
      throw UserException.wrongOption(option + " is " + value + ", but must be at least 1");
    }
  }

  /** The sentence of a fault that picocli found. */
  static String sentence(ParameterException wrong) {
    CommandLine command = wrong.getCommandLine();
    // A slip in a required option's name is found as its lack.
    ParseResult parsed =
        wrong instanceof UnmatchedArgumentException || wrong instanceof MissingParameterException
            ? command.getParseResult()
            : null;
    if (parsed != null && !parsed.unmatched().isEmpty()) {
      return unmatched(parsed.unmatched().getFirst(), command);
    }
    ArgSpec argument = wrong.getArgSpec();
    String value = wrong.getValue();
    String message = String.valueOf(wrong.getMessage());
    if (argument == null || value == null || !argument.type().isEnum()) {
      return message;
    }
    List<String> names =
        Arrays.stream(argument.type().getEnumConstants())
            .map(one -> one.toString().toLowerCase(Locale.ROOT))
            .toList();
    return message + Suggestions.hint(value, names);
  }

  /** That there is no such command. */
  static String noCommand(String word, CommandLine program) {
    return "There is no command "
        + Names.quoted(word)
        + Suggestions.hint(word, program.getSubcommands().keySet());
  }

  private static String unmatched(String word, CommandLine command) {
    List<String> options =
        command.getCommandSpec().optionsMap().keySet().stream().sorted().toList();
    int equals = word.indexOf('=');
    String name = equals < 0 ? word : word.substring(0, equals);
    // Behind "--" an option's name is a word as any other.
    if (word.startsWith("-") && word.length() > 1 && !options.contains(name)) {
      return "There is no option " + Names.quoted(name) + Suggestions.hint(name, options);
    }
    if (!command.getSubcommands().isEmpty()) {
      return noCommand(word, command);
    }
    return "The command %s does not take %s%s"
        .formatted(
            command.getCommandName(),
            Names.quoted(word),
            options.contains(name) ? " here" : Suggestions.hint(word, options));
  }
}
