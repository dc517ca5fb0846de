package dev.lanewise.optim;

import static dev.lanewise.testing.Refusals.refused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.lanewise.graph.Graph;
import dev.lanewise.graph.Node;
import dev.lanewise.graph.Plan;
import dev.lanewise.graph.StepState;
import dev.lanewise.graph.Variable;
import dev.lanewise.graph.op.Ops;
import dev.lanewise.kernel.Kernels;
import dev.lanewise.optim.Schedule.ExponentialDecay;
import dev.lanewise.tensor.Tensor;
import dev.lanewise.testing.Bits;
import dev.lanewise.testing.Cases;
import dev.lanewise.testing.Cases.Entry;
import dev.lanewise.testing.Fill;
import dev.lanewise.testing.Rewrites;
import dev.lanewise.testing.Teams;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class OptionsTest {
  /** Variables whose gradients are handed in, updated by a plan as in training. */
  private static final class Run {
    final List<Variable> variables = new ArrayList<>();
    final OptimizerState state;
    private final List<Node> inputs = new ArrayList<>();
    private final Plan plan;

    Run(Optimizer optimizer, Kernels kernels, Rewrites rewrites, float[]... initial) {
      for (int i = 0; i < initial.length; i++) {
        float[] values = initial[i].clone();
        variables.add(
            new Variable(i == 0 ? "dense/kernel" : "dense/bias", Tensor.of(values, values.length)));
      }
      state = optimizer.start(variables);
      Graph graph = new Graph();
      Ops ops = new Ops(graph);
      for (Variable variable : variables) {
        inputs.add(ops.input("gradient of " + variable.name(), variable.shape()));
      }
      List<Node> gradients = state.gradients(graph, inputs);
      List<Node> updates = new ArrayList<>();
      for (int i = 0; i < variables.size(); i++) {
        updates.add(ops.update(variables.get(i), gradients.get(i), state.updater(i)));
      }
      plan = Plan.of(graph, updates, 1, kernels, new StepState(1), rewrites.rules());
    }

    void step(float[]... gradients) {
      for (int i = 0; i < gradients.length; i++) {
        System.arraycopy(gradients[i], 0, plan.values(inputs.get(i)), 0, gradients[i].length);
      }
      state.beginStep();
      plan.run();
    }

    float[] weights(int i) {
      return variables.get(i).values();
    }
  }

  private static Run run(Optimizer optimizer, float[]... initial) {
    return new Run(optimizer, Kernels.scalar(), Rewrites.ALL, initial);
  }

  static Stream<Arguments> cases() {
    return Cases.optimizerOptions().stream()
        .flatMap(
            one ->
                Stream.of(Kernels.scalar(), Kernels.simd(Teams.of(2)))
                    .flatMap(
                        kernels ->
                            Stream.of(Rewrites.values())
                                .map(rewrites -> Arguments.of(one, kernels, rewrites))));
  }

  @Test
  void allCasesApply() {
    assertEquals(8 * 2 * 2, cases().count());
  }

  @ParameterizedTest(name = "{index}")
  @MethodSource("cases")
  void followsThePublishedWeights(Entry published, Kernels kernels, Rewrites rewrites) {
    String id = published.string("id");
    double[][] init = published.rows("init");
    Run run = new Run(optimizer(published), kernels, rewrites, floats(init[0]), floats(init[1]));
    List<?> gradients = (List<?>) published.value("gradients");
    List<?> after = (List<?>) published.value("after_each_step");
    for (int step = 0; step < 6; step++) {
      double[][] g = rows(gradients.get(step));
      double[][] expected = rows(after.get(step));
      run.step(floats(g[0]), floats(g[1]));
      for (int i = 0; i < 2; i++) {
        String what = id + " step " + step + " variable " + i;
        Bits.assertClose(what, expected[i], run.weights(i), 1e-5, 1e-6);
      }
      if (published.has("moving_average_after_each_step")) {
        double[][] averages =
            rows(((List<?>) published.value("moving_average_after_each_step")).get(step));
        for (int i = 0; i < 2; i++) {
          String slot = run.variables.get(i).name() + "/average";
          Bits.assertClose(
              id + " average", averages[i], run.state.slots().get(slot).data(), 1e-5, 1e-6);
        }
      }
    }
  }

  private static Optimizer optimizer(Entry published) {
    Entry hyper = published.entry("hyper");
    LearningRate rate =
        hyper.map().get("learning_rate") instanceof Number constant
            ? LearningRate.constant(constant.doubleValue())
            : ScheduleTest.schedule(
                hyper.entry("learning_rate").string("schedule"), hyper.entry("learning_rate"));
    OptimizerOptions options = OptimizerOptions.NONE;
    if (hyper.has("clipnorm")) {
      options = options.clipnorm(hyper.number("clipnorm"));
    }
    if (hyper.has("clipvalue")) {
      options = options.clipvalue(hyper.number("clipvalue"));
    }
    if (hyper.has("global_clipnorm")) {
      options = options.globalClipnorm(hyper.number("global_clipnorm"));
    }
    if (hyper.has("weight_decay")) {
      options = options.weightDecay(hyper.number("weight_decay"));
    }
    if (published.has("excluded_from_decay")) {
      assertEquals(1, published.ints("excluded_from_decay")[0]);
      options = options.excludedFromDecay("bias");
    }
    if (hyper.bool("use_ema", false)) {
      double momentum = hyper.number("ema_momentum");
      options =
          hyper.has("ema_overwrite_frequency")
              ? options.ema(momentum, hyper.integer("ema_overwrite_frequency"))
              : options.ema(momentum);
    }
    Adam adam = new Adam(rate, 0.9, 0.999, 1e-7);
    return switch (published.string("optimizer")) {
      case "SGD" -> new Sgd(rate, hyper.number("momentum", 0), false).with(options);
      case "Adam" -> adam.with(options);
      case "AdamW" -> new AdamW(adam, options);
      default -> throw new IllegalArgumentException(published.string("optimizer"));
    };
  }

  private static double[][] rows(Object lists) {
    return new Entry(java.util.Map.of("rows", lists)).rows("rows");
  }

  private static float[] floats(double[] values) {
    float[] result = new float[values.length];
    for (int i = 0; i < result.length; i++) {
      result[i] = (float) values[i];
    }
    return result;
  }

  /** Every option at once, in double and by plain loops, beside the real thing. */
  @Test
  void accumulationAgainstASimulationInDouble() {
    int n = 37;
    int every = 3;
    Schedule schedule = new ExponentialDecay(0.05, 4, 0.5);
    OptimizerOptions options =
        OptimizerOptions.NONE
            .weightDecay(0.1)
            .globalClipnorm(2)
            .ema(0.7, 2)
            .gradientAccumulationSteps(every);
    Optimizer rule = new Adam(schedule, 0.9, 0.999, 1e-7).with(options);
    float[] first = Fill.gaussian(1, n);
    Run run = run(rule, first);
    double[] w = Fill.doubles(first);
    double[] m = new double[n];
    double[] v = new double[n];
    double[] average = new double[n];
    double[] sum = new double[n];
    for (int step = 0; step < 20; step++) {
      float[] g = Fill.gaussian(100 + step, n);
      int update = step / every;
      double lr = 0.05 * Math.pow(0.5, step / 4.0); // counts steps
      for (int i = 0; i < n; i++) {
        sum[i] += g[i];
      }
      if (step % every == every - 1) {
        double norm = 0;
        for (int i = 0; i < n; i++) {
          norm += sum[i] / every * (sum[i] / every);
        }
        double factor = 2 / Math.max(2, Math.sqrt(norm));
        int t = update + 1; // counts updates
        double alpha = lr * Math.sqrt(1 - Math.pow(0.999, t)) / (1 - Math.pow(0.9, t));
        for (int i = 0; i < n; i++) {
          double clipped = sum[i] / every * factor;
          w[i] -= w[i] * 0.1 * lr;
          m[i] = 0.9 * m[i] + 0.1 * clipped;
          v[i] = 0.999 * v[i] + 0.001 * clipped * clipped;
          w[i] -= alpha * m[i] / (Math.sqrt(v[i]) + 1e-7);
          sum[i] = 0;
        }
      }
      double momentum = update == 0 ? 0 : 0.7;
      for (int i = 0; i < n; i++) {
        average[i] = momentum * average[i] + (1 - momentum) * w[i];
        w[i] = (update + 1) % 2 == 0 ? average[i] : w[i];
      }
      run.step(g);
      Bits.assertClose("weights after step " + step, w, run.weights(0), 2e-5, 2e-6);
    }
  }

  /** Large variables, so that teams share every kernel; all options; four ways, the same bits. */
  @Test
  void sameBitsWhateverComputes() {
    OptimizerOptions options =
        OptimizerOptions.NONE.weightDecay(0.01).ema(0.9, 2).gradientAccumulationSteps(2);
    for (OptimizerOptions clipped :
        List.of(options.clipnorm(1), options.globalClipnorm(1), options.clipvalue(0.5))) {
      float[][] expected = null;
      for (Kernels kernels : List.of(Kernels.scalar(), Kernels.simd(Teams.of(1)), simd(3))) {
        for (Rewrites rewrites : Rewrites.values()) {
          Run run =
              new Run(
                  new Adam().with(clipped),
                  kernels,
                  rewrites,
                  Fill.gaussian(1, 100_003),
                  Fill.gaussian(2, 33));
          for (int step = 0; step < 5; step++) {
            run.step(Fill.gaussian(3 + step, 100_003), Fill.gaussian(13 + step, 33));
          }
          float[][] actual = {run.weights(0), run.weights(1)};
          if (expected == null) {
            expected = actual;
          }
          Bits.assertSame("kernel", expected[0], actual[0]);
          Bits.assertSame("bias", expected[1], actual[1]);
        }
      }
    }
  }

  private static Kernels simd(int threads) {
    return Kernels.simd(Teams.of(threads));
  }

  @Test
  void normsDoNotOverflow() {
    Run each = run(new Sgd(1).with(OptimizerOptions.NONE.clipnorm(1)), new float[2]);
    each.step(new float[] {3e30f, -4e30f});
    Bits.assertClose("clipnorm", new double[] {-0.6, 0.8}, each.weights(0), 1e-6, 0);
    Run all =
        run(new Sgd(1).with(OptimizerOptions.NONE.globalClipnorm(1)), new float[1], new float[1]);
    all.step(new float[] {3e30f}, new float[] {-4e30f});
    Bits.assertClose("global", new double[] {-0.6}, all.weights(0), 1e-6, 0);
    Bits.assertClose("global", new double[] {0.8}, all.weights(1), 1e-6, 0);
  }

  /** As Keras: clipnorm divides by the infinite norm, global_clipnorm makes everything NaN. */
  @Test
  void infiniteAndUndefinedNorms() {
    float inf = Float.POSITIVE_INFINITY;
    float nan = Float.NaN;
    OptimizerOptions each = OptimizerOptions.NONE.clipnorm(1);
    OptimizerOptions all = OptimizerOptions.NONE.globalClipnorm(1);
    assertStep(each, new float[] {5, inf}, new float[] {0, nan});
    assertStep(each, new float[] {5, nan}, new float[] {nan, nan});
    assertStep(all, new float[] {5, inf}, new float[] {nan, nan});
    assertStep(all, new float[] {5, nan}, new float[] {nan, nan});
    assertStep(each, new float[] {0, 0}, new float[] {0, 0});
    assertStep(all, new float[] {0, 0}, new float[] {0, 0});
    assertStep(OptimizerOptions.NONE.clipvalue(2), new float[] {inf, nan}, new float[] {-2, nan});
    // At the limit nothing is changed, not even by rounding.
    assertStep(each, new float[] {0.6f, 0.7f}, new float[] {-0.6f, -0.7f});
  }

  private static void assertStep(OptimizerOptions options, float[] gradient, float[] expected) {
    Run run = run(new Sgd(1).with(options), new float[2]);
    run.step(gradient);
    Bits.assertSame(options + " " + Arrays.toString(gradient), expected, plusZero(run.weights(0)));
  }

  private static float[] plusZero(float[] values) {
    float[] result = values.clone();
    for (int i = 0; i < result.length; i++) {
      result[i] = result[i] + 0f;
    }
    return result;
  }

  @Test
  void clippingIsGlobalOrNot() {
    float[] large = {30, 40};
    float[] small = {0.3f};
    Run each = run(new Sgd(1).with(OptimizerOptions.NONE.clipnorm(1)), new float[2], new float[1]);
    each.step(large, small);
    Bits.assertClose("each", new double[] {-0.6, -0.8}, each.weights(0), 1e-6, 0);
    Bits.assertSame("each", new float[] {-0.3f}, each.weights(1));
    Run all =
        run(new Sgd(1).with(OptimizerOptions.NONE.globalClipnorm(1)), new float[2], new float[1]);
    all.step(large, small);
    Bits.assertClose("all", new double[] {-0.3 / Math.hypot(50, 0.3)}, all.weights(1), 1e-6, 0);
  }

  @Test
  void finishingReplacesWeightsByAverages() {
    Run run = run(new Sgd(1).with(OptimizerOptions.NONE.ema(0.5)), new float[] {8});
    run.state.finish(); // nothing has been averaged yet
    Bits.assertSame("before", new float[] {8}, run.weights(0));
    run.step(new float[] {2});
    run.step(new float[] {2});
    Bits.assertSame("weights", new float[] {4}, run.weights(0));
    run.state.finish();
    Bits.assertSame("average", new float[] {5}, run.weights(0)); // of 6, then 4
  }

  @Test
  void stateIsNamedAndALearningRateCanBeSet() {
    OptimizerOptions options = OptimizerOptions.NONE.ema(0.9).gradientAccumulationSteps(2);
    Run run = run(new Adam(0.5).with(options), new float[2], new float[3]);
    assertEquals(
        List.of(
            "dense/kernel/momentum",
            "dense/kernel/velocity",
            "dense/bias/momentum",
            "dense/bias/velocity",
            "dense/kernel/average",
            "dense/kernel/gradient_accumulator",
            "dense/bias/average",
            "dense/bias/gradient_accumulator"),
        List.copyOf(run.state.slots().keySet()));
    Run decayed = run(new Sgd(0.5).with(OptimizerOptions.NONE.weightDecay(0.5)), new float[] {8});
    decayed.step(new float[] {0});
    Bits.assertSame("8 less a quarter", new float[] {6}, decayed.weights(0));
    decayed.state.setLearningRate(1);
    decayed.step(new float[] {1});
    Bits.assertSame("6 less a half, less 1", new float[] {2}, decayed.weights(0));
  }

  @Test
  void adamWIsAdamWithDecay() {
    assertEquals("AdamW", new AdamW().name());
    assertEquals(0.004, new AdamW().options().weightDecay());
    Optimizer clipped = new AdamW(0.1, 0.2).with(OptimizerOptions.NONE.clipnorm(1));
    AdamW adamW = assertInstanceOf(AdamW.class, clipped);
    assertEquals(0.2, adamW.options().weightDecay());
    assertEquals(1.0, adamW.options().clipnorm());
    // Options replace options; they are not wrapped around each other.
    Optimizer twice =
        new Sgd()
            .with(OptimizerOptions.NONE.weightDecay(1))
            .with(OptimizerOptions.NONE.clipvalue(1));
    assertEquals(new Sgd().with(OptimizerOptions.NONE.clipvalue(1)), twice);
  }

  @Test
  void refusesWrongOptions() {
    OptimizerOptions none = OptimizerOptions.NONE;
    refused(
        "only one of clipnorm, clipvalue and global_clipnorm can be given, but 2 were",
        () -> none.clipnorm(1).globalClipnorm(1));
    refused("the clipnorm is 0.0, but must be finite and above 0", () -> none.clipnorm(0));
    refused("the clipvalue is NaN, but must be finite and", () -> none.clipvalue(Double.NaN));
    refused("the ema_momentum is 1.5, but must be from 0 to 1", () -> none.ema(1.5));
    refused("the ema_overwrite_frequency is 0, but must be at least 1", () -> none.ema(0.5, 0));
    refused(
        "the gradient_accumulation_steps is 1, but must be at least 2",
        () -> none.gradientAccumulationSteps(1));
    refused(
        "the weight_decay is -0.1, but must be finite and at least 0", () -> none.weightDecay(-.1));
  }
}
