package dev.lanewise.matrix;

import dev.lanewise.data.ByteSamples;
import dev.lanewise.data.Dataset;
import dev.lanewise.data.Labels;
import dev.lanewise.kernel.Kernels;
import dev.lanewise.nn.Activation;
import dev.lanewise.nn.ActivationFunction;
import dev.lanewise.nn.BatchNormalization;
import dev.lanewise.nn.Conv2D;
import dev.lanewise.nn.Dense;
import dev.lanewise.nn.Dropout;
import dev.lanewise.nn.Flatten;
import dev.lanewise.nn.LayerNormalization;
import dev.lanewise.nn.Loss;
import dev.lanewise.nn.MaxPooling2D;
import dev.lanewise.nn.Sequential;
import dev.lanewise.optim.Optimizers;
import dev.lanewise.tensor.Shape;
import dev.lanewise.testing.FixedInputs;
import dev.lanewise.train.FitOptions;
import dev.lanewise.train.Trainer;
import java.util.ArrayList;
import java.util.List;

/** Some of the {@link FixedCases}: short trainings. */
final class FixedTrainings {
  private FixedTrainings() {}

  /** Trains the MNIST network, or one that is small alike. */
  static float[][] run(Kernels kernels, int seed, int side, int images, String optimizer) {
    Sequential model =
        new Sequential(
            seed,
            Shape.of(side, side, 1),
            new Conv2D(side == 28 ? 32 : 3, 3, ActivationFunction.RELU),
            new MaxPooling2D(2),
            new Dropout(0.25),
            new Flatten(),
            new Dense(side == 28 ? 64 : 9, ActivationFunction.RELU),
            new Dropout(0.5),
            new Dense(10, ActivationFunction.SOFTMAX));
    return train(model, kernels, seed, images, optimizer);
  }

  /** Trains a network that normalizes channels and rows. */
  static float[][] normalized(Kernels kernels, int seed, int side, int images, String optimizer) {
    Sequential model =
        new Sequential(
            seed,
            Shape.of(side, side, 1),
            new Conv2D(5, 3, ActivationFunction.LINEAR),
            new BatchNormalization(),
            new Activation(ActivationFunction.RELU),
            new MaxPooling2D(2),
            new Flatten(),
            new LayerNormalization(),
            new Dense(17, ActivationFunction.LINEAR),
            new BatchNormalization(0.5, 0.01, true, false),
            new Dense(10, ActivationFunction.SOFTMAX));
    return train(model, kernels, seed, images, optimizer);
  }

  /** Trains twice over all images, and returns the weights and the predictions. */
  private static float[][] train(
      Sequential model, Kernels kernels, int seed, int images, String optimizer) {
    int side = model.inputShape().dim(0);
    byte[] pixels = new byte[images * side * side];
    float[] values = FixedInputs.values(seed, pixels.length);
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (byte) (127 * values[i]);
    }
    Dataset data =
        new Dataset(
            ByteSamples.of(pixels, Shape.of(side, side, 1)),
            Labels.of(FixedInputs.labels(seed, images, 10), 10));
    Loss loss = Loss.SPARSE_CATEGORICAL_CROSSENTROPY;
    Trainer trainer = new Trainer(model, Optimizers.parse(optimizer), loss, kernels, seed);
    trainer.fit(data, new FitOptions(2, side == 28 ? 32 : 4));
    List<float[]> all = new ArrayList<>();
    model.variables().forEach(variable -> all.add(variable.values()));
    all.add(trainer.predict(data.samples()));
    return all.toArray(float[][]::new);
  }
}
