package dev.lanewise.matrix;

import dev.lanewise.data.ByteSamples;
import dev.lanewise.data.Dataset;
import dev.lanewise.data.Labels;
import dev.lanewise.kernel.Kernels;
import dev.lanewise.nn.ActivationFunction;
import dev.lanewise.nn.Conv2D;
import dev.lanewise.nn.Dense;
import dev.lanewise.nn.Dropout;
import dev.lanewise.nn.Flatten;
import dev.lanewise.nn.Loss;
import dev.lanewise.nn.MaxPooling2D;
import dev.lanewise.nn.Sequential;
import dev.lanewise.optim.Optimizers;
import dev.lanewise.tensor.Shape;
import dev.lanewise.train.FitOptions;
import dev.lanewise.train.Trainer;
import java.util.ArrayList;
import java.util.List;

/** One of the {@link FixedCases}: a short training. */
final class FixedTrainings {
  private FixedTrainings() {}

  /** Trains twice over all images, and returns the weights and the predictions. */
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
