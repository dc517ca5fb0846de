package dev.lanewise.examples;

import dev.lanewise.data.Dataset;
import dev.lanewise.data.Labels;
import dev.lanewise.data.Mnist;
import dev.lanewise.data.SampleWeights;
import dev.lanewise.io.Npy;
import dev.lanewise.kernel.Kernels;
import dev.lanewise.nn.ActivationFunction;
import dev.lanewise.nn.Dense;
import dev.lanewise.nn.Loss;
import dev.lanewise.nn.Sequential;
import dev.lanewise.optim.Adam;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Tensor;
import dev.lanewise.train.FitOptions;
import dev.lanewise.train.Trainer;
import java.io.IOException;
import java.nio.file.Path;

/** docs/library.md's arrays in files: the lines between the marks stand there. */
final class ArraysExample {
  private ArraysExample() {}

  static double run(Path folder) throws IOException {
    // arrays begins
    Dataset some = Mnist.load().train().limit(500);
    float[] pixels = some.samples().toArray(); // images one after the other, channels last
    int[] classes = ((Labels) some.targets()).toArray();
    Npy.write(folder.resolve("images.npy"), Tensor.of(pixels, 500, 784)); // numpy.load reads it
    Npy.writeInts(folder.resolve("labels.npy"), classes);

    Tensor images = Npy.read(folder.resolve("images.npy"));
    int[] labels = Npy.readInts(folder.resolve("labels.npy"));
    float[] weights = {1, 1, 1, 1, 1, 1, 1, 1, 2, 2}; // eights and nines count twice
    Dataset data =
        Dataset.of(images.data(), Shape.of(784), labels, 10)
            .withWeights(SampleWeights.ofClasses(Labels.of(labels, 10), weights));
    // arrays ends
    Sequential model = new Sequential(1, Shape.of(784), new Dense(10, ActivationFunction.SOFTMAX));
    Loss loss = Loss.SPARSE_CATEGORICAL_CROSSENTROPY;
    Trainer trainer = new Trainer(model, new Adam(0.01), loss, Kernels.scalar(), 1);
    return trainer.fit(data, new FitOptions(5, 32)).last().training().accuracy();
  }
}
