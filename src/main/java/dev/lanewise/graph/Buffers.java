package dev.lanewise.graph;

import dev.lanewise.graph.Binding.Buffer;
import dev.lanewise.kernel.Kernels;
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
 * Stores of floats whose lifetimes do not meet share an array: each takes the smallest free one
 * that is large enough. What is asked for or filled in by the caller keeps an array of its own.
 */
final class Buffers {
  /** A stretch of memory and the nodes between which it must not be overwritten. */
  private static final class Store {
    final int size;
    boolean pinned;
    int lastRead;
    float @Nullable [] floats;
    int @Nullable [] ints;

    Store(int size, boolean pinned) {
      this.size = size;
      this.pinned = pinned;
    }
  }

  private final List<Node> nodes;
  private final Set<Node> asked;
  private final int batch;
  private final Map<Node, Integer> lastReader = new HashMap<>();
  private final Map<Node, List<Node>> furtherValues = new HashMap<>();
  private final Map<Node, Store> stores = new HashMap<>();
  private long elements;

  /** Assigns memory to nodes, which run in this order. */
  Buffers(List<Node> nodes, Set<Node> asked, int batch) {
    this.nodes = nodes;
    this.asked = asked;
    this.batch = batch;
    findReaders();
    for (int i = 0; i < nodes.size(); i++) {
      assignStores(nodes.get(i), i);
    }
    assignArrays();
  }

  /** The memory of a node's value. */
  Buffer of(Node node) {
    Store store = stores.get(node);
    return store == null
        ? new Buffer(shape(node), null, null)
        : new Buffer(shape(node), store.floats, store.ints);
  }

  /** What a node's operation builds its step with. */
  Binding binding(Node node, Kernels kernels, StepState state) {
    List<Buffer> values = new ArrayList<>(List.of(of(node)));
    for (Op.Value value : node.more()) {
      values.add(new Buffer(value.shape().withBatch(batch), null, null));
    }
    for (Node further : furtherValues.getOrDefault(node, List.of())) {
      values.set(further.op().indexInInput(), of(further));
    }
    return new Binding(node.inputs().stream().map(this::of).toList(), values, kernels, state);
  }

  /** Number of floats and ints that the plan's own arrays hold. */
  long elements() {
    return elements;
  }

  private Shape shape(Node node) {
    return node.shape().withBatch(batch);
  }

  /** For each node the last one that reads its value, and the further values that are read. */
  private void findReaders() {
    for (int i = 0; i < nodes.size(); i++) {
      Node node = nodes.get(i);
      for (int input = 0; input < node.inputs().size(); input++) {
        if (node.op().readsValue(input)) {
          lastReader.put(node.input(input), i);
        }
      }
      if (node.op().indexInInput() > 0) {
        furtherValues.computeIfAbsent(node.input(0), key -> new ArrayList<>()).add(node);
      }
    }
  }

  private void assignStores(Node node, int index) {
    furtherValues.getOrDefault(node, List.of()).forEach(value -> share(value, own(value)));
    if (node.op().indexInInput() > 0) {
      return; // With its operation's first value.
    }
    switch (node.op().placement()) {
      case NONE -> {}
      case OUTSIDE -> stores.put(node, outside(node));
      case SAME_AS_INPUT -> share(node, existing(stores.get(node.input(0))));
      case IN_PLACE -> {
        Store input = reusable(node, index);
        share(node, input == null ? own(node) : input);
      }
      case OWN -> share(node, own(node));
    }
  }

  private static <T> T existing(@Nullable T value) {
    if (value == null) {
      throw new IllegalStateException("a value is read that has no memory");
    }
    return value;
  }

  private Store outside(Node node) {
    Variable variable = node.op().variable();
    Store store = new Store(shape(node).elements(), true);
    if (variable == null) {
      allocate(store, node.ints());
    } else {
      store.floats = variable.values();
    }
    return store;
  }

  private void allocate(Store store, boolean ints) {
    elements += store.size;
    if (ints) {
      store.ints = new int[store.size];
    } else {
      store.floats = new float[store.size];
    }
  }

  private Store own(Node node) {
    return new Store(shape(node).elements(), asked.contains(node));
  }

  private void share(Node node, Store store) {
    stores.put(node, store);
    store.pinned |= asked.contains(node);
    store.lastRead = Math.max(store.lastRead, lastReader.getOrDefault(node, 0));
  }

  /** Input 0's store, if this node is the last to read anything in it. */
  private @Nullable Store reusable(Node node, int index) {
    Store store = stores.get(node.input(0));
    boolean free = store != null && !store.pinned && store.lastRead <= index;
    for (int i = 1; free && i < node.inputs().size(); i++) {
      // A second input in the same memory, reshaped perhaps, would be overwritten while it is read.
      free = stores.get(node.input(i)) != store;
    }
    return free && !asked.contains(node) ? store : null;
  }

  private void assignArrays() {
    List<float[]> free = new ArrayList<>();
    List<Store> alive = new ArrayList<>();
    for (int i = 0; i < nodes.size(); i++) {
      List<Node> begun = new ArrayList<>(furtherValues.getOrDefault(nodes.get(i), List.of()));
      begun.add(nodes.get(i));
      for (Node node : begun) {
        Store store = stores.get(node);
        if (store == null || store.floats != null || store.ints != null) {
          continue;
        }
        if (store.pinned || node.ints()) {
          allocate(store, node.ints());
        } else {
          store.floats = take(free, store.size);
          alive.add(store);
        }
      }
      for (Store ended : List.copyOf(alive)) {
        if (ended.lastRead <= i) {
          alive.remove(ended);
          free.add(existing(ended.floats));
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
      elements += size;
      return new float[size];
    }
    free.remove(best);
    return best;
  }
}
