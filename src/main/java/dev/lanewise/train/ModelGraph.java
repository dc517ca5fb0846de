package dev.lanewise.train;

import dev.lanewise.data.Dataset;
import dev.lanewise.data.DenseTargets;
import dev.lanewise.data.Labels;
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
}
