package dev.lanewise.kernel.update;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.testing.Bits;
import dev.lanewise.testing.Cases;
import dev.lanewise.testing.Fill;
import dev.lanewise.testing.Teams;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The definition against double-precision formulas and published vectors; both twins. */
class ScalarUpdateTest {
  static Stream<Update> twins() {
    return Stream.of(new ScalarUpdate(), new SimdUpdate(Teams.of(2)));
  }

  private static final float[] NONE = {};

  /** Adam's scalars of one step, in double; PyTorch corrects epsilon too. */
  private record Adam(double rate, double beta1, double beta2, double epsilon, boolean torch) {
    void step(Update twin, int t, float[] w, float[] g, float[] m, float[] v) {
      double correction = StrictMath.sqrt(1 - StrictMath.pow(beta2, t));
      double alpha = rate * correction / (1 - StrictMath.pow(beta1, t));
      float placed = (float) (torch ? epsilon * correction : epsilon);
      Moments moments = Moments.of(beta1, beta2, epsilon);
      twin.adam(w.length, w, 0, g, 0, m, v, NONE, moments, (float) alpha, placed, 0);
    }
  }

  @Test
  void saysThatItIsScalar() {
    assertEquals(0, new ScalarUpdate().vectorBits());
    assertEquals(1, new ScalarUpdate().threads());
  }

  /** Every rule, several steps, with an L2 term and without. */
  @ParameterizedTest
  @MethodSource("twins")
  void agreesWithFormulasInDouble(Update twin) {
    int n = 77;
    Moments moments = Moments.of(0.9, 0.99, 1);
    for (UpdateRule rule : UpdateRule.values()) {
      for (float decay : new float[] {0, 0.3f}) {
        UpdateRule.Numbers numbers =
            new UpdateRule.Numbers(0.1f, 0.8f, 0.7f, 1e-3f, 2e-3f, decay, moments);
        float[] w = Fill.gaussian(1, n);
        double[] exact = Fill.doubles(w);
        float[][] states = new float[rule.states().length()][];
        double[][] exactStates = new double[states.length][];
        for (int s = 0; s < states.length; s++) {
          states[s] = Fill.gaussian(2 + s, n);
          for (int i = 0; i < n; i++) {
            states[s][i] = rule.square(s) ? Math.abs(states[s][i]) : states[s][i];
          }
          exactStates[s] = Fill.doubles(states[s]);
        }
        for (int step = 0; step < 3; step++) {
          float[] g = Fill.gaussian(10 + step, n);
          rule.step(twin, numbers, n, w, 0, g, 0, states);
          for (int i = 0; i < n; i++) {
            double[] now = new double[states.length];
            for (int s = 0; s < now.length; s++) {
              now[s] = exactStates[s][i];
            }
            exact[i] = rule.exact(numbers, exact[i], g[i], now);
            for (int s = 0; s < now.length; s++) {
              exactStates[s][i] = now[s];
            }
          }
        }
        String what = rule + " with decay " + decay;
        // A variance is a difference of squares: what it loses to rounding, the quotient shows.
        double tolerance = rule.name().contains("CENTERED") ? 1e-4 : 3e-6;
        Bits.assertClose(what, exact, w, tolerance, tolerance);
        for (int s = 0; s < states.length; s++) {
          Bits.assertClose(what + ", state " + s, exactStates[s], states[s], tolerance, tolerance);
        }
        Bits.assertNotMostlyZero(what, w);
      }
    }
  }

  /** One step from a state at its threshold that nothing changes. */
  @ParameterizedTest
  @MethodSource("twins")
  void flushesSmallStateButNotNan(Update twin) {
    float below = Math.nextDown(Update.FLUSH_MEAN);
    float[] means = {Update.FLUSH_MEAN, below, -below, -Update.FLUSH_MEAN, Float.NaN, 0f, -0f};
    float[] flushedMeans = {Update.FLUSH_MEAN, 0f, 0f, -Update.FLUSH_MEAN, Float.NaN, 0f, 0f};
    float[] squares = {0x1p-126f, Math.nextDown(0x1p-126f), 0x1p-149f, 0f, Float.NaN, 1f, 2f};
    float[] flushedSquares = {0x1p-126f, 0f, 0f, 0f, Float.NaN, 1f, 2f};
    int n = means.length;
    for (UpdateRule rule : UpdateRule.values()) {
      for (boolean flush : new boolean[] {true, false}) {
        float mean = flush ? Update.FLUSH_MEAN : 0;
        float square = flush ? Update.FLUSH_SQUARE : 0;
        UpdateRule.Numbers numbers =
            new UpdateRule.Numbers(1, 1, 1, 1, 1, 0, new Moments(1, 0, 1, 0, mean, square));
        float[][] states = new float[rule.states().length()][];
        for (int s = 0; s < states.length; s++) {
          states[s] = rule.square(s) ? squares.clone() : means.clone();
        }
        if (rule == UpdateRule.ADAMAX) { // abs(g) + inside must not hide what decays
          numbers = new UpdateRule.Numbers(1, 1, 1, 0, 1, 0, new Moments(1, 0, 1, 0, mean, square));
        }
        rule.step(twin, numbers, n, new float[n], 0, new float[n], 0, states);
        for (int s = 0; s < states.length; s++) {
          float[] kept = rule.square(s) ? squares : means;
          float[] flushed = rule.square(s) ? flushedSquares : flushedMeans;
          float[] expected = (flush ? flushed : kept).clone();
          float[] got = states[s].clone();
          for (int i = 0; i < n; i++) { // sums of zeros differ in sign, NaN spreads to others
            expected[i] += 0f;
            got[i] += 0f;
          }
          if (rule == UpdateRule.ADAMAX && s == 1) { // NaN does not outlive a gradient that is none
            expected[4] = 0;
          }
          Bits.assertSame(rule + " " + flush + ", state " + s, expected, got);
        }
      }
    }
  }

  /** FR-17: where epsilon stands. */
  @ParameterizedTest
  @MethodSource("twins")
  void reportedEpsilon(Update twin) {
    for (Cases.FieldReport one : Cases.fieldReports("FR-17")) {
      Adam adam =
          new Adam(
              one.attrs().number("learning_rate"),
              one.attrs().number("beta_1"),
              one.attrs().number("beta_2"),
              one.attrs().number("epsilon"),
              !one.attrs().string("rules").equals("keras"));
      float[] w = one.input("param").floats();
      float[] g = one.input("grad").floats();
      adam.step(twin, 1, w, g, new float[1], new float[1]);
      Bits.assertClose(one.id(), one.output("param").data(), w, one.rtol(), one.atol());
    }
  }

  /** FR-26: 2000 steps with zero gradients leave no subnormal state, and hardly a weight moves. */
  @ParameterizedTest
  @MethodSource("twins")
  void reportedSubnormals(Update twin) {
    int n = 33;
    for (UpdateRule rule : UpdateRule.values()) {
      boolean under = rule == UpdateRule.ADADELTA || rule == UpdateRule.FTRL;
      UpdateRule.Numbers numbers =
          new UpdateRule.Numbers(
              1e-3f, 0.9f, 0, under ? 1e-7f : 0, under ? 0 : 1e-7f, 0, Moments.of(0.9, 0.95));
      float[] w = Fill.gaussian(1, n);
      if (rule == UpdateRule.AVERAGE) {
        w = new float[n]; // weights that are 0 stay so
      }
      double[] exact = Fill.doubles(w);
      float[][] states = new float[rule.states().length()][];
      double[][] exactStates = new double[states.length][];
      for (int s = 0; s < states.length; s++) {
        states[s] = Fill.gaussian(2 + s, n);
        for (int i = 0; i < n; i++) {
          float scale = i % 2 == 0 ? 1 : rule.square(s) ? 1e-37f : 1e-19f;
          states[s][i] *= rule.square(s) ? states[s][i] * scale : scale;
        }
        exactStates[s] = Fill.doubles(states[s]);
      }
      for (int t = 1; t <= 2000; t++) {
        rule.step(twin, numbers, n, w, 0, new float[n], 0, states);
        for (int i = 0; i < n; i++) {
          double[] now = new double[states.length];
          for (int s = 0; s < now.length; s++) {
            now[s] = exactStates[s][i];
            float state = states[s][i];
            boolean normal = state == 0 || Math.abs(state) >= Float.MIN_NORMAL;
            assertTrue(normal, rule + ": state " + s + " is " + state + " after step " + t);
          }
          exact[i] = rule.exact(numbers, exact[i], 0, now);
          for (int s = 0; s < now.length; s++) {
            exactStates[s][i] = now[s];
          }
        }
      }
      if (rule != UpdateRule.FTRL && rule != UpdateRule.LION && rule != UpdateRule.DECAY) {
        // The exact Lion never stops; the exact Ftrl divides by ever smaller sums.
        Bits.assertClose(rule + ": weights", exact, w, 1e-4, 1e-4);
      }
    }
  }

  /** The L2 term that the ONNX optimizers add to the gradient is added here, as a caller would. */
  private static float[] withNorm(float[] x, float[] g, double coefficient) {
    float[] sum = new float[x.length];
    for (int i = 0; i < x.length; i++) {
      sum[i] = (float) (coefficient * x[i] + g[i]);
    }
    return sum;
  }

  /**
   * ONNX's Momentum holds V = −v / R in our terms, with beta in place of the gradient's 1
   * (Nesterov's rule agrees for beta 1 only, which is what the case has).
   */
  @ParameterizedTest
  @MethodSource("twins")
  void onnxMomentum(Update twin) {
    List<Cases.Onnx> cases = Cases.onnx().stream().filter(c -> c.op().equals("Momentum")).toList();
    assertEquals(2, cases.size());
    for (Cases.Onnx one : cases) {
      Cases.Node node = one.node();
      int variables = (node.inputs().size() - 2) / 3;
      double rate = one.inputs().get("R").scalar();
      double beta = one.inputs().get("T").scalar() > 0 ? node.attrs().number("beta") : 1;
      for (int i = 0; i < variables; i++) {
        float[] w = one.input(2 + i).orElseThrow().floats();
        float[] g = one.input(2 + variables + i).orElseThrow().floats();
        float[] v = one.input(2 + 2 * variables + i).orElseThrow().floats();
        g = withNorm(w, g, node.attrs().number("norm_coefficient"));
        for (int j = 0; j < v.length; j++) {
          v[j] *= (float) -rate;
        }
        float alpha = (float) node.attrs().number("alpha");
        boolean nesterov = node.attrs().string("mode").equals("nesterov");
        float inner = (float) (rate * beta);
        twin.momentum(w.length, w, 0, g, 0, v, inner, alpha, 1, nesterov, 0, Update.FLUSH_MEAN);
        for (int j = 0; j < v.length; j++) {
          v[j] /= (float) -rate;
        }
        double[] newW = one.outputs().get(node.outputs().get(i)).data();
        double[] newV = one.outputs().get(node.outputs().get(variables + i)).data();
        Bits.assertClose(one.name() + " X", newW, w, one.rtol(), one.atol());
        Bits.assertClose(one.name() + " V", newV, v, one.rtol(), one.atol());
      }
    }
  }

  /**
   * ONNX's Adam: epsilon beside the uncorrected root, as in Keras; at T = 0 nothing is corrected.
   */
  @ParameterizedTest
  @MethodSource("twins")
  void onnxAdam(Update twin) {
    List<Cases.Onnx> cases = Cases.onnx().stream().filter(c -> c.op().equals("Adam")).toList();
    assertEquals(1, cases.size());
    Cases.Onnx one = cases.get(0);
    assertEquals(0, one.inputs().get("T").scalar());
    Cases.Entry attrs = one.node().attrs();
    float[] w = one.inputs().get("X").floats();
    float[] g = withNorm(w, one.inputs().get("G").floats(), attrs.number("norm_coefficient"));
    float[] m = one.inputs().get("V").floats();
    float[] v = one.inputs().get("H").floats();
    double beta1 = attrs.number("alpha");
    double beta2 = attrs.number("beta");
    Moments moments = Moments.of(beta1, beta2, attrs.number("epsilon"));
    float rate = (float) one.inputs().get("R").scalar();
    float epsilon = (float) attrs.number("epsilon");
    twin.adam(w.length, w, 0, g, 0, m, v, NONE, moments, rate, epsilon, 0);
    Bits.assertClose("X", one.outputs().get("X_new").data(), w, one.rtol(), one.atol());
    Bits.assertClose("V", one.outputs().get("V_new").data(), m, one.rtol(), one.atol());
    Bits.assertClose("H", one.outputs().get("H_new").data(), v, one.rtol(), one.atol());
  }

  /** ONNX's Adagrad: epsilon outside the root, the rate divided by 1 + T · decay_factor. */
  @ParameterizedTest
  @MethodSource("twins")
  void onnxAdagrad(Update twin) {
    List<Cases.Onnx> cases = Cases.onnx().stream().filter(c -> c.op().equals("Adagrad")).toList();
    assertEquals(1, cases.size());
    Cases.Onnx one = cases.get(0);
    Cases.Entry attrs = one.node().attrs();
    double rate = one.inputs().get("R").scalar();
    rate /= 1 + one.inputs().get("T").scalar() * attrs.number("decay_factor");
    float[] w = one.input(2).orElseThrow().floats();
    float[] g = one.input(3).orElseThrow().floats();
    float[] a = one.input(4).orElseThrow().floats();
    float decay = (float) attrs.number("norm_coefficient");
    float epsilon = (float) attrs.number("epsilon");
    twin.adagrad(w.length, w, 0, g, 0, a, (float) rate, 0, epsilon, decay, Update.FLUSH_SQUARE);
    List<String> outputs = one.node().outputs();
    double[] newW = one.outputs().get(outputs.get(0)).data();
    double[] newA = one.outputs().get(outputs.get(1)).data();
    Bits.assertClose("X", newW, w, one.rtol(), one.atol());
    Bits.assertClose("H", newA, a, one.rtol(), one.atol());
  }

  @ParameterizedTest
  @MethodSource("twins")
  void refusals(Update twin) {
    float[] w = Fill.gaussian(1, 20);
    float[] before = w.clone();
    float[] g = new float[20];
    float[] m = new float[20];
    float[] v = new float[20];
    float[] h = new float[20];
    float[] few = new float[9];
    refused("n is -1, but must be at least 0", () -> twin.sgd(-1, w, 0, g, 0, 1, 0));
    refused("w has 20 elements, but 8 from offset 13", () -> twin.sgd(8, w, 13, g, 0, 1, 0));
    refused("g has 20 elements, but 8 from offset 15", () -> twin.sgd(8, w, 0, g, 15, 1, 0));
    refused("gOffset is -2", () -> twin.sgd(8, w, 0, g, -2, 1, 0));
    refused("w (elements 0 to 7) overlaps g", () -> twin.sgd(8, w, 0, w, 7, 1, 0));
    refused("w (elements 0 to 7) overlaps g", () -> twin.sgd(8, w, 0, w, 0, 1, 0));
    refused("h has 9", () -> adam(twin, w, g, m, v, few));
    refused("h (elements 8 to 11) overlaps v", () -> adam(twin, w, g, m, v, v));
    refused("h (elements 8 to 11) overlaps m", () -> adam(twin, w, g, m, v, m));
    refused("mean has 9", () -> rmsprop(twin, w, g, v, few, NONE));
    refused("b has 9", () -> rmsprop(twin, w, g, v, NONE, few));
    refused("b (elements 8 to 11) overlaps mean", () -> rmsprop(twin, w, g, v, m, m));
    refused("b (elements 8 to 11) overlaps v", () -> rmsprop(twin, w, g, v, m, v));
    refused("w has 9", () -> twin.decay(2, few, 8, 1));
    refused("average has 9", () -> twin.average(2, few, 8, w, 0, 1, 0, 0));
    refused("average (elements 2 to 3) overlaps w", () -> twin.average(2, w, 2, w, 3, 1, 0, 0));
    Moments moments = Moments.of(0.9, 0.9);
    UpdateRule.Numbers numbers = new UpdateRule.Numbers(1, 1, 1, 1, 1, 0, moments);
    for (UpdateRule rule : UpdateRule.values()) { // each state too short, each where w or g is
      for (int s = 0; rule != UpdateRule.AVERAGE && s < rule.states().length(); s++) {
        float[][] states = {m, v, h};
        states = Arrays.copyOf(states, rule.states().length());
        for (float[] wrong : List.of(few, w, g)) {
          states[s] = wrong;
          float[][] now = states.clone();
          String message =
              wrong.length == 9 ? " has 9 elements, but 4 from offset 8" : " overlaps ";
          refused(message, () -> rule.step(twin, numbers, 4, w, 8, g, 9, now));
        }
      }
    }
    assertArrayEquals(before, w, "a refused call wrote something");
    twin.sgd(0, w, 20, w, 20, 1, 0);
  }

  private static void adam(Update twin, float[] w, float[] g, float[] m, float[] v, float[] h) {
    twin.adam(4, w, 8, g, 0, m, v, h, Moments.of(0.9, 0.9), 1, 1, 0);
  }

  private static void rmsprop(
      Update twin, float[] w, float[] g, float[] v, float[] mean, float[] b) {
    twin.rmsprop(4, w, 8, g, 0, v, mean, b, Moments.of(0.9, 0.9), 1, 1, 1, 1, 1, 0);
  }

  private static void refused(String message, Runnable call) {
    String said = assertThrows(IllegalArgumentException.class, call::run).getMessage();
    assertTrue(said.contains(message), said);
  }
}
