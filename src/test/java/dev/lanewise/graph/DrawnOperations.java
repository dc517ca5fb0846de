package dev.lanewise.graph;

import java.util.HashSet;
import java.util.Set;

/** What random graphs are made of. */
public final class DrawnOperations {
  private static final int SEEDS = 100;

  private DrawnOperations() {}

  /** The names of the classes of a hundred random graphs' operations. */
  public static Set<String> classes() {
    Set<String> classes = new HashSet<>();
    for (int seed = 0; seed < SEEDS; seed++) {
      RandomGraph graph = new RandomGraph(seed, 10, 7, 6, 8);
      graph.all().forEach(node -> classes.add(node.op().getClass().getName()));
    }
    return classes;
  }
}
