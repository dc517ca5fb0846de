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
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The definition against double-precision formulas and published vectors; both twins. */
class ScalarUpdateTest {
  static Stream<Update> twins() {
    return Stream.of(new ScalarUpdate(), new SimdUpdate(Teams.of(2)));
  }

  /** Adam's scalars of one step, in double. */
  private record Adam(double rate, double beta1, double beta2, double epsilon) {
    void step(Update twin, int t, float[] w, float[] g, float[] m, float[] v) {
      step(twin, t, w, g, m, v, epsilon);
    }

    /** PyTorch's rule is the same with an epsilon that the second correction scales. */
    void torchStep(Update twin, int t, float[] w, float[] g, float[] m, float[] v) {
      step(twin, t, w, g, m, v, epsilon * StrictMath.sqrt(1 - StrictMath.pow(beta2, t)));
    }

    private void step(
        Update twin, int t, float[] w, float[] g, float[] m, float[] v, double corrected) {
      double alpha =
          rate * StrictMath.sqrt(1 - StrictMath.pow(beta2, t)) / (1 - StrictMath.pow(beta1, t));
      twin.adam(
          w.length,
          w,
          0,
          g,
          0,
          m,
          0,
          v,
          0,
          (float) alpha,
          (float) beta1,
          (float) (1 - beta1),
          (float) beta2,
          (float) (1 - beta2),
          (float) corrected,
          Update.FLUSH_MEAN,
          Update.FLUSH_SQUARE);
    }
  }

  @Test
  void saysThatItIsScalar() {
    assertEquals(0, new ScalarUpdate().vectorBits());
    assertEquals(1, new ScalarUpdate().threads());
  }

  @ParameterizedTest
  @MethodSource("twins")
  void agreesWithFormulasInDouble(Update twin) {
    int n = 77;
    float[] g = Fill.gaussian(1, n);
    float[] w = Fill.gaussian(2, n);
    float[] m = Fill.gaussian(3, n);
    float[] v = Fill.gaussian(4, n);
    double[] sgd = new double[n];
    double[] velocity = new double[n];
    double[] plain = new double[n];
    double[] nesterov = new double[n];
    double[] adam = new double[n];
    for (int i = 0; i < n; i++) {
      v[i] = Math.abs(v[i]);
      sgd[i] = w[i] - 0.1 * g[i];
      velocity[i] = 0.9 * m[i] - 0.1 * g[i];
      plain[i] = w[i] + velocity[i];
      nesterov[i] = w[i] + 0.9 * velocity[i] - 0.1 * g[i];
      double first = 0.9 * m[i] + 0.1 * g[i];
      double second = 0.99 * v[i] + 0.01 * g[i] * g[i];
      adam[i] = w[i] - 0.01 * first / (Math.sqrt(second) + 1e-3);
    }
    float[] one = w.clone();
    twin.sgd(n, one, 0, g, 0, 0.1f);
    Bits.assertClose("sgd", sgd, one, 1e-6, 1e-6);
    for (boolean ahead : new boolean[] {false, true}) {
      float[] state = m.clone();
      one = w.clone();
      twin.momentum(n, one, 0, g, 0, state, 0, 0.1f, 0.9f, ahead, 0);
      Bits.assertClose("velocity", velocity, state, 1e-6, 1e-6);
      Bits.assertClose("momentum " + ahead, ahead ? nesterov : plain, one, 1e-6, 1e-6);
    }
    one = w.clone();
    twin.adam(n, one, 0, g, 0, m, 0, v, 0, 0.01f, 0.9f, 0.1f, 0.99f, 0.01f, 1e-3f, 0, 0);
    Bits.assertClose("adam", adam, one, 1e-6, 1e-6);
    Bits.assertNotMostlyZero("adam", one);
  }

  @ParameterizedTest
  @MethodSource("twins")
  void flushesSmallStateButNotNan(Update twin) {
    float below = Math.nextDown(Update.FLUSH_MEAN);
    float[] state = {Update.FLUSH_MEAN, below, -below, -Update.FLUSH_MEAN, Float.NaN, 0f, -0f};
    float[] flushed = {Update.FLUSH_MEAN, 0f, 0f, -Update.FLUSH_MEAN, Float.NaN, 0f, 0f};
    int n = state.length;
    float[] v = state.clone();
    twin.momentum(n, new float[n], 0, new float[n], 0, v, 0, 1, 1, false, Update.FLUSH_MEAN);
    Bits.assertSame("velocity", flushed, v);
    float[] squares = {0x1p-126f, Math.nextDown(0x1p-126f), 0x1p-149f, 0f, Float.NaN, 1f, 2f};
    float[] m = state.clone();
    v = squares.clone();
    twin.adam(
        n,
        new float[n],
        0,
        new float[n],
        0,
        m,
        0,
        v,
        0,
        1,
        1,
        0,
        1,
        0,
        1,
        Update.FLUSH_MEAN,
        Update.FLUSH_SQUARE);
    Bits.assertSame("first moment", flushed, m);
    Bits.assertSame("second", new float[] {0x1p-126f, 0f, 0f, 0f, Float.NaN, 1f, 2f}, v);
    v = squares.clone();
    m = state.clone();
    twin.adam(n, new float[n], 0, new float[n], 0, m, 0, v, 0, 1, 1, 0, 1, 0, 1, 0, 0);
    Bits.assertSame("not flushed", squares, v);
    assertEquals(below, m[1], "not flushed");
  }

  /** All of Keras's trajectories of SGD (momentum, Nesterov, a drop of the rate). */
  @ParameterizedTest
  @MethodSource("twins")
  void publishedSgd(Update twin) {
    int run = 0;
    for (Cases.Trajectory one : trajectories("sgd", "keras")) {
      run += follow(one, sgd(twin, one));
    }
    assertEquals(16, run, "number of trajectories");
  }

  /**
   * PyTorch's trajectories of SGD, as far as Keras's rule gives the same weights: without
   * dampening, and with one learning rate throughout, since PyTorch keeps it outside the velocity.
   */
  @ParameterizedTest
  @MethodSource("twins")
  void publishedTorchSgd(Update twin) {
    int run = 0;
    for (Cases.Trajectory one : trajectories("sgd", "torch")) {
      if (one.hyper().number("dampening") == 0 && !one.json().has("learning_rate_from_step")) {
        run += follow(one, sgd(twin, one));
      }
    }
    assertEquals(12, run, "number of trajectories");
  }

  /** All trajectories of Adam without weight decay, by Keras's rule and by PyTorch's. */
  @ParameterizedTest
  @MethodSource("twins")
  void publishedAdam(Update twin) {
    int run = 0;
    for (String rules : List.of("keras", "torch")) {
      for (Cases.Trajectory one : trajectories("adam", rules)) {
        if (one.hyper().number("weight_decay", 0) == 0) {
          run += follow(one, adam(twin, one, rules.equals("torch")));
        }
      }
    }
    assertEquals(18, run, "number of trajectories");
  }

  private interface Step {
    void run(int t, float[] w, float[] g);
  }

  private static List<Cases.Trajectory> trajectories(String optimizer, String rules) {
    Predicate<Cases.Trajectory> wanted =
        c -> c.optimizer().equals(optimizer) && c.rules().equals(rules);
    return Cases.optimizers().stream().filter(wanted).toList();
  }

  private static Step sgd(Update twin, Cases.Trajectory one) {
    float momentum = (float) one.hyper().number("momentum");
    boolean nesterov = one.hyper().bool("nesterov", false);
    float[] v = new float[one.init().length];
    return (t, w, g) -> {
      float rate = (float) one.learningRate(t);
      if (momentum == 0) {
        twin.sgd(w.length, w, 0, g, 0, rate);
      } else {
        twin.momentum(w.length, w, 0, g, 0, v, 0, rate, momentum, nesterov, Update.FLUSH_MEAN);
      }
    };
  }

  private static Step adam(Update twin, Cases.Trajectory one, boolean torch) {
    Adam adam =
        new Adam(
            one.hyper().number("learning_rate"),
            one.hyper().number("beta_1"),
            one.hyper().number("beta_2"),
            one.hyper().number("epsilon"));
    float[] m = new float[one.init().length];
    float[] v = new float[one.init().length];
    return (t, w, g) -> {
      if (torch) {
        adam.torchStep(twin, t, w, g, m, v);
      } else {
        adam.step(twin, t, w, g, m, v);
      }
    };
  }

  private static int follow(Cases.Trajectory one, Step step) {
    float[] w = one.init();
    float[][] gradients = one.gradients();
    for (int t = 1; t <= one.steps(); t++) {
      step.run(t, w, gradients[t - 1]);
      int now = t;
      if (Arrays.stream(one.checkpoints()).anyMatch(known -> known == now)) {
        double[] expected = one.after(t);
        double[] tolerance = one.tolerance(t);
        for (int i = 0; i < w.length; i++) {
          String what = one.id() + ", step " + t + ", element " + i;
          if (Double.isNaN(expected[i])) {
            assertTrue(Float.isFinite(w[i]), what + " is " + w[i]);
          } else {
            assertEquals(expected[i], w[i], tolerance[i], what);
          }
        }
      }
    }
    return 1;
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
              one.attrs().number("epsilon"));
      float[] w = one.input("param").floats();
      float[] g = one.input("grad").floats();
      if (one.attrs().string("rules").equals("keras")) {
        adam.step(twin, 1, w, g, new float[1], new float[1]);
      } else {
        adam.torchStep(twin, 1, w, g, new float[1], new float[1]);
      }
      Bits.assertClose(one.id(), one.output("param").data(), w, one.rtol(), one.atol());
    }
  }

  /** FR-26: 2000 steps with zero gradients leave no subnormal state, and hardly a weight moves. */
  @ParameterizedTest
  @MethodSource("twins")
  void reportedSubnormals(Update twin) {
    int n = 33;
    float[] w = Fill.gaussian(1, n);
    float[] m = Fill.gaussian(2, n);
    float[] v = Fill.gaussian(3, n);
    float[] velocity = Fill.gaussian(4, n);
    for (int i = 0; i < n; i++) {
      v[i] = v[i] * v[i] * (i % 2 == 0 ? 1 : 1e-37f);
      m[i] *= i % 2 == 0 ? 1 : 1e-19f;
    }
    double[] exact = Fill.doubles(w);
    double[] first = Fill.doubles(m);
    double[] second = Fill.doubles(v);
    for (int t = 1; t <= 2000; t++) {
      // The formula in double does not flush; numbers as the kernel gets them.
      float alpha =
          (float)
              (1e-3
                  * StrictMath.sqrt(1 - StrictMath.pow(0.999, t + 1000))
                  / (1 - StrictMath.pow(0.9, t + 1000)));
      twin.adam(
          n,
          w,
          0,
          new float[n],
          0,
          m,
          0,
          v,
          0,
          alpha,
          0.9f,
          0.1f,
          0.999f,
          0.001f,
          1e-7f,
          Update.FLUSH_MEAN,
          Update.FLUSH_SQUARE);
      float[] still = new float[n];
      twin.momentum(n, still, 0, new float[n], 0, velocity, 0, 0.1f, 0.9f, true, Update.FLUSH_MEAN);
      for (int i = 0; i < n; i++) {
        first[i] *= 0.9f;
        second[i] *= 0.999f;
        exact[i] -= alpha * first[i] / (Math.sqrt(second[i]) + 1e-7f);
        assertNotSubnormal(m[i]);
        assertNotSubnormal(v[i]);
        assertNotSubnormal(velocity[i]);
      }
    }
    Bits.assertClose("weights", exact, w, 1e-5, 1e-5);
    Bits.assertSame("first moments", new float[n], m);
    Bits.assertSame("velocities", new float[n], velocity);
  }

  private static void assertNotSubnormal(float s) {
    assertTrue(s == 0 || Math.abs(s) >= Float.MIN_NORMAL, "state is " + s);
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
        twin.momentum(
            w.length,
            w,
            0,
            g,
            0,
            v,
            0,
            (float) (rate * beta),
            (float) node.attrs().number("alpha"),
            node.attrs().string("mode").equals("nesterov"),
            Update.FLUSH_MEAN);
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
    twin.adam(
        w.length,
        w,
        0,
        g,
        0,
        m,
        0,
        v,
        0,
        (float) one.inputs().get("R").scalar(),
        (float) beta1,
        (float) (1 - beta1),
        (float) beta2,
        (float) (1 - beta2),
        (float) attrs.number("epsilon"),
        Update.FLUSH_MEAN,
        Update.FLUSH_SQUARE);
    Bits.assertClose("X", one.outputs().get("X_new").data(), w, one.rtol(), one.atol());
    Bits.assertClose("V", one.outputs().get("V_new").data(), m, one.rtol(), one.atol());
    Bits.assertClose("H", one.outputs().get("H_new").data(), v, one.rtol(), one.atol());
  }

  @ParameterizedTest
  @MethodSource("twins")
  void refusals(Update twin) {
    float[] w = Fill.gaussian(1, 20);
    float[] before = w.clone();
    float[] g = new float[20];
    float[] m = new float[20];
    float[] v = new float[20];
    refused("n is -1, but must be at least 0", () -> twin.sgd(-1, w, 0, g, 0, 1));
    refused("w has 20 elements, but 8 from offset 13", () -> twin.sgd(8, w, 13, g, 0, 1));
    refused("g has 20 elements, but 8 from offset 15", () -> twin.sgd(8, w, 0, g, 15, 1));
    refused("gOffset is -2", () -> twin.sgd(8, w, 0, g, -2, 1));
    refused("w (elements 0 to 7) overlaps g", () -> twin.sgd(8, w, 0, w, 7, 1));
    refused("w (elements 0 to 7) overlaps g", () -> twin.sgd(8, w, 0, w, 0, 1));
    refused("v has 20", () -> twin.momentum(9, w, 0, g, 0, v, 12, 1, 1, false, 0));
    refused("overlaps w", () -> twin.momentum(9, w, 0, g, 0, w, 5, 1, 1, false, 0));
    refused("overlaps g", () -> twin.momentum(9, w, 0, g, 0, g, 5, 1, 1, true, 0));
    refused("m has 20", () -> adam(twin, w, g, m, 19, v, 0));
    refused("v has 20", () -> adam(twin, w, g, m, 0, v, 19));
    refused("m (elements 3 to 6) overlaps w", () -> adam(twin, w, g, w, 3, v, 0));
    refused("v (elements 3 to 6) overlaps g", () -> adam(twin, w, g, m, 0, g, 3));
    refused("v (elements 3 to 6) overlaps m", () -> adam(twin, w, g, m, 0, m, 3));
    assertArrayEquals(before, w, "a refused call wrote something");
    twin.sgd(0, w, 20, w, 20, 1);
    adam(twin, w, g, m, 5, m, 9);
  }

  private static void adam(
      Update twin, float[] w, float[] g, float[] m, int mOffset, float[] v, int vOffset) {
    twin.adam(4, w, 0, g, 0, m, mOffset, v, vOffset, 1, 1, 0, 1, 0, 1, 0, 0);
  }

  private static void refused(String message, Runnable call) {
    String said = assertThrows(IllegalArgumentException.class, call::run).getMessage();
    assertTrue(said.contains(message), said);
  }
}
