package dev.lanewise.kernel.update;

import dev.lanewise.testing.Bits;
import dev.lanewise.testing.Fill;
import dev.lanewise.testing.Guarded;
import dev.lanewise.testing.Repro;
import dev.lanewise.testing.Sizes;
import dev.lanewise.testing.Teams;
import dev.lanewise.testing.Twin;
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

  enum Rule {
    SGD,
    MOMENTUM,
    NESTEROV,
    ADAM
  }

  enum Kind {
    GAUSSIAN,
    SPECIAL,
    WIDE,
    TINY
  }

  /** Some steps of one rule; {@code flush} false means thresholds of 0. */
  record Run(
      Rule rule,
      int n,
      int wOffset,
      int stateOffset,
      int threads,
      Kind kind,
      boolean flush,
      long seed) {
    float[] values(int which) {
      long of = seed * 31 + which;
      float[] values =
          switch (kind) {
            case GAUSSIAN, TINY -> Fill.gaussian(of, n);
            case SPECIAL -> Fill.withSpecials(of, n, 0.2);
            case WIDE -> Fill.wide(of, n);
          };
      if (kind == Kind.TINY) { // around the thresholds of states: some are flushed, some are not
        for (int i = 0; i < n; i++) {
          values[i] *= i % 2 == 0 ? 0x1p-100f : 0x1p-63f;
        }
      }
      return values;
    }

    /** Numbers as they are used, and, one time in four, numbers that make terms vanish. */
    float hyper(float usual, float odd) {
      return seed % 4 == 0 ? odd : usual;
    }
  }

  @Provide
  Arbitrary<Run> runs() {
    return Combinators.combine(
            Arbitraries.of(Rule.values()),
            Sizes.lengths(),
            Sizes.offsets(),
            Sizes.offsets(),
            Sizes.threads(),
            Arbitraries.of(Kind.values()),
            Arbitraries.of(true, false),
            Arbitraries.longs().between(0, 1_000_000))
        .as(Run::new);
  }

  @Property(tries = 400)
  void sameSteps(@ForAll("runs") Run run) {
    Repro.run(getClass(), run, this::same);
  }

  /** The dense layer of the MNIST CNN, whole, and a part of it divided over every team. */
  @Example
  void productionSizes() {
    same(new Run(Rule.ADAM, 5408 * 256 + 1, 1, 0, 2, Kind.GAUSSIAN, true, 1));
    for (int threads : Teams.sizes()) {
      for (Rule rule : Rule.values()) {
        same(new Run(rule, 5408 * 64 + 10, 0, 3, threads, Kind.GAUSSIAN, true, 2));
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
    for (int step = 0; step < (run.n > 100_000 ? 1 : STEPS); step++) {
      Guarded gradient = Guarded.of(run.values(10 + step), run.stateOffset / 2);
      float[] before = gradient.values();
      expected.step(new ScalarUpdate(), gradient);
      actual.step(simd, gradient);
      Bits.assertSame("w", expected.w.values(), actual.w.values());
      Bits.assertSame("m", expected.m.values(), actual.m.values());
      Bits.assertSame("v", expected.v.values(), actual.v.values());
      Bits.assertSame("g", before, gradient.values());
    }
    actual.w.assertIntact("w");
    actual.m.assertIntact("m");
    actual.v.assertIntact("v");
    if (run.kind == Kind.GAUSSIAN) {
      Bits.assertNotMostlyZero("w", actual.w.values());
    }
  }

  /** Weights and states of one variable. */
  private static final class State {
    private final Run run;
    private final Guarded w;
    private final Guarded m;
    private final Guarded v;

    State(Run run) {
      this.run = run;
      w = Guarded.of(run.values(0), run.wOffset);
      m = Guarded.of(run.values(1), run.stateOffset);
      float[] second = run.values(2);
      for (int i = 0; i < second.length; i++) {
        // Second moments are not negative; one time in eight they are, and the root is NaN.
        second[i] = run.seed % 8 == 7 || run.rule != Rule.ADAM ? second[i] : Math.abs(second[i]);
      }
      v = Guarded.of(second, run.stateOffset / 3);
    }

    void step(Update twin, Guarded g) {
      float flushMean = run.flush ? Update.FLUSH_MEAN : 0;
      float flushSquare = run.flush ? Update.FLUSH_SQUARE : 0;
      float rate = run.hyper(0.01f, 0f);
      float share = run.hyper(0.9f, 1f);
      switch (run.rule) {
        case SGD -> twin.sgd(run.n, w.array, w.offset, g.array, g.offset, rate);
        case MOMENTUM, NESTEROV ->
            twin.momentum(
                run.n,
                w.array,
                w.offset,
                g.array,
                g.offset,
                v.array,
                v.offset,
                rate,
                share,
                run.rule == Rule.NESTEROV,
                flushMean);
        case ADAM ->
            twin.adam(
                run.n,
                w.array,
                w.offset,
                g.array,
                g.offset,
                m.array,
                m.offset,
                v.array,
                v.offset,
                rate,
                share,
                run.hyper(0.1f, 0f),
                run.hyper(0.999f, 0.5f),
                run.hyper(0.001f, 1f),
                run.hyper(1e-7f, 0f),
                flushMean,
                flushSquare);
      }
    }
  }
}
