package example;

import dev.lanewise.data.Mnist;
import dev.lanewise.kernel.Kernels;
import dev.lanewise.kernel.parallel.Team;
import dev.lanewise.nn.ActivationFunction;
import dev.lanewise.nn.Dense;
import dev.lanewise.nn.Flatten;
import dev.lanewise.nn.Loss;
import dev.lanewise.nn.Sequential;
import dev.lanewise.optim.Adam;
import dev.lanewise.tensor.Shape;
import dev.lanewise.train.Evaluation;
import dev.lanewise.train.FitOptions;
import dev.lanewise.train.Trainer;
import java.io.IOException;

/** Trains a small network on MNIST. */
public final class Digits {
  private Digits() {}

  public static void main(String[] args) throws IOException {
    Mnist mnist = Mnist.load();
    Sequential model =
        new Sequential(
            1,
            Shape.of(28, 28, 1),
            new Flatten(),
            new Dense(64, ActivationFunction.RELU),
            new Dense(10, ActivationFunction.SOFTMAX));
    try (Team team = Team.ofProcessors()) {
      Kernels kernels = Kernels.best(team);
      Loss loss = Loss.SPARSE_CATEGORICAL_CROSSENTROPY;
      Trainer trainer = new Trainer(model, new Adam(), loss, kernels, 1);
      trainer.fit(mnist.train().limit(6000), new FitOptions(3, 64));
      Evaluation result = trainer.evaluate(mnist.test());
      System.out.printf(
          "%s, vectors of %d bits: accuracy %.4f%n",
          Digits.class.getModule().isNamed() ? "module path" : "class path",
          kernels.vectorBits(),
          result.accuracy());
    }
  }
}
