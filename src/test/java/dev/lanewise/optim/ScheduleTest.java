package dev.lanewise.optim;

import static dev.lanewise.testing.Refusals.assertSentence;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.graph.Variable;
import dev.lanewise.kernel.update.ScalarUpdate;
import dev.lanewise.optim.Schedule.CosineDecay;
import dev.lanewise.optim.Schedule.CosineDecayRestarts;
import dev.lanewise.optim.Schedule.ExponentialDecay;
import dev.lanewise.optim.Schedule.InverseTimeDecay;
import dev.lanewise.optim.Schedule.PiecewiseConstantDecay;
import dev.lanewise.optim.Schedule.PolynomialDecay;
import dev.lanewise.tensor.Tensor;
import dev.lanewise.testing.Cases;
import dev.lanewise.testing.Cases.Entry;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ScheduleTest {
  static Stream<Entry> cases() {
    return Cases.schedules().stream();
  }

  @Test
  void allCasesApply() {
    assertEquals(8, cases().count());
  }

  @ParameterizedTest
  @MethodSource("cases")
  void followsThePublishedRates(Entry published) {
    LearningRate rate = schedule(published.string("schedule"), published.entry("hyper"));
    int[] steps = published.ints("steps");
    double[] rates = published.doubles("learning_rate");
    for (int i = 0; i < steps.length; i++) {
      assertEquals(
          rates[i], rate.at(steps[i]), 1e-12, published.string("id") + " at step " + steps[i]);
    }
  }

  /** The schedule that a case describes. */
  static Schedule schedule(String name, Entry hyper) {
    double first = hyper.number("initial_learning_rate", Double.NaN);
    int steps = hyper.integer("decay_steps", 1);
    return switch (name) {
      case "ExponentialDecay" ->
          new ExponentialDecay(
              first, steps, hyper.number("decay_rate"), hyper.bool("staircase", false));
      case "InverseTimeDecay" ->
          new InverseTimeDecay(
              first, steps, hyper.number("decay_rate"), hyper.bool("staircase", false));
      case "PolynomialDecay" ->
          new PolynomialDecay(
              first,
              steps,
              hyper.number("end_learning_rate", 1e-4),
              hyper.number("power", 1),
              hyper.bool("cycle", false));
      case "PiecewiseConstantDecay" ->
          new PiecewiseConstantDecay(
              Arrays.stream(hyper.ints("boundaries")).asLongStream().boxed().toList(),
              Arrays.stream(hyper.doubles("values")).boxed().toList());
      case "CosineDecay" ->
          new CosineDecay(
              first,
              steps,
              hyper.number("alpha", 0),
              hyper.has("warmup_target") ? Double.valueOf(hyper.number("warmup_target")) : null,
              hyper.integer("warmup_steps", 0));
      case "CosineDecayRestarts" ->
          new CosineDecayRestarts(
              first,
              hyper.integer("first_decay_steps"),
              hyper.number("t_mul", 2),
              hyper.number("m_mul", 1),
              hyper.number("alpha", 0));
      default -> throw new IllegalArgumentException(name);
    };
  }

  @Test
  void stairsOfInverseTimeDecay() {
    LearningRate rate = new InverseTimeDecay(0.1, 5, 0.5, true);
    assertEquals(0.1, rate.at(4), 0);
    assertEquals(0.1 / 1.5, rate.at(5), 1e-17);
    assertEquals(0.1 / 1.5, rate.at(9), 1e-17);
  }

  @Test
  void polynomialDecayCycles() {
    LearningRate rate = new PolynomialDecay(1, 10, 0, 1, true);
    assertEquals(1, rate.at(0), 0);
    assertEquals(0.5, rate.at(5), 1e-15);
    assertEquals(0, rate.at(10), 0);
    assertEquals(1 - 11 / 20., rate.at(11), 1e-15); // of 20 steps now
    assertEquals(0, rate.at(20), 0);
    assertEquals(1 - 21 / 30., rate.at(21), 1e-15);
  }

  @Test
  void restartsScaleTheCosineNotAlpha() {
    LearningRate rate = new CosineDecayRestarts(1, 10, 1, 0.5, 0.2);
    assertEquals(1, rate.at(0), 1e-15);
    assertEquals(0.8 * 0.5 + 0.2, rate.at(5), 1e-15);
    assertEquals(0.8 * 0.5 + 0.2, rate.at(10), 1e-15);
    assertEquals(0.8 * 0.25 + 0.2, rate.at(20), 1e-15);
    assertEquals(0.8 * 0.125 + 0.2, rate.at(25), 1e-15);
  }

  @Test
  void restartsStandWherePeriodsEnd() {
    LearningRate doubling = new CosineDecayRestarts(1, 3, 2, 1, 0);
    LearningRate tripling = new CosineDecayRestarts(1, 7, 3, 1, 0);
    long two = 0;
    long three = 0;
    for (int i = 0; i < 15; i++) { // where logarithms go wrong by rounding
      two += 3L << i;
      three += 7 * (long) Math.pow(3, i);
      assertEquals(1, doubling.at(two), 0);
      assertTrue(doubling.at(two - 1) < 0.5, "before step " + two);
      assertEquals(1, tripling.at(three), 0);
      assertTrue(tripling.at(three - 1) < 0.5, "before step " + three);
    }
  }

  @Test
  void powersAndCosinesAreThoseOfTheExactOnes() {
    for (int i = 0; i <= 1000; i++) {
      double p = i / 1000.0;
      assertEquals(
          StrictMath.cos(Math.PI * p), Powers.cosineOfHalfTurn(p), 4e-16, "cosine of " + p);
      for (double base : new double[] {0, 0.1, 0.5, 0.96, 1, 1.5}) {
        double exact = StrictMath.pow(base, 20 * p);
        assertEquals(exact, Powers.of(base, 20 * p), 1e-14 * exact, base + " to the " + 20 * p);
      }
    }
    assertEquals(0, Powers.cosineOfHalfTurn(0.5));
    assertEquals(-1, Powers.cosineOfHalfTurn(1));
  }

  @Test
  void warmUpWithoutStepsBeginsAtTheTarget() {
    LearningRate rate = new CosineDecay(0, 10, 0, 0.5, 0);
    assertEquals(0.5, rate.at(0), 0);
    assertEquals(0.25, rate.at(5), 1e-15);
  }

  @Test
  void refusesWrongArguments() {
    assertSentence(
        "the decay_steps is 0, but must be at least 1", () -> new ExponentialDecay(0.1, 0, 0.5));
    assertSentence(
        "the initial_learning_rate is NaN, but must be finite and at least 0",
        () -> new CosineDecay(Double.NaN, 10));
    assertSentence(
        "the t_mul is 0.5, but must be finite and at least 1",
        () -> new CosineDecayRestarts(0.1, 10, 0.5, 1, 0));
    assertSentence(
        "the first_decay_steps is 0, but must be at least 1",
        () -> new CosineDecayRestarts(0.1, 0));
    assertSentence(
        "the warmup_steps is -1, but must be at least 0",
        () -> new CosineDecay(0.1, 10, 0, 0.2, -1));
    assertSentence(
        "a piecewise constant learning rate has 1 boundaries and 1 values, but must have one value"
            + " more than boundaries",
        () -> new PiecewiseConstantDecay(List.of(5L), List.of(0.1)));
    assertSentence(
        "the boundaries of a piecewise constant learning rate are [5, 5], but must ascend",
        () -> new PiecewiseConstantDecay(List.of(5L, 5L), List.of(0.1, 0.2, 0.3)));
  }

  @Test
  void aLearningRateCanBeSetBetweenSteps() {
    Variable w = new Variable("w", Tensor.of(new float[] {1}, 1));
    OptimizerState state = new Sgd(0.5).start(List.of(w));
    assertEquals(0.5, state.learningRate());
    step(state);
    assertEquals(0.5f, w.values()[0]);
    assertTrue(state.isLearningRateSettable());
    state.setLearningRate(0.25);
    assertEquals(0.25, state.learningRate());
    step(state);
    assertEquals(0.25f, w.values()[0]);
    assertSentence(
        "the learning rate is NaN, but must be finite and at least 0",
        () -> state.setLearningRate(Double.NaN));
    assertEquals(0.25, state.learningRate());
  }

  @Test
  void aScheduleIsFollowedFromStepZeroAndCannotBeSet() {
    Variable w = new Variable("w", Tensor.of(new float[] {1}, 1));
    Schedule schedule = new ExponentialDecay(0.5, 1, 0.5);
    OptimizerState state = new Sgd(schedule, 0, false).start(List.of(w));
    assertEquals(0.5, state.learningRate());
    step(state);
    assertEquals(0.5f, w.values()[0]);
    assertEquals(0.25, state.learningRate());
    step(state);
    assertEquals(0.25f, w.values()[0]);
    assertFalse(state.isLearningRateSettable());
    IllegalStateException refused =
        assertThrows(IllegalStateException.class, () -> state.setLearningRate(0.1));
    assertEquals(
        "the learning rate follows ExponentialDecay[initialLearningRate=0.5, decaySteps=1,"
            + " decayRate=0.5, staircase=false] and cannot be set to 0.1: that takes an optimizer"
            + " with a constant learning rate",
        refused.getMessage());
  }

  private static void step(OptimizerState state) {
    state.beginStep();
    state.updater(0).update(new ScalarUpdate(), new float[] {1}, 0, 0, 1);
  }
}
