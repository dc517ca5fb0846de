package dev.lanewise.bench;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * The two roofs under which every kernel works: how fast cores multiply and add what they hold in
 * registers, and how fast they stream arrays.
 *
 * <p>How many threads work is JMH's own option {@code -t}, 1 or 2: each has registers and arrays of
 * its own, and JMH adds up what they do. The lines {@code fma:GFLOP} and {@code triad:GB} are the
 * roofs of as many threads; the calls a second mean nothing. The working set {@code kilobytes} is
 * one thread's: a kernel whose team of t works on B bytes stands under the roof of t threads with B
 * / t each.
 */
public class RoofBench extends KernelBench {
  private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;

  /** Iterations of the fma loop in an invocation. */
  private static final int ROUNDS = 10_000;

  /** Independent chains, as in a large register tile: enough to hide the latency of an fma. */
  private static final int CHAINS = 24;

  /** Work done, in 10^9 floating-point operations; an fma is two. */
  @AuxCounters(AuxCounters.Type.OPERATIONS)
  @State(Scope.Thread)
  public static class Flops {
    public double GFLOP;
  }

  /** The factors, which the compiler must not know. */
  @State(Scope.Thread)
  public static class Factors {
    float factor = 1e-3f;
    float other = 0.5f;
  }

  /** Arrays of one thread. */
  @State(Scope.Thread)
  public static class Arrays {
    /** The size of the three arrays together, in kilobytes: in L2, in L3, and larger. */
    @Param({"600", "6000", "24000"})
    int kilobytes;

    float scale = 0.5f;
    float[] a;
    float[] b;
    float[] c;

    @Setup(Level.Trial)
    public void fill() {
      int length = kilobytes * 1000 / (3 * Float.BYTES);
      a = new float[length];
      b = new float[length];
      c = new float[length];
      java.util.Arrays.fill(b, 1f);
      java.util.Arrays.fill(c, 2f);
    }
  }

  /** Fused multiply-adds on registers only. */
  @Benchmark
  public float fma(Factors factors, Flops flops) {
    flops.GFLOP += 2e-9 * ROUNDS * CHAINS * SPECIES.length();
    return chains(factors.factor, factors.other);
  }

  /** {@code a = b + scale * c}. */
  @Benchmark
  public float[] triad(Arrays arrays, Traffic traffic) {
    traffic.count(arrays.a.length, 3); // without what a cache adds
    triad(arrays.a, arrays.b, arrays.c, arrays.scale);
    return arrays.a;
  }

  private static void triad(float[] a, float[] b, float[] c, float scale) {
    FloatVector scales = FloatVector.broadcast(SPECIES, scale);
    int i = 0;
    for (; i < SPECIES.loopBound(a.length); i += SPECIES.length()) {
      FloatVector.fromArray(SPECIES, c, i)
          .fma(scales, FloatVector.fromArray(SPECIES, b, i))
          .intoArray(a, i);
    }
    for (; i < a.length; i++) {
      a[i] = Math.fma(c[i], scale, b[i]);
    }
  }

  // Locals with names, made from floats in here: vectors in an array, or handed over by a caller,
  // are boxed. A machine with fewer than 26 vector registers spills some of them.
  private static float chains(float factor, float other) {
    FloatVector x = FloatVector.broadcast(SPECIES, factor);
    FloatVector y = FloatVector.broadcast(SPECIES, other);
    FloatVector c0 = FloatVector.zero(SPECIES);
    FloatVector c1 = FloatVector.zero(SPECIES);
    FloatVector c2 = FloatVector.zero(SPECIES);
    FloatVector c3 = FloatVector.zero(SPECIES);
    FloatVector c4 = FloatVector.zero(SPECIES);
    FloatVector c5 = FloatVector.zero(SPECIES);
    FloatVector c6 = FloatVector.zero(SPECIES);
    FloatVector c7 = FloatVector.zero(SPECIES);
    FloatVector c8 = FloatVector.zero(SPECIES);
    FloatVector c9 = FloatVector.zero(SPECIES);
    FloatVector c10 = FloatVector.zero(SPECIES);
    FloatVector c11 = FloatVector.zero(SPECIES);
    FloatVector c12 = FloatVector.zero(SPECIES);
    FloatVector c13 = FloatVector.zero(SPECIES);
    FloatVector c14 = FloatVector.zero(SPECIES);
    FloatVector c15 = FloatVector.zero(SPECIES);
    FloatVector c16 = FloatVector.zero(SPECIES);
    FloatVector c17 = FloatVector.zero(SPECIES);
    FloatVector c18 = FloatVector.zero(SPECIES);
    FloatVector c19 = FloatVector.zero(SPECIES);
    FloatVector c20 = FloatVector.zero(SPECIES);
    FloatVector c21 = FloatVector.zero(SPECIES);
    FloatVector c22 = FloatVector.zero(SPECIES);
    FloatVector c23 = FloatVector.zero(SPECIES);
    for (int round = 0; round < ROUNDS; round++) {
      c0 = x.fma(y, c0);
      c1 = x.fma(y, c1);
      c2 = x.fma(y, c2);
      c3 = x.fma(y, c3);
      c4 = x.fma(y, c4);
      c5 = x.fma(y, c5);
      c6 = x.fma(y, c6);
      c7 = x.fma(y, c7);
      c8 = x.fma(y, c8);
      c9 = x.fma(y, c9);
      c10 = x.fma(y, c10);
      c11 = x.fma(y, c11);
      c12 = x.fma(y, c12);
      c13 = x.fma(y, c13);
      c14 = x.fma(y, c14);
      c15 = x.fma(y, c15);
      c16 = x.fma(y, c16);
      c17 = x.fma(y, c17);
      c18 = x.fma(y, c18);
      c19 = x.fma(y, c19);
      c20 = x.fma(y, c20);
      c21 = x.fma(y, c21);
      c22 = x.fma(y, c22);
      c23 = x.fma(y, c23);
    }
    FloatVector sum =
        c0.add(c1)
            .add(c2)
            .add(c3)
            .add(c4)
            .add(c5)
            .add(c6)
            .add(c7)
            .add(c8)
            .add(c9)
            .add(c10)
            .add(c11)
            .add(c12)
            .add(c13)
            .add(c14)
            .add(c15)
            .add(c16)
            .add(c17)
            .add(c18)
            .add(c19)
            .add(c20)
            .add(c21)
            .add(c22)
            .add(c23);
    return sum.lane(0);
  }
}
