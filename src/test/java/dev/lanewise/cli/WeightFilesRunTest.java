package dev.lanewise.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.io.Safetensors;
import dev.lanewise.testing.Fork;
import dev.lanewise.testing.SmallMnist;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files of weights on the command line: their names, and those of what is in them. */
class WeightFilesRunTest {
  @TempDir private Path folder;

  private Path file(String name) {
    return folder.resolve(name);
  }

  /** FD-19: names that neither side would guess go out and come in. */
  @Test
  void namesOfWeightsGoOutAndComeIn() throws IOException {
    SmallMnist.write(folder, 200, 100);
    Path names = Files.writeString(file("names.txt"), "z = conv2d\ny = dense\nx = dense_1\n");
    Path weights = file("named.safetensors");
    String train = "train --limit 64 --epochs 1 -q --data";
    Fork.lanewise(train, folder, "--save", weights, "--names", names).succeeded();
    assertTrue(Safetensors.read(weights).tensors().containsKey("z/kernel"));
    Object[] evaluate = {
      "evaluate -q --no-worst --data", folder, "--load", weights, "--names", names
    };
    Fork.lanewise(evaluate).succeeded();
    Files.writeString(names, "z = conv2d\n\nw = dense\n");
    String wrong = Fork.lanewise(evaluate).refused(1);
    assertTrue(wrong.contains(names + ", line 3: "), wrong);
  }

  @Test
  void aModelIsSavedAsOnnxWithChannelsWhereTheyAreWanted() throws IOException {
    SmallMnist.write(folder, 200, 100);
    long[] sizes = new long[2];
    for (String order : List.of("nchw", "nhwc")) {
      Path model = file(order + ".onnx");
      String train = "train --limit=64 --epochs=1 -q --onnx-images " + order + " --data";
      Fork.lanewise(train, folder, "--save", model).succeeded();
      sizes[order.equals("nchw") ? 0 : 1] = Files.size(model);
    }
    assertTrue(sizes[0] > 4 * 1_387_594 && sizes[1] > sizes[0], sizes[0] + ", " + sizes[1]);
    Fork.Result wrong = Fork.lanewise("train --onnx-images chwn");
    assertEquals(2, wrong.exitCode(), wrong.err());
  }

  /** A wrong name of a file costs no training: there is no data that could be read. */
  @Test
  void savesOfOtherFormatsAreRefusedBeforeAnyWork() throws IOException {
    for (String name : List.of("w.keras", "w.H5", "w.pt")) {
      String said = Fork.lanewise("train --data /no/such/folder --save", file(name)).refused(2);
      assertTrue(said.contains("--save: " + file(name) + " ends as"), said);
      assertTrue(said.contains("safetensors"), said);
    }
    Path names = Files.writeString(file("wrong.txt"), "z = conv3d\n");
    String train = "train --data /no/such/folder --save";
    Path save = file("w.safetensors");
    String said = Fork.lanewise(train, save, "--names", names).refused(1);
    assertTrue(said.contains(names + ", line 1: the model has no 'conv3d'"), said);
  }
}
