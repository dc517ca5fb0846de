package dev.lanewise.train;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lanewise.data.ByteSamples;
import dev.lanewise.data.Dataset;
import dev.lanewise.data.Labels;
import dev.lanewise.graph.Variable;
import dev.lanewise.kernel.Kernels;
import dev.lanewise.nn.ActivationFunction;
import dev.lanewise.nn.Conv2D;
import dev.lanewise.nn.Dense;
import dev.lanewise.nn.Dropout;
import dev.lanewise.nn.Flatten;
import dev.lanewise.nn.Loss;
import dev.lanewise.nn.MaxPooling2D;
import dev.lanewise.nn.Padding;
import dev.lanewise.nn.Sequential;
import dev.lanewise.optim.Adam;
import dev.lanewise.optim.LearningRate;
import dev.lanewise.optim.Optimizer;
import dev.lanewise.optim.Sgd;
import dev.lanewise.tensor.Shape;
import dev.lanewise.testing.AtEveryWidth;
import dev.lanewise.testing.Bits;
import dev.lanewise.testing.Fill;
import dev.lanewise.testing.Repro;
import dev.lanewise.testing.Rewrites;
import dev.lanewise.testing.Teams;
import dev.lanewise.testing.Twin;
import dev.lanewise.testing.Twins;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/**
 * Whole trainings: SIMD and scalar kernels, fused and unfused plans, and teams of every size give
 * the same weights, losses and predictions to the bit.
 */
@AtEveryWidth
class TrainingTwinTest {
  /** A small training, from which everything is derived. */
  record Training(
      int images,
      int height,
      int width,
      int channels,
      int filters,
      int kernel,
      boolean same,
      int pool,
      int hidden,
      int classes,
      int batch,
      String optimizer,
      int threads,
      boolean fused,
      long seed) {

    Sequential model() {
      Padding padding = same ? Padding.SAME : Padding.VALID;
      return new Sequential(
          seed,
          Shape.of(height, width, channels),
          new Conv2D(filters, kernel, kernel, 1, 1, padding, 1, 1, 1, ActivationFunction.RELU),
          new MaxPooling2D(pool),
          new Dropout(0.25),
          new Flatten(),
          new Dense(hidden, ActivationFunction.RELU),
          new Dropout(0.5),
          new Dense(classes, ActivationFunction.SOFTMAX));
    }

    Dataset data() {
      byte[] pixels = new byte[images * height * width * channels];
      new Random(seed).nextBytes(pixels);
      return new Dataset(
          ByteSamples.of(pixels, Shape.of(height, width, channels)),
          Labels.of(Fill.labels(seed + 1, images, classes), classes));
    }

    Optimizer rule() {
      return switch (optimizer) {
        case "adam" -> new Adam();
        case "momentum" -> new Sgd(LearningRate.constant(0.05), 0.9, false);
        default -> new Sgd(0.1);
      };
    }

    private Result run(Kernels kernels, Rewrites rewrites) {
      Sequential model = model();
      Trainer trainer =
          new Trainer(
              model, rule(), Loss.SPARSE_CATEGORICAL_CROSSENTROPY, kernels, seed, rewrites.rules());
      Dataset data = data();
      History history = trainer.fit(data, new FitOptions(2, batch).withValidation(data));
      return new Result(model.variables(), history, trainer.predict(data.samples()));
    }
  }

  private record Result(List<Variable> variables, History history, float[] predictions) {}

  @Provide
  static Arbitrary<Training> trainings() {
    Arbitrary<List<Integer>> sizes =
        Combinators.combine(
                Arbitraries.integers().between(1, 40),
                Arbitraries.integers().between(4, 12),
                Arbitraries.integers().between(4, 12),
                Arbitraries.integers().between(1, 3),
                Arbitraries.integers().between(1, 36),
                Arbitraries.integers().between(1, 3),
                Arbitraries.integers().between(1, 2),
                Arbitraries.integers().between(1, 40))
            .as(List::of);
    return Combinators.combine(
            sizes,
            Arbitraries.integers().between(2, 11),
            Arbitraries.integers().between(1, 17),
            Arbitraries.of("adam", "sgd", "momentum"),
            Arbitraries.integers().between(1, 3),
            Arbitraries.of(true, false),
            Arbitraries.of(true, false),
            Arbitraries.longs())
        .as(
            (size, classes, batch, optimizer, threads, same, fused, seed) ->
                new Training(
                    size.get(0),
                    size.get(1),
                    size.get(2),
                    size.get(3),
                    size.get(4),
                    size.get(5),
                    same,
                    size.get(6),
                    size.get(7),
                    classes,
                    batch,
                    optimizer,
                    threads,
                    fused,
                    seed));
  }

  @Property
  void trainingIsTheSameToTheBit(@ForAll("trainings") Training training) {
    Repro.run(TrainingTwinTest.class, training, TrainingTwinTest::assertSameTraining);
  }

  @Example
  void repeat() {
    Repro.repeat(Training.class, TrainingTwinTest::assertSameTraining);
  }

  /** Odd image rows, overlapping nothing, more threads than images, one image a batch. */
  @Example
  void awkwardSizes() {
    assertSameTraining(new Training(3, 7, 9, 1, 32, 3, false, 2, 33, 10, 1, "adam", 3, true, 1));
    assertSameTraining(
        new Training(37, 28, 28, 1, 32, 3, false, 2, 64, 10, 16, "adam", 2, true, 2));
  }

  private static void assertSameTraining(Training training) {
    Kernels simd = Twins.simd(Teams.of(training.threads()));
    Twin.assertUnderTest(simd, training.threads());
    Result expected = training.run(Kernels.scalar(), Rewrites.NONE);
    Rewrites rewrites = training.fused() ? Rewrites.ALL : Rewrites.NONE;
    Result actual = training.run(simd, rewrites);
    for (int i = 0; i < expected.variables().size(); i++) {
      Variable variable = expected.variables().get(i);
      Bits.assertSame(variable.name(), variable.values(), actual.variables().get(i).values());
    }
    Bits.assertSame("predictions", expected.predictions(), actual.predictions());
    for (int i = 0; i < expected.history().epochs().size(); i++) {
      EpochResult want = expected.history().epochs().get(i);
      EpochResult got = actual.history().epochs().get(i);
      assertEquals(want.training(), got.training(), "epoch " + want.epoch());
      assertEquals(want.validation(), got.validation(), "validation " + want.epoch());
    }
  }
}
