package dev.lanewise.cli.support;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lanewise.Main;
import dev.lanewise.testing.Fork;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Lines and tables that fit a narrow terminal. */
class TerminalTest {
  @Test
  void shortLinesStayAsTheyAre() {
    for (String text : List.of("", "\n", "a  b\n\n  c \n", "no end", "  wide   table 12")) {
      assertEquals(text, Terminal.fold(text, 20));
      assertEquals(text, Terminal.fold(text, Terminal.UNLIMITED));
    }
  }

  @Test
  void longLinesAreFoldedAtBlanks() {
    assertEquals(
        "one two three four\n  five six\nseven\n",
        Terminal.fold("one two three four five six\nseven\n", 20));
    assertEquals("  one two three\n    four five", Terminal.fold("  one two three four five", 16));
    // Exactly the width, and one more.
    assertEquals("0123 5678", Terminal.fold("0123 5678", 9));
    assertEquals("0123\n  5678", Terminal.fold("0123 5678", 8));
  }

  @Test
  void descriptionsStandBelowEachOther() {
    assertEquals(
        "jdk     OpenJDK 64-Bit\n        Server VM",
        Terminal.fold("jdk     OpenJDK 64-Bit Server VM", 23));
    // A term that leaves too little room, and a description far to the right.
    assertEquals(
        "      --epochs=N\n        How often",
        Terminal.fold("      --epochs=N         How often", 18));
    assertEquals(
        "     After how many\n     steps",
        Terminal.fold(" ".repeat(15) + "After how many steps", 20));
  }

  @Test
  void wordsThatAreTooLongAndEscapesAreLeftWhole() {
    assertEquals(
        "The worst:\n/a/path/that/is/long\n  end",
        Terminal.fold("The worst: /a/path/that/is/long end", 12));
    assertEquals("See:\n a/path/that", Terminal.fold("See: a/path/that", 12));
    String bold = "accuracy \u001b[1m0.98\u001b[0m";
    assertEquals(bold, Terminal.fold(bold, 13));
    assertEquals(bold.replace(' ', '\n').replace("\n", "\n  "), Terminal.fold(bold, 12));
    String redrawn = "\r1/2 a b c";
    assertEquals(redrawn, Terminal.fold(redrawn, 5));
  }

  @Test
  void aStreamFoldsWhateverIsPrinted() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    PrintStream out = Terminal.folding(bytes, 10);
    out.println("one two three");
    out.print("four five six\n");
    out.printf(Locale.ROOT, "%s: %d %s%n", "seven", 8, "nine");
    out.println((Object) "ten eleven");
    assertEquals(
        "one two\n  three\nfour five\n  six\nseven: 8\n  nine\nten eleven\n",
        bytes.toString(StandardCharsets.UTF_8));
    assertEquals(10, Terminal.widthOf(out));
    assertEquals(Terminal.UNLIMITED, Terminal.widthOf(System.out));
  }

  private static TextTable table() {
    TextTable table = new TextTable(List.of("class", "one", "two", "three\nlines"));
    table.row(List.of("a", "1", "22", "333"));
    table.row(List.of("b", "4", "5", "66666"));
    return table;
  }

  @Test
  void aTableThatFitsIsOneBlock() {
    String all =
        """
        class  one  two  three
                         lines
        a        1   22    333
        b        4    5  66666
        """;
    assertEquals(all, table().text(Terminal.UNLIMITED));
    assertEquals(all, table().text(22));
    assertEquals(all.lines().count(), table().text(21).lines().count());
    assertTrue(table().text(21).startsWith("class one two three\n"), table().text(21));
  }

  /** As R and pandas print tables that are too wide. */
  @Test
  void aTableThatIsTooWideIsCutIntoBlocks() {
    assertEquals(
        """
        class one two
        a       1  22
        b       4   5

        class three
              lines
        a       333
        b     66666
        """,
        table().text(13));
    for (int width = 11; width < 30; width++) {
      int most =
          Arrays.stream(table().text(width).split("\n")).mapToInt(String::length).max().orElse(0);
      assertTrue(most <= width, width + ": " + most);
    }
  }

  /** A real terminal, which util-linux's script makes; help is folded at it. */
  @ParameterizedTest
  @ValueSource(ints = {40, 60, 130})
  @EnabledOnOs(OS.LINUX)
  void helpFitsTheTerminal(int columns) {
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/script")));
    String inTerminal =
        "line=; for word; do line=\"$line '$word'\"; done;"
            + " exec script -qec \"stty cols COLUMNS; unset COLUMNS; exec $line\" /dev/null";
    List<String> before =
        List.of("sh", "-c", inTerminal.replaceFirst("COLUMNS", columns + ""), "sh");
    try (Fork.Running running =
        Fork.start(before, List.of(), Main.class.getName(), "train", "--help")) {
      Fork.Result result = running.await();
      assertEquals(0, result.exitCode(), result.toString());
      int most = result.out().lines().mapToInt(String::length).max().orElse(0);
      assertTrue(most < columns && most > columns - 20, most + " of " + columns);
      assertTrue(result.out().contains("--epochs=N"), result.out());
    }
  }
}
