package dev.lanewise.train;

import static dev.lanewise.testing.Refusals.refused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.data.Dataset;
import dev.lanewise.data.FloatSamples;
import dev.lanewise.data.Labels;
import dev.lanewise.graph.Graph;
import dev.lanewise.graph.Node;
import dev.lanewise.graph.Plan;
import dev.lanewise.graph.StepState;
import dev.lanewise.graph.Variable;
import dev.lanewise.graph.op.Ops;
import dev.lanewise.io.Safetensors;
import dev.lanewise.kernel.Kernels;
import dev.lanewise.nn.Activation;
import dev.lanewise.nn.ActivationFunction;
import dev.lanewise.nn.BatchNormalization;
import dev.lanewise.nn.Conv2D;
import dev.lanewise.nn.Dense;
import dev.lanewise.nn.Dropout;
import dev.lanewise.nn.Flatten;
import dev.lanewise.nn.Loss;
import dev.lanewise.nn.MaxPooling2D;
import dev.lanewise.nn.Sequential;
import dev.lanewise.optim.Optimizers;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Tensor;
import dev.lanewise.testing.AtEveryWidth;
import dev.lanewise.testing.Fill;
import dev.lanewise.testing.Folders;
import dev.lanewise.testing.Models;
import dev.lanewise.testing.Repro;
import dev.lanewise.testing.Rewrites;
import dev.lanewise.testing.Teams;
import dev.lanewise.testing.Trained;
import dev.lanewise.testing.Twins;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/**
 * The layer in trainings: what it keeps from step to step, in inference, in checkpoints and in
 * files; both twins, fused and unfused.
 */
@AtEveryWidth
class BatchNormalizationTest {
  private static final int IMAGES = 11;

  record Net(
      int side,
      int filters,
      boolean scale,
      boolean center,
      String optimizer,
      int threads,
      boolean fused,
      long seed) {
    Sequential model() {
      return new Sequential(
          seed,
          Shape.of(side, side, 2),
          new Conv2D(filters, 2, ActivationFunction.LINEAR),
          new BatchNormalization(0.9, 1e-3, center, scale),
          new Activation(ActivationFunction.RELU),
          new MaxPooling2D(2),
          new Flatten(),
          new BatchNormalization(0.5, 0.01, scale, center),
          new Dense(6, ActivationFunction.LINEAR),
          new BatchNormalization(),
          new Dropout(0.25),
          new Dense(3, ActivationFunction.SOFTMAX));
    }

    Dataset data() {
      Shape shape = Shape.of(side, side, 2);
      return new Dataset(
          FloatSamples.of(Fill.gaussian(seed, IMAGES * shape.elements()), shape),
          Labels.of(Fill.labels(seed, IMAGES, 3), 3));
    }

    Trainer trainer(Sequential model, Kernels kernels, Rewrites rewrites) {
      Loss loss = Loss.SPARSE_CATEGORICAL_CROSSENTROPY;
      return new Trainer(model, Optimizers.parse(optimizer), loss, kernels, seed, rewrites.rules());
    }
  }

  @Provide
  Arbitrary<Net> nets() {
    return Combinators.combine(
            Arbitraries.integers().between(3, 8),
            Arbitraries.integers().between(1, 36),
            Arbitraries.of(true, false),
            Arbitraries.of(true, false),
            Arbitraries.of(
                "sgd:lr=0.05", "adam", "adamw:gradient_accumulation_steps=2,global_clipnorm=1"),
            Arbitraries.integers().between(1, 3),
            Arbitraries.of(true, false),
            Arbitraries.longs().between(0, 1_000_000))
        .as(Net::new);
  }

  @Property(tries = 40)
  void twinsTrainAlike(@ForAll("nets") Net one) {
    Repro.run(getClass(), one, BatchNormalizationTest::sameTraining);
  }

  @Example
  void repeat() {
    Repro.repeat(Net.class, BatchNormalizationTest::sameTraining);
  }

  private static void sameTraining(Net one) {
    Rewrites rewrites = one.fused ? Rewrites.ALL : Rewrites.NONE;
    FitOptions options = new FitOptions(3, 4).withValidation(one.data());
    Trainer defining = one.trainer(one.model(), Kernels.scalar(), Rewrites.NONE);
    Trainer tried = one.trainer(one.model(), Twins.simd(Teams.of(one.threads)), rewrites);
    Trained.by(defining, one.data(), options)
        .assertSame("after training", Trained.by(tried, one.data(), options));
  }

  /** With momentum 0 the moving averages are the last batch's moments: inference is training. */
  @Example
  void inferenceByABatchsMomentsIsTraining() {
    for (Rewrites rewrites : Rewrites.values()) {
      Net one = new Net(6, 17, true, true, "sgd:lr=0", 2, true, 3);
      Sequential model =
          new Sequential(
              1,
              Shape.of(6, 6, 2),
              new Conv2D(17, 3, ActivationFunction.LINEAR),
              new BatchNormalization(0, 1e-3, true, true),
              new Flatten(),
              new Dense(3, ActivationFunction.SOFTMAX));
      Trainer trainer = one.trainer(model, Twins.simd(Teams.of(2)), rewrites);
      FitOptions once = new FitOptions(1, IMAGES, false, null, List.of());
      Evaluation trained = trainer.fit(one.data(), once).last().training();
      assertEquals(trained, trainer.evaluate(one.data()), rewrites.toString());
    }
  }

  /** The averages of two steps, by Keras's formula in double. */
  @Example
  void movingAveragesAreKeras() {
    Sequential model =
        new Sequential(
            1, Shape.of(3), new BatchNormalization(), new Dense(2, ActivationFunction.SOFTMAX));
    float[] rows = Fill.gaussian(4, 8 * 3);
    Dataset data = new Dataset(FloatSamples.of(rows, Shape.of(3)), Labels.of(new int[8], 2));
    Net one = new Net(3, 1, true, true, "sgd", 1, false, 1);
    one.trainer(model, Kernels.scalar(), Rewrites.NONE)
        .fit(data, new FitOptions(1, 4, false, null, List.of()));
    for (int j = 0; j < 3; j++) {
      double mean = 0;
      double variance = 1;
      for (int from = 0; from < 8; from += 4) {
        double sum = 0;
        double squares = 0;
        for (int i = from; i < from + 4; i++) {
          sum += rows[3 * i + j];
          squares += (double) rows[3 * i + j] * rows[3 * i + j];
        }
        mean = mean * 0.99 + sum / 4 * 0.01;
        variance = variance * 0.99 + (squares / 4 - sum / 4 * sum / 4) * 0.01;
      }
      assertEquals(mean, model.variables().get(2).values()[j], 1e-7, "mean " + j);
      assertEquals(variance, model.variables().get(3).values()[j], 1e-6, "variance " + j);
    }
  }

  /** The slope of the training loss along its gradient is the gradient's squared norm. */
  @Example
  void gradientsAgreeWithFiniteDifferences() {
    Sequential model =
        new Sequential(
            7,
            Shape.of(4, 4, 2),
            new BatchNormalization(),
            new Conv2D(3, 2, ActivationFunction.LINEAR),
            new BatchNormalization(0.9, 0.1, false, true),
            new Activation(ActivationFunction.TANH),
            new Flatten(),
            new Dense(4, ActivationFunction.LINEAR),
            new BatchNormalization(0.9, 0.1, true, false),
            new Dense(3, ActivationFunction.SOFTMAX));
    Graph graph = new Graph();
    Ops ops = new Ops(graph);
    Node images = ops.input("images", model.inputShape().batched());
    Node labels = ops.labels("labels");
    Node loss = ops.crossEntropy(model.apply(ops, images, true), labels);
    List<Node> asked = new ArrayList<>(graph.gradients(loss, model.trainableVariables()));
    asked.add(loss);
    Plan plan =
        Plan.of(graph, asked, IMAGES, Kernels.scalar(), new StepState(1), Rewrites.ALL.rules());
    float[] pixels = Fill.gaussian(3, IMAGES * 32);
    System.arraycopy(pixels, 0, plan.values(images), 0, pixels.length);
    System.arraycopy(Fill.labels(3, IMAGES, 3), 0, plan.labels(labels), 0, IMAGES);
    plan.run();
    for (int i = 0; i < asked.size() - 1; i++) { // each variable by itself
      Variable variable = model.trainableVariables().get(i);
      float[] before = variable.values().clone();
      float[] gradient = plan.values(asked.get(i)).clone();
      double squares = 0;
      for (int j = 0; j < before.length; j++) {
        squares += (double) gradient[j] * gradient[j];
      }
      double h = 0.01 / Math.max(0.01, Math.sqrt(squares));
      double slope =
          (loss(plan, loss, variable, before, gradient, h)
                  - loss(plan, loss, variable, before, gradient, -h))
              / (2 * h);
      System.arraycopy(before, 0, variable.values(), 0, before.length);
      plan.run();
      double tolerance = 0.02 * squares + 1e-4 * Math.sqrt(squares) + 1e-6;
      assertEquals(squares, slope, tolerance, variable.name());
    }
  }

  private static double loss(
      Plan plan, Node loss, Variable variable, float[] before, float[] gradient, double h) {
    for (int j = 0; j < before.length; j++) {
      variable.values()[j] = (float) (before[j] + h * gradient[j]);
    }
    plan.run();
    double sum = 0;
    for (int i = 0; i < IMAGES; i++) {
      sum += plan.values(loss)[i];
    }
    return sum / IMAGES;
  }

  @Example
  void aPlanNormalizesTilesBehindTheirProducer() {
    Sequential model =
        new Sequential(
            1,
            Shape.of(6, 6, 1),
            new Conv2D(4, 3, ActivationFunction.LINEAR),
            new BatchNormalization(),
            new Activation(ActivationFunction.RELU),
            new MaxPooling2D(2));
    Graph graph = new Graph();
    Ops ops = new Ops(graph);
    Node y = model.apply(ops, ops.input("images", model.inputShape().batched()), false);
    Plan plan =
        Plan.of(graph, List.of(y), 2, Kernels.scalar(), new StepState(1), Rewrites.ALL.rules());
    assertEquals(
        List.of("conv2d + add bias + batch normalization by given moments + relu + max pool"),
        plan.steps());
  }

  private static Sequential forClouds(long seed) {
    return new Sequential(
        seed,
        Shape.of(2),
        new Dense(16, ActivationFunction.LINEAR),
        new BatchNormalization(),
        new Activation(ActivationFunction.RELU),
        new Dropout(0.3),
        new BatchNormalization(0.8, 0.01, false, true),
        new Dense(Clouds.CLASSES, ActivationFunction.SOFTMAX));
  }

  /** Moving averages are part of a checkpoint, also where the optimizer keeps its own averages. */
  @Example
  void resumedTrainingEndsWithTheSameBits() throws IOException {
    Path folder = Files.createTempDirectory("batchnorm");
    FitOptions options = new FitOptions(2, 16).withValidation(CheckpointTest.VALIDATION);
    for (String optimizer : List.of("adam", "adam:use_ema=true,ema_momentum=0.9")) {
      Sequential straight = forClouds(5);
      History history =
          CheckpointTest.trainer(straight, optimizer, Kernels.scalar())
              .fit(CheckpointTest.DATA, options.withCallback(new CheckpointTest.Saving(folder)));
      for (int step = 1; step <= 2 * CheckpointTest.STEPS; step += 4) {
        Sequential other = forClouds(77);
        Checkpoint checkpoint = Checkpoint.read(folder.resolve(step + ".safetensors"));
        History second =
            CheckpointTest.trainer(other, optimizer, Twins.simd(Teams.of(2)))
                .resume(CheckpointTest.DATA, options, checkpoint);
        Models.assertSame(optimizer + " resumed at step " + step, straight, other);
        assertEquals(Trained.results(history), Trained.results(second));
      }
    }
    for (String file : Folders.names(folder)) {
      Files.delete(folder.resolve(file));
    }
    Files.delete(folder);
  }

  @Example
  void namesAndDefaultsAreKeras() {
    assertEquals(new BatchNormalization(0.99, 1e-3, true, true), new BatchNormalization());
    Sequential model = forClouds(1);
    assertEquals(
        List.of(
            "dense/kernel (2, 16)",
            "dense/bias (16,)",
            "batch_normalization/gamma (16,)",
            "batch_normalization/beta (16,)",
            "batch_normalization/moving_mean (16,)",
            "batch_normalization/moving_variance (16,)",
            "batch_normalization_1/gamma (16,)",
            "batch_normalization_1/moving_mean (16,)",
            "batch_normalization_1/moving_variance (16,)",
            "dense_1/kernel (16, " + Clouds.CLASSES + ")",
            "dense_1/bias (" + Clouds.CLASSES + ",)"),
        model.variables().stream().map(Variable::toString).toList());
    assertEquals(7, model.trainableVariables().size());
    assertEquals(model.parameters() - 64, model.trainableParameters());
    String summary = model.summary();
    assertTrue(summary.contains("batch_normalization (BatchNorma"), summary);
    assertTrue(summary.contains("Non-trainable params: 64 (256.00 B)"), summary);
    for (float first : model.variables().get(5).values()) {
      assertEquals(1f, first);
    }
    refused("momentum is 1.5", () -> new BatchNormalization(1.5, 1e-3, true, true));
    refused("epsilon is 0", () -> new BatchNormalization(0.9, 0, true, true));
    refused("", () -> new Sequential(1, Shape.of(), new BatchNormalization()));
  }

  /** All four arrays of a layer, in both layouts; behind Flatten they follow the image's order. */
  @Example
  void filesHoldTheMovingAverages() throws IOException {
    Net net = new Net(5, 3, true, true, "adam", 1, true, 9);
    Sequential model = net.model();
    net.trainer(model, Kernels.scalar(), Rewrites.ALL).fit(net.data(), new FitOptions(2, 4));
    Path file = Files.createTempFile("batchnorm", ".safetensors");
    for (WeightLayout layout : WeightLayout.values()) {
      ModelFile.save(model, file, layout);
      Sequential read = new Net(5, 3, true, true, "adam", 1, true, 10).model();
      ModelFile.load(read, file, layout);
      Models.assertSame(layout.toString(), model, read);
    }
    // The last one written has PyTorch's names. What PyTorch counts beside them is left out.
    var tensors = new LinkedHashMap<>(Safetensors.read(file).tensors());
    assertTrue(
        tensors
            .keySet()
            .containsAll(
                List.of(
                    "batch_normalization.weight",
                    "batch_normalization.bias",
                    "batch_normalization.running_mean",
                    "batch_normalization.running_var")),
        tensors.keySet().toString());
    tensors.put("batch_normalization.num_batches_tracked", new Tensor(Shape.of(1), new float[1]));
    Safetensors.write(file, tensors, Map.of());
    Sequential read = new Net(5, 3, true, true, "adam", 1, true, 10).model();
    ModelFile.load(read, file, WeightLayout.PYTORCH);
    Models.assertSame("with a counter", model, read);
    Files.delete(file);
  }
}
