package dev.lanewise.graph.rewrite;

import dev.lanewise.graph.Node;
import dev.lanewise.graph.Op;
import dev.lanewise.graph.Rewriting;
import dev.lanewise.graph.Rule;
import dev.lanewise.graph.TileFollower;
import dev.lanewise.graph.TileProducer;
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
    boolean bothElsewhere = !follower.changesTileInPlace() && !FusedOp.isInPlace(producer);
    boolean late = follower.placement() == Op.Placement.NONE;
    if (bothElsewhere || (late && before.inputs().stream().anyMatch(i -> i.variable() != null))) {
      return null;
    }
    List<Node> inputs = new ArrayList<>(before.inputs());
    inputs.addAll(node.inputs().subList(1, node.inputs().size()));
    Node fused = rewriting.add(new FusedOp(producer, before.inputs().size(), follower), inputs);
    rewriting.takeValues(before, fused);
    return fused;
  }
}
