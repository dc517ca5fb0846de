package dev.lanewise.train;

import dev.lanewise.data.Dataset;
import dev.lanewise.kernel.Kernels;
import dev.lanewise.nn.ActivationFunction;
import dev.lanewise.nn.Dense;
import dev.lanewise.nn.Loss;
import dev.lanewise.nn.Sequential;
import dev.lanewise.optim.Optimizer;
import dev.lanewise.tensor.Shape;
import java.util.Random;

/** Three clouds of points in the plane: what small models are trained on. */
final class Clouds {
  static final int CLASSES = 3;

  private Clouds() {}

  /** One layer that tells them apart. */
  static Sequential model(long seed) {
    return new Sequential(seed, Shape.of(2), new Dense(CLASSES, ActivationFunction.SOFTMAX));
  }

  static Trainer trainer(Sequential model, Optimizer rule) {
    return new Trainer(model, rule, Loss.SPARSE_CATEGORICAL_CROSSENTROPY, Kernels.scalar(), 1);
  }

  static Dataset of(long seed, int n) {
    Random random = new Random(seed);
    float[] points = new float[2 * n];
    int[] labels = new int[n];
    for (int i = 0; i < n; i++) {
      labels[i] = i % CLASSES;
      double angle = 2 * Math.PI * labels[i] / CLASSES;
      points[2 * i] = (float) (2 * Math.cos(angle) + 0.4 * random.nextGaussian());
      points[2 * i + 1] = (float) (2 * Math.sin(angle) + 0.4 * random.nextGaussian());
    }
    return Dataset.of(points, Shape.of(2), labels, CLASSES);
  }
}
