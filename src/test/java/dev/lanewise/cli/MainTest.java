package dev.lanewise.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.jr.ob.JSON;
import dev.lanewise.Main;
import dev.lanewise.kernel.support.VectorWidth;
import dev.lanewise.optim.Optimizers;
import dev.lanewise.testing.Fork;
import dev.lanewise.testing.Program;
import dev.lanewise.testing.SmallMnist;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The program as its users run it: in a VM of its own. */
class MainTest {
  private static final String MAIN = Main.class.getName();
  @TempDir private static Path folder;

  @BeforeAll
  static void writeImages() throws IOException {
    SmallMnist.write(folder, 200, 50);
  }

  private static Fork.Result run(List<String> flags, String... arguments) {
    return Fork.java(flags, MAIN, arguments);
  }

  private static Fork.Result train(List<String> flags, String name, String... more) {
    List<String> arguments = new ArrayList<>();
    arguments.addAll(List.of("train", "--data", folder.toString(), "--epochs", "1", "--seed", "3"));
    arguments.addAll(List.of("--json", file(name + ".json").toString()));
    arguments.addAll(List.of("--save", file(name + ".safetensors").toString()));
    arguments.addAll(List.of(more));
    return run(flags, arguments.toArray(String[]::new));
  }

  private static Path file(String name) {
    return folder.resolve(name);
  }

  private static Map<String, Object> json(String name) throws IOException {
    return JSON.std.mapFrom(Files.readString(file(name + ".json")));
  }

  /** One short run for each team size and width: byte-identical weights, and it ran as asked. */
  @Test
  void sameBitsWhateverTheWidthAndTheThreads() throws IOException {
    List<int[]> machines = new ArrayList<>();
    for (int threads : new int[] {1, 2, 3}) {
      machines.add(new int[] {threads, VectorWidth.PREFERRED_BITS});
    }
    for (int bits : new int[] {0, 64, 128, 256, 512}) {
      if (bits <= VectorWidth.MACHINE_BITS && bits != VectorWidth.PREFERRED_BITS) {
        machines.add(new int[] {2, bits});
      }
    }
    byte[] first = null;
    for (int[] machine : machines) {
      String name = "run-" + machine[0] + "-" + machine[1];
      Fork.Result result =
          train(
              List.of(Fork.VECTORS),
              name,
              "--threads",
              Integer.toString(machine[0]),
              "--vector-bits",
              Integer.toString(machine[1]));
      assertEquals(0, result.exitCode(), result.err());
      Map<?, ?> ran = (Map<?, ?>) json(name).get("machine");
      assertEquals(machine[1], ran.get("vector_bits"), name);
      assertEquals(machine[1] / 32, ran.get("lanes"), name);
      assertEquals(machine[1] == 0 ? 1 : machine[0], ran.get("threads"), name);
      byte[] weights = Files.readAllBytes(file(name + ".safetensors"));
      if (first == null) {
        first = weights;
        assertEquals(4 * 1_387_594, weights.length, 2000);
      }
      assertArrayEquals(first, weights, name + " differs: " + Arrays.mismatch(first, weights));
    }
  }

  @Test
  void jsonHasSettingsVersionsMachineAndEpochs() throws IOException {
    Fork.Result result =
        train(
            List.of(Fork.VECTORS),
            "json",
            "--epochs=2",
            "--optimizer",
            "sgd:clipnorm=9",
            "--lr",
            "0.05");
    assertEquals(0, result.exitCode(), result.err());
    Map<String, Object> json = json("json");
    Map<?, ?> settings = (Map<?, ?>) json.get("settings");
    assertEquals("SGD", settings.get("optimizer"));
    assertEquals(0.05, settings.get("learning_rate"));
    String all = String.valueOf(settings.get("hyper_parameters"));
    assertTrue(all.contains("learningRate=0.05") && all.contains("clipnorm=9.0"), all);
    assertEquals(200, settings.get("training_images"));
    List<?> epochs = (List<?>) json.get("epochs");
    assertEquals(2, epochs.size());
    Map<?, ?> epoch = (Map<?, ?>) epochs.get(1);
    for (String key :
        List.of("train_seconds", "val_seconds", "loss", "accuracy", "val_loss", "val_accuracy")) {
      assertTrue(((Number) epoch.get(key)).doubleValue() > 0, key);
    }
    String[] lines = result.out().split("\\R", -1);
    assertEquals("Epoch 1/2", lines[0]);
    assertTrue(lines[1].startsWith("4/4 ━━━━━━━━━━━━━━━━━━━━ "), lines[1]);
    assertTrue(
        lines[4].matches(
            "SGD, 2 epochs in \\d+\\.\\d s: validation accuracy 0\\.\\d{4}, validation loss"
                + " \\d\\.\\d{4}"),
        lines[4]);
  }

  @Test
  void evaluateFindsWhatTrainingValidated() throws IOException {
    Fork.Result trained = train(List.of(Fork.VECTORS), "evaluated");
    assertEquals(0, trained.exitCode(), trained.err());
    Map<?, ?> epoch = (Map<?, ?>) ((List<?>) json("evaluated").get("epochs")).getFirst();
    Fork.Result result =
        run(
            List.of(Fork.VECTORS, "-Duser.language=de", "-Duser.country=DE"),
            "evaluate",
            "--load",
            file("evaluated.safetensors").toString(),
            "--worst",
            file("worst.png").toString(),
            "--data",
            folder.toString());
    assertEquals(0, result.exitCode(), result.err());
    String expected =
        String.format(
            java.util.Locale.ROOT,
            "50 images: accuracy %.4f, loss %.4f",
            ((Number) epoch.get("val_accuracy")).doubleValue(),
            ((Number) epoch.get("val_loss")).doubleValue());
    String[] lines = result.out().split("\\R", -1);
    assertEquals(expected, lines[0]);
    assertTrue(lines[2].matches("true.read +0 +1 +2 .* 9 +precision +recall"), lines[2]);
    assertTrue(lines[3].matches("0( +(\\d+|\\.)){10} +(0\\.\\d{4}|1\\.0000|-) +\\S+"), lines[3]);
    assertTrue(lines[14].startsWith("The 2") && lines[14].endsWith("worst.png"), lines[14]);
    BufferedImage picture = ImageIO.read(file("worst.png").toFile());
    assertEquals(5 * (28 * 5 + 14) + 14, picture.getWidth());
  }

  /**
   * Where SIMD kernels are refused, one line says why and the scalar ones serve, unless asked by
   * name.
   */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "| the module jdk.incubator.vector is missing: add --add-modules jdk.incubator.vector to the"
            + " java command",
        "--add-modules=jdk.incubator.vector -Xint | the VM's optimizing compiler C2 is off (-Xint,"
            + " TieredStopAtLevel, CompilationMode or the like)",
        "--add-modules=jdk.incubator.vector -XX:TieredStopAtLevel=1 | the VM's optimizing compiler C2 is"
            + " off (-Xint, TieredStopAtLevel, CompilationMode or the like)",
        "--add-modules=jdk.incubator.vector -XX:CompilationMode=quick-only | the VM's optimizing compiler"
            + " C2 is off (-Xint, TieredStopAtLevel, CompilationMode or the like)",
        "--add-modules=jdk.incubator.vector -XX:+UnlockExperimentalVMOptions -XX:-EnableVectorSupport |"
            + " the VM's compiler C2 is told not to compile vectors (-XX:-EnableVectorSupport or"
            + " MaxVectorSize)",
        "--add-modules=jdk.incubator.vector -XX:MaxVectorSize=4 | the VM's compiler C2 is told not to"
            + " compile vectors (-XX:-EnableVectorSupport or MaxVectorSize)",
        "--add-modules=jdk.incubator.vector -XX:-UseFMA | fused multiply-add is not available in"
            + " hardware (or switched off)"
      })
  void refusalIsOneSentence(String flagLine, String why) {
    List<String> flags = flagLine == null ? List.of() : List.of(flagLine.split(" ", -1));
    Fork.Result scalar = run(flags, "info", "--threads", "2");
    assertEquals(0, scalar.exitCode(), scalar.err());
    assertEquals(
        "Note: scalar kernels serve, many times slower, since " + why, scalar.complaints());
    assertTrue(scalar.out().contains("kernels     scalar"), scalar.out());
    Fork.Result asked = run(flags, "info", "--vector-bits", "64");
    assertEquals(2, asked.exitCode());
    assertEquals("SIMD kernels were asked for, but " + why, asked.complaints());
  }

  @Test
  void refusesAWidthAboveTheMachines() {
    List<String> narrow = List.of(Fork.VECTORS, "-XX:MaxVectorSize=16");
    Fork.Result result = run(narrow, "--data", folder.toString(), "--vector-bits", "512");
    assertEquals(2, result.exitCode());
    assertEquals(
        "vectors of 512 bits were asked for, but this machine's widest has 128",
        result.complaints());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--epochs 0 | --epochs is 0, but must be at least 1",
        "--batch-size -3 | --batch-size is -3, but must be at least 1",
        "--limit 0 | --limit is 0, but must be from 1 to 200, the number of training images",
        "--limit 201 | --limit is 201, but must be from 1 to 200, the number of training images",
        "--threads 0 | --threads is 0, but must be from 1 to 1024",
        "--vector-bits 96 | --vector-bits is 96, but must be 0 (scalar), 64, 128, 256 or 512",
        "--optimizer lbfgs | --optimizer cannot be used: there is no optimizer 'lbfgs'; there are",
        "--optimizer adam:beta=1 | --optimizer cannot be used: adam has no 'beta'; adam's keys are",
        "--optimizer sgd:momentum=1.5 | --optimizer cannot be used: the momentum is 1.5, but must",
        "--optimizer adam:epsilon=-1 | --optimizer cannot be used: the epsilon is -1.0, but must",
        "--optimizer adam:lr=nan | --optimizer cannot be used: adam's learning_rate is 'nan', but",
        "--optimizer adam:lr=NaN | --optimizer cannot be used: the learning rate is NaN, but must",
        "--optimizer sgd:lr=Cosine(1,0) | --optimizer cannot be used: the decay_steps is 0, but",
        "--optimizer adam:lr=1 --lr 1 | --optimizer with --lr cannot be used: adam's learning_rate",
        "--lr NaN | --lr cannot be used: the learning rate is NaN, but must be finite and at least 0",
        "--save no/such/folder/file | --save is no/such/folder/file, but there is no folder",
        "--save /dev | --save is /dev, but that is no regular file",
        "--save x --json ./x | --json and --save are both ./x, but must be two files",
        "--epochs ten | Invalid value for option '--epochs': 'ten' is not a whole number such as 10",
        "--momentum 3 | There is no option '--momentum' (see: lanewise train --help)",
        "fit | There is no command 'fit' (see: lanewise --help)"
      })
  void wrongOptionsAreOneSentenceAndExitCode2(String options, String sentence) {
    List<String> arguments = new ArrayList<>();
    if (options.startsWith("--")) {
      arguments.addAll(List.of("--data", folder.toString()));
    }
    arguments.addAll(List.of(options.strip().split(" ", -1)));
    // In this VM: what is refused here has changed nothing in it.
    Program.Result result = Program.run(arguments.toArray(String[]::new));
    String complaint = result.err();
    assertEquals(2, result.exitCode(), complaint);
    assertEquals(1, complaint.lines().count(), complaint);
    assertTrue(complaint.startsWith(sentence), complaint);
  }

  @Test
  void aMissingOrForeignFileIsOneSentence() throws IOException {
    Path foreign = Files.writeString(file("foreign"), "no weights");
    Fork.Result result =
        run(List.of(Fork.VECTORS), "evaluate", "--no-worst", "--load", foreign.toString());
    assertEquals(1, result.exitCode());
    assertEquals(1, result.complaints().lines().count(), result.complaints());
    assertTrue(result.complaints().contains("foreign"), result.complaints());
    Fork.Result nowhere = run(List.of(Fork.VECTORS), "--data", "no/such/folder");
    assertEquals(1, nowhere.exitCode());
    assertEquals(1, nowhere.complaints().lines().count(), nowhere.complaints());
    assertTrue(nowhere.complaints().contains("no/such/folder"), nowhere.complaints());
  }

  @Test
  void helpAndInfo() {
    Fork.Result help = run(List.of(), "--help");
    assertEquals(0, help.exitCode());
    assertTrue(help.out().contains("train") && help.out().contains("evaluate"), help.out());
    assertFalse(help.err().contains("\tat "), help.err());
    Fork.Result train = run(List.of(), "train", "--help");
    for (String name : Optimizers.names()) {
      assertTrue(train.out().contains(name), train.out());
    }
    assertTrue(train.out().contains("sgd:momentum=0.9,nesterov=true"), train.out());
    Fork.Result info = run(List.of(Fork.VECTORS), "info", "--threads", "3");
    assertEquals(0, info.exitCode(), info.err());
    assertTrue(info.out().contains("SIMD, " + VectorWidth.PREFERRED_BITS + " bits"), info.out());
    assertTrue(info.out().contains("threads     3 of "), info.out());
  }
}
