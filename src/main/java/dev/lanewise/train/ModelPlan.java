package dev.lanewise.train;

import dev.lanewise.data.ByteSamples;
import dev.lanewise.data.Dataset;
import dev.lanewise.data.DenseTargets;
import dev.lanewise.data.FloatSamples;
import dev.lanewise.data.Labels;
import dev.lanewise.data.SampleWeights;
import dev.lanewise.graph.Node;
import dev.lanewise.graph.Plan;
import dev.lanewise.kernel.Kernels;
import org.jspecify.annotations.Nullable;

/** A plan of a model for one batch size, with the places of its inputs and outputs. */
final class ModelPlan {
  private final Plan plan;
  private final float[] images;
  private final int[] labels;
  private final float[] targets;
  private final float[] weights;
  private final Accuracy accuracy;
  private final float[] scores;
  private final float[] losses;
  private final int classes;
  private final Kernels kernels;
  private final int forwardSteps;
  private final int steps;

  ModelPlan(
      Plan plan,
      Node input,
      Node targets,
      @Nullable Node weights,
      Node scores,
      Node loss,
      Kernels kernels,
      Accuracy accuracy) {
    this.accuracy = accuracy;
    this.weights = weights == null ? new float[0] : plan.values(weights);
    this.plan = plan;
    this.kernels = kernels;
    images = plan.values(input);
    boolean sparse = targets.shape().rank() == 1;
    labels = sparse ? plan.labels(targets) : new int[0];
    this.targets = sparse ? new float[0] : plan.values(targets);
    this.scores = plan.values(scores);
    losses = plan.values(loss);
    classes = scores.shape().dim(1);
    forwardSteps = plan.stepsTo(loss);
    steps = plan.steps().size();
  }

  int batch() {
    return plan.batch();
  }

  /** Fills in the images and targets at {@code order[from]} and following. */
  void load(Dataset data, int[] order, int from) {
    int count = plan.batch();
    switch (data.samples()) {
      case ByteSamples given -> given.gather(kernels.elementwise(), order, from, count, images, 0);
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

  /** The part of a run after which {@link #losses} are there; no weight has changed yet. */
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

  /** Fills another plan's input and targets with what this one's hold. */
  void copyInto(Plan other, Node input, Node targets, @Nullable Node weights) {
    System.arraycopy(images, 0, other.values(input), 0, images.length);
    if (weights != null) {
      System.arraycopy(this.weights, 0, other.values(weights), 0, this.weights.length);
    }
    if (labels.length > 0) {
      System.arraycopy(labels, 0, other.labels(targets), 0, labels.length);
    } else {
      System.arraycopy(this.targets, 0, other.values(targets), 0, this.targets.length);
    }
  }

  /** One loss an image. */
  float[] losses() {
    return losses;
  }

  /** How many images are answered right; see {@link Accuracy}. */
  int correct() {
    int count = 0;
    for (int i = 0; i < plan.batch(); i++) {
      if (accuracy == Accuracy.LARGEST ? isLargestRight(i) : isEachRight(i)) {
        count++;
      }
    }
    return count;
  }

  private boolean isLargestRight(int image) {
    int at = image * classes;
    int right = labels.length > 0 ? labels[image] : kernels.reduce().argMax(classes, targets, at);
    return kernels.reduce().argMax(classes, scores, at) == right;
  }

  private boolean isEachRight(int image) {
    float threshold = accuracy == Accuracy.LOGITS ? 0f : 0.5f;
    for (int j = image * classes; j < (image + 1) * classes; j++) {
      if (scores[j] > threshold != targets[j] > 0.5f) {
        return false;
      }
    }
    return true;
  }
}
