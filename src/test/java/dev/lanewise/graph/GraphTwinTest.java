package dev.lanewise.graph;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.graph.rewrite.Rules;
import dev.lanewise.kernel.Kernels;
import dev.lanewise.testing.AtEveryWidth;
import dev.lanewise.testing.Bits;
import dev.lanewise.testing.Fill;
import dev.lanewise.testing.Repro;
import dev.lanewise.testing.Teams;
import dev.lanewise.testing.Twin;
import dev.lanewise.testing.Twins;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

/**
 * Random graphs: whatever is asked for, rewritten by all rules, some or none, the SIMD twins
 * compute to the bit what the scalar twins compute where every value keeps memory of its own.
 */
@AtEveryWidth
class GraphTwinTest {
  private static final Kernels SCALAR = Kernels.scalar();

  /** A graph and what goes into it; {@link RandomGraph} draws the one, {@link Fill} the other. */
  record Drawn(
      long seed,
      int layers,
      int height,
      int width,
      int widest,
      int batch,
      boolean specials,
      int threads) {

    RandomGraph graph() {
      return new RandomGraph(seed, layers, height, width, widest);
    }
  }

  @Provide
  static Arbitrary<Drawn> graphs() {
    return Combinators.combine(
            Arbitraries.longs(),
            Arbitraries.integers().between(1, 14),
            Arbitraries.integers().between(1, 9),
            Arbitraries.integers().between(1, 9),
            Arbitraries.integers().between(1, 20),
            Arbitraries.frequencyOf(
                Tuple.of(7, Arbitraries.integers().between(1, 6)),
                Tuple.of(1, Arbitraries.integers().between(7, 24))),
            Arbitraries.frequency(Tuple.of(3, false), Tuple.of(1, true)),
            Arbitraries.integers().between(1, 3))
        .as(Drawn::new);
  }

  @Property
  void everyValueIsTheSameToTheBit(@ForAll("graphs") Drawn drawn) {
    Repro.run(GraphTwinTest.class, drawn, GraphTwinTest::assertSameValues);
  }

  @Example
  void repeat() {
    Repro.repeat(Drawn.class, GraphTwinTest::assertSameValues);
  }

  /**
   * A property over graphs without pooling, fused tiles or gradients other than 0 proves little.
   */
  @Example
  void theGraphsAreWorthTrying() {
    Set<String> operations = new HashSet<>();
    Set<String> steps = new HashSet<>();
    int vanished = 0;
    for (int seed = 0; seed < 100; seed++) {
      Drawn drawn = new Drawn(seed, 10, 7, 6, 8, 3, false, 1);
      RandomGraph graph = drawn.graph();
      graph.all().forEach(node -> operations.add(node.op().name()));
      StepState state = new StepState(seed);
      steps.addAll(Plan.of(graph.graph(), graph.training(), 3, SCALAR, state, Rules.all()).steps());
      Map<Node, float[]> gradients = compute(drawn, graph, graph.gradients(), SCALAR, Rules.all());
      vanished += gradients.values().stream().allMatch(GraphTwinTest::isZero) ? 1 : 0;
    }
    for (String gradient : List.of("relu", "max pool", "softmax", "bias", "cross-entropy")) {
      assertTrue(operations.contains(gradient + " gradient"), gradient);
    }
    for (String operation :
        List.of(
            "dropout",
            "reshape",
            "add",
            "conv2d input gradient",
            "layer normalization gradient",
            "batch normalization gradient")) {
      assertTrue(operations.contains(operation), operation);
    }
    assertTrue(steps.contains("conv2d + add bias + relu + max pool + dropout"), steps.toString());
    assertTrue(steps.contains("matmul + add bias + relu + dropout"), steps.toString());
    assertTrue(vanished < 20, vanished + " of 100 graphs have no gradient");
  }

  private static boolean isZero(float[] values) {
    for (float value : values) {
      if (value != 0) {
        return false;
      }
    }
    return true;
  }

  private static void assertSameValues(Drawn drawn) {
    Kernels simd = Twins.simd(Teams.of(drawn.threads()));
    Twin.assertUnderTest(simd, drawn.threads());
    RandomGraph graph = drawn.graph();
    List<Node> all = graph.all();
    Map<Node, float[]> expected = compute(drawn, graph, all, SCALAR, List.of());
    for (List<Node> asked : List.of(graph.training(), graph.subset(4), graph.subset(12))) {
      for (List<Rule> rules : List.of(List.<Rule>of(), Rules.all(), someRules(drawn.seed()))) {
        Map<Node, float[]> actual = compute(drawn, graph, asked, simd, rules);
        for (Node node : asked) {
          String what = "node " + all.indexOf(node) + ", " + node + ", rules " + rules;
          Bits.assertSame(what, expected.get(node), actual.get(node));
        }
      }
    }
  }

  /** Any of the rules, in any order. */
  private static List<Rule> someRules(long seed) {
    Random random = new Random(seed);
    List<Rule> rules = new ArrayList<>(Rules.all());
    Collections.shuffle(rules, random);
    return rules.subList(0, random.nextInt(rules.size() + 1));
  }

  /** Runs a plan twice; the first run, of another step on other inputs, must leave no trace. */
  private static Map<Node, float[]> compute(
      Drawn drawn, RandomGraph graph, List<Node> asked, Kernels kernels, List<Rule> rules) {
    StepState state = new StepState(drawn.seed());
    Plan plan = Plan.of(graph.graph(), asked, drawn.batch(), kernels, state, rules);
    Set<Node> needed = graph.ancestors(asked);
    for (int step = 1; step >= 0; step--) {
      state.setStep(step);
      fill(plan, graph, needed, drawn.specials() ? 0.02 : 0, drawn.seed() + 10L * step);
      plan.run();
    }
    Map<Node, float[]> values = new HashMap<>();
    for (Node node : asked) {
      values.put(node, Arrays.copyOf(plan.values(node), plan.shape(node).elements()));
    }
    return values;
  }

  private static void fill(
      Plan plan, RandomGraph graph, Set<Node> needed, double specials, long seed) {
    for (int i = 0; i < graph.inputs().size(); i++) {
      Node input = graph.inputs().get(i);
      if (needed.contains(input)) {
        int n = plan.shape(input).elements();
        System.arraycopy(Fill.withSpecials(seed + i, n, specials), 0, plan.values(input), 0, n);
      }
    }
    Node targets = graph.targets();
    if (targets.ints() && needed.contains(targets)) {
      int[] labels = Fill.labels(seed, plan.batch(), graph.classes());
      System.arraycopy(labels, 0, plan.labels(targets), 0, labels.length);
    }
  }
}
