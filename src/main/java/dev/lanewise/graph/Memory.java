package dev.lanewise.graph;

import dev.lanewise.graph.Fusion.Group;
import dev.lanewise.graph.op.LabelsOp;
import dev.lanewise.graph.op.VariableOp;
import dev.lanewise.tensor.Shape;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Assigns the memory of a plan: which node's value lies in which array.
 *
 * <p>Values that share memory by nature (a reshape, an operation in place) share a {@link Store}.
 * Stores whose lifetimes do not meet share an array: each takes the smallest free one that is large
 * enough. What is asked for, filled in by the caller or read as a side result keeps an array of its
 * own.
 */
final class Memory {
  /** A stretch of memory and the groups between which it must not be overwritten. */
  private static final class Store {
    final int size;
    final boolean pinned;
    int lastRead;
    float[] array = {};

    Store(int size, boolean pinned) {
      this.size = size;
      this.pinned = pinned;
    }
  }

  private final List<Group> groups;
  private final Set<Node> asked;
  private final int batch;
  private final Map<Node, Integer> lastReader = new HashMap<>();
  private final Map<Node, Store> stores = new HashMap<>();
  private final Map<Node, int[]> labels = new HashMap<>();
  private final Map<Node, float[]> sideFloats = new HashMap<>();
  private final Map<Node, int[]> sideInts = new HashMap<>();
  private long floats;

  Memory(List<Group> groups, Set<Node> asked, int batch) {
    this.groups = groups;
    this.asked = asked;
    this.batch = batch;
    findReaders();
    for (int g = 0; g < groups.size(); g++) {
      assignStore(groups.get(g), g);
    }
    assignArrays();
  }

  float[] floats(Node node) {
    Store store = stores.get(node);
    if (store == null) {
      throw new IllegalArgumentException("the plan does not keep the value of '" + node + "'");
    }
    return store.array;
  }

  int[] labels(Node node) {
    int[] array = labels.get(node);
    if (array == null) {
      throw new IllegalArgumentException("'" + node + "' are not labels of this plan");
    }
    return array;
  }

  boolean needsSide(Node node) {
    return sideFloats.containsKey(node) || sideInts.containsKey(node);
  }

  float[] sideFloats(Node node) {
    return existing(sideFloats.get(node), node);
  }

  int[] sideInts(Node node) {
    return existing(sideInts.get(node), node);
  }

  /** Number of floats and ints that the plan's own arrays hold. */
  long elements() {
    return floats;
  }

  Shape shape(Node node) {
    return node.shape().withBatch(batch);
  }

  private static <T> T existing(@Nullable T array, Node node) {
    if (array == null) {
      throw new IllegalStateException("the plan keeps no side result of '" + node + "'");
    }
    return array;
  }

  /** For each node the last group that reads its value, and the side results that are read. */
  private void findReaders() {
    for (int g = 0; g < groups.size(); g++) {
      for (Node node : groups.get(g).nodes()) {
        for (int i = 0; i < node.inputs().size(); i++) {
          if (node.op().readsValue(i)) {
            lastReader.put(node.input(i), g);
          }
          if (node.op().readsSide(i)) {
            makeSide(node.input(i));
          }
        }
      }
    }
  }

  private void makeSide(Node node) {
    if (needsSide(node)) {
      return;
    }
    switch (node.op().side()) {
      case FLOATS_OF_INPUT ->
          sideFloats.put(node, new float[count(shape(node.input(0)).elements())]);
      case INTS_OF_VALUE -> sideInts.put(node, new int[count(shape(node).elements())]);
      case NONE -> throw new IllegalStateException("'" + node + "' has no side result");
    }
  }

  private int count(int elements) {
    floats += elements;
    return elements;
  }

  private void assignStore(Group group, int index) {
    Node node = group.last();
    switch (node.op().placement()) {
      case NONE -> {}
      case OUTSIDE -> assignOutside(node);
      case SAME_AS_INPUT -> share(node, storeOf(node.input(0)));
      case SIDE_OF_INPUT -> {
        Store side = new Store(0, true);
        side.array = sideFloats(node.input(0));
        stores.put(node, side);
      }
      case IN_PLACE -> {
        Store input = group.nodes().size() > 1 ? null : reusable(node, index);
        share(node, input == null ? own(node) : input);
      }
      case OWN -> share(node, own(node));
    }
    // A follower that writes elsewhere hands its value on in the group's one stored array.
    Store stored = stores.get(node);
    for (Node member : group.nodes()) {
      if (stored != null
          && member.op() instanceof TileFollower follower
          && !follower.changesTileInPlace()) {
        stores.put(member, stored);
      }
    }
  }

  private void assignOutside(Node node) {
    if (node.op() instanceof LabelsOp) {
      labels.put(node, new int[batch]);
      return;
    }
    Store store = new Store(shape(node).elements(), true);
    store.array =
        node.op() instanceof VariableOp op ? op.variable().values() : new float[count(store.size)];
    stores.put(node, store);
  }

  private Store own(Node node) {
    return new Store(shape(node).elements(), asked.contains(node));
  }

  private void share(Node node, Store store) {
    Store kept = asked.contains(node) && !store.pinned ? new Store(store.size, true) : store;
    if (kept != store) {
      // An asked-for value in memory that others share: pin the whole store.
      stores.replaceAll((other, old) -> old == store ? kept : old);
      kept.lastRead = store.lastRead;
    }
    stores.put(node, kept);
    kept.lastRead = Math.max(kept.lastRead, lastReader.getOrDefault(node, 0));
  }

  /** Input 0's store, if this group is the last to read anything in it. */
  private @Nullable Store reusable(Node node, int index) {
    Store store = stores.get(node.input(0));
    boolean free = store != null && !store.pinned && store.lastRead <= index;
    for (int i = 1; free && i < node.inputs().size(); i++) {
      // A second input in the same memory, reshaped perhaps, would be overwritten while it is read.
      free = stores.get(node.input(i)) != store;
    }
    return free && !asked.contains(node) ? store : null;
  }

  private Store storeOf(Node node) {
    return existing(stores.get(node), node);
  }

  private void assignArrays() {
    List<float[]> free = new ArrayList<>();
    List<Store> alive = new ArrayList<>();
    for (int g = 0; g < groups.size(); g++) {
      Store store = stores.get(groups.get(g).last());
      if (store != null && store.array.length == 0 && store.size > 0) {
        store.array = store.pinned ? new float[count(store.size)] : take(free, store.size);
        if (!store.pinned) {
          alive.add(store);
        }
      }
      for (Store ended : List.copyOf(alive)) {
        if (ended.lastRead <= g) {
          alive.remove(ended);
          free.add(ended.array);
        }
      }
    }
  }

  private float[] take(List<float[]> free, int size) {
    float[] best = null;
    for (float[] array : free) {
      if (array.length >= size && (best == null || array.length < best.length)) {
        best = array;
      }
    }
    if (best == null) {
      return new float[count(size)];
    }
    free.remove(best);
    return best;
  }
}
