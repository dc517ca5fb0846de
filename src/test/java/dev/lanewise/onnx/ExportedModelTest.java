package dev.lanewise.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.data.FloatSamples;
import dev.lanewise.graph.Node;
import dev.lanewise.graph.Plan;
import dev.lanewise.graph.StepState;
import dev.lanewise.graph.rewrite.Rules;
import dev.lanewise.io.Safetensors;
import dev.lanewise.kernel.Kernels;
import dev.lanewise.nn.Loss;
import dev.lanewise.nn.Sequential;
import dev.lanewise.optim.Sgd;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Tensor;
import dev.lanewise.testing.Bits;
import dev.lanewise.testing.Teams;
import dev.lanewise.train.Trainer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Files that PyTorch's and Keras's own exporters wrote give PyTorch's and Keras's outputs. */
class ExportedModelTest {
  /** Made by pytorch.py and kerasexport.py, which lie there. */
  private static final Path FOLDER = Path.of("src/test/resources/interop");

  /** No sum has more than 288 terms, and no network more than ten layers. */
  private static final double CLOSE = 2e-6;

  @ParameterizedTest
  @CsvSource({
    "cnn, 13",
    "cnn, 17",
    "residual, 13",
    "residual, 17",
    "mobile, 13",
    "mobile, 17",
    "branches, 13",
    "branches, 17",
    "transformer, 13",
    "transformer, 17",
    "activations, 13",
    "activations, 17",
    "group, 13",
    "group, 17"
  })
  void givesPyTorchsOutputs(String name, int opset) throws IOException {
    checkOutputs(name, name + "-" + opset, Onnx.Images.NCHW);
  }

  /** The older version fixes the batch to one image, the newer one leaves it open. */
  @ParameterizedTest
  @CsvSource({
    "stack, 3.9.2",
    "stack, 3.16.0",
    "graph, 3.9.2",
    "graph, 3.16.0",
    "separable, 3.9.2",
    "separable, 3.16.0",
    "rows, 3.9.2",
    "rows, 3.16.0",
    "norm, 3.9.2"
  })
  void givesKerassOutputs(String name, String version) throws IOException {
    checkOutputs(name + "-keras" + version, name + "-keras" + version, Onnx.Images.NHWC);
  }

  private static void checkOutputs(String name, String file, Onnx.Images order) throws IOException {
    Map<String, Tensor> known = Safetensors.read(FOLDER.resolve(name + ".safetensors")).tensors();
    Tensor x = Objects.requireNonNull(known.get("x"));
    Tensor y = Objects.requireNonNull(known.get("y"));
    OnnxModel model = OnnxModel.load(FOLDER.resolve(file + ".onnx"));
    Kernels simd = Kernels.best(Teams.of(2));
    float[] scalar = run(model, Kernels.scalar(), x, y.shape());
    Bits.assertSame(file, scalar, run(model, simd, x, y.shape()));
    assertClose(file, y.data(), scalar);
    int[] dims = x.shape().sample().dims();
    boolean turned = dims.length == 3 && order == Onnx.Images.NCHW;
    Shape sample = turned ? Shape.of(dims[1], dims[2], dims[0]) : x.shape().sample();
    float[] given = turned ? channelsLast(x.data(), dims) : x.data();
    Sequential layer = new Sequential(1, sample, model.layer(order));
    Trainer trainer = new Trainer(layer, new Sgd(), Loss.MEAN_SQUARED_ERROR, simd, 1);
    Bits.assertSame(file, scalar, trainer.predict(FloatSamples.of(given, sample)));
  }

  /** All samples at once, or as many at a time as the file says. */
  private static float[] run(OnnxModel model, Kernels kernels, Tensor x, Shape wanted) {
    Node input = model.inputs().getFirst();
    Node output = model.outputs().getFirst();
    int all = x.shape().dim(0);
    int batch = input.shape().hasBatch() ? all : input.shape().dim(0);
    Plan plan =
        Plan.of(model.graph(), model.outputs(), batch, kernels, new StepState(1), Rules.all());
    int size = x.data().length / all * batch;
    float[] got = new float[wanted.elements()];
    for (int i = 0; i < all / batch; i++) {
      System.arraycopy(x.data(), i * size, plan.values(input), 0, size);
      plan.run();
      Shape shape = plan.shape(output);
      assertArrayEquals(wanted.sample().dims(), shape.sample().dims());
      System.arraycopy(plan.values(output), 0, got, i * shape.elements(), shape.elements());
    }
    return got;
  }

  private static float[] channelsLast(float[] images, int... chw) {
    int pixels = chw[1] * chw[2];
    float[] last = new float[images.length];
    for (int i = 0; i < images.length; i++) {
      int image = i / (chw[0] * pixels);
      last[(image * pixels + i % pixels) * chw[0] + i / pixels % chw[0]] = images[i];
    }
    return last;
  }

  private static void assertClose(String name, float[] expected, float[] got) {
    double most = 0;
    for (int i = 0; i < got.length; i++) {
      most = Math.max(most, Math.abs(expected[i] - got[i]) / Math.max(1, Math.abs(expected[i])));
    }
    System.out.println(name + ": largest difference " + most);
    assertTrue(most <= CLOSE, name + ": " + most);
  }
}
