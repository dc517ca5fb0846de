package dev.lanewise.bench;

import dev.lanewise.bench.plain.Plain;
import dev.lanewise.kernel.TileConsumer;
import dev.lanewise.testing.Shapes;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** Bias, ReLU and their gradients at the MNIST CNN's sizes. */
public class ActivationBench extends KernelBench {
  /** A matrix and a bias for its columns. */
  @State(Scope.Benchmark)
  public static class Rows extends KernelState.OfTwins {
    @Param({Shapes.DENSE_ROWS, Shapes.POOLED_IMAGES, Shapes.CONV_OUTPUT})
    public String shape;

    int rows;
    int columns;
    float[] x;
    float[] y;
    float[] bias;
    TileConsumer biasTiles;
    TileConsumer biasReluTiles;

    @Override
    void fill() {
      Shapes.Matrix matrix = Shapes.matrix(shape);
      rows = matrix.rows();
      columns = matrix.columns();
      x = input(1, matrix.elements());
      bias = output(columns); // zeros: a tile in place keeps its values
      y = input(2, matrix.elements());
      biasTiles = kernels.activation().biasTiles(bias, 0);
      biasReluTiles = kernels.activation().biasReluTiles(bias, 0);
    }
  }

  /** Values of which half are negative. */
  @State(Scope.Benchmark)
  public static class Vector extends KernelState.WithPlain {
    @Param({Shapes.TILE, Shapes.DENSE_WEIGHTS, Shapes.TEN_MILLION})
    public String shape;

    int n;
    float[] x;
    float[] y;
    float[] dy;
    float[] dx;

    @Override
    void fill() {
      n = Integer.parseInt(shape);
      x = input(1, n);
      dy = input(2, n);
      y = output(n);
      dx = output(n);
    }
  }

  @Benchmark
  public float[] addBias(Rows s, Traffic traffic) {
    traffic.count(s.x.length, 2);
    s.kernels.activation().addBias(s.rows, s.columns, s.x, s.bias, s.y);
    return s.y;
  }

  @Benchmark
  public float[] addBiasRelu(Rows s, Traffic traffic) {
    traffic.count(s.x.length, 2);
    s.kernels.activation().addBiasRelu(s.rows, s.columns, s.x, s.bias, s.y);
    return s.y;
  }

  /** One tile of 64 rows, in place. */
  @Benchmark
  public float[] biasTiles(Rows s, Traffic traffic) {
    traffic.count(64L * s.columns, 2);
    s.biasTiles.accept(s.y, 0, s.columns, 0, 64, 0, s.columns);
    return s.y;
  }

  /** One tile of 64 rows, in place. */
  @Benchmark
  public float[] biasReluTiles(Rows s, Traffic traffic) {
    traffic.count(64L * s.columns, 2);
    s.biasReluTiles.accept(s.y, 0, s.columns, 0, 64, 0, s.columns);
    return s.y;
  }

  @Benchmark
  public float[] relu(Vector s, Traffic traffic) {
    traffic.count(s.n, 2);
    if (s.plain) {
      Plain.relu(s.x, s.y);
    } else {
      s.kernels.activation().relu(s.x, s.y);
    }
    return s.y;
  }

  @Benchmark
  public float[] reluGradient(Vector s, Traffic traffic) {
    traffic.count(s.n, 3);
    if (s.plain) {
      Plain.reluGradient(1f, s.x, s.dy, s.dx);
    } else {
      s.kernels.activation().backwardRelu(s.n, s.x, 0, s.dy, 0, s.dx, 0);
    }
    return s.dx;
  }

  /** ReLU behind dropout: both gradients in one pass. */
  @Benchmark
  public float[] scaledReluGradient(Vector s, Traffic traffic) {
    traffic.count(s.n, 3);
    if (s.plain) {
      Plain.reluGradient(4f / 3, s.x, s.dy, s.dx);
    } else {
      s.kernels.activation().backwardScaledRelu(s.n, 4f / 3, s.x, 0, s.dy, 0, s.dx, 0);
    }
    return s.dx;
  }
}
