package dev.lanewise.train;

import dev.lanewise.data.ByteSamples;
import dev.lanewise.data.Dataset;
import dev.lanewise.data.DenseTargets;
import dev.lanewise.data.FloatSamples;
import dev.lanewise.data.Labels;
import dev.lanewise.data.SampleWeights;
import dev.lanewise.graph.Node;
import dev.lanewise.graph.Plan;
import dev.lanewise.train.ModelGraph.Accuracy;

/** The plan of a {@link ModelGraph} for one batch size, with the places of inputs and outputs. */
final class Batch {
  private final ModelGraph graph;
  private final Plan plan;
  private final float[] images;
  private final int[] labels;
  private final float[] targets;
  private final float[] weights;
  private final float[] scores;
  private final float[] losses;
  private final int classes;
  private final int forwardSteps;
  private final int steps;

  Batch(ModelGraph graph, Plan plan) {
    this.graph = graph;
    this.plan = plan;
    Node each = graph.weights;
    weights = each == null ? new float[0] : plan.values(each);
    images = plan.values(graph.input);
    boolean sparse = graph.targets.shape().rank() == 1;
    labels = sparse ? plan.labels(graph.targets) : new int[0];
    targets = sparse ? new float[0] : plan.values(graph.targets);
    scores = plan.values(graph.scores);
    losses = plan.values(graph.loss);
    classes = graph.scores.shape().dim(1);
    forwardSteps = plan.stepsTo(graph.loss);
    steps = plan.steps().size();
  }

  /** Sums over batches: losses in order, in double, so that batches leave no trace. */
  static final class Sums {
    long seen;
    long correct;
    double losses;

    void set(long images, long right, double sum) {
      seen = images;
      correct = right;
      losses = sum;
    }

    void add(Batch batch) {
      for (int i = 0; i < batch.size(); i++) {
        losses += batch.losses[i];
      }
      seen += batch.size();
      correct += batch.correct();
    }

    double loss() {
      return losses / seen;
    }

    double accuracy() {
      return (double) correct / seen;
    }
  }

  int size() {
    return plan.batch();
  }

  /** Fills in the images and targets at {@code order[from]} and following. */
  void load(Dataset data, int[] order, int from) {
    int count = plan.batch();
    switch (data.samples()) {
      case ByteSamples given ->
          given.gather(graph.kernels.elementwise(), order, from, count, images, 0);
      case FloatSamples given -> given.gather(order, from, count, images, 0);
    }
    switch (data.targets()) {
      case Labels given -> given.gather(order, from, count, labels, 0);
      case DenseTargets given -> given.gather(order, from, count, targets, 0);
    }
    SampleWeights each = data.weights();
    if (each != null) {
      each.gather(order, from, count, weights, 0);
    }
  }

  void run() {
    plan.run();
  }

  /** The part of a run after which the losses are there; no weight has changed yet. */
  void forward() {
    plan.run(0, forwardSteps);
  }

  /** The rest of a run. */
  void backward() {
    plan.run(forwardSteps, steps);
  }

  /** The mean of the losses, added in double in the images' order. */
  double meanLoss() {
    double sum = 0;
    for (int i = 0; i < plan.batch(); i++) {
      sum += losses[i];
    }
    return sum / plan.batch();
  }

  /** Fills in what another batch of as many images holds. */
  void load(Batch other) {
    System.arraycopy(other.images, 0, images, 0, images.length);
    System.arraycopy(other.weights, 0, weights, 0, weights.length);
    System.arraycopy(other.labels, 0, labels, 0, labels.length);
    System.arraycopy(other.targets, 0, targets, 0, targets.length);
  }

  /** How many images are answered right; see {@link ModelGraph.Accuracy}. */
  private int correct() {
    int count = 0;
    for (int i = 0; i < plan.batch(); i++) {
      if (graph.accuracy == Accuracy.LARGEST ? isLargestRight(i) : isEachRight(i)) {
        count++;
      }
    }
    return count;
  }

  private boolean isLargestRight(int image) {
    int at = image * classes;
    int right =
        labels.length > 0 ? labels[image] : graph.kernels.reduce().argMax(classes, targets, at);
    return graph.kernels.reduce().argMax(classes, scores, at) == right;
  }

  private boolean isEachRight(int image) {
    float threshold = graph.accuracy == Accuracy.LOGITS ? 0f : 0.5f;
    for (int j = image * classes; j < (image + 1) * classes; j++) {
      if (scores[j] > threshold != targets[j] > 0.5f) {
        return false;
      }
    }
    return true;
  }
}
