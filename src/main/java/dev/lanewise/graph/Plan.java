package dev.lanewise.graph;

import dev.lanewise.graph.Binding.Buffer;
import dev.lanewise.kernel.Kernels;
import dev.lanewise.kernel.support.Check;
import dev.lanewise.tensor.Shape;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a graph becomes for one batch size: buffers assigned, followers fused to their producers,
 * every operation bound. Running it computes the outputs and allocates nothing.
 *
 * <p>A plan runs what its outputs need and no more: in the graph's order, updates of variables
 * last. Plans over the same variables share their weights. A plan is used by one thread at a time.
 */
public final class Plan {
  private final int batch;
  private final Map<Node, Node> places;
  private final Set<Node> kept = new HashSet<>();
  private final Buffers buffers;
  private final Runnable[] steps;
  private final List<String> names = new ArrayList<>();
  private final Map<Node, Integer> stepsTo = new HashMap<>();

  private Plan(
      Rewriting.Result result, List<Node> outputs, int batch, Kernels kernels, StepState state) {
    this.batch = batch;
    places = result.places();
    for (Node output : outputs) {
      kept.add(places.get(output));
    }
    buffers = new Buffers(result.nodes(), kept, batch);
    List<Runnable> list = new ArrayList<>();
    for (Node node : result.nodes()) {
      if (node.op().placement() == Op.Placement.OUTSIDE) {
        kept.add(node);
      } else if (node.op().indexInInput() == 0) {
        list.add(node.op().step(buffers.binding(node, kernels, state)));
        names.add(node.op().name());
      }
      stepsTo.put(node, list.size());
    }
    steps = list.toArray(Runnable[]::new);
  }

  /**
   * Makes the plan that computes some nodes of a graph.
   *
   * @param graph the graph; later additions to it do not reach the plan
   * @param outputs the nodes to compute: values to read after a run, updates to apply in it
   * @param batch the number of images, at least 1
   * @param kernels what to compute with
   * @param state where random keys come from
   * @param rules how to rewrite the graph first, {@code Rules.all()} for speed; with none every
   *     operation is a step of its own, and the bits are the same
   * @return the plan
   * @throws IllegalArgumentException if the batch is below 1 or a buffer would be too large
   */
  public static Plan of(
      Graph graph,
      List<Node> outputs,
      int batch,
      Kernels kernels,
      StepState state,
      List<Rule> rules) {
    Check.atLeast("batch", batch, 1);
    for (Node output : outputs) {
      if (!graph.nodes().contains(output)) {
        throw new IllegalArgumentException(
            "the plan was asked for '" + output + "', which belongs to another graph");
      }
    }
    Rewriting.Result result = Rewriting.of(graph.nodes(), Set.copyOf(outputs), rules);
    return new Plan(result, outputs, batch, kernels, state);
  }

  /** Computes all outputs from the inputs as they are now. */
  public void run() {
    run(0, steps.length);
  }

  /**
   * Runs some of the steps: a run in parts, each beginning where the last one ended, is a run.
   *
   * @param from the first step, from 0
   * @param to the step after the last, at most the size of {@link #steps}
   */
  public void run(int from, int to) {
    for (int i = from; i < to; i++) {
      steps[i].run();
    }
  }

  /**
   * Returns how many steps have run when a node's value is there.
   *
   * @param node a node that this plan computes
   * @return what {@link #run(int, int)} takes as {@code to}
   * @throws IllegalArgumentException if the plan does not compute the node
   */
  public int stepsTo(Node node) {
    Node place = places.get(node);
    Integer count = place == null ? null : stepsTo.get(place);
    if (count == null) {
      throw new IllegalArgumentException("the plan does not compute '" + node + "'");
    }
    return count;
  }

  /**
   * Returns the memory of an input to fill in, or of an output to read after {@link #run}.
   *
   * @param node an input or output of this plan, or a variable
   * @return the array itself; the value's elements begin at index 0
   * @throws IllegalArgumentException if the plan does not keep the node's value
   */
  public float[] values(Node node) {
    return kept(node).floats();
  }

  /**
   * Returns the memory of int labels to fill in, or of an output of ints.
   *
   * @param node labels or an output of this plan
   * @return the array itself; of labels, one an image
   * @throws IllegalArgumentException if the plan does not keep the node's value
   */
  public int[] labels(Node node) {
    return kept(node).ints();
  }

  private Buffer kept(Node node) {
    Node place = places.get(node);
    if (place == null || !kept.contains(place)) {
      throw new IllegalArgumentException(
          "the plan was not asked for the value of '" + node + "', and does not keep it");
    }
    return buffers.of(place);
  }

  /**
   * Returns a node's shape with the batch filled in.
   *
   * @param node a node of the graph
   * @return a shape without open dimensions
   */
  public Shape shape(Node node) {
    return node.shape().withBatch(batch);
  }

  /**
   * Returns the number of images that a run takes.
   *
   * @return at least 1
   */
  public int batch() {
    return batch;
  }

  /**
   * Returns what each step does, in the order in which they run.
   *
   * @return names of operations, those of a fused step joined by " + "
   */
  public List<String> steps() {
    return List.copyOf(names);
  }

  /**
   * Returns how much memory the plan's own buffers take, weights not counted.
   *
   * @return a number of bytes
   */
  public long bytes() {
    return buffers.elements() * Float.BYTES;
  }
}
