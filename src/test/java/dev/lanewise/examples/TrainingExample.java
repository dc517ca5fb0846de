package dev.lanewise.examples;

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
import dev.lanewise.train.FitOptions;
import dev.lanewise.train.History;
import dev.lanewise.train.Trainer;
import java.io.IOException;

/** The README's example of training a network of one's own. */
final class TrainingExample {
  private TrainingExample() {}

  static History run() throws IOException {
    // README begins
    History history;
    try (Team team = Team.ofProcessors()) {
      Mnist mnist = Mnist.load();
      Sequential model =
          new Sequential(
              1, // the seed
              Shape.of(28, 28, 1),
              new Flatten(),
              new Dense(64, ActivationFunction.RELU),
              new Dense(10, ActivationFunction.SOFTMAX));
      System.out.println(model.summary());
      Loss loss = Loss.SPARSE_CATEGORICAL_CROSSENTROPY;
      Trainer trainer = new Trainer(model, new Adam(), loss, Kernels.best(team), 1);
      FitOptions options = new FitOptions(3, 64).withValidation(mnist.test());
      history = trainer.fit(mnist.train().limit(6000), options);
    }
    // README ends
    return history;
  }
}
