package dev.lanewise.onnx;

import dev.lanewise.data.FloatSamples;
import dev.lanewise.data.Samples;
import dev.lanewise.graph.Variable;
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
import dev.lanewise.nn.MaxPooling2D;
import dev.lanewise.nn.Padding;
import dev.lanewise.nn.Sequential;
import dev.lanewise.tensor.Shape;
import dev.lanewise.testing.Fill;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** A model of random layers of all kinds, with random weights, for files of it. */
final class RandomLayers {
  private final long seed;
  private final Sequential model;
  private final int batch;
  private long roundings = 10; // of an activation function

  RandomLayers(long seed) {
    this.seed = seed;
    SplittableRandom random = new SplittableRandom(seed);
    boolean image = random.nextInt(5) > 0;
    Shape input =
        image
            ? Shape.of(random.nextInt(3, 13), random.nextInt(3, 13), random.nextInt(1, 5))
            : random.nextBoolean()
                ? Shape.of(random.nextInt(1, 30))
                : Shape.of(random.nextInt(1, 9), random.nextInt(1, 9));
    model = new Sequential(seed, input, layers(random, input));
    for (Variable weights : model.variables()) {
      float[] some = Fill.gaussian(seed + roundings, weights.values().length);
      boolean product = weights.name().endsWith("kernel");
      int terms = product ? some.length / weights.shape().dim(-1) : 1;
      for (int i = 0; i < some.length; i++) {
        float value = some[i] / (float) Math.sqrt(terms);
        weights.values()[i] = weights.name().endsWith("variance") ? Math.abs(value) : value;
      }
      roundings += terms + 10;
    }
    batch = random.nextInt(1, 6);
  }

  Sequential model() {
    return model;
  }

  int batch() {
    return batch;
  }

  /** How many roundings the sums of a prediction have. */
  long roundings() {
    return roundings;
  }

  Samples samples() {
    Shape input = model.inputShape();
    return FloatSamples.of(Fill.gaussian(seed, batch * input.elements()), input);
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

  /** Images in the other order; anything else as it is. */
  static float[] channelsFirst(float[] x, Shape shape) {
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
