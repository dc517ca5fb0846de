package dev.lanewise.bench;

import dev.lanewise.kernel.blas.Blas;
import dev.lanewise.kernel.blas.ScalarBlas;
import dev.lanewise.kernel.blas.SimdBlas;
import dev.lanewise.kernel.elementwise.SimdElementwise;
import dev.lanewise.kernel.matmul.Transpose;
import dev.lanewise.kernel.parallel.Team;
import java.util.Random;
import java.util.concurrent.TimeUnit;
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
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Levels 1 and 2 beside the roof of streamed memory in the same run: {@code triad} reads and writes
 * as many bytes as the matrix has. Read the lines {@code :GB}, which count what must be moved.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
@State(Scope.Benchmark)
public class BlasBench {
  @Param({"scalar", "simd"})
  String impl;

  @Param({"1", "2"})
  int threads;

  /** Rows and columns: 1 MB, 4 MB and 64 MB. */
  @Param({"512", "1024", "4096"})
  int size;

  private Team team;
  private Blas blas;
  private SimdElementwise elementwise;
  private float[] a;
  private float[] x;
  private float[] y;

  @Setup(Level.Trial)
  public void fill() {
    team = Team.of(threads);
    blas = impl.equals("simd") ? new SimdBlas(team) : new ScalarBlas();
    elementwise = new SimdElementwise(team);
    Random random = new Random(1);
    a = new float[size * size];
    x = new float[size];
    y = new float[size];
    for (int i = 0; i < a.length; i++) {
      a[i] = (float) random.nextGaussian();
    }
    for (int i = 0; i < size; i++) {
      x[i] = (float) random.nextGaussian() * 1e-6f;
    }
  }

  @TearDown
  public void close() {
    team.close();
  }

  /** The roof: c = a + b over thirds of the matrix's memory. */
  @Benchmark
  public float[] triad(Traffic traffic) {
    int third = a.length / 3;
    traffic.count(third, 3);
    elementwise.add(third, a, 0, a, third, a, 2 * third);
    return a;
  }

  @Benchmark
  public float[] gemv(Traffic traffic) {
    traffic.count((long) size * size, 1);
    blas.gemv(size, size, a, x, y);
    return y;
  }

  @Benchmark
  public float[] gemvTransposed(Traffic traffic) {
    traffic.count((long) size * size, 1);
    blas.gemv(Transpose.YES, size, size, 1f, a, 0, size, x, 0, 0f, y, 0);
    return y;
  }

  @Benchmark
  public float[] ger(Traffic traffic) {
    traffic.count((long) size * size, 2);
    blas.ger(size, size, 1e-6f, x, x, a);
    return a;
  }

  @Benchmark
  public float dot(Traffic traffic) {
    int half = a.length / 2;
    traffic.count(half, 2);
    return blas.dot(half, a, 0, a, half);
  }

  @Benchmark
  public float asum(Traffic traffic) {
    traffic.count(a.length, 1);
    return blas.asum(a);
  }

  @Benchmark
  public float nrm2(Traffic traffic) {
    traffic.count(a.length, 1);
    return blas.nrm2(a);
  }

  @Benchmark
  public int iamax(Traffic traffic) {
    traffic.count(a.length, 1);
    return blas.iamax(a);
  }
}
