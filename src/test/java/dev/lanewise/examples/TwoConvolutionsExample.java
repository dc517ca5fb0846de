package dev.lanewise.examples;

import dev.lanewise.data.Mnist;
import dev.lanewise.kernel.Kernels;
import dev.lanewise.kernel.parallel.Team;
import dev.lanewise.nn.ActivationFunction;
import dev.lanewise.nn.Conv2D;
import dev.lanewise.nn.Dense;
import dev.lanewise.nn.GlobalAveragePooling2D;
import dev.lanewise.nn.Initializer;
import dev.lanewise.nn.LeakyReLU;
import dev.lanewise.nn.Loss;
import dev.lanewise.nn.MaxPooling2D;
import dev.lanewise.nn.Sequential;
import dev.lanewise.optim.Adam;
import dev.lanewise.tensor.Shape;
import dev.lanewise.train.Evaluation;
import dev.lanewise.train.FitOptions;
import dev.lanewise.train.ModelFile;
import dev.lanewise.train.Trainer;
import dev.lanewise.train.WeightLayout;
import java.io.IOException;
import java.nio.file.Path;

/** docs/library.md's network of two convolutions: the lines between the marks stand there. */
final class TwoConvolutionsExample {
  private TwoConvolutionsExample() {}

  static Evaluation run(Path weights, int images, int epochs) throws IOException {
    Evaluation result;
    // two-convolutions begins
    Mnist mnist = Mnist.load();
    Sequential model =
        new Sequential(
            1, // the seed
            Shape.of(28, 28, 1),
            new Conv2D(16, 3, ActivationFunction.LINEAR).withInitializer(Initializer.HE_UNIFORM),
            new LeakyReLU(0.1),
            new MaxPooling2D(2),
            new Conv2D(32, 3, ActivationFunction.RELU).withInitializer(Initializer.HE_UNIFORM),
            new GlobalAveragePooling2D(),
            new Dense(10, ActivationFunction.SOFTMAX));
    try (Team team = Team.ofProcessors()) {
      Kernels kernels = Kernels.best(team);
      Loss loss = Loss.SPARSE_CATEGORICAL_CROSSENTROPY;
      Trainer trainer = new Trainer(model, new Adam(0.01), loss, kernels, 1);
      trainer.fit(mnist.train().limit(images), new FitOptions(epochs, 32));
      ModelFile.save(model, weights, WeightLayout.PYTORCH); // or as it is, in Keras's layout
      ModelFile.load(model, weights, WeightLayout.PYTORCH);
      result = trainer.evaluate(mnist.test());
    }
    // two-convolutions ends
    return result;
  }
}
