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
final class ModelPlans {
  private static final int MOST_PLANS = 8;

  private final Graph graph = new Graph();
  private final Ops ops = new Ops(graph);
  private final Node input;
  private final Node targets;
  private final @Nullable Node weights;
  private final Penalty penalty;
  private final Node prediction;
  private final Node scores;
  private final Loss kind;
  private final Node loss;
  private final Accuracy accuracy;
  private final List<Node> effects = new ArrayList<>();
  private final Kernels kernels;
  private final StepState state;
  private final List<Rule> rules;
  private final List<ModelPlan> plans = new ArrayList<>();
  private final List<Plan> predictions = new ArrayList<>();

  private ModelPlans(
      Sequential model,
      Loss loss,
      Kernels kernels,
      StepState state,
      List<Rule> rules,
      boolean training,
      boolean weighted) {
    this.kernels = kernels;
    this.state = state;
    this.rules = rules;
    kind = loss;
    input = ops.input("images", model.inputShape().batched());
    targets = loss.targets(ops, model.outputShape());
    prediction = model.apply(ops, input, training);
    Node unweighted = loss.apply(ops, prediction, targets);
    weights = weighted ? ops.input("weights", Shape.of(Shape.BATCH)) : null;
    this.loss = weights == null ? unweighted : ops.weighted(unweighted, weights);
    penalty = new Penalty(model, kernels.reduce());
    // The largest logit is the largest probability, so accuracy needs no softmax.
    boolean logits = unweighted.input(0) != prediction;
    scores = logits ? prediction.input(0) : prediction;
    boolean largest =
        prediction.op().equals(new SoftmaxOp()) || (scores.shape().dim(1) > 1 && !logits);
    accuracy = largest ? Accuracy.LARGEST : logits ? Accuracy.LOGITS : Accuracy.SIDES;
  }

  /** The plans of training steps: forward, backward and the optimizer's updates. */
  static ModelPlans training(
      Sequential model,
      Loss loss,
      OptimizerState optimizer,
      Kernels kernels,
      StepState state,
      List<Rule> rules,
      boolean weighted) {
    ModelPlans plans = new ModelPlans(model, loss, kernels, state, rules, true, weighted);
    List<Variable> variables = model.variables();
    List<Node> gradients =
        optimizer.gradients(
            plans.graph,
            plans.penalty.gradients(plans.ops, plans.graph.gradients(plans.loss, variables)));
    for (int i = 0; i < variables.size(); i++) {
      plans.effects.add(plans.ops.update(variables.get(i), gradients.get(i), optimizer.updater(i)));
    }
    return plans;
  }

  /** The plans of evaluation: forward and the loss, without dropout. */
  static ModelPlans evaluation(
      Sequential model,
      Loss loss,
      Kernels kernels,
      StepState state,
      List<Rule> rules,
      boolean weighted) {
    return new ModelPlans(model, loss, kernels, state, rules, false, weighted);
  }

  /** The plan for a number of images. */
  ModelPlan of(int batch) {
    // A loop, not a map: looking a plan up must not box the batch size.
    for (int i = 0; i < plans.size(); i++) {
      if (plans.get(i).batch() == batch) {
        return plans.get(i);
      }
    }
    List<Node> outputs = new ArrayList<>(List.of(loss, scores));
    outputs.addAll(effects);
    Plan plan = Plan.of(graph, outputs, batch, kernels, state, rules);
    ModelPlan made = new ModelPlan(plan, input, targets, weights, scores, loss, kernels, accuracy);
    keep(plans, made);
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
   * plan has just taken forward, in words; or null if there is none. Weights and step number must
   * still be those of the step. It is computed again without fusion, with every value kept.
   */
  @Nullable String firstNotFinite(ModelPlan step) {
    List<Node> behind = behindLoss();
    List<Node> kept = behind.stream().filter(node -> !node.ints()).toList();
    Plan plan = Plan.of(graph, kept, step.batch(), kernels, state, List.of());
    step.copyInto(plan, input, targets, weights);
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

  /** What the L2 penalties of the weights, as they are now, add to the mean loss. */
  double penalty() {
    return penalty.value();
  }

  Node input() {
    return input;
  }

  Node prediction() {
    return prediction;
  }

  /** Refuses data whose images or targets do not fit the model and the loss: all of them, once. */
  void check(Dataset data) {
    Shape taken = input.shape().sample();
    if (!data.samples().shape().equals(taken)) {
      throw new IllegalArgumentException(
          "the data's images have shape "
              + data.samples().shape()
              + ", but the model takes "
              + taken);
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
              "the targets are rows of shape "
                  + dense.shape()
                  + ", but the loss takes "
                  + (sparse ? "int labels" : "rows of " + classes));
        }
        kind.check(dense);
      }
    }
  }
}
