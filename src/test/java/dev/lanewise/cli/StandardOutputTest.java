package dev.lanewise.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.jr.ob.JSON;
import dev.lanewise.Main;
import dev.lanewise.cli.support.OutputGuard;
import dev.lanewise.nn.MnistCnn;
import dev.lanewise.testing.Fork;
import dev.lanewise.testing.SmallMnist;
import dev.lanewise.train.ModelFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * FD-29 and FD-30: results that reach nobody, results that a pipe takes, and systems that can write
 * nothing but what was asked for.
 */
@DisabledOnOs(OS.WINDOWS)
class StandardOutputTest {
  @TempDir private static Path folder;

  @BeforeAll
  static void writeImages() throws IOException {
    SmallMnist.write(folder, 200, 50);
    ModelFile.save(MnistCnn.create(1), folder.resolve("weights"));
  }

  /** Runs the program behind a line of the shell, in which "$@" stands for it. */
  private static Fork.Result shell(String line, List<String> flags, Object... parts) {
    List<String> all = new ArrayList<>(List.of(Fork.VECTORS));
    all.addAll(flags);
    try (Fork.Running run =
        Fork.start(
            List.of("bash", "-c", line, "bash"), all, Main.class.getName(), Fork.words(parts))) {
      return run.await();
    }
  }

  private static Path file(String name) {
    return folder.resolve(name);
  }

  @ParameterizedTest
  @ValueSource(strings = {"--help", "--version", "info", "train --help", "evaluate", "train"})
  void outputThatCannotBeWrittenIsAFailure(String command) {
    assumeTrue(Files.exists(Path.of("/dev/full")), "there is no full device");
    Object[] words =
        switch (command) {
          case "evaluate" ->
              new Object[] {"evaluate --no-worst --load", file("weights"), "--data", folder};
          case "train" -> new Object[] {"train --quiet --epochs 1 --data", folder};
          default -> new Object[] {command};
        };
    Fork.Result result = shell("exec \"$@\" > /dev/full", List.of(), words);
    assertEquals(1, result.exitCode(), result.err());
    assertEquals(OutputGuard.SENTENCE, result.complaints());
  }

  /** Who reads one line and goes does not keep a training of hours alive that leaves nothing. */
  @Test
  void aClosedPipeEndsATrainingThatLeavesNothing() {
    String line = "set -o pipefail; \"$@\" | head -1";
    Fork.Result result = shell(line, List.of(), "train --epochs 100000 --data", folder);
    assertEquals("Epoch 1/100000\n", result.out());
    assertEquals(1, result.exitCode(), result.err());
    assertEquals(OutputGuard.SENTENCE, result.complaints());
  }

  @Test
  void aClosedPipeDoesNotCostWhatATrainingSaves() {
    String line = "set -o pipefail; \"$@\" | head -1";
    Path piped = file("piped.safetensors");
    Fork.Result result = shell(line, List.of(), "train --epochs=3 --data", folder, "--save", piped);
    assertEquals(1, result.exitCode(), result.err());
    assertEquals(
        "Note: "
            + OutputGuard.SENTENCE
            + "; the run goes on, since it writes files\n"
            + OutputGuard.SENTENCE,
        result.complaints());
    assertTrue(Files.exists(piped));
  }

  /** As with curl -o -: what a program reads is the file alone, people are told on the other. */
  @Test
  void aFileOnStandardOutputIsAlone() throws IOException {
    String train = "train --epochs 1 --data";
    for (String output : List.of("-", "/dev/stdout", "/dev/fd/1")) {
      Fork.Result json = shell("\"$@\" | cat", List.of(), train, folder, "--json", output);
      json.succeeded();
      Map<String, Object> report = JSON.std.mapFrom(json.out());
      assertTrue(report.containsKey("epochs"), json.out());
      assertTrue(json.complaints().startsWith("Epoch 1/1"), json.complaints());
      assertTrue(json.complaints().contains("Adam, 1 epoch in "), json.complaints());
    }
    String cat = "\"$@\" | cat > '" + file("w") + "'";
    shell(cat, List.of(), train, folder, "--save -").succeeded();
    ModelFile.load(MnistCnn.create(2), folder.resolve("w"));
    Fork.Result full = shell("exec \"$@\" > /dev/full", List.of(), train, folder, "--json -");
    assertEquals(1, full.exitCode());
    assertTrue(
        full.complaints().endsWith("/dev/stdout cannot be written: No space left on device"),
        full.complaints());
    assertFalse(Files.exists(Path.of("-")));
  }

  /** FD-30: pictures are made in memory, so no folder for temporary files is needed. */
  @Test
  void picturesNeedNoTemporaryFolder() {
    List<String> nowhere = List.of("-Djava.io.tmpdir=" + file("no/such"));
    String exec = "exec \"$@\"";
    Path weights = file("weights");
    Path worst = file("worst.png");
    Fork.Result evaluated =
        shell(exec, nowhere, "evaluate --load", weights, "--data", folder, "--worst", worst);
    assertEquals("", evaluated.succeeded().complaints());
    assertTrue(Files.exists(worst));
    Fork.Result trained =
        shell(exec, nowhere, "train --epochs 1 --data", folder, "--plots", file("plots"));
    assertEquals("", trained.succeeded().complaints());
    assertTrue(Files.exists(file("plots").resolve(TrainResults.LOSS)));
  }

  /** FD-30: where the picture that nobody asked for cannot be written, there is none. */
  @Test
  void aPictureThatNobodyAskedForStopsNobody() throws IOException {
    Path here = Files.createDirectories(folder.resolve("here"));
    Files.createDirectory(here.resolve(EvaluateCommand.WORST)); // its place is taken
    String inThere = "cd '" + here + "' && exec \"$@\"";
    Object[] evaluate = {"evaluate --load", file("weights"), "--data", folder};
    Fork.Result result = shell(inThere, List.of(), evaluate).succeeded();
    assertTrue(result.out().startsWith("50 images: accuracy "), result.out());
    assertEquals(
        "Note: no picture of the worst-misread images will be drawn: the default is"
            + " worst-misread.png, but that is no regular file",
        result.complaints());
    String asked = "evaluate --worst " + EvaluateCommand.WORST + " --load";
    Fork.Result refused = shell(inThere, List.of(), asked, file("weights"), "--data", folder);
    assertEquals(2, refused.exitCode());
    // Nor are weights replaced that happen to have that name.
    Path there = Files.createDirectories(folder.resolve("there"));
    Path weights = there.resolve(EvaluateCommand.WORST);
    Files.copy(folder.resolve("weights"), weights);
    String inIt = "cd '" + there + "' && exec \"$@\"";
    String own = "evaluate --load " + EvaluateCommand.WORST + " --data";
    shell(inIt, List.of(), own, folder).succeeded();
    assertEquals(-1, Files.mismatch(folder.resolve("weights"), weights));
  }
}
