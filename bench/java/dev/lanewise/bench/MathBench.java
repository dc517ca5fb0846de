package dev.lanewise.bench;

import dev.lanewise.kernel.math.ExpLog;
import dev.lanewise.kernel.support.SimdMath;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Our exp and log over an array in L1; read the lines {@code :values}, in values a nanosecond. */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
@State(Scope.Benchmark)
public class MathBench {
  private static final int LENGTH = 2048;

  /** Values computed. */
  @AuxCounters(AuxCounters.Type.OPERATIONS)
  @State(Scope.Thread)
  public static class Values {
    public double values;
  }

  @Param({"scalar", "simd"})
  String impl;

  private final float[] x = new float[LENGTH];
  private final float[] positive = new float[LENGTH];
  private final float[] y = new float[LENGTH];

  @Setup(Level.Trial)
  public void fill() {
    Random random = new Random(1);
    for (int i = 0; i < LENGTH; i++) {
      x[i] = (float) (-10 * random.nextDouble());
      positive[i] = (float) (1000 * random.nextDouble());
    }
  }

  /** What a softmax asks for: exponents from −10 to 0. */
  @Benchmark
  public float[] exp(Values values) {
    values.values += LENGTH;
    if (impl.equals("simd")) {
      SimdMath.exp(LENGTH, x, 0, y, 0);
    } else {
      scalarExp(x, y);
    }
    return y;
  }

  @Benchmark
  public float[] log(Values values) {
    values.values += LENGTH;
    if (impl.equals("simd")) {
      SimdMath.log(LENGTH, positive, 0, y, 0);
    } else {
      scalarLog(positive, y);
    }
    return y;
  }

  private static void scalarExp(float[] x, float[] y) {
    for (int i = 0; i < LENGTH; i++) {
      y[i] = ExpLog.exp(x[i]);
    }
  }

  private static void scalarLog(float[] x, float[] y) {
    for (int i = 0; i < LENGTH; i++) {
      y[i] = ExpLog.log(x[i]);
    }
  }
}
