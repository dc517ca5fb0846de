package dev.lanewise.kernel.update;

import static dev.lanewise.testing.Refusals.refused;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.testing.Bits;
import dev.lanewise.testing.BothTwins;
import dev.lanewise.testing.Fill;
import java.util.Arrays;
import java.util.List;

/** The definition against double-precision formulas; both twins. */
class ScalarUpdateTest {
  private static final float[] NONE = {};

  /** Every rule, several steps, with an L2 term and without. */
  @BothTwins
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
          exactStep(rule, numbers, exact, g, exactStates);
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

  /** A step of the formula in double, weight by weight. */
  private static void exactStep(
      UpdateRule rule, UpdateRule.Numbers numbers, double[] w, float[] g, double[][] states) {
    for (int i = 0; i < w.length; i++) {
      double[] now = new double[states.length];
      for (int s = 0; s < now.length; s++) {
        now[s] = states[s][i];
      }
      w[i] = rule.exact(numbers, w[i], g[i], now);
      for (int s = 0; s < now.length; s++) {
        states[s][i] = now[s];
      }
    }
  }

  /** One step from a state at its threshold that nothing changes. */
  @BothTwins
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

  /** FR-26: 2000 steps with zero gradients leave no subnormal state, and hardly a weight moves. */
  @BothTwins
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
        for (float[] each : states) {
          for (float state : each) {
            boolean normal = state == 0 || Math.abs(state) >= Float.MIN_NORMAL;
            assertTrue(normal, rule + ": a state is " + state + " after step " + t);
          }
        }
        exactStep(rule, numbers, exact, new float[n], exactStates);
      }
      if (rule != UpdateRule.FTRL && rule != UpdateRule.LION && rule != UpdateRule.DECAY) {
        // The exact Lion never stops; the exact Ftrl divides by ever smaller sums.
        Bits.assertClose(rule + ": weights", exact, w, 1e-4, 1e-4);
      }
    }
  }

  @BothTwins
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
}
