package dev.lanewise.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.io.Safetensors;
import dev.lanewise.testing.Fork;
import dev.lanewise.testing.SmallMnist;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files of weights on the command line: their names, and those of what is in them. */
class WeightFilesRunTest {
  @TempDir private Path folder;

  private static Fork.Result run(String... arguments) {
    return Fork.java(List.of(Fork.VECTORS), "dev.lanewise.Main", arguments);
  }

  private Path file(String name) {
    return folder.resolve(name);
  }

  /** FD-19: names that neither side would guess go out and come in. */
  @Test
  void namesOfWeightsGoOutAndComeIn() throws IOException {
    SmallMnist.write(folder, 200, 100);
    Path names = Files.writeString(file("names.txt"), "z = conv2d\ny = dense\nx = dense_1\n");
    Path weights = file("named.safetensors");
    String[] train = {"train", "--data", folder.toString(), "--limit", "64", "--epochs", "1", "-q"};
    List<String> arguments = new ArrayList<>(List.of(train));
    arguments.addAll(List.of("--save", weights.toString(), "--names", names.toString()));
    Fork.Result trained = run(arguments.toArray(String[]::new));
    assertEquals(0, trained.exitCode(), trained.err());
    assertTrue(Safetensors.read(weights).tensors().containsKey("z/kernel"));
    String[] evaluate = {
      "evaluate", "--quiet", "--no-worst", "--data", folder + "", "--load", weights + "", "--names"
    };
    arguments = new ArrayList<>(List.of(evaluate));
    arguments.add(names.toString());
    Fork.Result evaluated = run(arguments.toArray(String[]::new));
    assertEquals(0, evaluated.exitCode(), evaluated.err());
    Files.writeString(names, "z = conv2d\n\nw = dense\n");
    Fork.Result wrong = run(arguments.toArray(String[]::new));
    assertEquals(1, wrong.exitCode());
    assertTrue(wrong.complaints().contains(names + ", line 3: "), wrong.complaints());
  }

  @Test
  void aModelIsSavedAsOnnxWithChannelsWhereTheyAreWanted() throws IOException {
    SmallMnist.write(folder, 200, 100);
    long[] sizes = new long[2];
    for (String order : List.of("nchw", "nhwc")) {
      Path model = file(order + ".onnx");
      String[] train = {
        "train", "--data", folder + "", "--limit=64", "--epochs=1", "-q", "--onnx-images", order
      };
      List<String> arguments = new ArrayList<>(List.of(train));
      arguments.addAll(List.of("--save", model.toString()));
      Fork.Result trained = run(arguments.toArray(String[]::new));
      assertEquals(0, trained.exitCode(), trained.err());
      sizes[order.equals("nchw") ? 0 : 1] = Files.size(model);
    }
    assertTrue(sizes[0] > 4 * 1_387_594 && sizes[1] > sizes[0], sizes[0] + ", " + sizes[1]);
    Fork.Result wrong = run("train", "--onnx-images", "chwn");
    assertEquals(2, wrong.exitCode(), wrong.err());
  }

  /** A wrong name of a file costs no training: there is no data that could be read. */
  @Test
  void savesOfOtherFormatsAreRefusedBeforeAnyWork() throws IOException {
    for (String name : List.of("w.keras", "w.H5", "w.pt")) {
      Fork.Result result = run("train", "--data", "/no/such/folder", "--save", file(name) + "");
      assertEquals(2, result.exitCode(), result.err());
      assertTrue(
          result.complaints().contains("--save: " + file(name) + " ends as"), result.complaints());
      assertTrue(result.complaints().contains("safetensors"), result.complaints());
    }
    Path names = Files.writeString(file("wrong.txt"), "z = conv3d\n");
    String save = file("w.safetensors") + "";
    Fork.Result result =
        run("train", "--data", "/no/such/folder", "--save", save, "--names", names + "");
    assertEquals(1, result.exitCode(), result.err());
    assertTrue(result.complaints().contains(names + ", line 1: the model has no 'conv3d'"));
  }
}
