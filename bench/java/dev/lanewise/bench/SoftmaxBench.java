package dev.lanewise.bench;

import dev.lanewise.bench.plain.Plain;
import dev.lanewise.kernel.loss.ScalarSoftmax;
import dev.lanewise.kernel.loss.Softmax;
import dev.lanewise.testing.Fill;
import dev.lanewise.testing.Shapes;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** Softmax, log-softmax and cross-entropy with their gradients. */
public class SoftmaxBench extends KernelBench {
  /** Rows of logits. */
  @State(Scope.Benchmark)
  public static class Logits extends KernelState.WithPlain {
    @Param({Shapes.LOGITS_MNIST, Shapes.LOGITS_IMAGENET, Shapes.ATTENTION, Shapes.LOGITS_LANGUAGE})
    public String shape;

    Shapes.Matrix sizes;
    float[] x;
    float[] y;

    @Override
    void fill() {
      sizes = Shapes.matrix(shape);
      x = input(1, sizes.elements());
      y = output(sizes.elements());
    }
  }

  /** Rows of logits, labels, and what gradients read. */
  @State(Scope.Benchmark)
  public static class Rows extends KernelState.OfTwins {
    @Param({Shapes.LOGITS_MNIST, Shapes.LOGITS_IMAGENET, Shapes.ATTENTION, Shapes.LOGITS_LANGUAGE})
    public String shape;

    int rows;
    int columns;
    float[] x;
    float[] y;
    float[] probabilities;
    float[] logarithms;
    float[] loss;
    int[] labels;

    @Override
    void fill() {
      Shapes.Matrix matrix = Shapes.matrix(shape);
      rows = matrix.rows();
      columns = matrix.columns();
      x = input(1, matrix.elements());
      y = output(matrix.elements());
      labels = kept(Fill.labels(2, rows, columns));
      loss = output(rows);
      probabilities = output(matrix.elements());
      logarithms = output(matrix.elements());
      Softmax scalar = new ScalarSoftmax();
      scalar.softmax(rows, columns, input(3, matrix.elements()), probabilities);
      scalar.logSoftmax(rows, columns, x, logarithms);
    }
  }

  @Benchmark
  public float[] softmax(Logits s, Traffic traffic) {
    traffic.count(s.x.length, 2);
    int rows = s.sizes.rows();
    int columns = s.sizes.columns();
    if (s.plain) {
      Plain.softmax(rows, columns, s.x, s.y);
    } else {
      s.kernels.softmax().softmax(rows, columns, s.x, s.y);
    }
    return s.y;
  }

  @Benchmark
  public float[] logSoftmax(Rows s, Traffic traffic) {
    traffic.count(s.x.length, 2);
    s.kernels.softmax().logSoftmax(s.rows, s.columns, s.x, s.y);
    return s.y;
  }

  @Benchmark
  public float[] softmaxGradient(Rows s, Traffic traffic) {
    traffic.count(s.x.length, 3);
    int n = s.columns;
    s.kernels.softmax().backwardSoftmax(s.rows, n, s.probabilities, 0, n, s.x, 0, n, s.y, 0, n);
    return s.y;
  }

  @Benchmark
  public float[] logSoftmaxGradient(Rows s, Traffic traffic) {
    traffic.count(s.x.length, 3);
    int n = s.columns;
    s.kernels.softmax().backwardLogSoftmax(s.rows, n, s.logarithms, 0, n, s.x, 0, n, s.y, 0, n);
    return s.y;
  }

  /** The loss alone, as validation wants it. */
  @Benchmark
  public float[] crossEntropy(Rows s, Traffic traffic) {
    traffic.count(s.x.length, 1);
    s.kernels.softmax().crossEntropy(s.rows, s.columns, s.x, s.labels, s.loss);
    return s.loss;
  }

  @Benchmark
  public float[] crossEntropyGradient(Rows s, Traffic traffic) {
    traffic.count(s.x.length, 2);
    int n = s.columns;
    s.kernels
        .softmax()
        .backwardCrossEntropy(s.rows, n, s.x, 0, n, s.labels, 0, s.loss, 0, 1f / s.rows, s.y, 0, n);
    return s.y;
  }

  /** With a row of probabilities in the place of a label. */
  @Benchmark
  public float[] crossEntropyOfTargets(Rows s, Traffic traffic) {
    traffic.count(s.x.length, 2);
    int n = s.columns;
    s.kernels.softmax().crossEntropy(s.rows, n, s.x, 0, n, s.probabilities, 0, n, s.loss, 0);
    return s.loss;
  }

  @Benchmark
  public float[] crossEntropyGradientOfTargets(Rows s, Traffic traffic) {
    traffic.count(s.x.length, 3);
    int n = s.columns;
    s.kernels
        .softmax()
        .backwardCrossEntropy(
            s.rows, n, s.x, 0, n, s.probabilities, 0, n, s.loss, 0, 1f / s.rows, s.y, 0, n);
    return s.y;
  }
}
