package dev.lanewise.bench;

import dev.lanewise.kernel.elementwise.Elementwise;
import dev.lanewise.kernel.elementwise.ScalarElementwise;
import dev.lanewise.kernel.elementwise.SimdElementwise;
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
 * Element by element operations: a batch of MNIST images and a gradient of its dense layer; read
 * the lines {@code :GB}.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
@State(Scope.Benchmark)
public class ElementwiseBench {
  private static final int BATCH = 64;
  private static final int PIXELS = 784;
  private static final int CLASSES = 10;

  @Param({"scalar", "simd"})
  String impl;

  @Param({"1", "2"})
  int threads;

  private Team team;
  private Elementwise elementwise;
  private final byte[] images = new byte[BATCH * PIXELS];
  private final float[] pixels = new float[BATCH * PIXELS];
  private final int[] labels = new int[BATCH];
  private final float[] rows = new float[BATCH * CLASSES];
  private final float[] x = new float[1_384_448];
  private final float[] y = new float[1_384_448];
  private final float[] z = new float[1_384_448];

  @Setup(Level.Trial)
  public void fill() {
    team = Team.of(threads);
    elementwise = impl.equals("simd") ? new SimdElementwise(team) : new ScalarElementwise();
    Random random = new Random(1);
    random.nextBytes(images);
    for (int i = 0; i < labels.length; i++) {
      labels[i] = random.nextInt(CLASSES);
    }
    for (int i = 0; i < x.length; i++) {
      x[i] = (float) random.nextGaussian();
      y[i] = (float) random.nextGaussian();
    }
  }

  @TearDown
  public void close() {
    team.close();
  }

  @Benchmark
  public float[] bytesToUnit(Traffic traffic) {
    traffic.GB += 5e-9 * images.length; // a byte read, four written
    elementwise.bytesToUnit(images.length, images, 0, pixels, 0);
    return pixels;
  }

  @Benchmark
  public float[] oneHot(Traffic traffic) {
    traffic.count(rows.length, 1);
    elementwise.oneHot(BATCH, CLASSES, labels, 0, rows, 0);
    return rows;
  }

  @Benchmark
  public float[] scale(Traffic traffic) {
    traffic.count(x.length, 2);
    elementwise.scale(x.length, 0.5f, x, 0, z, 0);
    return z;
  }

  @Benchmark
  public float[] clip(Traffic traffic) {
    traffic.count(x.length, 2);
    elementwise.clip(x.length, -0.5f, 0.5f, x, 0, z, 0);
    return z;
  }

  @Benchmark
  public float[] add(Traffic traffic) {
    traffic.count(x.length, 3);
    elementwise.add(x.length, x, 0, y, 0, z, 0);
    return z;
  }

  /** y creeps until a step is less than its last bit. */
  @Benchmark
  public float[] axpy(Traffic traffic) {
    traffic.count(x.length, 3);
    elementwise.axpy(x.length, 1e-6f, x, 0, y, 0);
    return y;
  }
}
