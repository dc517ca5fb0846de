package dev.lanewise.train;

import static dev.lanewise.testing.Refusals.refused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.data.Dataset;
import dev.lanewise.data.DenseTargets;
import dev.lanewise.data.FloatSamples;
import dev.lanewise.data.Labels;
import dev.lanewise.data.SampleWeights;
import dev.lanewise.data.Targets;
import dev.lanewise.graph.Variable;
import dev.lanewise.kernel.Kernels;
import dev.lanewise.nn.Activation;
import dev.lanewise.nn.ActivationFunction;
import dev.lanewise.nn.AveragePooling2D;
import dev.lanewise.nn.Conv2D;
import dev.lanewise.nn.Dense;
import dev.lanewise.nn.ELU;
import dev.lanewise.nn.Flatten;
import dev.lanewise.nn.GlobalAveragePooling2D;
import dev.lanewise.nn.Initializer;
import dev.lanewise.nn.LayerNormalization;
import dev.lanewise.nn.LeakyReLU;
import dev.lanewise.nn.Loss;
import dev.lanewise.nn.Padding;
import dev.lanewise.nn.Sequential;
import dev.lanewise.optim.Sgd;
import dev.lanewise.tensor.Shape;
import dev.lanewise.testing.AtEveryWidth;
import dev.lanewise.testing.Bits;
import dev.lanewise.testing.Fill;
import dev.lanewise.testing.Repro;
import dev.lanewise.testing.Rewrites;
import dev.lanewise.testing.SafetensorsMaker;
import dev.lanewise.testing.Teams;
import dev.lanewise.testing.Trained;
import dev.lanewise.testing.Twins;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/**
 * Trainings with every layer, activation function and loss: SIMD and scalar kernels, fused and
 * unfused plans give the same bits; and one step of descent is what finite differences say.
 */
@AtEveryWidth
class LayersTwinTest {
  record Net(
      int side,
      int filters,
      ActivationFunction hidden,
      boolean global,
      boolean same,
      Loss loss,
      boolean weighted,
      double l2,
      int threads,
      boolean fused,
      long seed) {

    private static final int IMAGES = 7;

    private int outputs() {
      return loss == Loss.BINARY_CROSSENTROPY ? 1 : 3;
    }

    Sequential model() {
      Padding padding = same ? Padding.SAME : Padding.VALID;
      ActivationFunction last =
          switch (loss) {
            case MEAN_SQUARED_ERROR -> ActivationFunction.LINEAR;
            case BINARY_CROSSENTROPY -> ActivationFunction.SIGMOID;
            default -> ActivationFunction.SOFTMAX;
          };
      return new Sequential(
          seed,
          Shape.of(side, side, 2),
          new Conv2D(filters, 2, ActivationFunction.LINEAR)
              .withInitializer(Initializer.HE_NORMAL)
              .withL2(l2),
          new LeakyReLU(),
          new AveragePooling2D(2, 2, 1, 2, padding),
          new Conv2D(3, 1, hidden).withInitializer(Initializer.LECUN_UNIFORM),
          new LayerNormalization(3, 0.1, true, true),
          global ? new GlobalAveragePooling2D() : new Flatten(),
          new Dense(5, ActivationFunction.LINEAR).withInitializer(Initializer.LECUN_NORMAL),
          new LayerNormalization(1, 0.1, same, weighted),
          new ELU(),
          new Activation(ActivationFunction.TANH),
          new Dense(outputs(), last).withL2(l2).withInitializer(Initializer.HE_UNIFORM));
    }

    Dataset data() {
      Shape shape = Shape.of(side, side, 2);
      FloatSamples images = FloatSamples.of(Fill.gaussian(seed, IMAGES * shape.elements()), shape);
      float[] rows = new float[IMAGES * outputs()];
      for (int i = 0; i < rows.length; i++) {
        rows[i] = i % 4 == 1 ? 1 : 0;
      }
      Labels labels = Labels.of(Fill.labels(seed, IMAGES, 3), 3);
      Targets targets =
          switch (loss) {
            case SPARSE_CATEGORICAL_CROSSENTROPY -> labels;
            case CATEGORICAL_CROSSENTROPY -> labels.toCategorical(); // rows that sum to 1
            default -> DenseTargets.of(rows, Shape.of(outputs()));
          };
      Dataset data = new Dataset(images, targets);
      return weighted ? data.withWeights(SampleWeights.of(1, 0.5f, 2, 0, 1.25f, 3, 1)) : data;
    }

    Trainer trainer(Sequential model, Kernels kernels, Rewrites rewrites) {
      return new Trainer(model, new Sgd(0.0625), loss, kernels, seed, rewrites.rules());
    }
  }

  @Provide
  Arbitrary<Net> nets() {
    return Combinators.combine(
            Arbitraries.integers().between(3, 7),
            Arbitraries.integers().between(1, 20),
            Arbitraries.of(ActivationFunction.class)
                .map(f -> f == ActivationFunction.SOFTMAX ? ActivationFunction.GELU : f),
            Arbitraries.integers().between(0, 7),
            Arbitraries.of(Loss.class),
            Arbitraries.of(0.0, 0.01),
            Arbitraries.integers().between(1, 3),
            Arbitraries.longs().between(0, 1_000_000))
        .as(
            (side, filters, hidden, flags, loss, l2, threads, seed) ->
                new Net(
                    side,
                    filters,
                    hidden,
                    (flags & 1) > 0,
                    (flags & 2) > 0,
                    loss,
                    (flags & 4) > 0,
                    l2,
                    threads,
                    seed % 2 == 0,
                    seed));
  }

  @Property(tries = 60)
  void twinsTrainAlike(@ForAll("nets") Net one) {
    Repro.run(getClass(), one, this::sameTraining);
  }

  @Property(tries = 40)
  void gradientsAgreeWithFiniteDifferences(@ForAll("nets") Net one) {
    Repro.run(getClass(), one, this::sameSlope);
  }

  @Example
  void repeat() {
    Repro.repeat(Net.class, this::sameTraining);
    Repro.repeat(Net.class, this::sameSlope);
  }

  @Example
  void layerNormalizationIsKeras() throws IOException {
    Sequential model = new Sequential(1, Shape.of(4, 3), new LayerNormalization());
    assertEquals(new LayerNormalization(1, 1e-3, true, true), model.layers().getFirst());
    assertTrue(model.summary().contains("layer_normalization (LayerNormalization)"));
    assertEquals(6, model.parameters());
    List<String> names = List.of("layer_normalization/gamma", "layer_normalization/beta");
    assertEquals(names, model.variables().stream().map(Variable::name).toList());
    float[] gamma = model.variables().getFirst().values();
    Bits.assertSame("gamma", new float[] {1, 1, 1}, gamma);
    Bits.assertSame("beta", new float[3], model.variables().getLast().values());
    Path file = Files.createTempFile("normalization", ".safetensors");
    for (WeightLayout layout : WeightLayout.values()) {
      // Written as Keras's and PyTorch's own names have it, by code that is none of the library's.
      boolean torch = layout == WeightLayout.PYTORCH;
      new SafetensorsMaker()
          .fill("layer_normalization" + (torch ? ".weight" : "/gamma"), 2, 3)
          .fill("layer_normalization" + (torch ? ".bias" : "/beta"), 5, 3)
          .write(file);
      ModelFile.load(model, file, layout);
      Bits.assertSame("gamma", new float[] {2, 2, 2}, gamma);
      Bits.assertSame("beta", new float[] {5, 5, 5}, model.variables().getLast().values());
      Arrays.fill(gamma, 7);
      ModelFile.save(model, file, layout);
      String header = Files.readString(file, StandardCharsets.ISO_8859_1);
      for (String name : torch ? List.of(".weight", ".bias") : List.of("/gamma", "/beta")) {
        assertTrue(header.contains("\"layer_normalization" + name + "\""), header);
      }
    }
    Files.delete(file);
    LayerNormalization threeDims = new LayerNormalization(3, 1e-3, true, true);
    refused("", () -> new Sequential(1, Shape.of(4, 3), threeDims));
    refused("epsilon is 1.0E-60", () -> new LayerNormalization(1, 1e-60, true, true));
  }

  private void sameTraining(Net one) {
    Rewrites rewrites = one.fused ? Rewrites.ALL : Rewrites.NONE;
    FitOptions options = new FitOptions(3, 3).withValidation(one.data());
    Trainer defining = one.trainer(one.model(), Kernels.scalar(), Rewrites.NONE);
    Trainer tried = one.trainer(one.model(), Twins.simd(Teams.of(one.threads)), rewrites);
    Trained.by(defining, one.data(), options)
        .assertSame("after training", Trained.by(tried, one.data(), options));
  }

  /**
   * One step of plain descent changes a weight by rate · slope. The slope of the loss along the
   * whole step, from two evaluations in float, is compared to the sum of its squares.
   */
  private void sameSlope(Net one) {
    Sequential model = one.model();
    Trainer trainer = one.trainer(model, Kernels.scalar(), Rewrites.NONE);
    Dataset data = one.data();
    float[][] before = new float[model.variables().size()][];
    for (int i = 0; i < before.length; i++) {
      before[i] = model.variables().get(i).values().clone();
    }
    trainer.fit(data, new FitOptions(1, Net.IMAGES, false, null, List.of()));
    double squares = 0;
    double[][] slopes = new double[before.length][];
    for (int i = 0; i < before.length; i++) {
      float[] after = model.variables().get(i).values();
      slopes[i] = new double[after.length];
      for (int j = 0; j < after.length; j++) {
        slopes[i][j] = (before[i][j] - (double) after[j]) / 0.0625;
        squares += slopes[i][j] * slopes[i][j];
      }
    }
    double tolerance = 0.02 * squares + 3e-3 * Math.sqrt(squares) + 1e-6;
    double h = 2e-3 / Math.max(0.1, Math.sqrt(squares));
    DoubleUnaryOperator at =
        step -> {
          for (int i = 0; i < before.length; i++) {
            float[] values = model.variables().get(i).values();
            for (int j = 0; j < values.length; j++) {
              values[j] = (float) (before[i][j] + step * slopes[i][j]);
            }
          }
          return trainer.evaluate(data).loss();
        };
    double here = at.applyAsDouble(0);
    double ahead = (at.applyAsDouble(h) - here) / h;
    double behind = (here - at.applyAsDouble(-h)) / h;
    // A ReLU or a maximum that changes sides in between makes the two slopes differ, and neither
    // theirs nor their mean is the gradient's: nearer points tell more, and at the kink itself
    // none.
    for (int finer = 0; finer < 2 && Math.abs(ahead - behind) > tolerance; finer++) {
      h /= 4;
      ahead = (at.applyAsDouble(h) - here) / h;
      behind = (here - at.applyAsDouble(-h)) / h;
    }
    if (Math.abs(ahead - behind) <= tolerance) {
      assertEquals(squares, (ahead + behind) / 2, tolerance);
    }
  }
}
