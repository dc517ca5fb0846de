package dev.lanewise.kernel.pointwise;

import dev.lanewise.testing.Bits;
import dev.lanewise.testing.Fill;
import dev.lanewise.testing.Guarded;
import dev.lanewise.testing.Repro;
import dev.lanewise.testing.Sizes;
import dev.lanewise.testing.Teams;
import dev.lanewise.testing.Twin;
import dev.lanewise.testing.VectorCase;
import java.util.Random;
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
class ElementwiseTwinTest {
  private final Elementwise scalar = new ScalarPointwise();

  record Labels(int n, int classes, int labelsOffset, int yOffset, int threads, long seed) {}

  @Provide
  Arbitrary<VectorCase> vectors() {
    return VectorCase.any();
  }

  @Provide
  Arbitrary<Labels> labels() {
    return Combinators.combine(
            Sizes.lengths(),
            Arbitraries.integers().between(1, 20),
            Sizes.offsets(),
            Sizes.offsets(),
            Sizes.threads(),
            Arbitraries.longs().between(0, 1_000_000))
        .as(Labels::new)
        .filter(one -> one.n * one.classes < 100_000);
  }

  @Property
  void scale(@ForAll("vectors") VectorCase one) {
    Repro.run(getClass(), one, this::sameScale);
  }

  @Property
  void add(@ForAll("vectors") VectorCase one) {
    Repro.run(getClass(), one, this::sameSum);
  }

  @Property
  void axpy(@ForAll("vectors") VectorCase one) {
    Repro.run(getClass(), one, this::sameAxpy);
  }

  @Property
  void clip(@ForAll("vectors") VectorCase one) {
    Repro.run(getClass(), one, this::sameClip);
  }

  @Property
  void bytesToUnit(@ForAll("vectors") VectorCase one) {
    Repro.run(getClass(), one, this::sameUnits);
  }

  @Property
  void oneHot(@ForAll("labels") Labels one) {
    Repro.run(getClass(), one, this::sameMarks);
  }

  /** A batch of MNIST images and labels, and a large vector, on every team. */
  @Example
  void productionSizes() {
    for (int threads : Teams.sizes()) {
      VectorCase batch = new VectorCase(64 * 784, 0, 0, 0, threads, false, false, 1);
      sameUnits(batch);
      sameScale(batch);
      sameClip(batch);
      VectorCase large = new VectorCase(346_122, 1, 2, 3, threads, true, false, 2);
      sameSum(large);
      sameAxpy(large);
      sameMarks(new Labels(60_000, 10, 0, 0, threads, 3));
    }
  }

  @Example
  void repeat() {
    Repro.repeat(VectorCase.class, this::sameScale);
    Repro.repeat(VectorCase.class, this::sameSum);
    Repro.repeat(VectorCase.class, this::sameAxpy);
    Repro.repeat(VectorCase.class, this::sameClip);
    Repro.repeat(VectorCase.class, this::sameUnits);
    Repro.repeat(Labels.class, this::sameMarks);
  }

  /** A call of one twin that writes to {@code out}. */
  private interface Call {
    void on(Elementwise twin, Guarded out);
  }

  private void same(String what, int threads, Guarded expected, Call call) {
    Elementwise simd = new SimdPointwise(Teams.of(threads));
    Twin.assertUnderTest(simd, threads);
    Guarded actual = expected.copy();
    call.on(scalar, expected);
    call.on(simd, actual);
    Bits.assertSame(what, expected.values(), actual.values());
    actual.assertIntact(what);
  }

  /** A factor that is sometimes special. */
  private static float alpha(VectorCase one) {
    float[] specials = Fill.specials();
    return one.seed() % 3 == 0 ? specials[(int) (one.seed() % specials.length)] : -1.7f;
  }

  private void sameScale(VectorCase one) {
    Guarded input = Guarded.of(one.values(0), one.aOffset());
    same(
        "scale",
        one.threads(),
        one.output(one.values(0)),
        (twin, y) -> {
          Guarded x = one.inPlace() ? y : input;
          twin.scale(one.n(), alpha(one), x.array, x.offset, y.array, y.offset);
        });
    Bits.assertSame("x", one.values(0), input.values());
  }

  private void sameClip(VectorCase one) {
    Guarded input = Guarded.of(one.values(0), one.aOffset());
    float low = one.seed() % 5 == 0 ? Float.NEGATIVE_INFINITY : one.seed() % 5 == 1 ? 0f : -0.5f;
    float high = one.seed() % 7 == 0 ? Float.POSITIVE_INFINITY : 0.25f;
    same(
        "clip",
        one.threads(),
        one.output(one.values(0)),
        (twin, y) -> {
          Guarded x = one.inPlace() ? y : input;
          twin.clip(one.n(), low, high, x.array, x.offset, y.array, y.offset);
        });
    Bits.assertSame("x", one.values(0), input.values());
  }

  private void sameSum(VectorCase one) {
    Guarded first = Guarded.of(one.values(0), one.aOffset());
    Guarded second = Guarded.of(one.values(1), one.bOffset());
    boolean overFirst = one.seed() % 2 == 0;
    same(
        "add",
        one.threads(),
        one.output(one.values(overFirst ? 0 : 1)),
        (twin, c) -> {
          Guarded a = one.inPlace() && overFirst ? c : first;
          Guarded b = one.inPlace() && !overFirst ? c : second;
          twin.add(one.n(), a.array, a.offset, b.array, b.offset, c.array, c.offset);
        });
    Bits.assertSame("b", one.values(1), second.values());
  }

  private void sameAxpy(VectorCase one) {
    Guarded input = Guarded.of(one.values(0), one.aOffset());
    same(
        "axpy",
        one.threads(),
        Guarded.of(one.values(1), one.outOffset()),
        (twin, y) -> {
          Guarded x = one.inPlace() ? y : input;
          twin.axpy(one.n(), alpha(one), x.array, x.offset, y.array, y.offset);
        });
  }

  private void sameUnits(VectorCase one) {
    byte[] bytes = new byte[one.aOffset() + one.n()];
    new Random(one.seed()).nextBytes(bytes);
    same(
        "bytesToUnit",
        one.threads(),
        Guarded.of(one.n(), one.outOffset()),
        (twin, y) -> twin.bytesToUnit(one.n(), bytes, one.aOffset(), y.array, y.offset));
  }

  private void sameMarks(Labels one) {
    int[] labels = Fill.labels(one.seed, one.labelsOffset + one.n, one.classes);
    same(
        "oneHot",
        one.threads,
        Guarded.of(one.n * one.classes, one.yOffset),
        (twin, y) -> twin.oneHot(one.n, one.classes, labels, one.labelsOffset, y.array, y.offset));
  }
}
