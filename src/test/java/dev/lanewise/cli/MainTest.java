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

  private static Fork.Result run(List<String> flags, Object... parts) {
    return Fork.java(flags, MAIN, Fork.words(parts));
  }

  private static Fork.Result train(String name, String more) {
    Path json = file(name + ".json");
    Path weights = file(name + ".safetensors");
    String train = "train --epochs 1 --seed 3 " + more + " --data";
    return Fork.lanewise(train, folder, "--json", json, "--save", weights).succeeded();
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
      train(name, "--threads " + machine[0] + " --vector-bits " + machine[1]);
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
    Fork.Result result = train("json", "--epochs=2 --optimizer sgd:clipnorm=9 --lr 0.05");
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
    train("evaluated", "-q");
    Map<?, ?> epoch = (Map<?, ?>) ((List<?>) json("evaluated").get("epochs")).getFirst();
    Fork.Result result =
        run(
            List.of(Fork.VECTORS, "-Duser.language=de", "-Duser.country=DE"),
            "evaluate --load",
            file("evaluated.safetensors"),
            "--worst",
            file("worst.png"),
            "--data",
            folder);
    result.succeeded();
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
    Fork.Result scalar = run(flags, "info --threads 2").succeeded();
    assertEquals(
        "Note: scalar kernels serve, many times slower, since " + why, scalar.complaints());
    assertTrue(scalar.out().contains("kernels     scalar"), scalar.out());
    assertEquals(
        "SIMD kernels were asked for, but " + why, run(flags, "info --vector-bits 64").refused(2));
  }

  @Test
  void refusesAWidthAboveTheMachines() {
    List<String> narrow = List.of(Fork.VECTORS, "-XX:MaxVectorSize=16");
    assertEquals(
        "vectors of 512 bits were asked for, but this machine's widest has 128",
        run(narrow, "--vector-bits 512 --data", folder).refused(2));
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
    String data = options.startsWith("--") ? "--data=" + folder + " " : "";
    // In this VM: what is refused here has changed nothing in it.
    String complaint = Program.run(Fork.words(data + options.strip())).refused(2);
    assertTrue(complaint.startsWith(sentence), complaint);
  }

  @Test
  void aMissingOrForeignFileIsOneSentence() throws IOException {
    Path foreign = Files.writeString(file("foreign"), "no weights");
    String said = Fork.lanewise("evaluate --no-worst --load", foreign).refused(1);
    assertTrue(said.contains("foreign"), said);
    String nowhere = Fork.lanewise("--data no/such/folder").refused(1);
    assertTrue(nowhere.contains("no/such/folder"), nowhere);
  }

  @Test
  void helpAndInfo() {
    Fork.Result help = run(List.of(), "--help");
    assertEquals(0, help.exitCode());
    assertTrue(help.out().contains("train") && help.out().contains("evaluate"), help.out());
    assertFalse(help.err().contains("\tat "), help.err());
    Fork.Result train = run(List.of(), "train --help");
    for (String name : Optimizers.names()) {
      assertTrue(train.out().contains(name), train.out());
    }
    assertTrue(train.out().contains("sgd:momentum=0.9,nesterov=true"), train.out());
    Fork.Result info = Fork.lanewise("info --threads 3").succeeded();
    assertTrue(info.out().contains("SIMD, " + VectorWidth.PREFERRED_BITS + " bits"), info.out());
    assertTrue(info.out().contains("threads     3 of "), info.out());
  }
}
