package dev.lanewise.graph.rewrite;

import dev.lanewise.graph.Binding;
import dev.lanewise.graph.Buffer;
import dev.lanewise.graph.Step;
import dev.lanewise.graph.TileFollower;
import dev.lanewise.graph.TileProducer;
import dev.lanewise.kernel.TileConsumer;
import dev.lanewise.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A producer and a follower of its tiles in one pass: inputs are the producer's and then the
 * follower's but the first, the value is the follower's. The producer may be such a pair itself.
 *
 * @param producer what computes the tiles
 * @param own how many of the inputs are the producer's
 * @param follower what is done on them
 */
record FusedOp(TileProducer producer, int own, TileFollower follower) implements TileProducer {
  /** Whether all that a producer does is done in its value's memory. */
  static boolean isInPlace(TileProducer producer) {
    return !(producer instanceof FusedOp pair)
        || (pair.follower.changesTileInPlace() && isInPlace(pair.producer));
  }

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
  public Step step(Binding binding) {
    return isInPlace(this) ? stepInto(binding, null) : stepTiles(binding, null);
  }

  @Override
  public Step stepInto(Binding binding, @Nullable TileConsumer next) {
    return producer.stepInto(producers(binding), consumer(binding, next));
  }

  @Override
  public Step stepTiles(Binding binding, @Nullable TileConsumer next) {
    return producer.stepTiles(producers(binding), consumer(binding, next));
  }

  private Binding producers(Binding whole) {
    List<Buffer> values = new ArrayList<>(whole.values());
    values.set(0, values.getFirst().as(tile(shapes(whole.inputs()))));
    return new Binding(whole.inputs().subList(0, own), values, whole.kernels(), whole.state());
  }

  private TileConsumer consumer(Binding whole, @Nullable TileConsumer next) {
    List<Buffer> inputs = followers(producers(whole).values().getFirst(), whole.inputs());
    return follower.consumer(
        new Binding(inputs, whole.values(), whole.kernels(), whole.state()), next);
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

  private static List<Shape> shapes(List<Buffer> buffers) {
    return buffers.stream().map(Buffer::shape).toList();
  }
}
