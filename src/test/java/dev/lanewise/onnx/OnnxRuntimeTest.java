package dev.lanewise.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.lanewise.data.FloatSamples;
import dev.lanewise.data.Mnist;
import dev.lanewise.data.Samples;
import dev.lanewise.graph.Variable;
import dev.lanewise.kernel.Kernels;
import dev.lanewise.kernel.parallel.Team;
import dev.lanewise.nn.Activation;
import dev.lanewise.nn.ActivationFunction;
import dev.lanewise.nn.AveragePooling2D;
import dev.lanewise.nn.BatchNormalization;
import dev.lanewise.nn.Conv2D;
import dev.lanewise.nn.Dense;
import dev.lanewise.nn.Dropout;
import dev.lanewise.nn.ELU;
import dev.lanewise.nn.Flatten;
import dev.lanewise.nn.GlobalAveragePooling2D;
import dev.lanewise.nn.Layer;
import dev.lanewise.nn.LayerNormalization;
import dev.lanewise.nn.LeakyReLU;
import dev.lanewise.nn.Loss;
import dev.lanewise.nn.MaxPooling2D;
import dev.lanewise.nn.MnistCnn;
import dev.lanewise.nn.Padding;
import dev.lanewise.nn.Sequential;
import dev.lanewise.optim.Adam;
import dev.lanewise.tensor.Shape;
import dev.lanewise.testing.Fill;
import dev.lanewise.train.FitOptions;
import dev.lanewise.train.Trainer;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** ONNX Runtime predicts what we predict. */
class OnnxRuntimeTest {
  private static final int MODELS = 200;
  private static final OrtEnvironment RUNTIME = OrtEnvironment.getEnvironment();

  @TempDir Path folder;

  @Test
  void theTrainedCnnHasTheSameProbabilitiesForAllTestImages() throws Exception {
    Mnist mnist = Mnist.load();
    Sequential model = MnistCnn.create(1);
    float[] ours;
    try (Team team = Team.ofProcessors()) {
      Loss loss = Loss.SPARSE_CATEGORICAL_CROSSENTROPY;
      Trainer trainer = new Trainer(model, new Adam(0.001), loss, Kernels.best(team), 1);
      trainer.fit(mnist.train().limit(6000), new FitOptions(1, 64));
      ours = trainer.predict(mnist.test().samples());
    }
    Path file = folder.resolve("model.onnx");
    Onnx.write(model, file);
    float[] images = mnist.test().samples().toArray();
    double worst = 0;
    try (OrtSession session = RUNTIME.createSession(file.toString())) {
      assertEquals("lanewise", session.getMetadata().getProducerName());
      for (int from = 0; from < 10_000; from += 1000) {
        float[] batch = Arrays.copyOfRange(images, from * 784, (from + 1000) * 784);
        float[] theirs = run(session, batch, 1000, 1, 28, 28);
        for (int i = 0; i < 1000; i++) {
          assertEquals(
              argMax(ours, (from + i) * 10), argMax(theirs, i * 10), "image " + (from + i));
        }
        for (int i = 0; i < theirs.length; i++) {
          worst = Math.max(worst, Math.abs(ours[from * 10 + i] - theirs[i]));
        }
      }
    }
    System.out.printf("ONNX Runtime: largest difference of probabilities %.2g%n", worst);
    assertTrue(worst <= 2e-6, "largest difference " + worst);
  }

  private static int argMax(float[] values, int from) {
    int best = 0;
    for (int i = 1; i < 10; i++) {
      best = values[from + i] > values[from + best] ? i : best;
    }
    return best;
  }

  @Test
  void randomModelsPredictTheSameWithinTheRoundingOfTheirSums() throws Exception {
    double worst = 0;
    for (int seed = 0; seed < MODELS; seed++) {
      worst = Math.max(worst, check(seed));
    }
    System.out.printf("ONNX Runtime: largest share of the bound %.2g%n", worst);
  }

  /** Returns the largest difference as a share of what the roundings of all sums allow. */
  private double check(int seed) throws Exception {
    SplittableRandom random = new SplittableRandom(seed);
    boolean image = random.nextInt(5) > 0;
    Shape input =
        image
            ? Shape.of(random.nextInt(3, 13), random.nextInt(3, 13), random.nextInt(1, 5))
            : random.nextBoolean()
                ? Shape.of(random.nextInt(1, 30))
                : Shape.of(random.nextInt(1, 9), random.nextInt(1, 9));
    List<Layer> layers = layers(random, input);
    Sequential model = new Sequential(seed, input, layers);
    long k = 10; // roundings of an activation function
    for (Variable weights : model.variables()) {
      float[] some = Fill.gaussian(seed + k, weights.values().length);
      boolean product = weights.name().endsWith("kernel");
      int terms = product ? some.length / weights.shape().dim(-1) : 1;
      for (int i = 0; i < some.length; i++) {
        float value = some[i] / (float) Math.sqrt(terms);
        weights.values()[i] = weights.name().endsWith("variance") ? Math.abs(value) : value;
      }
      k += terms + 10;
    }
    int batch = random.nextInt(1, 6);
    Samples samples = FloatSamples.of(Fill.gaussian(seed, batch * input.elements()), input);
    float[] x = samples.toArray();
    Loss loss = Loss.MEAN_SQUARED_ERROR;
    float[] ours = new Trainer(model, new Adam(), loss, Kernels.scalar(), 1).predict(samples);
    double size = 1;
    for (float value : ours) {
      size = Math.max(size, Math.abs(value));
    }
    double bound = 2 * k * 0x1p-24 * size;
    double worst = 0;
    for (Onnx.Images order : Onnx.Images.values()) {
      Path file = folder.resolve(seed + ".onnx");
      Onnx.write(model, file, order);
      boolean first = order == Onnx.Images.NCHW;
      float[] theirs;
      try (OrtSession session = RUNTIME.createSession(file.toString())) {
        theirs = run(session, first ? channelsFirst(x, input) : x, dims(batch, input, first));
      }
      float[] expected = first ? channelsFirst(ours, model.outputShape()) : ours;
      assertEquals(expected.length, theirs.length);
      for (int i = 0; i < theirs.length; i++) {
        double off = Math.abs(theirs[i] - expected[i]);
        String what = "seed " + seed + ", " + order + ", " + layers + ", element " + i + ": ";
        assertTrue(off <= bound, () -> what + off + " is above " + bound);
        worst = Math.max(worst, off / bound);
      }
    }
    return worst;
  }

  private static List<Layer> layers(SplittableRandom random, Shape input) {
    List<Layer> layers = new ArrayList<>();
    Shape shape = input;
    for (int i = random.nextInt(1, 7); i > 0; i--) {
      Layer layer = shape.rank() == 3 ? imageLayer(random, shape) : rowLayer(random, shape);
      layers.add(layer);
      shape = layer.outputShape(shape);
    }
    return layers;
  }

  private static Layer imageLayer(SplittableRandom random, Shape shape) {
    Padding padding = random.nextBoolean() ? Padding.SAME : Padding.VALID;
    int height = random.nextInt(1, Math.min(3, shape.dim(0)) + 1);
    int width = random.nextInt(1, Math.min(3, shape.dim(1)) + 1);
    int down = random.nextInt(1, 3);
    int right = random.nextInt(1, 3);
    int channels = shape.dim(2);
    int groups = random.nextBoolean() ? channels : 1;
    boolean dilated = padding == Padding.SAME && random.nextBoolean();
    return switch (random.nextInt(9)) {
      case 0, 1, 2 ->
          new Conv2D(
              groups * random.nextInt(1, 4),
              height,
              width,
              dilated ? 1 : down,
              dilated ? 1 : right,
              padding,
              dilated ? down : 1,
              dilated ? right : 1,
              groups,
              function(random));
      case 3 -> new MaxPooling2D(height, width, down, right, padding);
      case 4 -> new AveragePooling2D(height, width, down, right, padding);
      case 5 -> random.nextBoolean() ? new GlobalAveragePooling2D() : new Flatten();
      default -> anyLayer(random, shape);
    };
  }

  private static Layer rowLayer(SplittableRandom random, Shape shape) {
    return switch (random.nextInt(shape.rank() == 1 ? 5 : 3)) {
      case 0, 1 -> anyLayer(random, shape);
      case 2 -> new Flatten();
      default -> new Dense(random.nextInt(1, 20), function(random));
    };
  }

  private static Layer anyLayer(SplittableRandom random, Shape shape) {
    return switch (random.nextInt(6)) {
      case 0 -> new Activation(function(random));
      case 1 -> new LeakyReLU();
      case 2 -> new ELU(0.7);
      case 3 -> new Dropout(0.5);
      case 4 -> new BatchNormalization(0.9, 0.1, random.nextBoolean(), random.nextBoolean());
      default -> {
        int dims = random.nextInt(1, shape.rank() + 1);
        boolean one = shape.dim(-1) == 1; // ONNX Runtime refuses to normalize one element
        yield one
            ? new ELU()
            : new LayerNormalization(dims, 0.1, random.nextBoolean(), random.nextBoolean());
      }
    };
  }

  private static ActivationFunction function(SplittableRandom random) {
    ActivationFunction[] all = ActivationFunction.values();
    return all[random.nextInt(all.length)];
  }

  private static float[] run(OrtSession session, float[] x, long... dims) throws OrtException {
    try (OnnxTensor tensor = OnnxTensor.createTensor(RUNTIME, FloatBuffer.wrap(x), dims);
        OrtSession.Result result = session.run(Map.of("input", tensor))) {
      FloatBuffer buffer = ((OnnxTensor) result.get(0)).getFloatBuffer();
      float[] values = new float[buffer.remaining()];
      buffer.get(values);
      return values;
    }
  }

  private static long[] dims(int batch, Shape shape, boolean channelsFirst) {
    int[] dims = shape.dims();
    return shape.rank() == 3 && channelsFirst
        ? new long[] {batch, dims[2], dims[0], dims[1]}
        : LongStream.concat(LongStream.of(batch), Arrays.stream(dims).asLongStream()).toArray();
  }

  private static float[] channelsFirst(float[] x, Shape shape) {
    if (shape.rank() != 3) {
      return x;
    }
    int channels = shape.dim(2);
    int pixels = shape.dim(0) * shape.dim(1);
    float[] moved = new float[x.length];
    for (int i = 0; i < x.length; i++) {
      int image = i / (pixels * channels);
      int pixel = i / channels % pixels;
      moved[(image * channels + i % channels) * pixels + pixel] = x[i];
    }
    return moved;
  }
}
