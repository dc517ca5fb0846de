package dev.lanewise.bench;

import dev.lanewise.kernel.loss.Losses;
import dev.lanewise.kernel.loss.ScalarLosses;
import dev.lanewise.kernel.loss.SimdLosses;
import dev.lanewise.kernel.nonlinear.Curve;
import dev.lanewise.kernel.nonlinear.Nonlinear;
import dev.lanewise.kernel.nonlinear.ScalarNonlinear;
import dev.lanewise.kernel.nonlinear.SimdNonlinear;
import dev.lanewise.kernel.parallel.Team;
import dev.lanewise.kernel.pool.AveragePool2d;
import dev.lanewise.kernel.pool.Pool2dShape;
import dev.lanewise.kernel.pool.ScalarAveragePool2d;
import dev.lanewise.kernel.pool.SimdAveragePool2d;
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
 * Activation functions beyond ReLU over a convolution's output (64 images of 26 × 26 × 32), and
 * their gradients; average-pooling of it, and the losses of 64 × 784 outputs. Read the lines {@code
 * :GB}.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
@State(Scope.Benchmark)
public class NonlinearBench {
  private static final Pool2dShape PAIRS = Pool2dShape.valid(64, 26, 26, 32, 2, 2);
  private static final Pool2dShape GLOBAL = Pool2dShape.valid(64, 26, 26, 32, 26, 26);
  private static final int N = 64 * 26 * 26 * 32;
  private static final int OUTPUTS = 784;

  @Param({"scalar", "simd"})
  String impl;

  @Param({"1", "2"})
  int threads;

  @Param({"LEAKY_RELU", "ELU", "SIGMOID", "TANH", "SOFTPLUS", "GELU"})
  Curve.Kind kind;

  private Team team;
  private Nonlinear nonlinear;
  private AveragePool2d pool;
  private Losses losses;
  private Curve curve;
  private final float[] x = new float[N];
  private final float[] y = new float[N];
  private final float[] dx = new float[N];

  @Setup(Level.Trial)
  public void fill() {
    team = Team.of(threads);
    boolean simd = impl.equals("simd");
    nonlinear = simd ? new SimdNonlinear(team) : new ScalarNonlinear();
    pool = simd ? new SimdAveragePool2d(team) : new ScalarAveragePool2d();
    losses = simd ? new SimdLosses(team) : new ScalarLosses();
    curve = new Curve(kind, kind == Curve.Kind.LEAKY_RELU || kind == Curve.Kind.ELU ? 0.3f : 0f);
    Random random = new Random(1);
    for (int i = 0; i < N; i++) {
      x[i] = (float) random.nextGaussian();
      y[i] = (float) random.nextGaussian();
    }
  }

  @TearDown
  public void close() {
    team.close();
  }

  @Benchmark
  public float[] value(Traffic traffic) {
    traffic.count(N, 2);
    nonlinear.apply(curve, x, y);
    return y;
  }

  @Benchmark
  public float[] gradient(Traffic traffic) {
    traffic.count(N, 3);
    nonlinear.gradient(curve, N, x, 0, y, 0, dx, 0);
    return dx;
  }

  @Benchmark
  public float[] averagePool(Traffic traffic) {
    traffic.count(N + N / 4, 1);
    pool.forward(PAIRS, x, y);
    return y;
  }

  @Benchmark
  public float[] averagePoolGradient(Traffic traffic) {
    traffic.count(N + N / 4, 1);
    pool.backward(PAIRS, x, 0, dx, 0);
    return dx;
  }

  @Benchmark
  public float[] globalAveragePool(Traffic traffic) {
    traffic.count(N, 1);
    pool.forward(GLOBAL, x, y);
    return y;
  }

  @Benchmark
  public float[] binaryCrossEntropy(Traffic traffic) {
    traffic.count(64 * OUTPUTS, 3);
    losses.binaryCrossEntropyGradient(
        64, OUTPUTS, x, 0, OUTPUTS, y, 0, OUTPUTS, dx, 64 * OUTPUTS, 1f / 64, dx, 0, OUTPUTS);
    return dx;
  }

  @Benchmark
  public float[] meanSquaredError(Traffic traffic) {
    traffic.count(64 * OUTPUTS, 3);
    losses.meanSquaredErrorGradient(
        64, OUTPUTS, x, 0, OUTPUTS, y, 0, OUTPUTS, dx, 64 * OUTPUTS, 1f / 64, dx, 0, OUTPUTS);
    return dx;
  }
}
