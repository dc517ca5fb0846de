package dev.lanewise.examples;

import dev.lanewise.data.Dataset;
import dev.lanewise.data.Labels;
import dev.lanewise.data.Mnist;
import dev.lanewise.kernel.Kernels;
import dev.lanewise.kernel.parallel.Team;
import dev.lanewise.nn.ActivationFunction;
import dev.lanewise.nn.Conv2D;
import dev.lanewise.nn.Dense;
import dev.lanewise.nn.Dropout;
import dev.lanewise.nn.Flatten;
import dev.lanewise.nn.Loss;
import dev.lanewise.nn.MaxPooling2D;
import dev.lanewise.nn.Sequential;
import dev.lanewise.optim.Adadelta;
import dev.lanewise.optim.Adagrad;
import dev.lanewise.optim.Adam;
import dev.lanewise.optim.Optimizer;
import dev.lanewise.optim.RmsProp;
import dev.lanewise.optim.Sgd;
import dev.lanewise.tensor.Shape;
import dev.lanewise.train.Evaluation;
import dev.lanewise.train.FitOptions;
import dev.lanewise.train.History;
import dev.lanewise.train.Trainer;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The code of docs/comparison.md, block by block. */
final class ComparisonExample {
  private ComparisonExample() {}

  static Map<String, History> run(int images, int epochs) throws IOException {
    // load begins
    Mnist mnist = Mnist.load();
    System.out.println(mnist.train().count() + " × " + mnist.train().samples().shape());
    System.out.println(mnist.test().count() + " × " + mnist.test().samples().shape());
    // load ends
    // targets begins
    Dataset train = oneHot(mnist.train());
    Dataset test = oneHot(mnist.test());
    // targets ends
    train = train.limit(images);
    // fit begins
    List<Optimizer> rules =
        List.of(new Adadelta(), new Adagrad(), new Adam(), new RmsProp(), new Sgd());
    Map<String, History> histories = new LinkedHashMap<>();
    try (Team team = Team.ofProcessors()) {
      for (Optimizer rule : rules) {
        Sequential model = buildModel(1);
        Loss loss = Loss.CATEGORICAL_CROSSENTROPY;
        Trainer trainer = new Trainer(model, rule, loss, Kernels.best(team), 1);
        FitOptions options = new FitOptions(epochs, 64).withValidation(test);
        histories.put(rule.name(), trainer.fit(train, options));
      }
    }
    // fit ends
    // table begins
    histories.forEach(
        (name, history) -> {
          Evaluation last = history.last().validation();
          System.out.println(name + " " + last + " " + history.totalSeconds() + " s");
        });
    // table ends
    return histories;
  }

  // one-hot begins
  static Dataset oneHot(Dataset data) {
    return new Dataset(data.samples(), ((Labels) data.targets()).toCategorical());
  }

  // one-hot ends

  // model begins
  static Sequential buildModel(long seed) {
    return new Sequential(
        seed,
        Shape.of(28, 28, 1),
        new Conv2D(32, 3, ActivationFunction.RELU),
        new MaxPooling2D(2),
        new Dropout(0.25),
        new Flatten(),
        new Dense(256, ActivationFunction.RELU),
        new Dropout(0.5),
        new Dense(10, ActivationFunction.SOFTMAX));
  }
  // model ends
}
