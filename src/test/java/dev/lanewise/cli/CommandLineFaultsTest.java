package dev.lanewise.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.Main;
import dev.lanewise.cli.support.CommandLineFaults;
import dev.lanewise.testing.Fork;
import dev.lanewise.testing.Program;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Slips on the command line, and numbers that only Java takes for some. */
class CommandLineFaultsTest {
  private static Fork.Result run(String... arguments) {
    return Program.run(arguments);
  }

  /** FD-37: what is near is named, whether a command, an option or a value is mistyped. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "trian | There is no command 'trian'; did you mean train?",
        "eval | There is no command 'eval'; did you mean evaluate?",
        "help prdict | There is no command 'prdict'; did you mean predict?",
        "--epoch 3 | There is no option '--epoch'; did you mean --epochs?",
        "-epochs=3 | There is no option '-epochs'; did you mean --epochs?",
        "train --batchsize=3 | There is no option '--batchsize'; did you mean --batch-size?",
        "train --Epochs 3 | There is no option '--Epochs'; did you mean --epochs?",
        "train epochs 3 | The command train does not take 'epochs'; did you mean --epochs?",
        "train -- --epochs | The command train does not take '--epochs' here",
        "evaluate --lod x | There is no option '--lod'; did you mean --load?",
        "--layout kears | Invalid value for option '--layout': expected one of [KERAS, PYTORCH]"
            + " (case-insensitive) but was 'kears'; did you mean keras?",
        "compare --descent sngle | --descent has 'sngle', but takes full, single and mini; did you"
            + " mean single?",
        "@lines | There is no command '@lines'",
        "train @lines | The command train does not take '@lines'",
        "--frobnicate | There is no option '--frobnicate'"
      })
  void whatIsNearIsNamed(String line, String sentence) {
    Fork.Result result = run(line.split(" ", -1));
    assertEquals(2, result.exitCode(), result.err());
    String see = result.err().replaceAll(" \\(see: lanewise[a-z ]* --help\\)", "").strip();
    assertEquals(sentence, see);
  }

  @Test
  void farNamesAreNotGuessed() {
    List<String> known = List.of("--epochs", "--lr", "-q");
    for (String typed : List.of("", "-", "--", "x", "-x", "--momentum", "--rl0")) {
      assertNull(CommandLineFaults.nearest(typed, known), typed);
    }
    assertEquals("--lr", CommandLineFaults.nearest("--rl", known));
    assertEquals("--epochs", CommandLineFaults.nearest("epo", known));
  }

  /** FD-37: as with git, Maven and others. */
  @Test
  void helpIsACommand() {
    assertEquals(run("--help"), run("help"));
    assertEquals(0, run("help").exitCode());
    for (String command : List.of("train", "evaluate", "predict", "compare", "info", "help")) {
      assertEquals(run(command, "--help"), run("help", command));
      assertTrue(run("help").out().contains("  " + command + "  "), command);
    }
  }

  /** A file of options is not looked for where a file of another kind may be called @name. */
  @Test
  void wordsWithAnAtAreNotReadAsFiles(@TempDir Path folder) throws IOException {
    Path lines = Files.writeString(folder.resolve("lines"), "--version");
    Fork.Result result = run("@" + lines);
    assertEquals(2, result.exitCode(), result.toString());
    assertTrue(result.err().startsWith("There is no command '@"), result.err());
  }

  /** One spelling of numbers for options and for the keys of optimizers. */
  @ParameterizedTest
  @ValueSource(strings = {"1e-3f", "1d", "0x1p3", "٣", "1_0", "1,5", "", "1e", "--1", "0x10"})
  void numbersAreAsciiEverywhere(String number) {
    for (String option : List.of("--epochs", "--seed", "--lr", "--threads")) {
      Fork.Result result = run("train", "--data", "/no/such/folder", option + "=" + number);
      assertEquals(2, result.exitCode(), option + "=" + number + ": " + result.err());
      assertTrue(
          result.err().matches("(?s)Invalid value for option '" + option + "': '.*' is not a .*"),
          result.err());
    }
    for (String key : List.of("lr", "epsilon", "gradient_accumulation_steps")) {
      Fork.Result result =
          run("--data", "/no/such/folder", "--optimizer=adam:" + key + "=" + number);
      assertEquals(2, result.exitCode(), key + "=" + number + ": " + result.err());
      assertTrue(result.err().contains("but must be a ") || number.contains(","), result.err());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "--lr,+1E-3", "--lr,.5", "--lr,1.",
    "--seed,-9223372036854775808", "--seed,9223372036854775807", "--epochs,+03",
    "--optimizer,adam:lr=1E-3"
  })
  void numbersThatAreRightAreTaken(String option, String number) {
    Fork.Result result = run("--data", "/no/such/folder", option, number);
    assertEquals(1, result.exitCode(), result.err());
    assertTrue(result.err().contains("/no/such/folder"), result.err());
  }

  @ParameterizedTest
  @CsvSource({"--epochs,2147483648,2147483647", "--seed,9223372036854775808,9223372036854775807"})
  void aNumberThatIsTooLargeIsCalledThat(String option, String number, String most) {
    Fork.Result result = run(option, number);
    assertEquals(2, result.exitCode());
    assertTrue(result.err().contains("'" + number + "' is out of the range from -"), result.err());
    assertTrue(result.err().contains(" to " + most), result.err());
  }

  /** FD-50: the VM calls it a lack of memory; a limit of address space has the same effect. */
  @Test
  @EnabledOnOs(OS.LINUX)
  void fewerThreadsThanAskedForAreCalledThat() {
    List<String> limited = List.of("sh", "-c", "ulimit -v 8000000 && exec \"$@\"", "sh");
    List<String> flags =
        List.of(Fork.VECTORS, "-Xmx64m", "-Xss200m", "-Xlog:disable", "-XX:+UseSerialGC");
    try (Fork.Running running =
        Fork.start(limited, flags, Main.class.getName(), "info", "--threads", "200")) {
      Fork.Result result = running.await();
      assertEquals(1, result.exitCode(), result.err());
      assertEquals(
          "The system lets this program start no more threads (ulimit -u or the container limits"
              + " them), but --threads is 200: a smaller one helps",
          result.complaints());
    }
  }

  /** A user copies the folder of the sentence after Ctrl-C into a shell. */
  @Test
  @EnabledOnOs(OS.LINUX)
  void wordsForAShellAreReadBack() throws IOException, InterruptedException {
    assertEquals("/a/b-1.c", Interruption.shellWord("/a/b-1.c"));
    assertEquals("'/my runs'", Interruption.shellWord("/my runs"));
    for (String word : List.of("a b", "it's", "$HOME `id` \"*\" \\", "", "~", "a;b\n&c", "ü")) {
      Process echo = Fork.limited(new ProcessBuilder("sh").redirectErrorStream(true).start());
      try (PrintStream in = new PrintStream(echo.getOutputStream(), true, StandardCharsets.UTF_8)) {
        in.print("printf %s " + Interruption.shellWord(word) + "\n");
      }
      byte[] read = echo.getInputStream().readAllBytes();
      assertEquals(0, echo.waitFor());
      assertEquals(word, new String(read, StandardCharsets.UTF_8));
    }
  }
}
