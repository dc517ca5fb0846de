package dev.lanewise.kernel.pointwise;

import dev.lanewise.testing.Bits;
import dev.lanewise.testing.Fill;
import dev.lanewise.testing.Guarded;
import dev.lanewise.testing.Repro;
import dev.lanewise.testing.Teams;
import dev.lanewise.testing.Twin;
import dev.lanewise.testing.VectorCase;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tag;
import net.jqwik.api.lifecycle.AddLifecycleHook;

@Tag("twin")
@AddLifecycleHook(Twin.class)
class NonlinearTwinTest {
  private final Nonlinear scalar = new ScalarPointwise();

  @Provide
  Arbitrary<VectorCase> vectors() {
    return VectorCase.any();
  }

  @Property
  void values(@ForAll("vectors") VectorCase one) {
    Repro.run(getClass(), one, this::sameValues);
  }

  @Property
  void gradients(@ForAll("vectors") VectorCase one) {
    Repro.run(getClass(), one, this::sameGradients);
  }

  @Example
  void productionSizes() {
    for (int threads : Teams.sizes()) {
      VectorCase one = new VectorCase(64 * 676 * 8, 1, 2, 3, threads, false, false, 1);
      sameValues(one);
      sameGradients(one);
    }
  }

  @Example
  void repeat() {
    Repro.repeat(VectorCase.class, this::sameValues);
    Repro.repeat(VectorCase.class, this::sameGradients);
  }

  private static Nonlinearity function(Nonlinearity.Kind kind) {
    return switch (kind) {
      case LEAKY_RELU -> Nonlinearity.leakyRelu(0.3f);
      case ELU -> Nonlinearity.elu(1.25f);
      default -> new Nonlinearity(kind, 0f);
    };
  }

  /** A call of one twin that writes to {@code out}. */
  private interface Call {
    void on(Nonlinear twin, Guarded out);
  }

  private void same(String what, int threads, Guarded expected, Call call) {
    Nonlinear simd = new SimdPointwise(Teams.of(threads));
    Twin.assertUnderTest(simd, threads);
    Guarded actual = expected.copy();
    call.on(scalar, expected);
    call.on(simd, actual);
    Bits.assertSame(what, expected.values(), actual.values());
    actual.assertIntact(what);
  }

  /** Values whose functions are neither flat nor linear, and special ones. */
  private static float[] values(VectorCase one, int which) {
    float[] values = one.values(which);
    for (int i = 0; i < values.length; i++) {
      values[i] *= one.wide() ? 1f : 3f;
    }
    return values;
  }

  private void sameValues(VectorCase one) {
    Guarded input = Guarded.of(values(one, 0), one.aOffset());
    for (Nonlinearity.Kind kind : Nonlinearity.Kind.values()) {
      same(
          kind.toString(),
          one.threads(),
          one.output(values(one, 0)),
          (twin, y) -> {
            Guarded x = one.inPlace() ? y : input;
            twin.apply(function(kind), one.n(), x.array, x.offset, y.array, y.offset);
          });
    }
    Bits.assertSame("x", values(one, 0), input.values());
  }

  private void sameGradients(VectorCase one) {
    Guarded saved = Guarded.of(values(one, 0), one.aOffset());
    Guarded given = Guarded.of(Fill.gaussian(one.seed(), one.n()), one.bOffset());
    for (Nonlinearity.Kind kind : Nonlinearity.Kind.values()) {
      same(
          kind + " gradient",
          one.threads(),
          one.output(Fill.gaussian(one.seed(), one.n())),
          (twin, dx) -> {
            Guarded dy = one.inPlace() ? dx : given;
            twin.gradient(
                function(kind),
                one.n(),
                saved.array,
                saved.offset,
                dy.array,
                dy.offset,
                dx.array,
                dx.offset);
          });
    }
    Bits.assertSame("saved", values(one, 0), saved.values());
  }
}
