package dev.lanewise.cases;

import dev.lanewise.kernel.Kernels;
import dev.lanewise.kernel.pointwise.Nonlinear;
import dev.lanewise.kernel.pointwise.Nonlinearity;
import dev.lanewise.testing.Calls;
import dev.lanewise.testing.Content;
import dev.lanewise.testing.Family;
import dev.lanewise.testing.Guarded;
import dev.lanewise.testing.KernelCase;
import dev.lanewise.testing.Measured;
import dev.lanewise.testing.VectorCase;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Combinators;

/** Cases of the activation functions beyond ReLU: each, and its gradient. */
public final class NonlinearCases implements Family {
  private static final List<Integer> FIXED = List.of(0, 1, 7, 16, 17, 31, 33, 64, 65, 100, 50_001);

  /** The functions that were there first: theirs are the hashes "nonlinear". */
  private static final Set<Nonlinearity.Kind> FIRST =
      EnumSet.range(Nonlinearity.Kind.LEAKY_RELU, Nonlinearity.Kind.GELU);

  /** Every function of the same vectors: the first ones, or all others. */
  record Functions(VectorCase of, boolean first) implements KernelCase {
    @Override
    public int threads() {
      return of.threads();
    }

    /** Values at which functions are neither flat nor linear, and special ones. */
    private float[] x() {
      float[] values = of.content().values(of.seed(), of.n());
      float factor = of.content() == Content.ROUGH ? 6 : of.content() == Content.WIDE ? 1 : 3;
      for (int i = 0; i < values.length; i++) {
        values[i] *= factor;
      }
      return values;
    }

    @Override
    public Calls calls(Kernels kernels) {
      Calls calls = new Calls();
      Guarded x = calls.in("x", Guarded.of(x(), of.aOffset()));
      for (Nonlinearity.Kind kind : first ? FIRST : EnumSet.complementOf(EnumSet.copyOf(FIRST))) {
        Nonlinearity function =
            switch (kind) {
              case LEAKY_RELU, ELU, SWISH -> new Nonlinearity(kind, 0.75f);
              case SELU -> Nonlinearity.selu(1.75f, 1.25f);
              case HARD_SIGMOID -> Nonlinearity.hardSigmoid(0.2f, 0.5f);
              default -> new Nonlinearity(kind, 0f);
            };
        function(kernels.nonlinear(), function, calls, x);
      }
      return calls;
    }

    /** What is hashed reads the function's own output, where the gradient does. */
    private void function(Nonlinear kernel, Nonlinearity f, Calls calls, Guarded values) {
      boolean fixed = of.content() == Content.ROUGH;
      int n = of.n();
      Guarded y = calls.out(f.kind().toString(), of.output(values));
      Guarded x = of.inPlace() ? y : values;
      float[] whole = values.values();
      Content content = fixed ? Content.FIXED : Content.GAUSSIAN;
      Guarded given = Guarded.of(content.values(of.seed() + 9, n), of.bOffset());
      Guarded dx = calls.out(f.kind() + " gradient", of.output(given));
      Guarded dy = of.inPlace() ? dx : given;
      Guarded s = fixed && f.gradientReadsOutput() ? y : values;
      calls
          .add("apply " + f, () -> kernel.apply(f, n, x.array, x.offset, y.array, y.offset))
          .arrays("apply " + f, y, all -> kernel.apply(f, whole, all))
          .add(
              "gradient of " + f,
              () ->
                  kernel.backward(
                      f, n, s.array, s.offset, dy.array, dy.offset, dx.array, dx.offset));
    }
  }

  @Override
  public List<Drawn> drawn() {
    return Drawn.of(
        Functions.class,
        Combinators.combine(VectorCase.any(), Arbitraries.of(true, false)).as(Functions::new));
  }

  /** The values of the convolution's output, of a few images. */
  @Override
  public List<Functions> production(int threads) {
    VectorCase values = VectorCase.of(64 * 676 * 8, threads);
    return List.of(new Functions(values, true), new Functions(values, false));
  }

  @Override
  public List<Fixed> fixed() {
    List<Fixed> all = new ArrayList<>();
    for (boolean first : new boolean[] {true, false}) {
      all.addAll(
          Fixed.of(
              first ? "nonlinear" : "units",
              FIXED,
              (n, i) -> new Functions(VectorCase.fixed(n, Content.ROUGH, 1200 + i), first)));
    }
    return all;
  }

  @Override
  public List<Measured> measured() {
    return List.of(
        Measured.vectors("length", n -> new Functions(VectorCase.of(n, 2), true)),
        Measured.vectors("length of others", n -> new Functions(VectorCase.of(n, 2), false)));
  }
}
