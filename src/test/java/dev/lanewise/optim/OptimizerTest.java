package dev.lanewise.optim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.graph.Updater;
import dev.lanewise.graph.Variable;
import dev.lanewise.kernel.update.ScalarUpdate;
import dev.lanewise.kernel.update.Update;
import dev.lanewise.tensor.Tensor;
import dev.lanewise.testing.Bits;
import dev.lanewise.testing.Cases;
import dev.lanewise.testing.Cases.Entry;
import dev.lanewise.testing.Cases.Trajectory;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class OptimizerTest {
  private final Update kernels = new ScalarUpdate();

  /** One step from [1, 2, 3, 4] with gradient [1, 6, 7, 2] and learning rate 0.5. */
  private float[] oneStep(Optimizer optimizer) {
    Variable variable = new Variable("w", Tensor.of(new float[] {1, 2, 3, 4}, 4));
    OptimizerState state = optimizer.start(List.of(variable));
    state.beginStep();
    state.updater(0).update(kernels, new float[] {1, 6, 7, 2}, 0, 0, 4);
    return variable.values();
  }

  @Test
  void knownAnswers() {
    Bits.assertClose("SGD", new double[] {.5, -1, -.5, 3}, oneStep(new Sgd(0.5)), 0, 1e-4);
    Bits.assertClose("Adam", new double[] {.5, 1.5, 2.5, 3.5}, oneStep(new Adam(0.5)), 0, 1e-4);
  }

  static Stream<Trajectory> trajectories() {
    return Cases.optimizers().stream()
        .filter(t -> t.rules().equals("keras"))
        .filter(t -> t.optimizer().equals("sgd") || t.optimizer().equals("adam"))
        .filter(t -> !t.hyper().has("weight_decay"));
  }

  @Test
  void enoughTrajectoriesApply() {
    assertTrue(trajectories().count() >= 25, "only " + trajectories().count());
  }

  @ParameterizedTest
  @MethodSource("trajectories")
  void followsThePublishedTrajectory(Trajectory trajectory) {
    Variable variable = new Variable("w", Tensor.of(trajectory.init(), trajectory.init().length));
    OptimizerState state = optimizer(trajectory).start(List.of(variable));
    Updater updater = state.updater(0);
    float[][] gradients = trajectory.gradients();
    int n = variable.values().length;
    List<Integer> known = java.util.Arrays.stream(trajectory.checkpoints()).boxed().toList();
    for (int step = 1; step <= trajectory.steps(); step++) {
      state.beginStep();
      // In two stretches, as a fused plan updates tiles.
      updater.update(kernels, gradients[step - 1], 0, 0, n / 2);
      updater.update(kernels, gradients[step - 1], n / 2, n / 2, n - n / 2);
      if (known.contains(step)) {
        assertNear(trajectory, step, variable.values());
      }
    }
  }

  private static Optimizer optimizer(Trajectory trajectory) {
    Entry hyper = trajectory.hyper();
    LearningRate rate = step -> trajectory.learningRate((int) step + 1);
    return trajectory.optimizer().equals("sgd")
        ? new Sgd(rate, hyper.number("momentum", 0), hyper.bool("nesterov", false))
        : new Adam(
            rate,
            hyper.number("beta_1", 0.9),
            hyper.number("beta_2", 0.999),
            hyper.number("epsilon", 1e-7));
  }

  private static void assertNear(Trajectory trajectory, int step, float[] weights) {
    double[] expected = trajectory.after(step);
    double[] tolerance = trajectory.tolerance(step);
    for (int i = 0; i < weights.length; i++) {
      String what = trajectory + " step " + step + " element " + i + ": " + weights[i];
      assertTrue(Float.isFinite(weights[i]), what);
      if (!Double.isNaN(expected[i])) {
        assertTrue(
            Math.abs(weights[i] - expected[i]) <= tolerance[i], what + " for " + expected[i]);
      }
    }
  }

  @Test
  void powersAreThoseOfTheExactOnes() {
    for (double base : new double[] {0, 0.5, 0.9, 0.999, 1 - 0x1p-53}) {
      for (long t : new long[] {0, 1, 2, 3, 10, 938, 9380, 1_000_000, 1L << 40}) {
        double exact = StrictMath.pow(base, (double) t);
        assertEquals(exact, Powers.whole(base, t), 1e-12 * exact + 1e-300, base + " to the " + t);
      }
    }
  }

  @Test
  void stateIsNamedAsKerasNamesIt() {
    Variable variable = new Variable("dense/kernel", Tensor.of(new float[4], 2, 2));
    assertEquals(
        List.of("dense/kernel/momentum", "dense/kernel/velocity"),
        List.copyOf(new Adam().start(List.of(variable)).slots().keySet()));
    assertEquals(0, new Sgd().start(List.of(variable)).slots().size());
  }

  @Test
  void refusesWrongHyperParameters() {
    assertSentence(
        "the learning rate is NaN, but must be finite and at least 0", () -> new Sgd(Double.NaN));
    assertSentence(
        "the learning rate is 1.0E300, but must be finite and at least 0", () -> new Sgd(1e300));
    assertSentence(
        "the momentum is 1.5, but must be at least 0 and below 1",
        () -> new Sgd(LearningRate.constant(0.1), 1.5, false));
    assertSentence(
        "the epsilon is -1.0E-7, but must be finite and at least 0",
        () -> new Adam(LearningRate.constant(0.1), 0.9, 0.999, -1e-7));
    assertSentence(
        "the beta2 is 1.0, but must be at least 0 and below 1",
        () -> new Adam(LearningRate.constant(0.1), 0.9, 1, 1e-7));
  }

  private static void assertSentence(String sentence, Runnable call) {
    IllegalArgumentException refused = assertThrows(IllegalArgumentException.class, call::run);
    assertEquals(sentence, refused.getMessage());
  }
}
