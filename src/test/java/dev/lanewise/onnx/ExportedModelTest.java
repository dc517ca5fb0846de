package dev.lanewise.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.data.FloatSamples;
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
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Files that PyTorch's own exporter wrote give PyTorch's outputs. */
class ExportedModelTest {
  /** Made by pytorch.py, which lies there. */
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
    Map<String, Tensor> known = Safetensors.read(FOLDER.resolve(name + ".safetensors")).tensors();
    Tensor x = Objects.requireNonNull(known.get("x"));
    Tensor y = Objects.requireNonNull(known.get("y"));
    OnnxModel model = OnnxModel.load(FOLDER.resolve(name + "-" + opset + ".onnx"));
    Kernels simd = Kernels.best(Teams.of(2));
    float[] scalar = run(model, Kernels.scalar(), x, y.shape());
    Bits.assertSame(name, scalar, run(model, simd, x, y.shape()));
    assertClose(name, y.data(), scalar);
    int[] dims = x.shape().sample().dims();
    boolean images = dims.length == 3;
    Shape sample = images ? Shape.of(dims[1], dims[2], dims[0]) : x.shape().sample();
    float[] given = images ? channelsLast(x.data(), dims) : x.data();
    Sequential layer = new Sequential(1, sample, model.layer());
    Trainer trainer = new Trainer(layer, new Sgd(), Loss.MEAN_SQUARED_ERROR, simd, 1);
    Bits.assertSame(name, scalar, trainer.predict(FloatSamples.of(given, sample)));
  }

  private static float[] run(OnnxModel model, Kernels kernels, Tensor x, Shape wanted) {
    int batch = x.shape().dim(0);
    Plan plan =
        Plan.of(model.graph(), model.outputs(), batch, kernels, new StepState(1), Rules.all());
    System.arraycopy(x.data(), 0, plan.values(model.inputs().getFirst()), 0, x.data().length);
    plan.run();
    Shape shape = plan.shape(model.outputs().getFirst());
    assertArrayEquals(wanted.dims(), shape.dims());
    return Arrays.copyOf(plan.values(model.outputs().getFirst()), shape.elements());
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
    System.out.println("PyTorch's " + name + ": largest difference " + most);
    assertTrue(most <= CLOSE, name + ": " + most);
  }
}
