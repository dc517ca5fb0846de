package dev.lanewise.train;

import static dev.lanewise.testing.Refusals.said;
import static dev.lanewise.train.ForeignWeights.assertSays;
import static dev.lanewise.train.ForeignWeights.dense;
import static dev.lanewise.train.ForeignWeights.linear;
import static dev.lanewise.train.ForeignWeights.refused;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.lanewise.nn.MnistCnn;
import dev.lanewise.testing.SafetensorsMaker;
import dev.lanewise.train.callback.ModelCheckpoint;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** FD-21: what is said of weights that do not fit, in the file's names and shapes. */
class WeightMisfitTest {
  private static final WeightLayout PYTORCH = WeightLayout.PYTORCH;

  @TempDir private Path folder;

  @Test
  void whatMayBeAWeightIsNamed() throws IOException {
    for (String more : List.of("bn.running_mean", "bn.weight", "scale", "fc3.bias")) {
      Path file =
          new SafetensorsMaker()
              .linear("fc1", 1, 4, 4)
              .fill(more, 1, 4)
              .write(folder.resolve("more.safetensors"));
      String said = refused(dense(4, 4), file, PYTORCH);
      assertSays(said, "'" + more + "' (4,)", "no place for", "dense.weight (4, 4)");
      assertFalse(said.contains("'fc1"), said);
    }
    Path quantized =
        new SafetensorsMaker()
            .add("fc1.weight", "I8", "4,4", new byte[16])
            .fill("fc1.bias", 1, 4)
            .write(folder.resolve("quantized.safetensors"));
    assertSays(refused(dense(4, 4), quantized, PYTORCH), "'fc1.weight'", "I8");
    Path hidden =
        new SafetensorsMaker()
            .linear("fc1", 1, 4, 4)
            .add("fc2.weight", "I8", "4,4", new byte[16])
            .write(folder.resolve("hidden.safetensors"));
    assertSays(refused(dense(4, 4), hidden, PYTORCH), "'fc2.weight' (4, 4)");
  }

  /** FD-21: the file had what the message said it lacked. */
  @Test
  void theOtherLayoutIsSuggested() throws IOException {
    Path ours = folder.resolve("ours.safetensors");
    ModelFile.save(dense(4, 4, 2), ours);
    String said = refused(dense(4, 4, 2), ours, PYTORCH);
    assertSays(
        said, "saved by Lanewise in Keras's layout", "'dense/kernel' (4, 4)", "--layout keras");
    assertSays(said, "WeightLayout.KERAS", "dense.weight (4, 4)");
    ModelFile.save(dense(4, 4, 2), ours, PYTORCH);
    assertSays(
        refused(dense(4, 4, 2), ours, WeightLayout.KERAS),
        "saved by Lanewise in PyTorch's layout",
        "'dense.weight' (4, 4)",
        "--layout pytorch (WeightLayout.PYTORCH)");
    String others = refused(dense(4, 4, 2), linear(folder, "a 4 4", "b 4 2"), WeightLayout.KERAS);
    assertSays(others, "'a.weight' (4, 4)", "in PyTorch's layout", "--layout pytorch");
    assertFalse(others.contains("Lanewise"), others);
    // Where no layout fits, none is suggested.
    assertFalse(
        refused(dense(4, 4, 3), linear(folder, "a 4 4", "b 4 2"), WeightLayout.KERAS)
            .contains("--layout"));
  }

  /** FD-21: PyTorch's example network, of which 'dense/kernel' was said to be (64, 32, 3, 3). */
  @Test
  void messagesHaveTheFilesNamesAndShapes() throws IOException {
    Path file =
        new SafetensorsMaker()
            .fill("conv1.weight", 1, 32, 1, 3, 3)
            .fill("conv1.bias", 1, 32)
            .fill("conv2.weight", 1, 64, 32, 3, 3)
            .fill("conv2.bias", 1, 64)
            .linear("fc1", 1, 9216, 8)
            .linear("fc2", 1, 8, 10)
            .write(folder.resolve("example.safetensors"));
    String said = refused(MnistCnn.create(1), file, PYTORCH);
    assertSays(said, "'conv2.weight' (64, 32, 3, 3)", "dense.weight (256, 5408)");
    assertFalse(said.contains("'dense"), said);
    assertFalse(said.contains("conv1"), said); // fits
    said = refused(MnistCnn.create(1), file, WeightLayout.KERAS);
    assertSays(said, "'conv1.weight' (32, 1, 3, 3)", "conv2d/kernel (3, 3, 1, 32)");
    assertFalse(said.contains("'conv2d"), said);
    Path empty = new SafetensorsMaker().write(folder.resolve("empty.safetensors"));
    assertSays(refused(dense(2, 1), empty, PYTORCH), "holds no tensors", "dense.weight (1, 2)");
    Path half = new SafetensorsMaker().linear("fc1", 1, 2, 2).write(file);
    said = refused(dense(2, 2, 1), half, PYTORCH);
    assertSays(said, "nothing that is dense_1.weight (1, 2)", "'fc1.weight' (2, 2)");
    Path bare = new SafetensorsMaker().fill("fc1.weight", 1, 2, 2).write(file);
    assertSays(refused(dense(2, 2), bare, PYTORCH), "dense.bias (2,)", "'fc1.weight' (2, 2)");
  }

  @Test
  void messagesAreBounded() throws IOException {
    SafetensorsMaker maker = new SafetensorsMaker();
    for (int i = 0; i < 3000; i++) {
      maker.fill("n\\n" + i + "x".repeat(300) + ".weight", 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1);
    }
    Path many = maker.write(folder.resolve("many.safetensors"));
    assertSays(refused(dense(4, 4, 2), many, PYTORCH), "2993 more", "…)");
    refused(dense(4, 4, 2), many, WeightLayout.KERAS);
    int[] widths = new int[42];
    Arrays.fill(widths, 1);
    String[] equal = new String[41];
    for (int i = 0; i < equal.length; i++) {
      equal[i] = "x" + (char) ('a' + i / 20) + (char) ('a' + i % 20) + " 1 1";
    }
    assertSays(refused(dense(widths), linear(folder, equal), PYTORCH), "34 more");
  }

  /** What a damaged file seems to hold is not worth a word. */
  @Test
  void aDamagedFileIsCalledThat() throws IOException {
    Path file = folder.resolve("damaged.safetensors");
    ModelFile.save(dense(4, 4), file);
    byte[] bytes = Files.readAllBytes(file);
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    bytes[text.indexOf("kernel")] = 'K';
    Files.write(file, bytes);
    assertSays(refused(dense(4, 4), file, WeightLayout.KERAS), "is damaged");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "m.keras", "m.h5", "weights.h5", "m.hdf5", "m.pt", "m.PTH",
        "m.NPY", "m.onnx", "m.pb", "m.TFlite", "m.ckpt", "m.bin",
        "m.pkl"
      })
  void namesOfOtherFormatsAreRefused(String name) throws IOException {
    Path file = folder.resolve(name);
    for (WeightLayout layout : WeightLayout.values()) {
      String said =
          said(IllegalArgumentException.class, () -> ModelFile.save(dense(2, 1), file, layout));
      assertSays(said, file.toString(), "safetensors");
    }
    assertThrows(IllegalArgumentException.class, () -> new ModelCheckpoint(file));
    assertFalse(Files.exists(file));
    for (String good : List.of("m.safetensors", "m", "keras", "m.pt.safetensors", "m.Weights.H5")) {
      ModelFile.save(dense(2, 1), folder.resolve(good));
      ModelFile.load(dense(2, 1), folder.resolve(good));
    }
  }
}
