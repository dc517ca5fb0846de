package dev.lanewise.cases;

import dev.lanewise.kernel.Kernels;
import dev.lanewise.kernel.math.CounterRandom;
import dev.lanewise.kernel.pointwise.Dropout;
import dev.lanewise.testing.Calls;
import dev.lanewise.testing.Content;
import dev.lanewise.testing.Family;
import dev.lanewise.testing.Guarded;
import dev.lanewise.testing.KernelCase;
import dev.lanewise.testing.Measured;
import dev.lanewise.testing.Shapes;
import dev.lanewise.testing.VectorCase;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Tuple;

/** Dropout's cases. */
public final class DropoutCases implements Family {
  private static final int LENGTHS = 1_000_000;
  private static final List<Integer> FIXED = List.of(0, 1, 7, 16, 17, 33, 64, 65, 100, 129, 40_000);
  private static final double[] RATES = {0, 0.1, 0.25, 0.5, 0.75, 0.999999, 1};

  /** {@code firstIndex} may be so large that the last index is the largest int. */
  record Mask(VectorCase of, double rate, int firstIndex) implements KernelCase {
    @Override
    public int threads() {
      return of.threads();
    }

    @Override
    public Calls calls(Kernels kernels) {
      Dropout kernel = kernels.dropout();
      Calls calls = new Calls();
      int n = of.n();
      int first = Math.min(firstIndex, Integer.MAX_VALUE - n);
      boolean fixed = of.content() == Content.ROUGH;
      long key = CounterRandom.key(of.seed(), 3, fixed ? 7 : of.seed() >>> 7);
      double exact = fixed ? rate : rate(key, first);
      Guarded input = calls.in("x", Guarded.of(of.content().values(of.seed(), n), of.aOffset()));
      Guarded y = calls.out("y", of.output(input));
      Guarded x = of.inPlace() ? y : input;
      if (exact < 0.3 && n > 300 && of.content() == Content.GAUSSIAN) {
        calls.dense("y", y);
      }
      return calls.add(
          "apply", () -> kernel.apply(n, exact, key, first, x.array, x.offset, y.array, y.offset));
    }

    /** The case's rate, or, one time in five, one that keeps some element with nothing to spare. */
    private double rate(long key, int first) {
      if (of.seed() % 5 != 0 || of.n() == 0) {
        return rate;
      }
      int index = first + (int) Math.floorMod(of.seed() / 5, (long) of.n());
      return Integer.toUnsignedLong(CounterRandom.bits(key, index)) * 0x1p-32;
    }
  }

  @Override
  public List<Drawn> drawn() {
    Arbitrary<Double> borders =
        Arbitraries.of(
            0.0,
            1.0,
            0.25,
            0.5,
            Math.nextDown(0.5),
            Math.nextUp(0.5),
            0.9,
            0x1p-33,
            0x1p-32,
            Math.nextDown(1.0),
            0.999999);
    Arbitrary<Double> rates =
        Arbitraries.frequencyOf(
            Tuple.of(3, Arbitraries.doubles().between(0, 1).ofScale(6)), Tuple.of(2, borders));
    Arbitrary<Integer> first =
        Arbitraries.oneOf(
            Arbitraries.integers().between(0, 100),
            Arbitraries.integers().between(0, Integer.MAX_VALUE - LENGTHS),
            Arbitraries.just(Integer.MAX_VALUE));
    return Drawn.of(Mask.class, Combinators.combine(VectorCase.any(), rates, first).as(Mask::new));
  }

  /** The activations of the MNIST CNN's dropout layers. */
  @Override
  public List<Mask> production(int threads) {
    int pooled = Shapes.length(Shapes.POOLED_VALUES);
    VectorCase images = new VectorCase(pooled, 0, 0, 0, threads, true, Content.GAUSSIAN, 1);
    int dense = Shapes.length(Shapes.DENSE_VALUES);
    return List.of(new Mask(images, 0.25, 0), new Mask(VectorCase.of(dense, threads), 0.5, 0));
  }

  @Override
  public List<Fixed> fixed() {
    return Fixed.of(
        "dropout",
        FIXED,
        (n, i) ->
            new Mask(
                VectorCase.fixed(n, Content.ROUGH, 700 + i),
                RATES[i % RATES.length],
                11 * (700 + i)));
  }

  @Override
  public List<Measured> measured() {
    return List.of(
        Measured.vectors("rate 0", n -> new Mask(VectorCase.of(n, 2), 0, 5)),
        Measured.vectors("rate 0.25", n -> new Mask(VectorCase.of(n, 2), 0.25, 5)),
        Measured.vectors("rate 1", n -> new Mask(VectorCase.of(n, 2), 1, 5)));
  }
}
