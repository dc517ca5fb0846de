package dev.lanewise.examples;

import dev.lanewise.data.Dataset;
import dev.lanewise.io.Csv;
import dev.lanewise.kernel.Kernels;
import dev.lanewise.kernel.parallel.Team;
import dev.lanewise.nn.ActivationFunction;
import dev.lanewise.nn.Dense;
import dev.lanewise.nn.Initializer;
import dev.lanewise.nn.Loss;
import dev.lanewise.nn.Sequential;
import dev.lanewise.optim.Adam;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Tensor;
import dev.lanewise.train.FitOptions;
import dev.lanewise.train.ModelFile;
import dev.lanewise.train.Trainer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;

/** docs/library.md's network on a table of numbers: the lines between the marks stand there. */
final class CsvExample {
  private CsvExample() {}

  /** Trains on a table whose last column is the answer, and predicts from the saved weights. */
  static float[] run(Path csv, Path weights) throws IOException {
    float[] predicted;
    // csv begins
    Tensor table = Csv.read(csv); // rows of numbers, the last of them what is to be predicted
    int rows = table.shape().dim(0);
    int features = table.shape().dim(1) - 1;
    float[] x = new float[rows * features];
    float[] y = new float[rows];
    for (int i = 0; i < rows; i++) {
      System.arraycopy(table.data(), i * (features + 1), x, i * features, features);
      y[i] = table.data()[i * (features + 1) + features];
    }
    Dataset data = Dataset.of(x, Shape.of(features), y, 1);
    Dense hidden = new Dense(32, ActivationFunction.TANH).withInitializer(Initializer.LECUN_NORMAL);
    Dense output = new Dense(1, ActivationFunction.LINEAR).withL2(1e-5);
    Sequential model = new Sequential(1, Shape.of(features), hidden, output);
    try (Team team = Team.ofProcessors()) {
      Kernels kernels = Kernels.best(team);
      Trainer trainer = new Trainer(model, new Adam(0.01), Loss.MEAN_SQUARED_ERROR, kernels, 1);
      trainer.fit(data.slice(0, rows * 4 / 5), new FitOptions(200, 32));
      ModelFile.save(model, weights); // safetensors; ModelFile.load(model, weights) reads it
      predicted = trainer.predict(data.slice(rows * 4 / 5, rows).samples());
    }
    // csv ends
    Sequential loaded = new Sequential(2, Shape.of(features), hidden, output);
    ModelFile.load(loaded, weights);
    Trainer again = new Trainer(loaded, new Adam(), Loss.MEAN_SQUARED_ERROR, Kernels.scalar(), 9);
    float[] answers = again.predict(data.slice(rows * 4 / 5, rows).samples());
    if (!Arrays.equals(answers, predicted)) {
      throw new IllegalStateException("the loaded network predicts otherwise");
    }
    return predicted;
  }
}
