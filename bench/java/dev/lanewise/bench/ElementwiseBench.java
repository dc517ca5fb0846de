package dev.lanewise.bench;

import dev.lanewise.kernel.pointwise.Arithmetic;
import dev.lanewise.testing.Fill;
import dev.lanewise.testing.Shapes;
import java.util.Random;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** Element by element operations: gradients of the dense layer, and a batch of MNIST images. */
public class ElementwiseBench extends KernelBench {
  /** Images of bytes and their labels. */
  @State(Scope.Benchmark)
  public static class Images extends KernelState.OfTwins {
    @Param({Shapes.IMAGE_ROWS})
    public String shape;

    byte[] pixels;
    float[] unit;
    int[] labels;
    float[] rows;

    @Override
    void fill() {
      Shapes.Matrix images = Shapes.matrix(shape);
      pixels = new byte[images.elements()];
      new Random(1).nextBytes(pixels);
      unit = output(pixels.length);
      labels = kept(Fill.labels(2, images.rows(), 10));
      rows = output(10 * labels.length);
    }
  }

  @Benchmark
  public float[] scale(KernelState.Vectors s, Traffic traffic) {
    traffic.count(s.n, 2);
    s.kernels.elementwise().scale(0.5f, s.x, s.z);
    return s.z;
  }

  @Benchmark
  public float[] add(KernelState.Vectors s, Traffic traffic) {
    traffic.count(s.n, 3);
    s.kernels.elementwise().add(s.x, s.y, s.z);
    return s.z;
  }

  /** A quotient, which stands for all four. */
  @Benchmark
  public float[] combine(KernelState.Vectors s, Traffic traffic) {
    traffic.count(s.n, 3);
    s.kernels.elementwise().combine(Arithmetic.DIVIDE, s.n, s.x, 0, s.y, 0, s.z, 0);
    return s.z;
  }

  @Benchmark
  public float[] clip(KernelState.Vectors s, Traffic traffic) {
    traffic.count(s.n, 2);
    s.kernels.elementwise().clip(-0.5f, 0.5f, s.x, s.z);
    return s.z;
  }

  /** There and back again, so that y stays where it is. */
  @Benchmark
  public float[] axpy(KernelState.Vectors s, Traffic traffic) {
    traffic.count(s.n, 3);
    s.alpha = -s.alpha;
    s.kernels.elementwise().axpy(s.n, s.alpha, s.x, 0, s.y, 0);
    return s.y;
  }

  @Benchmark
  public float[] bytesToUnit(Images s, Traffic traffic) {
    traffic.GB += 5e-9 * s.pixels.length; // a byte read, four written
    s.kernels.elementwise().bytesToUnit(s.pixels, s.unit);
    return s.unit;
  }

  @Benchmark
  public float[] oneHot(Images s, Traffic traffic) {
    traffic.count(s.rows.length, 1);
    s.kernels.elementwise().oneHot(10, s.labels, s.rows);
    return s.rows;
  }
}
