package dev.lanewise.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.data.FloatSamples;
import dev.lanewise.io.Npy;
import dev.lanewise.io.Safetensors;
import dev.lanewise.kernel.Kernels;
import dev.lanewise.nn.ActivationFunction;
import dev.lanewise.nn.Conv2D;
import dev.lanewise.nn.Dense;
import dev.lanewise.nn.Dropout;
import dev.lanewise.nn.Flatten;
import dev.lanewise.nn.Layer;
import dev.lanewise.nn.LayerNormalization;
import dev.lanewise.nn.Loss;
import dev.lanewise.nn.Padding;
import dev.lanewise.nn.Sequential;
import dev.lanewise.optim.Sgd;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Tensor;
import dev.lanewise.testing.Bits;
import dev.lanewise.testing.Fill;
import dev.lanewise.testing.Models;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Files of one network in both layouts, made by the formats' specifications with NumPy, which also
 * computed its answers, channels first.
 */
class WeightLayoutTest {
  private static final Path FILES = Path.of("src/test/resources/formats");

  @TempDir private Path folder;

  private static Sequential model() {
    return new Sequential(
        1,
        Shape.of(5, 5, 2),
        new Conv2D(3, 2, 3, 1, 1, Padding.VALID, 1, 1, 1, ActivationFunction.RELU),
        new Flatten(),
        new Dropout(0.5),
        new Dense(5, ActivationFunction.RELU),
        new Dense(4, ActivationFunction.SOFTMAX));
  }

  private static void assertPredicts(Sequential model) throws IOException {
    Loss loss = Loss.SPARSE_CATEGORICAL_CROSSENTROPY;
    Trainer trainer = new Trainer(model, new Sgd(0.1), loss, Kernels.scalar(), 1);
    Tensor images = Npy.read(FILES.resolve("images-nhwc.npy"));
    float[] predicted = trainer.predict(FloatSamples.of(images.data(), Shape.of(5, 5, 2)));
    double[] expected = Fill.doubles(Npy.read(FILES.resolve("probabilities.npy")).data());
    Bits.assertClose("probabilities", expected, predicted, 1e-5, 1e-6);
  }

  @Test
  void bothLayoutsPredictTheSame() throws IOException {
    Sequential keras = model();
    ModelFile.load(keras, FILES.resolve("keras-layout.safetensors"));
    assertPredicts(keras);
    Sequential torch = model();
    ModelFile.load(torch, FILES.resolve("torch-sequential.safetensors"), WeightLayout.PYTORCH);
    assertPredicts(torch);
    Models.assertSame("weights", keras, torch);
  }

  @Test
  void writesWhatItReads() throws IOException {
    Sequential model = model();
    Path file = folder.resolve("torch.safetensors");
    ModelFile.save(model, file, WeightLayout.PYTORCH);
    Safetensors.Contents contents = Safetensors.read(file);
    assertEquals(
        List.of(
            "conv2d.weight",
            "conv2d.bias",
            "dense.weight",
            "dense.bias",
            "dense_1.weight",
            "dense_1.bias"),
        List.copyOf(contents.tensors().keySet()));
    assertEquals(Shape.of(3, 2, 2, 3), contents.tensors().get("conv2d.weight").shape());
    assertEquals(Shape.of(5, 36), contents.tensors().get("dense.weight").shape());
    assertEquals("pt", contents.metadata().get("format"));
    Sequential read = model();
    read.variables().forEach(variable -> Arrays.fill(variable.values(), 0));
    ModelFile.load(read, file, WeightLayout.PYTORCH);
    Models.assertSame("weights", model, read);
  }

  /** What normalizes a flattened image has a weight for each element of it. */
  @Test
  void weightsOfElementsFollowTheImage() throws IOException {
    Dense last = new Dense(2, ActivationFunction.SOFTMAX);
    Layer[] layers = {
      new LayerNormalization(3, 1e-3, true, true),
      new Flatten(),
      new LayerNormalization(),
      new Dropout(0.5),
      last
    };
    Sequential model = new Sequential(1, Shape.of(1, 2, 3), layers);
    for (int i = 0; i < 4; i++) {
      float[] values = model.variables().get(i).values();
      for (int j = 0; j < values.length; j++) {
        assertEquals(i % 2 == 0 ? 1 : 0, values[j]);
        values[j] = 10 * i + j;
      }
    }
    Path file = folder.resolve("scaled.safetensors");
    ModelFile.save(model, file, WeightLayout.PYTORCH);
    SequencedMap<String, Tensor> tensors = Safetensors.read(file).tensors();
    assertEquals(Shape.of(3, 1, 2), tensors.get("layer_normalization.weight").shape());
    float[] bias = tensors.get("layer_normalization.bias").data();
    assertArrayEquals(new float[] {10, 13, 11, 14, 12, 15}, bias);
    float[] weight = tensors.get("layer_normalization_1.weight").data();
    assertArrayEquals(new float[] {20, 23, 21, 24, 22, 25}, weight);
    float[] kernel = model.variables().get(4).values(); // 6 × 2, and 2 × 6 in the file
    assertEquals(kernel[3 * 2], tensors.get("dense.weight").data()[1]);
    Sequential read = new Sequential(2, Shape.of(1, 2, 3), layers);
    ModelFile.load(read, file, WeightLayout.PYTORCH);
    Models.assertSame("weights", model, read);
  }

  @Test
  void refusesWhatDoesNotFit() throws IOException {
    Path torch = FILES.resolve("torch-sequential.safetensors");
    refused(torch, WeightLayout.KERAS, "has its weights in PyTorch's layout");
    SequencedMap<String, Tensor> tensors = new LinkedHashMap<>(Safetensors.read(torch).tensors());
    Path file = folder.resolve("other.safetensors");
    tensors.put("12.weight", Tensor.zeros(Shape.of(2, 4)));
    Safetensors.write(file, tensors, Map.of());
    refused(file, WeightLayout.PYTORCH, "has '12.weight' (2, 4), which the model has no place for");
    tensors.remove("12.weight");
    tensors.put("3.weight", Tensor.zeros(Shape.of(5, 35)));
    Safetensors.write(file, tensors, Map.of());
    refused(file, WeightLayout.PYTORCH, "has '3.bias' (5,) and '3.weight' (5, 35) instead");
    refused(file, WeightLayout.PYTORCH, "wants dense.weight (5, 36) and dense.bias (5,)");
  }

  private static void refused(Path file, WeightLayout layout, String message) {
    Sequential model = model();
    Sequential before = model();
    String said =
        assertThrows(IOException.class, () -> ModelFile.load(model, file, layout)).getMessage();
    assertTrue(said.contains(message), said);
    Models.assertSame("weights", before, model);
  }
}
