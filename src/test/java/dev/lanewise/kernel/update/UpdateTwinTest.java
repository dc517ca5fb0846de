package dev.lanewise.kernel.update;

import dev.lanewise.testing.Bits;
import dev.lanewise.testing.Fill;
import dev.lanewise.testing.Guarded;
import dev.lanewise.testing.Repro;
import dev.lanewise.testing.Shapes;
import dev.lanewise.testing.Sizes;
import dev.lanewise.testing.Teams;
import dev.lanewise.testing.Twin;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tag;
import net.jqwik.api.lifecycle.AddLifecycleHook;

@Tag("twin")
@AddLifecycleHook(Twin.class)
class UpdateTwinTest {
  private static final int STEPS = 3;

  enum Kind {
    GAUSSIAN,
    ZERO_GRADIENT,
    SPECIAL,
    WIDE,
    TINY
  }

  /** Some steps of one rule; {@code flush} false means thresholds of 0. */
  record Run(
      UpdateRule rule,
      int n,
      int offset,
      int gOffset,
      int threads,
      Kind kind,
      boolean flush,
      long seed) {
    float[] values(int which) {
      long of = seed * 31 + which;
      float[] values =
          switch (kind) {
            case GAUSSIAN, ZERO_GRADIENT, TINY -> Fill.gaussian(of, n);
            case SPECIAL -> Fill.withSpecials(of, n, 0.2);
            case WIDE -> Fill.wide(of, n);
          };
      if (kind == Kind.TINY) { // around the thresholds of states: some are flushed, some are not
        for (int i = 0; i < n; i++) {
          values[i] *= i % 3 == 0 ? 0x1p-100f : i % 3 == 1 ? 0x1p-63f : 0x1p-126f;
        }
      }
      return values;
    }

    float[] gradient(int step) {
      return kind == Kind.ZERO_GRADIENT ? new float[n] : values(10 + step);
    }

    /** Numbers as they are used, and, one time in four, numbers that make terms vanish. */
    float hyper(float usual, float odd) {
      return seed % 4 == 0 ? odd : usual;
    }

    UpdateRule.Numbers numbers() {
      Moments moments =
          new Moments(
              hyper(0.9f, 1f),
              hyper(0.1f, 0f),
              hyper(0.999f, 0.5f),
              hyper(0.001f, 1f),
              flush ? Update.FLUSH_MEAN : 0,
              flush ? Update.FLUSH_SQUARE : 0);
      return new UpdateRule.Numbers(
          hyper(0.01f, 0f),
          hyper(0.9f, 1f),
          seed % 2 == 0 ? 1 : -0.3f,
          seed % 3 == 0 ? 0 : 1e-7f,
          seed % 3 == 1 ? 0 : 1e-8f,
          seed % 5 < 3 ? 0 : 0.02f,
          moments);
    }
  }

  @Provide
  Arbitrary<Run> runs() {
    return Combinators.combine(
            Arbitraries.of(UpdateRule.values()),
            Sizes.lengths(),
            Sizes.offsets(),
            Sizes.offsets(),
            Sizes.threads(),
            Arbitraries.of(Kind.values()),
            Arbitraries.of(true, false),
            Arbitraries.longs().between(0, 1_000_000))
        .as(Run::new);
  }

  @Property(tries = 1000)
  void sameSteps(@ForAll("runs") Run run) {
    Repro.run(getClass(), run, this::same);
  }

  /** Every rule, at every small length, with every kind of values. */
  @Example
  void everyRuleAtSmallLengths() {
    for (UpdateRule rule : UpdateRule.values()) {
      for (Kind kind : Kind.values()) {
        for (int n = 0; n <= 66; n++) {
          Repro.run(getClass(), new Run(rule, n, n % 5, n % 7, 1, kind, true, n + 1), this::same);
        }
      }
    }
  }

  /** The dense layer of the MNIST CNN, whole, and a part of it divided over every team. */
  @Example
  void productionSizes() {
    same(new Run(UpdateRule.ADAM, 5408 * 256 + 1, 1, 0, 2, Kind.GAUSSIAN, true, 1));
    for (int n : Shapes.variables(2_000_000)) {
      same(new Run(UpdateRule.ADAM, n, 0, 0, 2, Kind.GAUSSIAN, true, 1));
      same(new Run(UpdateRule.SGD, n, 0, 0, 3, Kind.GAUSSIAN, true, 1));
    }
    for (int threads : Teams.sizes()) {
      for (UpdateRule rule : UpdateRule.values()) {
        same(new Run(rule, 5408 * 16 + 10, 0, 3, threads, Kind.GAUSSIAN, true, 2));
      }
    }
  }

  @Example
  void repeat() {
    Repro.repeat(Run.class, this::same);
  }

  private void same(Run run) {
    Update simd = new SimdUpdate(Teams.of(run.threads));
    Twin.assertUnderTest(simd, run.threads);
    State expected = new State(run);
    State actual = new State(run);
    for (int step = 0; step < (run.n > 50_000 ? 1 : STEPS); step++) {
      Guarded gradient = Guarded.of(run.gradient(step), run.gOffset);
      float[] before = gradient.values();
      expected.step(new ScalarUpdate(), gradient);
      actual.step(simd, gradient);
      Bits.assertSame("w", expected.w.values(), actual.w.values());
      for (int i = 0; i < actual.states.size(); i++) {
        float[] wanted = expected.states.get(i).values();
        Bits.assertSame("state " + i, wanted, actual.states.get(i).values());
      }
      Bits.assertSame("g", before, gradient.values());
    }
    actual.w.assertIntact("w");
    actual.states.forEach(state -> state.assertIntact("state"));
    if (run.kind == Kind.GAUSSIAN && run.numbers().rate() != 0) {
      boolean sparse = run.rule == UpdateRule.FTRL; // its L1 term leaves zeros
      Bits.assertNotMostlyZero("w", sparse ? new float[0] : actual.w.values());
    }
  }

  /** Weights and states of one variable. */
  private static final class State {
    private final Run run;
    private final Guarded w;
    private final List<Guarded> states = new ArrayList<>();

    State(Run run) {
      this.run = run;
      w = Guarded.of(run.values(0), run.offset);
      for (int s = 0; s < run.rule.states().length(); s++) {
        float[] values = run.values(1 + s);
        for (int i = 0; i < values.length; i++) {
          // Squares are not negative; one time in eight they are, and the root is NaN.
          boolean positive = run.rule.square(s) && run.seed % 8 != 7;
          values[i] = positive ? Math.abs(values[i]) : values[i];
        }
        states.add(Guarded.of(values, run.offset));
      }
    }

    void step(Update twin, Guarded g) {
      float[][] arrays = states.stream().map(state -> state.array).toArray(float[][]::new);
      run.rule.step(twin, run.numbers(), run.n, w.array, w.offset, g.array, g.offset, arrays);
    }
  }
}
