package dev.lanewise.train;

import dev.lanewise.data.ByteSamples;
import dev.lanewise.data.Dataset;
import dev.lanewise.data.DenseTargets;
import dev.lanewise.data.FloatSamples;
import dev.lanewise.data.Labels;
import dev.lanewise.data.SampleWeights;
import dev.lanewise.graph.Graph;
import dev.lanewise.graph.Node;
import dev.lanewise.graph.Op;
import dev.lanewise.graph.Plan;
import dev.lanewise.graph.Rule;
import dev.lanewise.graph.StepState;
import dev.lanewise.graph.Variable;
import dev.lanewise.graph.op.GradientOps;
import dev.lanewise.graph.op.Ops;
import dev.lanewise.graph.op.SoftmaxOp;
import dev.lanewise.kernel.Kernels;
import dev.lanewise.nn.Loss;
import dev.lanewise.nn.Sequential;
import dev.lanewise.optim.OptimizerState;
import dev.lanewise.tensor.Shape;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A model's graph for training or for evaluation, and its plans: one a batch size, made when first
 * needed and kept.
 */
final class ModelGraph {
  private static final int MOST_PLANS = 8;

  /** Decides when a prediction counts as right. */
  enum Accuracy {
    /** The largest score stands at the class, or where the largest target does. */
    LARGEST,
    /** Every output lies on the same side of ½ as its target. */
    SIDES,
    /** Likewise, the outputs being logits of a sigmoid: their sides are those of 0. */
    LOGITS
  }

  final Node input;
  final Node targets;
  final @Nullable Node weights;
  final Node prediction;
  final Node scores;
  final Node loss;
  final Accuracy accuracy;
  final Kernels kernels;
  private final Sequential model;
  private final Loss kind;
  private final @Nullable OptimizerState optimizer;
  private final StepState state;
  private final List<Rule> rules;
  private final Graph graph = new Graph();
  private final List<Variable> trainable;
  private final double[] penalties;
  private final List<Node> effects = new ArrayList<>();
  private final List<Batch> batches = new ArrayList<>();
  private final List<Plan> predictions = new ArrayList<>();
  private @Nullable ModelGraph ofWeighted;

  /**
   * The graph of training steps (forward, backward and updates) if there is an optimizer; else that
   * of evaluation (forward and the loss, without dropout).
   *
   * @param weighted whether the losses have weights
   */
  ModelGraph(
      Sequential model,
      Loss loss,
      @Nullable OptimizerState optimizer,
      Kernels kernels,
      StepState state,
      List<Rule> rules,
      boolean weighted) {
    this.model = model;
    this.optimizer = optimizer;
    this.kernels = kernels;
    this.state = state;
    this.rules = rules;
    trainable = model.trainableVariables();
    penalties = model.penalties().stream().mapToDouble(Double::doubleValue).toArray();
    kind = loss;
    Ops ops = new Ops(graph);
    input = ops.input("images", model.inputShape().batched());
    targets = loss.targets(ops, model.outputShape());
    prediction = model.apply(ops, input, optimizer != null);
    Node unweighted = loss.apply(ops, prediction, targets);
    weights = weighted ? ops.input("weights", Shape.of(Shape.BATCH)) : null;
    this.loss = weights == null ? unweighted : ops.weighted(unweighted, weights);
    // The largest logit is the largest probability, so accuracy needs no softmax.
    boolean logits = unweighted.input(0) != prediction;
    scores = logits ? prediction.input(0) : prediction;
    boolean largest =
        prediction.op().equals(new SoftmaxOp()) || (scores.shape().dim(1) > 1 && !logits);
    accuracy = largest ? Accuracy.LARGEST : logits ? Accuracy.LOGITS : Accuracy.SIDES;
    if (optimizer != null) {
      update(ops, optimizer);
    }
  }

  private void update(Ops ops, OptimizerState by) {
    // What layers update by themselves: moving averages.
    for (Node node : graph.nodes()) {
      if (node.op().placement() == Op.Placement.NONE) {
        effects.add(node);
      }
    }
    List<Node> gradients = new ArrayList<>(graph.gradients(loss, trainable));
    for (int i = 0; i < penalties.length; i++) {
      if (penalties[i] > 0) {
        Node weights = ops.variable(trainable.get(i));
        float factor = (float) (2 * penalties[i]);
        gradients.set(i, GradientOps.penalized(graph, gradients.get(i), weights, factor));
      }
    }
    gradients = by.gradients(graph, gradients);
    for (int i = 0; i < trainable.size(); i++) {
      effects.add(ops.update(trainable.get(i), gradients.get(i), by.updater(i)));
    }
  }

  /** This graph, or for data with weights one whose losses have them, which is made when needed. */
  ModelGraph of(Dataset data) {
    if (data.weights() == null || weights != null) {
      return this;
    }
    ModelGraph made = ofWeighted;
    if (made == null) {
      made = new ModelGraph(model, kind, optimizer, kernels, state, rules, true);
      ofWeighted = made;
    }
    return made;
  }

  /** The plan for a number of images. */
  Batch batch(int count) {
    // A loop, not a map: looking a plan up must not box the batch size.
    for (int i = 0; i < batches.size(); i++) {
      if (batches.get(i).size() == count) {
        return batches.get(i);
      }
    }
    List<Node> outputs = new ArrayList<>(List.of(loss, scores));
    outputs.addAll(effects);
    Batch made = new Batch(this, Plan.of(graph, outputs, count, kernels, state, rules));
    keep(batches, made);
    return made;
  }

  /** The plan that computes predictions of a number of images, and nothing of targets or loss. */
  Plan prediction(int batch) {
    for (int i = 0; i < predictions.size(); i++) {
      if (predictions.get(i).batch() == batch) {
        return predictions.get(i);
      }
    }
    Plan made = Plan.of(graph, List.of(prediction), batch, kernels, state, rules);
    keep(predictions, made);
    return made;
  }

  /** Keeps a plan, and forgets the oldest if there are many: batch sizes seldom vary. */
  private static <P> void keep(List<P> kept, P made) {
    if (kept.size() == MOST_PLANS) {
      kept.removeFirst();
    }
    kept.add(made);
  }

  /**
   * The first value in the graph's order, up to the losses, that is not finite in the step that a
   * batch has just taken forward, in words; or null if there is none. Weights and step number must
   * still be those of the step. It is computed again without fusion, with every value kept.
   */
  @Nullable String firstNotFinite(Batch step) {
    List<Node> behind = behindLoss();
    List<Node> kept = behind.stream().filter(node -> !node.ints()).toList();
    Plan plan = Plan.of(graph, kept, step.size(), kernels, state, List.of());
    new Batch(this, plan).load(step);
    plan.run();
    for (Node node : kept) {
      int elements = plan.shape(node).elements();
      float[] values = plan.values(node);
      for (int i = 0; i < elements; i++) {
        if (!Float.isFinite(values[i])) {
          return words(node, plan.shape(node)) + ", whose element " + i + " is " + values[i];
        }
      }
    }
    return null;
  }

  /** The nodes that the losses depend on, themselves included, in the graph's order. */
  private List<Node> behindLoss() {
    Set<Node> found = new HashSet<>(Set.of(loss));
    List<Node> nodes = new ArrayList<>();
    for (Node node : graph.nodes().reversed()) {
      if (found.contains(node)) {
        found.addAll(node.inputs());
        nodes.add(node);
      }
    }
    return nodes.reversed();
  }

  private static String words(Node node, Shape shape) {
    String layer = node.scope().isEmpty() ? "" : " of layer '" + node.scope() + "'";
    boolean named = node.op().placement() == Op.Placement.OUTSIDE;
    return "the " + node.op().name() + (named ? "" : layer) + " " + shape;
  }

  /**
   * What the L2 penalties of the weights, as they are now, add to the mean loss: the sum of factor
   * · Σ w² over the trainable in their order, in double.
   */
  double penalty() {
    double sum = 0;
    for (int i = 0; i < penalties.length; i++) {
      if (penalties[i] > 0) {
        float[] values = trainable.get(i).values();
        sum += penalties[i] * kernels.reduce().squaredNormInDouble(values.length, values, 0);
      }
    }
    return sum;
  }

  /** Refuses data whose images or targets do not fit the model and the loss: all of them, once. */
  void check(Dataset data) {
    Shape taken = input.shape().sample();
    if (!data.samples().shape().equals(taken)) {
      throw new IllegalArgumentException(
          "the data's images have shape %s, but the model takes %s"
              .formatted(data.samples().shape(), taken));
    }
    boolean sparse = targets.ints();
    int classes = scores.shape().dim(1);
    switch (data.targets()) {
      case Labels labels -> {
        if (!sparse) {
          throw new IllegalArgumentException(
              "the loss takes rows of targets, but was given int labels: "
                  + "Labels.toCategorical makes rows of them");
        }
        if (labels.classes() > classes) {
          throw new IllegalArgumentException(
              "the labels have " + labels.classes() + " classes, but the model has " + classes);
        }
      }
      case DenseTargets dense -> {
        if (sparse || !dense.shape().equals(Shape.of(classes))) {
          throw new IllegalArgumentException(
              "the targets are rows of shape %s, but the loss takes %s"
                  .formatted(dense.shape(), sparse ? "int labels" : "rows of " + classes));
        }
        kind.check(dense);
      }
    }
  }

  /** The plan of a {@link ModelGraph} for one batch size, with the places of inputs and outputs. */
  static final class Batch {
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
}
