package dev.lanewise.graph.rewrite;

import dev.lanewise.graph.Binding;
import dev.lanewise.graph.Binding.Buffer;
import dev.lanewise.graph.Node;
import dev.lanewise.graph.Op.Placement;
import dev.lanewise.graph.Rewriting;
import dev.lanewise.graph.Rule;
import dev.lanewise.graph.TileFollower;
import dev.lanewise.graph.TileProducer;
import dev.lanewise.kernel.TileConsumer;
import dev.lanewise.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Attaches a tile-wise follower to its producer, if it alone reads the producer's value; the two
 * become one operation, a producer again, at the follower's place. So chains grow one by one.
 *
 * <p>A chain has at most one follower that writes elsewhere (a pooling, an update). An update runs
 * after everything else, and so does a producer that it joins, which must therefore not read a
 * variable: an update before it might have changed it already.
 */
final class Fusion implements Rule {
  @Override
  public @Nullable Node apply(Node node, Rewriting rewriting) {
    if (!(node.op() instanceof TileFollower follower)
        || !(node.input(0).op() instanceof TileProducer producer)
        || !follower.followsTiles()
        || !rewriting.servesOnly(node.input(0), node)) {
      return null;
    }
    Node before = node.input(0);
    boolean bothElsewhere = follower.placement() != Placement.IN_PLACE && !isInPlace(producer);
    boolean late = follower.placement() == Placement.NONE;
    if (bothElsewhere || (late && before.inputs().stream().anyMatch(i -> i.variable() != null))) {
      return null;
    }
    List<Node> inputs = new ArrayList<>(before.inputs());
    inputs.addAll(node.inputs().subList(1, node.inputs().size()));
    Node fused = rewriting.add(new FusedOp(producer, before.inputs().size(), follower), inputs);
    rewriting.takeValues(before, fused);
    return fused;
  }

  /** Whether all that a producer does is done in its value's memory. */
  private static boolean isInPlace(TileProducer producer) {
    return !(producer instanceof FusedOp pair)
        || (pair.follower.placement() == Placement.IN_PLACE && isInPlace(pair.producer));
  }

  /**
   * A producer and a follower of its tiles in one pass: inputs are the producer's and then the
   * follower's but the first, the value is the follower's. The producer may be such a pair itself.
   *
   * @param producer what computes the tiles
   * @param own how many of the inputs are the producer's
   * @param follower what is done on them
   */
  private record FusedOp(TileProducer producer, int own, TileFollower follower)
      implements TileProducer {
    @Override
    public String name() {
      return producer.name() + " + " + follower.name();
    }

    @Override
    public Shape shape(List<Shape> inputs) {
      return follower.shape(followers(tile(inputs), inputs));
    }

    /** The producer's values beside the first, or the follower's: only one of the two has any. */
    @Override
    public List<Value> more(List<Shape> inputs) {
      List<Value> values = new ArrayList<>(producer.more(inputs.subList(0, own)));
      values.addAll(follower.more(followers(tile(inputs), inputs)));
      return values;
    }

    @Override
    public Placement placement() {
      return follower.placement() == Placement.NONE ? Placement.NONE : Placement.OWN;
    }

    @Override
    public boolean readsValue(int input) {
      return input < own ? producer.readsValue(input) : follower.readsValue(input - own + 1);
    }

    @Override
    public Runnable step(Binding binding) {
      return step(binding, null, isInPlace(this));
    }

    @Override
    public Runnable step(Binding whole, @Nullable TileConsumer next, boolean stored) {
      List<Buffer> values = new ArrayList<>(whole.values());
      List<Shape> shapes = whole.inputs().stream().map(Buffer::shape).toList();
      Buffer tile = values.getFirst().as(tile(shapes));
      values.set(0, tile);
      List<Buffer> inputs = followers(tile, whole.inputs());
      TileConsumer consumer = follower.consumer(with(whole, inputs, whole.values()), next);
      return producer.step(with(whole, whole.inputs().subList(0, own), values), consumer, stored);
    }

    private static Binding with(Binding whole, List<Buffer> inputs, List<Buffer> values) {
      return new Binding(inputs, values, whole.kernels(), whole.state());
    }

    private Shape tile(List<Shape> inputs) {
      return producer.shape(inputs.subList(0, own));
    }

    /** What stands for the follower's inputs, the first of which is the tile. */
    private <T> List<T> followers(T tile, List<T> all) {
      List<T> inputs = new ArrayList<>(List.of(tile));
      inputs.addAll(all.subList(own, all.size()));
      return inputs;
    }
  }
}
