package dev.lanewise.train;

import dev.lanewise.data.Dataset;
import dev.lanewise.data.Samples;
import dev.lanewise.data.Shuffle;
import dev.lanewise.graph.Plan;
import dev.lanewise.graph.StepState;
import dev.lanewise.kernel.Kernels;
import dev.lanewise.nn.Loss;
import dev.lanewise.nn.Sequential;
import dev.lanewise.optim.Optimizer;
import dev.lanewise.optim.OptimizerState;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Trains, evaluates and asks a model: a model together with an optimizer's state, a loss, kernels
 * and a seed (what Keras calls a compiled model).
 *
 * <p>The same seed, data and options give the same weights to the bit, whatever the kernels' vector
 * width and number of threads. A second call of {@link #fit} goes on where the first ended. Used by
 * one thread at a time.
 */
public final class Trainer {
  private static final int EVALUATION_BATCH = 250;

  private final Sequential model;
  private final long seed;
  private final OptimizerState optimizer;
  private final StepState state;
  private final ModelPlans training;
  private final ModelPlans evaluation;
  private int epochsDone;
  private @Nullable ModelPlan current;

  /**
   * Makes a trainer with fused plans.
   *
   * @param model the model, whose weights are updated
   * @param optimizer the rule of descent
   * @param loss what is made small
   * @param kernels what to compute with
   * @param seed what the order of images and dropout depend on
   * @throws IllegalArgumentException if the loss cannot be taken of the model's output
   */
  public Trainer(Sequential model, Optimizer optimizer, Loss loss, Kernels kernels, long seed) {
    this(model, optimizer, loss, kernels, seed, Plan.Fusing.TILES);
  }

  /**
   * Makes a trainer.
   *
   * @param model the model, whose weights are updated
   * @param optimizer the rule of descent
   * @param loss what is made small
   * @param kernels what to compute with
   * @param seed what the order of images and dropout depend on
   * @param fusing whether plans fuse tiles; the bits are the same either way
   * @throws IllegalArgumentException if the loss cannot be taken of the model's output
   */
  public Trainer(
      Sequential model,
      Optimizer optimizer,
      Loss loss,
      Kernels kernels,
      long seed,
      Plan.Fusing fusing) {
    this.model = model;
    this.seed = seed;
    this.optimizer = optimizer.start(model.variables());
    state = new StepState(seed);
    training = ModelPlans.training(model, loss, this.optimizer, kernels, state, fusing);
    evaluation = ModelPlans.evaluation(model, loss, kernels, state, fusing);
  }

  /**
   * Trains the model. An optimizer that keeps a moving average of the weights replaces them by it
   * after the last epoch ({@link OptimizerState#finish}), as Keras does: validation within the
   * epochs has seen the weights themselves.
   *
   * @param data the training data
   * @param options how to fit
   * @return what each epoch gave
   * @throws IllegalArgumentException if data or validation data do not fit the model; no weight has
   *     been touched then
   */
  public History fit(Dataset data, FitOptions options) {
    long began = System.nanoTime();
    training.check(data);
    Dataset validation = options.validation();
    if (validation != null) {
      evaluation.check(validation);
    }
    int steps = Math.ceilDiv(data.count(), options.batchSize());
    Progress progress = new Progress(options.epochs(), steps, data.count());
    Training call = new Training(model, optimizer, validation != null, this::firstNotFinite);
    for (Callback callback : options.callbacks()) {
      callback.onTrainBegin(call);
    }
    int[] order = inOrder(data.count());
    List<EpochResult> results = new ArrayList<>();
    for (int epoch = 1; epoch <= options.epochs() && !call.isStopping(); epoch++) {
      results.add(trainEpoch(data, options, order, progress, call, epoch));
    }
    optimizer.finish();
    for (Callback callback : options.callbacks()) {
      callback.onTrainEnd();
    }
    return new History(results, (System.nanoTime() - began) / 1e9);
  }

  private EpochResult trainEpoch(
      Dataset data, FitOptions options, int[] order, Progress progress, Training call, int epoch) {
    long began = System.nanoTime();
    progress.begin(epoch);
    for (Callback callback : options.callbacks()) {
      callback.onEpochBegin(progress);
    }
    if (options.shuffle()) {
      Shuffle.epoch(seed, epochsDone, order);
    }
    epochsDone++;
    int batch = Math.min(options.batchSize(), data.count());
    for (int step = 0; step < progress.steps() && !call.isStopping(); step++) {
      trainStep(data, options, order, step * batch, progress, call);
    }
    double trainSeconds = (System.nanoTime() - began) / 1e9;
    Dataset validation = options.validation();
    long trained = System.nanoTime();
    Evaluation validated = validation == null ? null : evaluate(validation);
    double validationSeconds = validation == null ? 0 : (System.nanoTime() - trained) / 1e9;
    EpochResult result =
        new EpochResult(
            epoch,
            trainSeconds,
            validationSeconds,
            new Evaluation(progress.loss(), progress.accuracy()),
            validated);
    for (Callback callback : options.callbacks()) {
      callback.onEpochEnd(progress, result);
    }
    return result;
  }

  private void trainStep(
      Dataset data, FitOptions options, int[] order, int from, Progress progress, Training call) {
    int count = Math.min(options.batchSize(), data.count() - from);
    ModelPlan plan = training.of(count);
    plan.load(data, order, from);
    plan.forward();
    current = plan;
    List<Callback> callbacks = options.callbacks();
    double loss = plan.meanLoss();
    for (int i = 0; i < callbacks.size(); i++) { // no iterator: a step allocates nothing
      callbacks.get(i).onLoss(progress, loss);
    }
    if (!call.isStopping()) {
      optimizer.beginStep();
      plan.backward();
      state.setStep(state.step() + 1);
    }
    progress.add(plan.losses(), count, plan.correct());
    for (int i = 0; i < callbacks.size(); i++) {
      callbacks.get(i).onBatchEnd(progress);
    }
  }

  private @Nullable String firstNotFinite() {
    ModelPlan step = current;
    if (step == null) {
      throw new IllegalStateException("no step has been taken forward yet");
    }
    return training.firstNotFinite(step);
  }

  /**
   * Evaluates the model, without dropout.
   *
   * @param data images and targets
   * @return mean loss, the images' losses added in double in their order, and accuracy
   * @throws IllegalArgumentException if the data do not fit the model
   */
  public Evaluation evaluate(Dataset data) {
    evaluation.check(data);
    int[] order = inOrder(data.count());
    Progress sums = new Progress(1, 1, data.count());
    for (int from = 0; from < data.count(); from += EVALUATION_BATCH) {
      int count = Math.min(EVALUATION_BATCH, data.count() - from);
      ModelPlan plan = evaluation.of(count);
      plan.load(data, order, from);
      plan.run();
      sums.add(plan.losses(), count, plan.correct());
    }
    return new Evaluation(sums.loss(), sums.accuracy());
  }

  /**
   * Predicts, without dropout. An image's prediction does not depend on the others.
   *
   * @param samples images of the model's input shape
   * @return one row of the model's output an image
   * @throws IllegalArgumentException if the images do not fit the model
   */
  public float[] predict(Samples samples) {
    if (!samples.shape().equals(model.inputShape())) {
      throw new IllegalArgumentException(
          "the images have shape "
              + samples.shape()
              + ", but the model takes "
              + model.inputShape());
    }
    int width = model.outputShape().elements();
    float[] result = new float[Math.multiplyExact(samples.count(), width)];
    int[] order = inOrder(samples.count());
    for (int from = 0; from < samples.count(); from += EVALUATION_BATCH) {
      int count = Math.min(EVALUATION_BATCH, samples.count() - from);
      Plan plan = evaluation.prediction(count);
      samples.gather(order, from, count, plan.values(evaluation.input()), 0);
      plan.run();
      System.arraycopy(
          plan.values(evaluation.prediction()), 0, result, from * width, count * width);
    }
    return result;
  }

  /**
   * Returns the optimizer's state.
   *
   * @return the state itself
   */
  public OptimizerState optimizer() {
    return optimizer;
  }

  private static int[] inOrder(int n) {
    int[] order = new int[n];
    Shuffle.ascending(order);
    return order;
  }
}
