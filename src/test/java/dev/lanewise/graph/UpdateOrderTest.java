package dev.lanewise.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lanewise.graph.op.Ops;
import dev.lanewise.graph.op.UpdateOp;
import dev.lanewise.kernel.Kernels;
import dev.lanewise.kernel.parallel.Team;
import dev.lanewise.kernel.update.ScalarUpdate;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Tensor;
import dev.lanewise.testing.Bits;
import dev.lanewise.testing.Fill;
import dev.lanewise.testing.Rewrites;
import dev.lanewise.testing.Twins;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/**
 * All updates of a run see the old weights, whatever they are updated with: update(a, b) and
 * update(b, a) gave b the new a.
 */
class UpdateOrderTest {
  private static final int SIDE = 5;

  private static List<Variable> variables(int count) {
    List<Variable> variables = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Shape shape = Shape.of(SIDE, SIDE);
      variables.add(new Variable("v" + i, new Tensor(shape, Fill.gaussian(i, shape.elements()))));
    }
    return variables;
  }

  private static Updater descent(Variable w) {
    return (kernel, g, at, from, n) -> kernel.sgd(n, w.values(), from, g, at, 0.5f, 0);
  }

  private static Plan plan(Graph graph, List<Node> updates, Rewrites rewrites) {
    return Plan.of(graph, updates, 1, Kernels.scalar(), new StepState(1), rewrites.rules());
  }

  private static float[] updated(float[] old, float[] source) {
    float[] result = old.clone();
    new ScalarUpdate().sgd(result.length, result, 0, source, 0, 0.5f, 0);
    return result;
  }

  @Example
  void twoVariablesWithEachOther() {
    for (Rewrites rewrites : Rewrites.values()) {
      List<Variable> v = variables(2);
      float[] a = v.get(0).values().clone();
      float[] b = v.get(1).values().clone();
      Graph graph = new Graph();
      Ops ops = new Ops(graph);
      Node flat = ops.reshape(ops.variable(v.get(0)), Shape.of(SIDE * SIDE));
      List<Node> updates =
          List.of(
              ops.update(v.get(0), ops.variable(v.get(1)), descent(v.get(0))),
              ops.update(v.get(1), ops.reshape(flat, Shape.of(SIDE, SIDE)), descent(v.get(1))));
      plan(graph, updates, rewrites).run();
      Bits.assertSame("a, " + rewrites, updated(a, b), v.get(0).values());
      Bits.assertSame("b, " + rewrites, updated(b, a), v.get(1).values());
    }
  }

  /** An update that was not appended by {@link Ops#update}. */
  @Example
  void anOperationOfOnesOwn() {
    List<Variable> v = variables(2);
    float[] a = v.get(0).values().clone();
    float[] b = v.get(1).values().clone();
    Graph graph = new Graph();
    Ops ops = new Ops(graph);
    List<Node> updates =
        List.of(
            graph.add(new UpdateOp(v.get(0), descent(v.get(0))), ops.variable(v.get(1))),
            graph.add(new UpdateOp(v.get(1), descent(v.get(1))), ops.variable(v.get(0))));
    Plan plan = plan(graph, updates, Rewrites.ALL);
    assertEquals(List.of("copy", "copy", "update of 'v0'", "update of 'v1'"), plan.steps());
    plan.run();
    Bits.assertSame("a", updated(a, b), v.get(0).values());
    Bits.assertSame("b", updated(b, a), v.get(1).values());
  }

  /**
   * Chains and rings of random sources: a variable, reshaped, behind ReLU, behind a product (whose
   * tiles an update may ride on), twice in a row; with rewrites and without, by both twins.
   */
  @Property(tries = 300)
  void randomUpdates(@ForAll long seed) {
    try (Team team = Team.of(2)) {
      for (Kernels kernels : List.of(Kernels.scalar(), Twins.simd(team))) {
        for (Rewrites rewrites : Rewrites.values()) {
          check(seed, kernels, rewrites);
        }
      }
    }
  }

  private static void check(long seed, Kernels kernels, Rewrites rewrites) {
    Random random = new Random(seed);
    int count = 2 + random.nextInt(3);
    List<Variable> v = variables(count);
    List<float[]> expected = new ArrayList<>();
    v.forEach(variable -> expected.add(variable.values().clone()));
    Graph graph = new Graph();
    Ops ops = new Ops(graph);
    List<Node> updates = new ArrayList<>();
    List<Node> sources = new ArrayList<>();
    List<Integer> targets = new ArrayList<>();
    for (int i = 0; i < count + 2; i++) {
      int target = random.nextInt(count);
      int other = (target + 1 + random.nextInt(count - 1)) % count;
      Node source = source(ops, random, ops.variable(v.get(other)));
      targets.add(target);
      sources.add(source);
      updates.add(ops.update(v.get(target), source, descent(v.get(target))));
    }
    // What the sources hold before any update runs: a plan without updates.
    Plan before =
        Plan.of(graph, sources, 1, Kernels.scalar(), new StepState(1), Rewrites.NONE.rules());
    before.run();
    for (int i = 0; i < targets.size(); i++) {
      float[] source = before.values(sources.get(i));
      float[] held = java.util.Arrays.copyOf(source, SIDE * SIDE);
      expected.set(targets.get(i), updated(expected.get(targets.get(i)), held));
    }
    Plan.of(graph, updates, 1, kernels, new StepState(1), rewrites.rules()).run();
    for (int i = 0; i < count; i++) {
      Bits.assertSame("v" + i + " of seed " + seed, expected.get(i), v.get(i).values());
    }
  }

  private static Node source(Ops ops, Random random, Node variable) {
    Node flat = ops.reshape(variable, Shape.of(SIDE * SIDE));
    return switch (random.nextInt(5)) {
      case 0 -> variable;
      case 1 -> ops.reshape(flat, Shape.of(SIDE, SIDE));
      case 2 -> ops.relu(variable);
      case 3 -> ops.matmul(variable, variable);
      default -> ops.matmul(ops.relu(variable), ops.relu(variable));
    };
  }
}
