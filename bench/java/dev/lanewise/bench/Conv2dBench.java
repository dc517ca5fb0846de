package dev.lanewise.bench;

import dev.lanewise.kernel.conv2d.Conv2d;
import dev.lanewise.kernel.conv2d.Conv2dShape;
import dev.lanewise.kernel.conv2d.ScalarConv2d;
import dev.lanewise.kernel.conv2d.SimdConv2d;
import dev.lanewise.kernel.parallel.Team;
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
 * Convolutions at batch 64: the MNIST network's layer (28 × 28 × 1 to 32 filters, 3 × 3 valid) and
 * a wider one (28 × 28 × 32 to 64 filters, 3 × 3 with padding 1).
 *
 * <p>The lines {@code :GFLOP} are billions of operations a second, an fma counted as two, for
 * backward-bias an addition as one. The scalar twin has no team: its two values of {@code threads}
 * are the same measurement.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class Conv2dBench {
  /** Work done, in 10^9 floating-point operations. */
  @AuxCounters(AuxCounters.Type.OPERATIONS)
  @State(Scope.Thread)
  public static class Flops {
    public double GFLOP;
  }

  /** A layer and its twin. */
  @State(Scope.Benchmark)
  public static class Layer {
    @Param({"1to32", "32to64"})
    String layer;

    @Param({"scalar", "simd"})
    String impl;

    @Param({"1", "2"})
    int threads;

    Conv2dShape shape;
    Team team;
    Conv2d kernel;
    float[] x;
    float[] w;
    float[] y;
    float[] dx;
    float[] dw;
    float[] db;
    float[] dy;
    double gflop;

    @Setup(Level.Trial)
    public void build() {
      shape =
          layer.equals("1to32")
              ? Conv2dShape.valid(64, 28, 28, 1, 32, 3, 3)
              : Conv2dShape.same(64, 28, 28, 32, 64, 3, 3, 1, 1, 1, 1, 1);
      team = Team.of(threads);
      kernel = impl.equals("scalar") ? new ScalarConv2d() : new SimdConv2d(team);
      Random random = new Random(1);
      x = gaussian(random, shape.inElements());
      w = gaussian(random, shape.weightElements());
      dy = gaussian(random, shape.outElements());
      y = new float[shape.outElements()];
      dx = new float[shape.inElements()];
      dw = new float[shape.weightElements()];
      db = new float[shape.filters()];
      gflop = 2e-9 * shape.outElements() * 9 * shape.inChannels();
    }

    private static float[] gaussian(Random random, int n) {
      float[] values = new float[n];
      for (int i = 0; i < n; i++) {
        values[i] = (float) random.nextGaussian();
      }
      return values;
    }

    @TearDown(Level.Trial)
    public void close() {
      team.close();
    }
  }

  /** The output, without bias. */
  @Benchmark
  public float[] forward(Layer l, Flops flops) {
    l.kernel.forward(l.shape, l.x, 0, l.w, 0, l.y, 0);
    flops.GFLOP += l.gflop;
    return l.y;
  }

  /** The gradient with respect to the input; a first layer never asks for it. */
  @Benchmark
  public float[] backwardInput(Layer l, Flops flops) {
    l.kernel.backwardInput(l.shape, l.dy, 0, l.w, 0, l.dx, 0);
    flops.GFLOP += l.gflop;
    return l.dx;
  }

  /** The gradient with respect to the weights. */
  @Benchmark
  public float[] backwardWeights(Layer l, Flops flops) {
    l.kernel.backwardWeights(l.shape, l.x, 0, l.dy, 0, l.dw, 0);
    flops.GFLOP += l.gflop;
    return l.dw;
  }

  /** The gradient with respect to the bias. */
  @Benchmark
  public float[] backwardBias(Layer l, Flops flops) {
    l.kernel.backwardBias(l.shape, l.dy, 0, l.db, 0);
    flops.GFLOP += 1e-9 * l.dy.length;
    return l.db;
  }
}
