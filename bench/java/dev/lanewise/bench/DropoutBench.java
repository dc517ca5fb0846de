package dev.lanewise.bench;

import dev.lanewise.kernel.dropout.Dropout;
import dev.lanewise.kernel.dropout.ScalarDropout;
import dev.lanewise.kernel.dropout.SimdDropout;
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

/** Dropout at the sizes of the MNIST CNN's two layers, batch 64; read the lines {@code :GB}. */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
@State(Scope.Benchmark)
public class DropoutBench {
  @Param({"scalar", "simd"})
  String impl;

  @Param({"1", "2"})
  int threads;

  /** A tile of the convolution, the dense layer's output, the pooled image. */
  @Param({"2048", "16384", "346112"})
  int n;

  private Team team;
  private Dropout dropout;
  private float[] x;
  private float[] y;
  private long key = 1;

  @Setup(Level.Trial)
  public void fill() {
    team = Team.of(threads);
    dropout = impl.equals("simd") ? new SimdDropout(team) : new ScalarDropout();
    x = new float[n];
    y = new float[n];
    Random random = new Random(1);
    for (int i = 0; i < n; i++) {
      x[i] = (float) random.nextGaussian();
    }
  }

  @TearDown
  public void close() {
    team.close();
  }

  @Benchmark
  public float[] dropout(Traffic traffic) {
    traffic.count(n, 2);
    dropout.apply(n, 0.25, key++, 0, x, 0, y, 0);
    return y;
  }
}
