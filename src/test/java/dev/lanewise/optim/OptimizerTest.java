package dev.lanewise.optim;

import static dev.lanewise.testing.Refusals.assertSentence;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.graph.Variable;
import dev.lanewise.kernel.update.ScalarUpdate;
import dev.lanewise.kernel.update.Update;
import dev.lanewise.optim.Optimizer.Dialect;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Tensor;
import dev.lanewise.testing.Bits;
import dev.lanewise.testing.Fill;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class OptimizerTest {
  private static final LearningRate RATE = LearningRate.constant(0.01);

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
    assertStep(new Sgd(0.5), .5, -1, -.5, 3);
    assertStep(new Adagrad(0.5), .5233, 1.5007, 2.5005, 3.5061);
    assertStep(new Adadelta(0.5), .9993, 1.9993, 2.9993, 3.9993);
    assertStep(new RmsProp(0.5), -.5811, .4189, 1.4189, 2.4189);
    assertStep(new Adam(0.5), .5, 1.5, 2.5, 3.5);
    assertStep(new Adamax(0.5), .5, 1.5, 2.5, 3.5);
    assertStep(new Lion(0.5), .5, 1.5, 2.5, 3.5);
    assertStep(new Nadam(0.5), .4686, 1.4686, 2.4686, 3.4686);
    assertStep(new Ftrl(0.5), .2218, 1.3954, 2.3651, 2.8814);
  }

  private void assertStep(Optimizer optimizer, double... expected) {
    Bits.assertClose(optimizer.name(), expected, oneStep(optimizer), 0, 1e-4);
  }

  /** AdamW: decoupled decay with Keras's 0.004, then Adam. */
  @Test
  void knownAnswerOfAdamW() {
    Variable variable = new Variable("w", Tensor.of(new float[] {1, 2, 3, 4}, 4));
    kernels.decay(4, variable.values(), 0, 0.5f * 0.004f);
    OptimizerState state = new Adam(0.5).start(List.of(variable));
    state.beginStep();
    state.updater(0).update(kernels, new float[] {1, 6, 7, 2}, 0, 0, 4);
    Bits.assertClose(
        "AdamW", new double[] {.4980, 1.4960, 2.494, 3.492}, variable.values(), 0, 1e-4);
  }

  /** Both dialects and every option that adds state. */
  static Stream<Optimizer> optimizers() {
    return Stream.of(
        new Sgd(),
        new Sgd(RATE, 0.9, true),
        new Sgd(RATE, 0.9, false, 0.5, 0.01, Dialect.PYTORCH),
        new Adagrad(),
        Adagrad.pytorch(),
        new Adadelta(),
        Adadelta.pytorch(),
        new RmsProp(),
        new RmsProp(RATE, 0.9, 0.9, 1e-7, true),
        new RmsProp(RATE, 0.9, 0.9, 1e-8, true, 0.01, Dialect.PYTORCH),
        new Adam(),
        new Adam(RATE, 0.9, 0.999, 1e-8, true, 0.01, Dialect.PYTORCH),
        new Adamax(),
        Adamax.pytorch(),
        new Nadam(),
        Nadam.pytorch(),
        new Ftrl(),
        new Ftrl(RATE, -0.5, 0.1, 0.01, 0.02, 0.03, 0.04),
        new Lion());
  }

  /** A state restored from its slots and its step goes on to the bit. */
  @ParameterizedTest
  @MethodSource("optimizers")
  void goesOnFromSlotsAndStep(Optimizer optimizer) {
    int n = 33;
    Variable once = new Variable("w", Tensor.of(Fill.gaussian(1, n), n));
    OptimizerState whole = optimizer.start(List.of(once));
    steps(whole, n, 0, 7);
    Variable again = new Variable("w", Tensor.of(once.values().clone(), n));
    OptimizerState restored = optimizer.start(List.of(again));
    restored.setStep(whole.step());
    whole
        .slots()
        .forEach(
            (name, slot) ->
                System.arraycopy(slot.data(), 0, restored.slots().get(name).data(), 0, n));
    steps(whole, n, 7, 12);
    steps(restored, n, 7, 12);
    Bits.assertSame(optimizer.toString(), once.values(), again.values());
    whole
        .slots()
        .forEach(
            (name, slot) -> Bits.assertSame(name, slot.data(), restored.slots().get(name).data()));
  }

  private void steps(OptimizerState state, int n, int from, int to) {
    for (int step = from; step < to; step++) {
      state.beginStep();
      state.updater(0).update(kernels, Fill.gaussian(50 + step, n), 0, 0, n);
    }
  }

  /** After ordinary steps, 2000 with gradients that are 0: no slot holds a subnormal number. */
  @ParameterizedTest
  @MethodSource("optimizers")
  void stateDoesNotDecayIntoSubnormals(Optimizer optimizer) {
    int n = 33;
    Variable variable = new Variable("w", new Tensor(Shape.of(n), new float[n]));
    OptimizerState state = optimizer.start(List.of(variable));
    steps(state, n, 0, 3);
    for (int step = 0; step < 2000; step++) {
      state.beginStep();
      state.updater(0).update(kernels, new float[n], 0, 0, n);
      state
          .slots()
          .forEach(
              (name, slot) -> {
                for (float s : slot.data()) {
                  assertTrue(s == 0 || Math.abs(s) >= Float.MIN_NORMAL, name + " holds " + s);
                }
              });
    }
    for (float w : variable.values()) {
      assertTrue(Float.isFinite(w), "a weight is " + w);
    }
  }

  @Test
  void ftrlWithoutLearningRateChangesNothing() {
    float[] w = oneStep(new Ftrl(0));
    Bits.assertSame("w", new float[] {1, 2, 3, 4}, w);
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
    assertSlots(variable, new Sgd());
    assertSlots(variable, new Sgd(RATE, 0.9, false), "momentum");
    assertSlots(variable, new Adagrad(), "accumulator");
    assertSlots(variable, new Adadelta(), "accumulated_grad", "accumulated_delta_var");
    assertSlots(variable, new RmsProp(), "velocity");
    RmsProp full = new RmsProp(RATE, 0.9, 0.9, 1e-7, true);
    assertSlots(variable, full, "velocity", "momentum", "average_gradient");
    assertSlots(variable, new Adam(), "momentum", "velocity");
    Adam amsgrad = new Adam(RATE, 0.9, 0.999, 1e-7, true, 0, Dialect.KERAS);
    assertSlots(variable, amsgrad, "momentum", "velocity", "velocity_hat");
    assertSlots(variable, new Adamax(), "momentum", "norm");
    assertSlots(variable, new Nadam(), "momentum", "velocity");
    assertSlots(variable, new Ftrl(), "accumulator", "linear");
    assertSlots(variable, new Lion(), "momentum");
  }

  private static void assertSlots(Variable variable, Optimizer optimizer, String... names) {
    assertEquals(
        Stream.of(names).map(name -> "dense/kernel/" + name).toList(),
        List.copyOf(optimizer.start(List.of(variable)).slots().keySet()));
  }

  @Test
  void refusesWrongHyperParameters() {
    assertSentence(
        "the learning rate is NaN, but must be finite and at least 0", () -> new Sgd(Double.NaN));
    assertSentence(
        "the learning rate is 1.0E300, which is infinite as a float, but must be finite and at least 0",
        () -> new Sgd(1e300));
    assertSentence(
        "the momentum is 1.5, but must be at least 0 and below 1",
        () -> new Sgd(LearningRate.constant(0.1), 1.5, false));
    assertSentence(
        "the epsilon is -1.0E-7, but must be finite and above 0",
        () -> new Adam(LearningRate.constant(0.1), 0.9, 0.999, -1e-7));
    assertSentence(
        "the beta_2 is 1.0, but must be at least 0 and below 1",
        () -> new Adam(LearningRate.constant(0.1), 0.9, 1, 1e-7));
  }

  @Test
  void refusesWrongHyperParametersOfEveryOptimizer() {
    String negative = ", but must be finite and at least 0";
    String positive = ", but must be finite and above 0";
    String share = ", but must be at least 0 and below 1";
    assertSentence("the dampening is 2.0, but must be from 0 to 1", () -> torchSgd(false, 2));
    assertSentence(
        "the dampening is 0.5, but must be 0 with Nesterov's rule", () -> torchSgd(true, 0.5));
    assertSentence(
        "the dampening is 0.5, but must be 0 with Keras's rule",
        () -> new Sgd(RATE, 0.9, false, 0.5, 0, Dialect.KERAS));
    assertSentence("the l2 is -1.0" + negative, () -> new Adadelta(RATE, 0.9, 1e-7, -1));
    assertSentence(
        "the initial_accumulator_value is -0.1" + negative, () -> new Adagrad(RATE, -0.1, 1e-7));
    assertSentence(
        "the learning_rate_decay is NaN" + negative,
        () -> new Adagrad(RATE, 0, 1e-10, Double.NaN, 0, Dialect.PYTORCH));
    assertSentence("the rho is 1.0" + share, () -> new Adadelta(RATE, 1, 1e-7));
    assertSentence("the rho is NaN" + share, () -> new RmsProp(RATE, Double.NaN, 0, 0, false));
    assertSentence("the momentum is 1.5" + share, () -> new RmsProp(RATE, 0.9, 1.5, 0, false));
    assertSentence("the epsilon is -1.0" + positive, () -> new Adamax(RATE, 0.9, 0.9, -1));
    assertSentence("the beta_1 is -0.1" + share, () -> new Nadam(RATE, -0.1, 0.9, 0));
    assertSentence(
        "the momentum_decay is -1.0" + negative, () -> new Nadam(RATE, 0.9, 0.9, 1e-7, -1, 0));
    assertSentence("the beta_2 is 1.0" + share, () -> new Lion(RATE, 0.9, 1));
    assertSentence(
        "the learning_rate_power is -1.0, but only -0.5 can be computed",
        () -> new Ftrl(RATE, -1, 0.1, 0, 0, 0, 0));
    assertSentence(
        "the l1_regularization_strength is -1.0" + negative,
        () -> new Ftrl(RATE, -0.5, 0.1, -1, 0, 0, 0));
    assertSentence("the learning rate is -1.0" + negative, () -> new Lion(-1));
  }

  private static void torchSgd(boolean nesterov, double dampening) {
    new Sgd(RATE, 0.9, nesterov, dampening, 0, Dialect.PYTORCH);
  }
}
