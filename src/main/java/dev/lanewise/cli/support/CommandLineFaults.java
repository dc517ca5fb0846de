package dev.lanewise.cli.support;

import dev.lanewise.io.support.Names;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** What is wrong with a command line, in sentences that name what is near. */
public final class CommandLineFaults {
  /** From so many letters on the beginning of a name stands for it. */
  private static final int BEGINNING = 3;

  private CommandLineFaults() {}

  /** Refuses a number below 1. */
  public static void checkAtLeastOne(String option, int value) {
    if (value < 1) {
      throw UserException.wrongOption(option + " is " + value + ", but must be at least 1");
    }
  }

  /** The sentence of a fault that picocli found. */
  public static String sentence(ParameterException wrong) {
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
    return message + hint(value, names);
  }

  /** That there is no such command. */
  public static String noCommand(String word, CommandLine program) {
    return "There is no command "
        + Names.quoted(word)
        + hint(word, program.getSubcommands().keySet());
  }

  private static String unmatched(String word, CommandLine command) {
    List<String> options =
        command.getCommandSpec().optionsMap().keySet().stream().sorted().toList();
    int equals = word.indexOf('=');
    String name = equals < 0 ? word : word.substring(0, equals);
    // Behind "--" an option's name is a word as any other.
    if (word.startsWith("-") && word.length() > 1 && !options.contains(name)) {
      return "There is no option " + Names.quoted(name) + hint(name, options);
    }
    if (!command.getSubcommands().isEmpty()) {
      return noCommand(word, command);
    }
    return "The command %s does not take %s%s"
        .formatted(
            command.getCommandName(),
            Names.quoted(word),
            options.contains(name) ? " here" : hint(word, options));
  }

  /** "; did you mean --epochs?", or nothing if no known name is near. */
  public static String hint(String typed, Collection<String> known) {
    String nearest = nearest(typed, known);
    return nearest == null ? "" : "; did you mean " + nearest + "?";
  }

  /**
   * The name with the fewest slips between it and what was typed, or null if there are too many:
   * more than one, and more than one in three letters. Dashes and capitals do not count.
   */
  public static @Nullable String nearest(String typed, Collection<String> known) {
    String word = letters(typed);
    String nearest = null;
    int least = Math.max(1, word.length() / 3) + 1;
    for (String name : known) {
      String letters = letters(name);
      int slips = slips(word, letters);
      if (word.length() >= BEGINNING && letters.startsWith(word)) {
        slips = Math.min(slips, 1);
      }
      if (slips < least && slips < Math.max(word.length(), letters.length())) {
        nearest = name;
        least = slips;
      }
    }
    return nearest;
  }

  private static String letters(String name) {
    return name.toLowerCase(Locale.ROOT).replaceAll("[-_]", "");
  }

  /** Letters too many, missing, wrong or swapped with their neighbours (F. J. Damerau). */
  private static int slips(String a, String b) {
    int[] before = new int[b.length() + 1];
    int[] last = new int[b.length() + 1];
    Arrays.setAll(last, j -> j);
    for (int i = 1; i <= a.length(); i++) {
      int[] row = new int[b.length() + 1];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        boolean same = a.charAt(i - 1) == b.charAt(j - 1);
        row[j] = Math.min(Math.min(row[j - 1], last[j]) + 1, last[j - 1] + (same ? 0 : 1));
        boolean swapped =
            i > 1
                && j > 1
                && a.charAt(i - 1) == b.charAt(j - 2)
                && a.charAt(i - 2) == b.charAt(j - 1);
        if (swapped) {
          row[j] = Math.min(row[j], before[j - 2] + 1);
        }
      }
      before = last;
      last = row;
    }
    return last[b.length()];
  }
}
