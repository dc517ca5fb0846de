package dev.lanewise.train;

import dev.lanewise.data.ByteSamples;
import dev.lanewise.data.Dataset;
import dev.lanewise.data.Labels;
import dev.lanewise.kernel.Kernels;
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
import dev.lanewise.nn.Padding;
import dev.lanewise.nn.Sequential;
import dev.lanewise.optim.Optimizer;
import dev.lanewise.optim.Optimizers;
import dev.lanewise.tensor.Shape;
import dev.lanewise.testing.Bits;
import dev.lanewise.testing.Rewrites;
import dev.lanewise.testing.Teams;
import dev.lanewise.testing.Trained;
import dev.lanewise.testing.Twin;
import dev.lanewise.testing.Twins;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * A model of random layers, its data and its training, all drawn from one seed: fused, unfused and
 * scalar trainings end with the same bits, and a prediction does not depend on its batch.
 */
final class RandomModel {
  private final long seed;
  private final SplittableRandom random;
  private final Shape input;
  private final List<Layer> layers = new ArrayList<>();
  private final int classes;
  private final boolean wide; // so that teams divide products and updates
  private final int images;
  private final int batch;
  private final String optimizer;

  RandomModel(long seed) {
    this.seed = seed;
    random = new SplittableRandom(seed);
    input = Shape.of(random.nextInt(1, 13), random.nextInt(1, 13), random.nextInt(1, 5));
    classes = random.nextInt(2, 12);
    wide = random.nextInt(8) == 0;
    images = random.nextInt(1, wide ? 90 : 40);
    batch = random.nextInt(1, wide ? 70 : 20);
    List<String> names = new ArrayList<>(Optimizers.names());
    names.add("adam:clipnorm=0.5,use_ema=true");
    names.add("sgd:momentum=0.9,weight_decay=0.01,gradient_accumulation_steps=2");
    optimizer = names.get(random.nextInt(names.size()));
    drawLayers();
  }

  private void drawLayers() {
    Shape shape = input;
    for (int i = random.nextInt(6); i > 0; i--) {
      Layer layer = imageLayer(shape);
      shape = layer.outputShape(shape);
      layers.add(layer);
    }
    layers.add(random.nextInt(4) == 0 ? new GlobalAveragePooling2D() : new Flatten());
    for (int i = random.nextInt(3); i > 0; i--) {
      layers.add(new Dense(random.nextInt(1, wide ? 400 : 40), function()));
      if (random.nextBoolean()) {
        layers.add(dropout());
      }
    }
    if (random.nextBoolean()) {
      layers.add(new Dense(classes, ActivationFunction.SOFTMAX));
    } else {
      layers.add(new Dense(classes, ActivationFunction.LINEAR));
      layers.add(new Activation(ActivationFunction.SOFTMAX));
    }
  }

  private Layer imageLayer(Shape shape) {
    int height = shape.dim(0);
    int width = shape.dim(1);
    int channels = shape.dim(2);
    Padding padding = random.nextBoolean() ? Padding.SAME : Padding.VALID;
    return switch (random.nextInt(11)) {
      case 0, 1, 2, 3 -> {
        int groups = random.nextInt(3) == 0 ? channels : 1;
        boolean strided = random.nextInt(3) == 0;
        yield new Conv2D(
            groups * random.nextInt(1, groups == 1 ? 37 : 4),
            random.nextInt(1, Math.min(4, height) + 1),
            random.nextInt(1, Math.min(4, width) + 1),
            strided ? random.nextInt(1, 3) : 1,
            strided ? random.nextInt(1, 3) : 1,
            padding,
            1,
            1,
            groups,
            function());
      }
      case 4, 5, 6 -> {
        int poolHeight = random.nextInt(1, Math.min(3, height) + 1);
        int poolWidth = random.nextInt(1, Math.min(3, width) + 1);
        boolean touching = random.nextBoolean();
        int down = touching ? poolHeight : random.nextInt(1, 3);
        int along = touching ? poolWidth : random.nextInt(1, 3);
        yield random.nextInt(3) == 0
            ? new AveragePooling2D(poolHeight, poolWidth, down, along, padding)
            : new MaxPooling2D(poolHeight, poolWidth, down, along, padding);
      }
      case 7 -> dropout();
      case 8 -> new Activation(function());
      case 9 -> normalization();
      default -> random.nextBoolean() ? new ELU(0.5) : new LeakyReLU(0.25);
    };
  }

  private Layer normalization() {
    boolean center = random.nextBoolean();
    boolean scale = random.nextBoolean();
    return random.nextBoolean()
        ? new LayerNormalization(random.nextInt(1, 4), 1e-3, center, scale)
        : new BatchNormalization(0.9, 1e-3, center, scale);
  }

  /** Mostly those that are fused; one in four is any. */
  private ActivationFunction function() {
    ActivationFunction[] all = ActivationFunction.values();
    return switch (random.nextInt(8)) {
      case 0, 1 -> all[random.nextInt(all.length)];
      case 2, 3 -> ActivationFunction.LINEAR;
      default -> ActivationFunction.RELU;
    };
  }

  private Layer dropout() {
    return new Dropout(random.nextInt(5) / 5.0);
  }

  /** What has been drawn. */
  List<Layer> layers() {
    return List.copyOf(layers);
  }

  private Dataset data() {
    byte[] pixels = new byte[images * input.elements()];
    int[] labels = new int[images];
    SplittableRandom values = new SplittableRandom(seed + 1);
    values.nextBytes(pixels);
    Arrays.setAll(labels, i -> values.nextInt(classes));
    return new Dataset(ByteSamples.of(pixels, input), Labels.of(labels, classes));
  }

  private Trained train(Kernels kernels, Rewrites rewrites) {
    Sequential model = new Sequential(seed, input, layers);
    Optimizer rule = Optimizers.parse(optimizer);
    Loss loss = Loss.SPARSE_CATEGORICAL_CROSSENTROPY;
    Trainer trainer = new Trainer(model, rule, loss, kernels, seed, rewrites.rules());
    return Trained.by(trainer, data(), new FitOptions(2, batch).withValidation(data()));
  }

  /** Fails, with the seed and the model, if anything differs in a bit. */
  void check() {
    try {
      Trained expected = train(Kernels.scalar(), Rewrites.NONE);
      int threads = random.nextInt(1, 4);
      Kernels simd = Twins.simd(Teams.of(threads));
      Twin.assertUnderTest(simd, threads);
      for (Rewrites rewrites : Rewrites.values()) {
        expected.assertSame("SIMD " + rewrites, train(simd, rewrites));
      }
      expected.assertSame("scalar, fused", train(Kernels.scalar(), Rewrites.ALL));
      checkBatches(expected);
    } catch (AssertionError | RuntimeException failure) {
      throw new AssertionError(this + ": " + failure.getMessage(), failure);
    }
  }

  /** Each image alone, and all in two parts, by the scalar twins and by the SIMD twins. */
  private void checkBatches(Trained trained) {
    Dataset data = data();
    Kernels simd = Twins.simd(Teams.of(2));
    Loss loss = Loss.SPARSE_CATEGORICAL_CROSSENTROPY;
    Trainer second = new Trainer(trained.model(), Optimizers.parse("sgd"), loss, simd, seed);
    for (Trainer trainer : List.of(trained.trainer(), second)) {
      int cut = random.nextInt(images);
      for (int i = 0; i < images; i++) {
        float[] alone = trainer.predict(data.samples().slice(i, i + 1));
        Bits.assertSame("image " + i + " alone", row(trained.predictions(), i, i + 1), alone);
      }
      float[] rest = trainer.predict(data.samples().slice(cut, images));
      Bits.assertSame("images from " + cut, row(trained.predictions(), cut, images), rest);
    }
  }

  private float[] row(float[] predictions, int from, int to) {
    return Arrays.copyOfRange(predictions, from * classes, to * classes);
  }

  @Override
  public String toString() {
    return "seed %d: %d images %s in batches of %d, %s, %s"
        .formatted(seed, images, input, batch, optimizer, layers);
  }
}
