package dev.lanewise.optim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.graph.Updater;
import dev.lanewise.graph.Variable;
import dev.lanewise.kernel.update.ScalarUpdate;
import dev.lanewise.kernel.update.SimdUpdate;
import dev.lanewise.kernel.update.Update;
import dev.lanewise.optim.Optimizer.Dialect;
import dev.lanewise.tensor.Tensor;
import dev.lanewise.testing.Bits;
import dev.lanewise.testing.Cases;
import dev.lanewise.testing.Cases.Entry;
import dev.lanewise.testing.Cases.Trajectory;
import dev.lanewise.testing.Teams;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every published trajectory, Keras's and PyTorch's, with both twins. */
class TrajectoryTest {
  static Stream<Trajectory> trajectories() {
    return Cases.optimizers().stream();
  }

  @Test
  void allAreHere() {
    assertEquals(154, trajectories().count());
    assertEquals(75, trajectories().filter(t -> t.rules().equals("torch")).count());
  }

  @ParameterizedTest
  @MethodSource("trajectories")
  void followsThePublishedTrajectory(Trajectory trajectory) {
    List<float[]> scalar = follow(trajectory, new ScalarUpdate());
    List<float[]> simd = follow(trajectory, new SimdUpdate(Teams.of(1)));
    for (int step = 0; step < scalar.size(); step++) {
      Bits.assertSame(trajectory + " step " + (step + 1), scalar.get(step), simd.get(step));
    }
  }

  /** The weights after each step; those that are published are checked. */
  private static List<float[]> follow(Trajectory trajectory, Update kernels) {
    float[] init = trajectory.init();
    int n = init.length;
    Variable variable = new Variable("w", Tensor.of(init, n));
    Optimizer optimizer = optimizer(trajectory);
    OptimizerState state = optimizer.start(List.of(variable));
    Updater updater = state.updater(0);
    double decay = decoupledDecay(trajectory);
    float[][] gradients = trajectory.gradients();
    List<Integer> known = Arrays.stream(trajectory.checkpoints()).boxed().toList();
    List<float[]> weights = new ArrayList<>();
    for (int step = 1; step <= trajectory.steps(); step++) {
      if (decay != 0) {
        kernels.decay(n, variable.values(), 0, (float) (decay * trajectory.learningRate(step)));
      }
      state.beginStep();
      // In two stretches, the second first, as a fused plan may update tiles.
      updater.update(kernels, gradients[step - 1], n / 2, n / 2, n - n / 2);
      updater.update(kernels, gradients[step - 1], 0, 0, n / 2);
      if (known.contains(step)) {
        assertNear(trajectory, step, variable.values());
      }
      weights.add(variable.values().clone());
    }
    return weights;
  }

  private static double decoupledDecay(Trajectory trajectory) {
    boolean decoupled =
        trajectory.rules().equals("keras") || trajectory.optimizer().equals("adamw");
    return decoupled ? trajectory.hyper().number("weight_decay", 0) : 0;
  }

  private static Optimizer optimizer(Trajectory trajectory) {
    Entry x = trajectory.hyper();
    boolean torch = trajectory.rules().equals("torch");
    Dialect dialect = torch ? Dialect.PYTORCH : Dialect.KERAS;
    LearningRate rate = step -> trajectory.learningRate((int) step + 1);
    boolean decoupled = !torch || trajectory.optimizer().equals("adamw");
    double l2 = decoupled ? 0 : x.number("weight_decay", 0);
    // What a case lacks and its optimizer needs is NaN, which every optimizer refuses.
    double momentum = x.number("momentum", Double.NaN);
    double epsilon = x.number("epsilon", Double.NaN);
    double rho = x.number("rho", Double.NaN);
    double b1 = x.number("beta_1", Double.NaN);
    double b2 = x.number("beta_2", Double.NaN);
    double first = x.number("initial_accumulator_value", Double.NaN);
    return switch (trajectory.optimizer()) {
      case "sgd" -> {
        boolean nesterov = x.bool("nesterov", false);
        yield new Sgd(rate, momentum, nesterov, x.number("dampening", 0), l2, dialect);
      }
      case "adagrad" -> new Adagrad(rate, first, epsilon, x.number("lr_decay", 0), l2, dialect);
      case "adadelta" -> new Adadelta(rate, rho, epsilon, l2);
      case "rmsprop" -> {
        boolean centered = x.bool("centered", false);
        yield new RmsProp(rate, rho, momentum, epsilon, centered, l2, dialect);
      }
      case "adam", "amsgrad", "adamw" ->
          new Adam(rate, b1, b2, epsilon, x.bool("amsgrad", false), l2, dialect);
      case "adamax" -> new Adamax(rate, b1, b2, epsilon, l2, dialect);
      case "nadam" -> new Nadam(rate, b1, b2, epsilon, x.number("momentum_decay", 1), l2);
      case "lion" -> new Lion(rate, b1, b2);
      case "ftrl" ->
          new Ftrl(
              rate,
              x.number("learning_rate_power"),
              first,
              x.number("l1_regularization_strength"),
              x.number("l2_regularization_strength"),
              x.number("l2_shrinkage_regularization_strength"),
              x.number("beta"));
      default -> throw new AssertionError("no such optimizer here: " + trajectory);
    };
  }

  /** The defaults of the classes are those that the libraries' runs report. */
  @ParameterizedTest
  @MethodSource("trajectories")
  void defaultsAreTheirs(Trajectory trajectory) {
    if (!trajectory.id().contains("-defaults-")) {
      return;
    }
    boolean torch = trajectory.rules().equals("torch");
    Optimizer ours =
        switch (trajectory.optimizer()) {
          case "sgd" -> torch ? Sgd.pytorch() : new Sgd();
          case "adagrad" -> torch ? Adagrad.pytorch() : new Adagrad();
          case "adadelta" -> torch ? Adadelta.pytorch() : new Adadelta();
          case "rmsprop" -> torch ? RmsProp.pytorch() : new RmsProp();
          case "adamax" -> torch ? Adamax.pytorch() : new Adamax();
          case "nadam" -> torch ? Nadam.pytorch() : new Nadam();
          case "lion" -> new Lion();
          case "ftrl" -> new Ftrl();
          default -> torch ? Adam.pytorch() : new Adam();
        };
    double rate = trajectory.hyper().number("learning_rate");
    assertEquals(rate, ours.learningRate().at(0), trajectory.id());
    String their = optimizer(trajectory).toString().replaceAll("learningRate=[^,]*,", "");
    String own = ours.toString().replaceAll("learningRate=[^,]*,", "");
    assertEquals(their.replace("amsgrad=true", "amsgrad=false"), own);
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
}
