package dev.lanewise.graph;

import dev.lanewise.kernel.TileConsumer;
import org.jspecify.annotations.Nullable;

/**
 * An operation on input 0 that can be done on the tiles of that input's producer: in the tiles, if
 * it is placed there, or else by writing elsewhere.
 */
@SuppressWarnings("exports") // @Nullable: see module-info
public interface TileFollower extends Op {
  /** In the memory of input 0, unless overridden. */
  @Override
  default Placement placement() {
    return Placement.IN_PLACE;
  }

  /**
   * Returns whether the operation can follow its producer tile by tile.
   *
   * @return true unless overridden
   */
  default boolean followsTiles() {
    return true;
  }

  /**
   * Builds the consumer that does this operation on a tile. Behind a follower that writes elsewhere
   * (a pooling) a consumer's row multiple must be 1.
   *
   * @param binding the buffers, kernels and state; input 0 is the tile, and its buffer not read
   * @return the consumer
   */
  TileConsumer consumer(Binding binding);

  /**
   * Builds the consumer that does this operation on a tile and hands its value's tile on.
   *
   * @param binding as for {@link #consumer(Binding)}
   * @param next takes the tile of this operation's value, or null if nothing follows
   * @return the consumer: the one and then the other on the same tile, unless overridden
   */
  default TileConsumer consumer(Binding binding, @Nullable TileConsumer next) {
    TileConsumer own = consumer(binding);
    return next == null ? own : next.behind(own);
  }
}
