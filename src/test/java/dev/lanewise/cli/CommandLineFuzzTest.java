package dev.lanewise.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.nn.MnistCnn;
import dev.lanewise.testing.Folders;
import dev.lanewise.testing.Fork;
import dev.lanewise.testing.Memory;
import dev.lanewise.testing.Mutation;
import dev.lanewise.testing.Program;
import dev.lanewise.train.ModelFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

/** Whatever stands on the command line or in a file: one sentence and an exit code. */
class CommandLineFuzzTest {
  /** Words that mean something, in any order; a width is left out, since a VM has only one. */
  private static final String[] WORDS = {
    "train", "evaluate", "compare", "info", "help", "--optimizer",
    "adam", "sgd:momentum=0.9", "adam:", "adam:lr=", "adam:=1", "adam:lr=CosineDecay(",
    "sgd:lr=1e400", "rmsprop:rho=,", ":", "--epochs", "1", "0",
    "-1", "2147483648", "1e3", "NaN", "--batch-size", "--lr",
    "0.1", "--seed", "9223372036854775808", "--limit", "--threads", "1025",
    "--vector-bits", "96", "--checkpoint", "--checkpoint-every", "--resume", "/no/such/folder",
    "--load", "--json", "--save", "/no/such/folder/x", "--descent", "full,single",
    "single,,", "--optimizers", "adam;adam", ";", "--seeds", "--",
    "-", "=", "--=", "--epochs=", "--epochs=1=1", "@",
    "@/no/such/file", "", " ", "'", "\"", "\\",
    "\u0000", "ü", "\ud83d\ude00", "-h", "--version", "--help",
    "-x", "--data"
  };

  @Provide
  static Arbitrary<List<String>> lines() {
    Arbitrary<String> word =
        Arbitraries.frequencyOf(
            Tuple.of(12, Arbitraries.of(WORDS)),
            Tuple.of(1, Arbitraries.strings().ofMaxLength(12)));
    return word.list().ofMaxSize(9);
  }

  /** No data can be read, so that even a good line ends before it trains or writes. */
  @Property(tries = 800)
  void anyCommandLine(@ForAll("lines") List<String> words) throws IOException {
    List<String> arguments = new ArrayList<>(words);
    // Only the command itself is free of data: the word may also stand behind --checkpoint.
    if (arguments.isEmpty() || !arguments.getFirst().equals("info")) {
      arguments.addAll(List.of("--data", "/no/such/folder"));
    }
    List<String> before = Folders.names(Path.of(""));
    check(arguments);
    assertEquals(before, Folders.names(Path.of("")), arguments + " wrote into the working folder");
  }

  /** What once wrote a folder "info" with checkpoints into the working folder. */
  @Example
  void aWordInAnotherPlaceIsNoCommand() throws IOException {
    anyCommandLine(List.of("train", "--checkpoint", "info", "--epochs", "1"));
    anyCommandLine(List.of("--checkpoint", "info", "--limit", "1", "--epochs=1"));
  }

  private static String check(List<String> arguments) {
    Fork.Result result = Program.run(arguments.toArray(String[]::new));
    int exitCode = result.exitCode();
    String complaint = result.err();
    assertTrue(exitCode >= 0 && exitCode <= 2, arguments + ": " + exitCode);
    assertEquals(exitCode == 0 ? 0 : 1, complaint.lines().count(), arguments + ": " + complaint);
    assertTrue(!complaint.contains("unexpectedly"), arguments + ": " + complaint);
    assertTrue(!complaint.contains("Exception"), arguments + ": " + complaint);
    return complaint;
  }

  /** Damaged weights and images through the commands: the file is named. */
  @Property(tries = 60)
  void damagedFiles(@ForAll long seed) throws IOException {
    Path folder = Files.createTempDirectory("lanewise");
    try {
      Path weights = folder.resolve("weights");
      byte[] whole = weights(weights);
      Files.write(weights, Mutation.of(seed % 2 == 0 ? whole : new byte[40], seed));
      long before = Memory.allocated();
      String load = check(List.of("evaluate", "--load", weights + "", "--data", folder + ""));
      assertTrue(load.startsWith(weights + " ") || load.contains(folder + ""), load);
      check(List.of("train", "--resume", weights + "", "--data", folder + ""));
      long taken = Memory.allocated() - before;
      assertTrue(taken < 60_000_000, taken + " bytes");
    } finally {
      Files.deleteIfExists(folder.resolve("weights"));
      Files.delete(folder);
    }
  }

  private static byte[] weights(Path file) throws IOException {
    ModelFile.save(MnistCnn.create(1), file);
    return Files.readAllBytes(file);
  }
}
