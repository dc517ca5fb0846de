package dev.lanewise.cases;

import dev.lanewise.kernel.Kernels;
import dev.lanewise.kernel.update.Moments;
import dev.lanewise.kernel.update.Update;
import dev.lanewise.kernel.update.UpdateRule;
import dev.lanewise.testing.Calls;
import dev.lanewise.testing.Family;
import dev.lanewise.testing.Fill;
import dev.lanewise.testing.FixedInputs;
import dev.lanewise.testing.Guarded;
import dev.lanewise.testing.KernelCase;
import dev.lanewise.testing.Measured;
import dev.lanewise.testing.Shapes;
import dev.lanewise.testing.Sizes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Combinators;

/** Cases of the optimizers' updates. */
public final class UpdateCases implements Family {
  private static final List<Integer> FIXED =
      List.of(1, 7, 16, 17, 31, 33, 64, 65, 100, 127, 40_003);

  /** What gradients and weights are. */
  public enum Kind {
    GAUSSIAN,
    ZERO_GRADIENT,
    SPECIAL,
    WIDE,
    TINY
  }

  /** Some steps of one rule; {@code flush} false means thresholds of 0. */
  public record Steps(
      UpdateRule rule,
      int n,
      int offset,
      int gOffset,
      int threads,
      Kind kind,
      boolean flush,
      long seed)
      implements KernelCase {
    private float[] values(int which) {
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

    /** Numbers as they are used, and, one time in four, numbers that make terms vanish. */
    private float hyper(float usual, float odd) {
      return seed % 4 == 0 ? odd : usual;
    }

    private UpdateRule.Numbers numbers() {
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

    @Override
    public Calls calls(Kernels kernels) {
      Calls calls = new Calls();
      Guarded w = calls.out("w", Guarded.of(values(0), offset));
      float[][] states = new float[rule.states().length()][];
      for (int s = 0; s < states.length; s++) {
        float[] values = values(1 + s);
        for (int i = 0; i < values.length; i++) {
          // Squares are not negative; one time in eight they are, and the root is NaN.
          boolean positive = rule.square(s) && seed % 8 != 7;
          values[i] = positive ? Math.abs(values[i]) : values[i];
        }
        states[s] = calls.out("state " + s, Guarded.of(values, offset)).array;
      }
      UpdateRule.Numbers numbers = numbers();
      for (int step = 0; step < (n > 50_000 ? 1 : 3); step++) {
        float[] values = kind == Kind.ZERO_GRADIENT ? new float[n] : values(10 + step);
        Guarded g = calls.in("g", Guarded.of(values, gOffset));
        calls.add(
            rule + ", step " + step,
            () ->
                rule.step(
                    kernels.update(), numbers, n, w.array, w.offset, g.array, g.offset, states));
      }
      if (kind == Kind.GAUSSIAN && numbers.rate() != 0 && rule != UpdateRule.FTRL) {
        calls.dense("w", w); // Ftrl's L1 term leaves zeros
      }
      return calls;
    }
  }

  /** Two steps by every rule: what is hashed. */
  record EveryRule(int n, int seed) implements KernelCase {
    @Override
    public int threads() {
      return 1;
    }

    @Override
    public Calls calls(Kernels kernels) {
      Calls calls = new Calls();
      float[] g = FixedInputs.values(seed, n);
      for (int i = 0; i < n; i += 5) {
        g[i] = i % 2 == 0 ? 0 : 1e-30f;
      }
      Moments moments = Moments.of(0.9, 0.999, 1e-7);
      float[][] w = new float[12][];
      for (int i = 0; i < w.length; i++) {
        w[i] = calls.out("w " + i, Guarded.of(FixedInputs.values(seed + 7 * i, n), 0)).array;
      }
      float[][] s = new float[19][];
      for (int i = 0; i < s.length; i++) {
        float[] start = new float[n];
        Arrays.fill(start, i == 1 ? 0.1f : 0);
        s[i] = calls.out("state " + i, Guarded.of(start, 0)).array;
      }
      calls.add("steps", () -> steps(kernels.update(), moments, w, g, s));
      return calls;
    }

    private void steps(Update kernel, Moments moments, float[][] w, float[] g, float[][] s) {
      for (int step = 0; step < 2; step++) {
        float rate = 0.01f / (step + 1);
        kernel.sgd(n, w[0], 0, g, 0, rate, 0.5f);
        kernel.momentum(n, w[1], 0, g, 0, s[0], rate, 0.9f, 1, step == 0, 0, 0x1p-100f);
        kernel.adagrad(n, w[2], 0, g, 0, s[1], rate, 1e-7f, 0, 0, 0x1p-126f);
        kernel.adadelta(n, w[3], 0, g, 0, s[2], s[3], moments, rate, 1e-7f, 0.1f);
        kernel.rmsprop(n, w[4], 0, g, 0, s[4], s[5], s[6], moments, rate, 0.9f, 1, 1e-7f, 0, 0);
        kernel.adam(n, w[5], 0, g, 0, s[7], s[8], s[9], moments, rate, 1e-7f, 0);
        kernel.adamax(n, w[6], 0, g, 0, s[10], s[11], moments, rate, 0, 1e-7f, 0);
        kernel.nadam(n, w[7], 0, g, 0, s[12], s[13], moments, rate, 0.3f * rate, 1e-7f, 0.1f);
        kernel.ftrl(
            n, w[8], 0, g, 0, s[14], s[15], 1 / rate, 0.01f, 0.1f, 0.2f, 0x1p-100f, 0x1p-126f);
        kernel.lion(n, w[9], 0, g, 0, s[16], moments, rate, 0);
        kernel.decay(n, w[10], 0, rate);
        kernel.average(n, s[17], 0, w[11], 0, 0.9f * step, 1 - 0.9f * step, 0x1p-100f);
      }
    }
  }

  @Override
  public List<Drawn> drawn() {
    return Drawn.of(
        Steps.class,
        Combinators.combine(
                Arbitraries.of(UpdateRule.values()),
                Sizes.lengths(),
                Sizes.offsets(),
                Sizes.offsets(),
                Sizes.threads(),
                Arbitraries.of(Kind.values()),
                Arbitraries.of(true, false),
                Sizes.seeds())
            .as(Steps::new));
  }

  /** The dense layer of the MNIST CNN, whole, and every rule on a part of it. */
  @Override
  public List<Steps> production(int threads) {
    List<Steps> cases = new ArrayList<>();
    for (int n : Shapes.variables(2_000_000)) {
      cases.add(gaussian(UpdateRule.ADAM, n + 1, threads));
      cases.add(gaussian(UpdateRule.SGD, n, threads));
    }
    for (UpdateRule rule : UpdateRule.values()) {
      cases.add(gaussian(rule, 5408 * 16 + 10, threads));
    }
    return cases;
  }

  private static Steps gaussian(UpdateRule rule, int n, int threads) {
    return new Steps(rule, n, 1, 3, threads, Kind.GAUSSIAN, true, 1);
  }

  @Override
  public List<Fixed> fixed() {
    return Fixed.of("update", FIXED, (n, i) -> new EveryRule(n, 800 + i));
  }

  @Override
  public List<Measured> measured() {
    return Arrays.stream(UpdateRule.values())
        .map(rule -> Measured.vectors(rule.toString(), n -> gaussian(rule, n, 2)))
        .toList();
  }
}
