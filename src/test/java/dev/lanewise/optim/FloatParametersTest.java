package dev.lanewise.optim;

import static dev.lanewise.testing.Refusals.said;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.graph.Variable;
import dev.lanewise.kernel.update.ScalarUpdate;
import dev.lanewise.optim.Optimizer.Dialect;
import dev.lanewise.tensor.Tensor;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** FD-42: hyper-parameters that are other numbers as floats. */
class FloatParametersTest {
  private static String refusal(String spelling) {
    return said(IllegalArgumentException.class, () -> Optimizers.parse(spelling));
  }

  /** With an epsilon of 0 a weight without a gradient, a picture's border, became NaN. */
  @ParameterizedTest
  @ValueSource(strings = {"adam", "adamw", "adamax", "nadam", "rmsprop", "adadelta"})
  void anEpsilonOf0(String name) {
    assertEquals(
        "the epsilon is 1.0E-50, which is 0 as a float, but must be finite and above 0",
        refusal(name + ":epsilon=1e-50"));
    assertEquals(
        "the epsilon is 0.0, but must be finite and above 0", refusal(name + ":epsilon=0"));
    assertEquals(
        "the epsilon is 1.0E39, which is infinite as a float, but must be finite and above 0",
        refusal(name + ":epsilon=1e39"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "adam:beta_1=0.999999999 | the beta_1 is 0.999999999, which is 1 as a float, but must be at"
            + " least 0 and below 1",
        "adamax:beta_2=0.999999999 | the beta_2 is 0.999999999, which is 1 as a float, but must be"
            + " at least 0 and below 1",
        "lion:beta_2=1e-50 | the beta_2 is 1.0E-50, which is 0 as a float, but must be 0 or at"
            + " least 1.4E-45",
        "sgd:momentum=0.99999999 | the momentum is 0.99999999, which is 1 as a float, but must be"
            + " at least 0 and below 1",
        "rmsprop:rho=0.99999999 | the rho is 0.99999999, which is 1 as a float, but must be at"
            + " least 0 and below 1",
        "sgd:use_ema=true,ema_momentum=0.99999999 | the ema_momentum is 0.99999999, which is 1 as a"
            + " float, but must be 0, 1 or a float between",
        "sgd:weight_decay=1e-50 | the weight_decay is 1.0E-50, which is 0 as a float, but must be 0"
            + " or at least 1.4E-45",
        "sgd:clipnorm=1e-50 | the clipnorm is 1.0E-50, which is 0 as a float, but must be finite"
            + " and above 0",
        "ftrl:l1_regularization_strength=1e-50 | the l1_regularization_strength is 1.0E-50, which"
            + " is 0 as a float, but must be 0 or at least 1.4E-45",
        "adagrad:initial_accumulator_value=1e39 | the initial_accumulator_value is 1.0E39, which is"
            + " infinite as a float, but must be finite and at least 0",
        "adagrad:epsilon=1e-50 | the epsilon is 1.0E-50, which is 0 as a float, but must be 0 or at"
            + " least 1.4E-45",
        "adagrad:initial_accumulator_value=0,epsilon=0 | the epsilon is 0.0, but must be finite and"
            + " above 0"
      })
  void otherNumbersThatAFloatCannotHold(String spelling, String sentence) {
    assertEquals(sentence, refusal(spelling));
  }

  /** Rules that correct epsilon multiply it by sqrt(1 − beta_2) in the first step. */
  @Test
  void aCorrectedEpsilonOf0() {
    String said = refusal("nadam:epsilon=1.4e-45");
    assertTrue(said.startsWith("the epsilon is 1.4E-45, but must be at least 4.4"), said);
    LearningRate rate = LearningRate.constant(0.1);
    assertThrows(
        IllegalArgumentException.class,
        () -> new Adam(rate, 0.9, 0.999, 1e-45, false, 0, Dialect.PYTORCH));
  }

  /** What is allowed keeps a weight without a gradient where it is. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "adam:epsilon=1e-45",
        "adam:beta_1=0,beta_2=0",
        "adamax:epsilon=1e-45",
        "nadam:epsilon=1e-43",
        "rmsprop:epsilon=1e-45,centered=true,momentum=0.9",
        "rmsprop:rho=0",
        "adadelta:epsilon=1e-45",
        "adagrad:epsilon=0",
        "adagrad:initial_accumulator_value=0",
        "ftrl:initial_accumulator_value=0",
        "sgd:momentum=0.9999999",
        "adam:lr=0",
        "adam:lr=1e-50"
      })
  void weightsWithoutGradientsStay(String spelling) {
    Variable w = new Variable("w", Tensor.of(new float[] {0.5f, 0, -2}, 3));
    OptimizerState state = Optimizers.parse(spelling).start(List.of(w));
    for (int step = 0; step < 3; step++) {
      state.beginStep();
      state.updater(0).update(new ScalarUpdate(), new float[3], 0, 0, 3);
    }
    for (float value : w.values()) {
      assertTrue(Float.isFinite(value), () -> spelling + " made " + w.tensor());
    }
  }
}
