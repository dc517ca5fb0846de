package dev.lanewise.bench;

import dev.lanewise.kernel.matmul.Matmul;
import dev.lanewise.kernel.matmul.ScalarMatmul;
import dev.lanewise.kernel.matmul.SimdMatmul;
import dev.lanewise.kernel.matmul.Transpose;
import dev.lanewise.kernel.parallel.Team;
import java.util.Arrays;
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
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Matrix products: squares, and the dense layers of the MNIST CNN at batch 64, forward and
 * backward.
 *
 * <p>Read the line {@code sgemm:GFLOP}, billions of operations a second (an fma is two). The roof
 * is {@code RoofBench.fma}'s. A shape is {@code MxNxK} and which operands are transposed.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
@State(Scope.Benchmark)
public class MatmulBench {
  /** The two twins, and the loops that a Java developer writes when asked for a matrix product. */
  @Param({"plain", "scalar", "simd"})
  String impl;

  /** The size of the SIMD twin's team; the others use one thread. */
  @Param({"1", "2"})
  int threads;

  /** The squares, then the forward product, the gradients of input and weights, and the logits. */
  @Param({
    "64x64x64-NN",
    "128x128x128-NN",
    "256x256x256-NN",
    "512x512x512-NN",
    "1024x1024x1024-NN",
    "64x256x5408-NN",
    "64x5408x256-NT",
    "5408x256x64-TN",
    "64x10x256-NN"
  })
  String shape;

  private Team team;
  private Matmul matmul;
  private int m;
  private int n;
  private int k;
  private Transpose transA;
  private Transpose transB;
  private float[] a;
  private float[] b;
  private float[] c;

  /** Work done, in 10^9 floating-point operations. */
  @AuxCounters(AuxCounters.Type.OPERATIONS)
  @State(Scope.Thread)
  public static class Flops {
    public double GFLOP;
  }

  @Setup(Level.Trial)
  public void build() {
    String[] parts = shape.split("[x-]", -1);
    m = Integer.parseInt(parts[0]);
    n = Integer.parseInt(parts[1]);
    k = Integer.parseInt(parts[2]);
    transA = parts[3].charAt(0) == 'T' ? Transpose.YES : Transpose.NO;
    transB = parts[3].charAt(1) == 'T' ? Transpose.YES : Transpose.NO;
    a = gaussian(1, m * k);
    b = gaussian(2, k * n);
    c = new float[m * n];
    team = Team.of(threads);
    matmul =
        switch (impl) {
          case "plain" -> null;
          case "scalar" -> new ScalarMatmul();
          default -> new SimdMatmul(team);
        };
    check();
  }

  @TearDown(Level.Trial)
  public void close() {
    team.close();
  }

  @Benchmark
  public float[] sgemm(Flops flops) {
    flops.GFLOP += 2e-9 * m * n * k;
    if (matmul == null) {
      plain();
    } else {
      matmul.sgemm(transA, transB, m, n, k, 1f, a, 0, lda(), b, 0, ldb(), 0f, c, 0, n);
    }
    return c;
  }

  private int lda() {
    return transA == Transpose.NO ? k : m;
  }

  private int ldb() {
    return transB == Transpose.NO ? n : k;
  }

  private void plain() {
    Arrays.fill(c, 0f);
    for (int i = 0; i < m; i++) {
      for (int p = 0; p < k; p++) {
        float x = a[transA == Transpose.NO ? i * k + p : p * m + i];
        if (transB == Transpose.NO) {
          for (int j = 0; j < n; j++) {
            c[i * n + j] += x * b[p * n + j];
          }
        } else {
          for (int j = 0; j < n; j++) {
            c[i * n + j] += x * b[j * k + p];
          }
        }
      }
    }
  }

  /** A benchmark of a wrong result is worth nothing: some elements against sums in double. */
  private void check() {
    sgemm(new Flops());
    for (int e = 0; e < m * n; e += 1 + m * n / 50) {
      int i = e / n;
      int j = e % n;
      double sum = 0;
      for (int p = 0; p < k; p++) {
        double x = a[transA == Transpose.NO ? i * k + p : p * m + i];
        sum += x * b[transB == Transpose.NO ? p * n + j : j * k + p];
      }
      if (Math.abs(sum - c[e]) > 1e-4 * Math.sqrt(k)) {
        throw new IllegalStateException(shape + ": element " + e + " is " + c[e] + ", not " + sum);
      }
    }
  }

  private static float[] gaussian(long seed, int length) {
    Random random = new Random(seed);
    float[] values = new float[length];
    for (int i = 0; i < length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }
}
