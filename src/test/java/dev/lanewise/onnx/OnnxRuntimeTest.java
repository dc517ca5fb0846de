package dev.lanewise.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.lanewise.data.Mnist;
import dev.lanewise.data.Samples;
import dev.lanewise.kernel.Kernels;
import dev.lanewise.kernel.parallel.Team;
import dev.lanewise.nn.Loss;
import dev.lanewise.nn.MnistCnn;
import dev.lanewise.nn.Sequential;
import dev.lanewise.optim.Adam;
import dev.lanewise.tensor.Shape;
import dev.lanewise.train.FitOptions;
import dev.lanewise.train.Trainer;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
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
    RandomLayers drawn = new RandomLayers(seed);
    Sequential model = drawn.model();
    Shape input = model.inputShape();
    int batch = drawn.batch();
    Samples samples = drawn.samples();
    float[] x = samples.toArray();
    Loss loss = Loss.MEAN_SQUARED_ERROR;
    float[] ours = new Trainer(model, new Adam(), loss, Kernels.scalar(), 1).predict(samples);
    double size = 1;
    for (float value : ours) {
      size = Math.max(size, Math.abs(value));
    }
    double bound = 2 * drawn.roundings() * 0x1p-24 * size;
    double worst = 0;
    for (Onnx.Images order : Onnx.Images.values()) {
      Path file = folder.resolve(seed + ".onnx");
      Onnx.write(model, file, order);
      boolean first = order == Onnx.Images.NCHW;
      float[] theirs;
      try (OrtSession session = RUNTIME.createSession(file.toString())) {
        theirs =
            run(
                session,
                first ? RandomLayers.channelsFirst(x, input) : x,
                dims(batch, input, first));
      }
      float[] expected = first ? RandomLayers.channelsFirst(ours, model.outputShape()) : ours;
      assertEquals(expected.length, theirs.length);
      for (int i = 0; i < theirs.length; i++) {
        double off = Math.abs(theirs[i] - expected[i]);
        String what =
            "seed " + seed + ", " + order + ", " + model.layers() + ", element " + i + ": ";
        assertTrue(off <= bound, () -> what + off + " is above " + bound);
        worst = Math.max(worst, off / bound);
      }
    }
    return worst;
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
}
