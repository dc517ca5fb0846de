package dev.lanewise.train;

import static dev.lanewise.train.ForeignWeights.assertSays;
import static dev.lanewise.train.ForeignWeights.dense;
import static dev.lanewise.train.ForeignWeights.linear;
import static dev.lanewise.train.ForeignWeights.refused;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.lanewise.data.Dataset;
import dev.lanewise.graph.Variable;
import dev.lanewise.io.Safetensors;
import dev.lanewise.kernel.Kernels;
import dev.lanewise.nn.ActivationFunction;
import dev.lanewise.nn.Conv2D;
import dev.lanewise.nn.Dense;
import dev.lanewise.nn.Flatten;
import dev.lanewise.nn.Loss;
import dev.lanewise.nn.Sequential;
import dev.lanewise.optim.Adam;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Tensor;
import dev.lanewise.testing.SafetensorsMaker;
import dev.lanewise.train.callback.Checkpoints;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** FD-19, FD-20, FD-21: weights under names that others gave them. */
class WeightMatchTest {
  private static final WeightLayout PYTORCH = WeightLayout.PYTORCH;

  @TempDir private Path folder;

  /** Loads, and says which module each layer got. */
  private static List<Integer> loaded(Sequential model, Path file, WeightLayout layout)
      throws IOException {
    ModelFile.load(model, file, layout);
    for (int i = 0; i < model.variables().size(); i += 2) {
      float[] kernel = model.variables().get(i).values();
      float[] expected = new float[kernel.length];
      Arrays.fill(expected, model.variables().get(i + 1).values()[0]);
      assertArrayEquals(expected, kernel);
    }
    return Stream.iterate(1, i -> i < model.variables().size(), i -> i + 2)
        .map(i -> (int) model.variables().get(i).values()[0])
        .toList();
  }

  /** A file of modules that all are of four inputs and four outputs. */
  private Path squares(String modules) throws IOException {
    return linear(folder, modules.replace(" ", " 4 4,").concat(" 4 4").split(","));
  }

  /** FD-19: in alphabetical order 2 went to dense and 1 to dense_1, without a word. */
  @Test
  void equalShapesWithoutNumbersAreRefused() throws IOException {
    Path file = linear(folder, "up 4 4", "down 4 4", "zhead 4 2");
    String said = refused(dense(4, 4, 4, 2), file, WeightLayout.PYTORCH);
    assertSays(said, "'up'", "'down'", "dense or dense_1", "--names", "WeightNames");
    assertFalse(said.contains("zhead"), said);
    String all = refused(dense(4, 4, 4, 4), linear(folder, "a 4 4", "b 4 4", "c 4 4"), PYTORCH);
    assertSays(all, "'a', 'b' and 'c' can be dense, dense_1 or dense_2");
  }

  @Test
  void numbersDecideWhereShapesDoNot() throws IOException {
    Sequential model = dense(4, 4, 4, 4);
    for (String names :
        List.of(
            "10 2 0",
            "fc3 fc2 fc1",
            "net.10 net.9 net.1",
            "blocks.2.linear blocks.1.linear blocks.0.linear",
            "module.net.l2 module.net.l1 module.net.l0",
            "block2_fc1 block1_fc2 block1_fc1",
            "dense_2 dense_1 dense",
            "linear_11 linear_10 linear_9",
            "h007 h06 h5",
            "x.99999999999999999999 x.9999999999999999999 x.3")) {
      assertEquals(List.of(3, 2, 1), loaded(model, squares(names), PYTORCH), names);
    }
    // Numbers of two groups, put in order by the shape between them.
    Path groups = linear(folder, "b 4 5", "a.3 5 4", "a.1 4 5");
    assertEquals(List.of(3, 2, 1), loaded(dense(4, 5, 4, 5), groups, PYTORCH));
  }

  /** No number tells which of two groups comes first, nor which of a name with one and without. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "features.0 features.2 classifier.0",
        "fc1 fc2 fc",
        "in1 mid2 out3",
        "layer1.a layer1.b layer2.a",
        "one two three"
      })
  void groupsOfEqualShapesAreRefused(String names) throws IOException {
    assertSays(refused(dense(4, 4, 4, 4), squares(names), PYTORCH), "more than one way");
  }

  @Test
  void theOnlyWayByShapesIsTakenWhateverTheNames() throws IOException {
    Path alphabet = linear(folder, "z 4 5", "m 5 6", "a 6 2");
    assertEquals(List.of(1, 2, 3), loaded(dense(4, 5, 6, 2), alphabet, PYTORCH));
    Path numbers = linear(folder, "fc3 4 5", "fc2 5 6", "fc1 6 2");
    assertEquals(List.of(1, 2, 3), loaded(dense(4, 5, 6, 2), numbers, PYTORCH));
    Path half = linear(folder, "fc3 4 5", "fc2 5 5", "fc1 5 5");
    assertSays(refused(dense(4, 5, 5, 5), half, PYTORCH), "contradict their shapes", "'fc2'");
  }

  /** FD-19: VGG's names; alphabetical order would put the classifier first. */
  @Test
  void namesOfVggFit() throws IOException {
    Sequential model =
        new Sequential(
            1,
            Shape.of(6, 6, 1),
            new Conv2D(3, 3, ActivationFunction.RELU),
            new Conv2D(3, 3, ActivationFunction.RELU),
            new Conv2D(3, 1, ActivationFunction.RELU),
            new Flatten(),
            new Dense(12, ActivationFunction.RELU),
            new Dense(12, ActivationFunction.RELU),
            new Dense(2, ActivationFunction.SOFTMAX));
    Path file =
        new SafetensorsMaker()
            .fill("classifier.0.bias", 4, 12)
            .fill("classifier.0.weight", 4, 12, 12)
            .fill("classifier.12.bias", 6, 2)
            .fill("classifier.12.weight", 6, 2, 12)
            .fill("classifier.3.bias", 5, 12)
            .fill("classifier.3.weight", 5, 12, 12)
            .fill("features.0.bias", 1, 3)
            .fill("features.0.weight", 1, 3, 1, 3, 3)
            .fill("features.10.bias", 3, 3)
            .fill("features.10.weight", 3, 3, 3, 1, 1)
            .fill("features.2.bias", 2, 3)
            .fill("features.2.weight", 2, 3, 3, 3, 3)
            .write(folder.resolve("vgg.safetensors"));
    assertEquals(List.of(1, 2, 3, 4, 5, 6), loaded(model, file, PYTORCH));
  }

  /** FD-21: Keras's paths, Keras 3's files, TensorFlow's names, Flax's. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "dense/% dense_1/% dense_2/% kernel bias",
        "sequential_1/dense_3/% sequential_1/dense_4/% sequential_1/dense_5/% kernel bias",
        "dense_9/dense_9/%:0 dense_10/dense_10/%:0 dense_11/dense_11/%:0 kernel bias",
        "model_weights/dense/dense/%:0 model_weights/dense_1/dense_1/%:0"
            + " model_weights/dense_2/dense_2/%:0 kernel bias",
        "layers/dense/vars/% layers/dense_1/vars/% layers/dense_2/vars/% 0 1",
        "layer_with_weights-0/%/.ATTRIBUTES/VARIABLE_VALUE"
            + " layer_with_weights-1/%/.ATTRIBUTES/VARIABLE_VALUE"
            + " layer_with_weights-2/%/.ATTRIBUTES/VARIABLE_VALUE kernel bias",
        "params/Dense_0/% params/Dense_1/% params/Dense_2/% kernel bias",
        "params.Dense_9.% params.Dense_10.% params.Dense_11.% kernel bias"
      })
  void pathsOfKerasFit(String names) throws IOException {
    String[] parts = names.split(" ", -1);
    SafetensorsMaker maker = new SafetensorsMaker();
    for (int i = 2; i >= 0; i--) {
      maker.fill(parts[i].replace("%", parts[4]), i + 1, 4);
      maker.fill(parts[i].replace("%", parts[3]), i + 1, 4, 4);
    }
    Path file = maker.write(folder.resolve("keras.safetensors"));
    assertEquals(List.of(1, 2, 3), loaded(dense(4, 4, 4, 4), file, WeightLayout.KERAS));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "module.", "_orig_mod.", "model.", "net.",
        "_orig_mod.module.", "module._orig_mod.model.", "state_dict.net.", "a.b.c."
      })
  void whatAllNamesBeginWithCountsForNothing(String prefix) throws IOException {
    Path file = linear(folder, prefix + "dense_1 4 4", prefix + "dense 4 4");
    assertEquals(List.of(2, 1), loaded(dense(4, 4, 4), file, PYTORCH));
    // A wrapper within, around one module alone.
    Path within = linear(folder, prefix + "l.2 4 4", prefix + "l._orig_mod.1 4 4");
    assertEquals(List.of(2, 1), loaded(dense(4, 4, 4), within, PYTORCH));
  }

  /** FD-20: every PyTorch network with batch normalization has such a counter. */
  @Test
  void whatSurelyIsNoWeightIsLeftOut() throws IOException {
    byte[] eight = new byte[8];
    SafetensorsMaker torch =
        new SafetensorsMaker()
            .add("bn.num_batches_tracked", "I64", "", eight)
            .add("embeddings.position_ids", "I64", "1", eight)
            .add("mask", "BOOL", "2,2", new byte[4])
            .fill("optimizer.state.0.exp_avg", 9, 4, 4)
            .fill("optimizer_state.fc1.weight", 9, 4, 4)
            .fill("fc1.weight.momentum_buffer", 9, 4, 4)
            .linear("fc1", 1, 4, 4)
            .linear("fc2", 2, 4, 4);
    Path file = torch.write(folder.resolve("torch.safetensors"));
    assertEquals(List.of(1, 2), loaded(dense(4, 4, 4), file, PYTORCH));
    SafetensorsMaker keras =
        new SafetensorsMaker()
            .fill("adam/dense_kernel_momentum", 9, 4, 4)
            .fill("adam/dense_bias_velocity", 9, 4)
            .fill("adam/learning_rate", 9)
            .add("adam/iteration", "I64", "", eight)
            .fill("Adam/dense_1/kernel/m:0", 9, 4, 4)
            .fill("dense/kernel/Adam_1:0", 9, 4, 4)
            .fill("optimizer/vars/2", 9, 4, 4)
            .fill("metrics/mean/total", 9)
            .add("dropout/seed_generator/seed_generator_state", "U32", "2", eight)
            .fill("dense/kernel:0", 1, 4, 4)
            .fill("dense/bias:0", 1, 4)
            .fill("dense_1/kernel:0", 2, 4, 4)
            .fill("dense_1/bias:0", 2, 4);
    Path other = keras.write(folder.resolve("keras.safetensors"));
    assertEquals(List.of(1, 2), loaded(dense(4, 4, 4), other, WeightLayout.KERAS));
  }

  /** FD-20: the same weights in other types. */
  @Test
  void otherTypesOfFloatsLoad() throws IOException {
    byte[] half = {0, 0x3c, 0, (byte) 0xc0}; // 1, -2
    byte[] brain = {(byte) 0x80, 0x3f, 0, (byte) 0xc0};
    ByteBuffer doubles = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN);
    doubles.putDouble(1).putDouble(-2);
    Map<String, byte[]> types = Map.of("F16", half, "BF16", brain, "F64", doubles.array());
    for (Map.Entry<String, byte[]> type : types.entrySet()) {
      Path file =
          new SafetensorsMaker()
              .add("fc.weight", type.getKey(), "1,2", type.getValue())
              .fill("fc.bias", 3, 1)
              .write(folder.resolve("types.safetensors"));
      Sequential model = dense(2, 1);
      ModelFile.load(model, file, PYTORCH);
      assertArrayEquals(new float[] {1, -2}, model.variables().get(0).values(), type.getKey());
    }
  }

  /** However many ways there are, and however long the search for one would take. */
  @Test
  void theSearchEnds() throws IOException {
    int[] widths = new int[121];
    Arrays.fill(widths, 1);
    String[] modules = new String[120];
    for (int i = 0; i < modules.length; i++) {
      modules[i] = "x" + (char) ('a' + i % 12) + (9 - i / 12) + " 1 1";
    }
    assertSays(refused(dense(widths), linear(folder, modules), PYTORCH), "more than one way");
    // The last layer's module has to come first by its number.
    int[] last = Arrays.copyOf(widths, 42);
    last[41] = 2;
    String[] contrary = new String[41];
    for (int i = 0; i < contrary.length; i++) {
      contrary[i] = "x" + (char) ('a' + i % 20) + (i / 20 + 1) + " 1 1";
    }
    contrary[40] = "xt0 1 2";
    assertSays(refused(dense(last), linear(folder, contrary), PYTORCH), "more than one way");
  }

  @Test
  void namesOfTheModelsOwnDecide() throws IOException {
    SequencedMap<String, Tensor> tensors = new LinkedHashMap<>();
    Sequential model = dense(4, 4, 4);
    for (Variable variable : model.variables().reversed()) {
      tensors.put("model/" + variable.name(), variable.tensor());
    }
    Path file = folder.resolve("own.safetensors");
    Safetensors.write(file, tensors, Map.of());
    Sequential other = dense(4, 4, 4);
    other.variables().forEach(variable -> Arrays.fill(variable.values(), 0));
    ModelFile.load(other, file);
    for (int i = 0; i < 4; i++) {
      assertArrayEquals(model.variables().get(i).values(), other.variables().get(i).values());
    }
  }

  @Test
  void aCheckpointsWeightsLoad() throws IOException {
    Sequential model = dense(2, 3, 1);
    Trainer trainer = new Trainer(model, new Adam(), Loss.MEAN_SQUARED_ERROR, Kernels.scalar(), 1);
    Dataset data = Dataset.of(new float[] {1, 2, 3, 4}, Shape.of(2), new float[] {1, 2}, 1);
    FitOptions options =
        new FitOptions(1, 2).withCallback(new Checkpoints(folder, 0, null, n -> {}));
    trainer.fit(data, options);
    Path file = new CheckpointFolder(folder).newest();
    Sequential other = dense(2, 3, 1);
    ModelFile.load(other, file);
    assertArrayEquals(model.variables().get(0).values(), other.variables().get(0).values());
    assertSays(refused(other, file, PYTORCH), "saved by Lanewise in Keras's layout");
  }
}
