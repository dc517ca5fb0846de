package dev.lanewise.bench;

import dev.lanewise.kernel.parallel.Team;
import dev.lanewise.kernel.softmax.ScalarSoftmax;
import dev.lanewise.kernel.softmax.SimdSoftmax;
import dev.lanewise.kernel.softmax.Softmax;
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
 * Softmax, log-softmax and cross-entropy with their gradients; read the lines {@code :GB}: every
 * logit read once, every result written once.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
@State(Scope.Benchmark)
public class SoftmaxBench {
  @Param({"scalar", "simd"})
  String impl;

  @Param({"1", "2"})
  int threads;

  /** The MNIST CNN's head, ImageNet's, a small language model's. */
  @Param({"64x10", "64x1000", "4096x1024"})
  String shape;

  private Team team;
  private Softmax softmax;
  private int rows;
  private int columns;
  private float[] x;
  private float[] y;
  private float[] probabilities;
  private float[] logarithms;
  private float[] loss;
  private int[] labels;

  @Setup(Level.Trial)
  public void fill() {
    team = Team.of(threads);
    softmax = impl.equals("simd") ? new SimdSoftmax(team) : new ScalarSoftmax();
    int times = shape.indexOf('x');
    rows = Integer.parseInt(shape.substring(0, times));
    columns = Integer.parseInt(shape.substring(times + 1));
    x = new float[rows * columns];
    y = new float[rows * columns];
    loss = new float[rows];
    Random random = new Random(1);
    labels = random.ints(rows, 0, columns).toArray();
    for (int i = 0; i < x.length; i++) {
      x[i] = (float) random.nextGaussian();
    }
    probabilities = new float[rows * columns];
    logarithms = new float[rows * columns];
    softmax.softmax(rows, columns, x, 0, columns, probabilities, 0, columns);
    softmax.logSoftmax(rows, columns, x, 0, columns, logarithms, 0, columns);
  }

  @TearDown
  public void close() {
    team.close();
  }

  @Benchmark
  public float[] softmax(Traffic traffic) {
    traffic.count(x.length, 2);
    softmax.softmax(rows, columns, x, 0, columns, y, 0, columns);
    return y;
  }

  @Benchmark
  public float[] logSoftmax(Traffic traffic) {
    traffic.count(x.length, 2);
    softmax.logSoftmax(rows, columns, x, 0, columns, y, 0, columns);
    return y;
  }

  @Benchmark
  public float[] softmaxGradient(Traffic traffic) {
    traffic.count(x.length, 3);
    softmax.softmaxGradient(rows, columns, probabilities, 0, columns, x, 0, columns, y, 0, columns);
    return y;
  }

  @Benchmark
  public float[] logSoftmaxGradient(Traffic traffic) {
    traffic.count(x.length, 3);
    softmax.logSoftmaxGradient(rows, columns, logarithms, 0, columns, x, 0, columns, y, 0, columns);
    return y;
  }

  /** The loss alone, as validation wants it. */
  @Benchmark
  public float[] crossEntropy(Traffic traffic) {
    traffic.count(x.length, 1);
    softmax.crossEntropy(rows, columns, x, 0, columns, labels, 0, loss, 0);
    return loss;
  }

  /** With a row of probabilities for each row of logits in the place of a label. */
  @Benchmark
  public float[] crossEntropyOfTargets(Traffic traffic) {
    traffic.count(x.length, 2);
    softmax.crossEntropy(rows, columns, x, 0, columns, probabilities, 0, columns, loss, 0);
    return loss;
  }

  @Benchmark
  public float[] crossEntropyGradientOfTargets(Traffic traffic) {
    traffic.count(x.length, 3);
    softmax.crossEntropyGradient(
        rows, columns, x, 0, columns, probabilities, 0, columns, loss, 0, 1f / rows, y, 0, columns);
    return y;
  }

  @Benchmark
  public float[] crossEntropyGradient(Traffic traffic) {
    traffic.count(x.length, 2);
    softmax.crossEntropyGradient(
        rows, columns, x, 0, columns, labels, 0, loss, 0, 1f / rows, y, 0, columns);
    return y;
  }
}
