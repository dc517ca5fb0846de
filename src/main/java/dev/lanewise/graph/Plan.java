package dev.lanewise.graph;

import dev.lanewise.graph.Fusion.Group;
import dev.lanewise.graph.op.AddBiasOp;
import dev.lanewise.graph.op.ReluOp;
import dev.lanewise.graph.op.UpdateOp;
import dev.lanewise.kernel.Kernels;
import dev.lanewise.kernel.TileConsumer;
import dev.lanewise.tensor.Shape;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a graph becomes for one batch size: buffers assigned, followers fused to their producers,
 * every operation bound. Running it computes the outputs and allocates nothing.
 *
 * <p>A plan runs what its outputs need and no more: in the graph's order, updates of variables
 * last. Plans over the same variables share their weights. A plan is used by one thread at a time.
 */
public final class Plan {
  /** Whether tile-wise followers are fused to their producers; the bits are the same either way. */
  public enum Fusing {
    /** Every operation is a step of its own. */
    NONE,
    /** Followers run on their producers' tiles. */
    TILES
  }

  private final int batch;
  private final Map<Node, Node> rewritten;
  private final Set<Node> asked;
  private final Memory memory;
  private final Step[] steps;
  private final List<String> names = new ArrayList<>();
  private final Map<Node, Integer> stepsTo = new HashMap<>();

  private Plan(
      Graph graph, List<Node> outputs, int batch, Kernels kernels, StepState state, Fusing fusing) {
    if (batch < 1) {
      throw new IllegalArgumentException("batch is " + batch + ", but must be at least 1");
    }
    this.batch = batch;
    boolean fused = fusing == Fusing.TILES;
    Graph source = graph;
    if (fused) {
      Masks.Rewritten result = Masks.rewrite(graph.nodes());
      source = result.graph();
      rewritten = result.nodes();
    } else {
      rewritten = Map.of();
    }
    Set<Node> asked = new LinkedHashSet<>();
    for (Node output : outputs) {
      if (!graph.nodes().contains(output)) {
        throw new IllegalArgumentException(
            "the plan was asked for '" + output + "', which belongs to another graph");
      }
      asked.add(here(output));
    }
    this.asked = asked;
    List<Group> groups = Fusion.groups(needed(source, asked), asked, fused);
    memory = new Memory(groups, asked, batch);
    Binding binding = new Bound(memory, kernels, state);
    List<Step> list = new ArrayList<>();
    for (Group group : groups) {
      if (group.last().op().placement() != Op.Placement.OUTSIDE) {
        list.add(step(group, binding));
        names.add(String.join(" + ", group.nodes().stream().map(n -> n.op().name()).toList()));
      }
      for (Node node : group.nodes()) {
        stepsTo.put(node, list.size());
      }
    }
    steps = list.toArray(Step[]::new);
  }

  /**
   * Makes the plan that computes some nodes of a graph, with fused tiles.
   *
   * @param graph the graph; later additions to it do not reach the plan
   * @param outputs the nodes to compute: values to read after a run, updates to apply in it
   * @param batch the number of images, at least 1
   * @param kernels what to compute with
   * @param state where random keys come from
   * @return the plan
   * @throws IllegalArgumentException if the batch is below 1 or a buffer would be too large
   */
  public static Plan of(
      Graph graph, List<Node> outputs, int batch, Kernels kernels, StepState state) {
    return of(graph, outputs, batch, kernels, state, Fusing.TILES);
  }

  /**
   * Makes the plan that computes some nodes of a graph.
   *
   * @param graph the graph; later additions to it do not reach the plan
   * @param outputs the nodes to compute: values to read after a run, updates to apply in it
   * @param batch the number of images, at least 1
   * @param kernels what to compute with
   * @param state where random keys come from
   * @param fusing whether followers are fused to their producers
   * @return the plan
   * @throws IllegalArgumentException if the batch is below 1 or a buffer would be too large
   */
  public static Plan of(
      Graph graph, List<Node> outputs, int batch, Kernels kernels, StepState state, Fusing fusing) {
    return new Plan(graph, outputs, batch, kernels, state, fusing);
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
    Integer count = stepsTo.get(here(node));
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
    Node found = here(node);
    if (!asked.contains(found) && found.op().placement() != Op.Placement.OUTSIDE) {
      throw new IllegalArgumentException(
          "the plan was not asked for the value of '" + node + "', and does not keep it");
    }
    return memory.floats(found);
  }

  /**
   * Returns the memory of int labels to fill in.
   *
   * @param node labels of this plan
   * @return one label an image
   * @throws IllegalArgumentException if the node is not labels of this plan
   */
  public int[] labels(Node node) {
    return memory.labels(here(node));
  }

  /**
   * Returns a node's shape with the batch filled in.
   *
   * @param node a node of the graph
   * @return a shape without open dimensions
   */
  public Shape shape(Node node) {
    return memory.shape(here(node));
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
    return memory.elements() * Float.BYTES;
  }

  private Node here(Node node) {
    Node found = rewritten.get(node);
    return found == null ? node : found;
  }

  /** The nodes that the outputs depend on, in the graph's order, but updates last. */
  private static List<Node> needed(Graph graph, Set<Node> asked) {
    Set<Node> found = new HashSet<>(asked);
    List<Node> nodes = new ArrayList<>();
    List<Node> updates = new ArrayList<>();
    for (Node node : graph.nodes().reversed()) {
      if (found.contains(node)) {
        found.addAll(node.inputs());
        (node.op() instanceof UpdateOp ? updates : nodes).add(node);
      }
    }
    List<Node> order = new ArrayList<>(nodes.reversed());
    order.addAll(updates.reversed());
    return order;
  }

  private static Step step(Group group, Binding binding) {
    Node first = group.first();
    if (group.nodes().size() == 1 || !(first.op() instanceof TileProducer producer)) {
      return first.op().step(first, binding);
    }
    List<Node> followers = group.nodes().subList(1, group.nodes().size());
    TileConsumer chain = chain(followers, binding);
    boolean inPlace =
        followers.stream()
            .allMatch(node -> node.op() instanceof TileFollower op && op.changesTileInPlace());
    return inPlace
        ? producer.stepInto(first, binding, binding.floats(group.last()), chain)
        : producer.stepTiles(first, binding, chain);
  }

  private static TileConsumer chain(List<Node> followers, Binding binding) {
    TileConsumer chain = null;
    for (int i = followers.size() - 1; i >= 0; i--) {
      Node node = followers.get(i);
      Node before = i > 0 ? followers.get(i - 1) : node;
      if (node.op() instanceof ReluOp && before.op() instanceof AddBiasOp) {
        // Bias and ReLU in one pass over the tile: the same two roundings.
        chain = biasRelu(before, binding, chain);
        i--;
      } else if (node.op() instanceof TileFollower follower) {
        chain = follower.consumer(node, binding, chain);
      }
    }
    if (chain == null) {
      throw new IllegalStateException("a fused step has no followers");
    }
    return chain;
  }

  private static TileConsumer biasRelu(Node bias, Binding binding, @Nullable TileConsumer next) {
    TileConsumer own =
        binding.kernels().activation().biasReluTiles(binding.floats(bias.input(1)), 0);
    return next == null ? own : own.andThen(next);
  }

  /** The plan as operations see it while it is made. */
  private record Bound(Memory memory, Kernels kernels, StepState state) implements Binding {
    @Override
    public float[] floats(Node node) {
      return memory.floats(node);
    }

    @Override
    public int[] labels(Node node) {
      return memory.labels(node);
    }

    @Override
    public boolean needsSide(Node node) {
      return memory.needsSide(node);
    }

    @Override
    public float[] sideFloats(Node node) {
      return memory.sideFloats(node);
    }

    @Override
    public int[] sideInts(Node node) {
      return memory.sideInts(node);
    }

    @Override
    public Shape shape(Node node) {
      return memory.shape(node);
    }
  }
}
