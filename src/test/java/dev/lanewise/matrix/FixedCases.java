package dev.lanewise.matrix;

import dev.lanewise.kernel.Kernels;
import dev.lanewise.kernel.TileSource;
import dev.lanewise.kernel.conv2d.Conv2dShape;
import dev.lanewise.kernel.math.CounterRandom;
import dev.lanewise.kernel.matmul.Transpose;
import dev.lanewise.kernel.pool.Pool2dShape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

/**
 * Calls of every kernel and some trainings, with fixed shapes and inputs, whose outputs' hashes are
 * checked in: what another processor, vector width, compiler or team size must reproduce.
 *
 * <p>Inputs come from our own generator, so that they are the same everywhere. Small cases take at
 * most some thousand operations, since they also run where fused multiply-add is emulated and where
 * nothing is compiled; large ones are divided over a team.
 */
public final class FixedCases {
  /**
   * One call.
   *
   * @param name the family and a number, "matmul-3"
   * @param large whether it is divided over a team, and too much for slow modes
   * @param call gives all outputs
   */
  public record Case(String name, boolean large, Function<Kernels, float[][]> call) {}

  private final List<Case> cases = new ArrayList<>();

  private FixedCases() {}

  /** All cases, in the order of the file of hashes. */
  public static List<Case> all() {
    FixedCases made = new FixedCases();
    made.matmul();
    made.conv2d();
    made.pool();
    made.activation();
    made.softmax();
    made.dropout();
    made.update();
    made.reduce();
    made.elementwise();
    new LaterCases(made::add).all();
    made.training();
    return made.cases;
  }

  private void add(String family, boolean large, Function<Kernels, float[][]> call) {
    long number = cases.stream().filter(c -> c.name().startsWith(family + "-")).count() + 1;
    cases.add(new Case(family + "-" + number, large, call));
  }

  private void matmul() {
    int[][] sizes = {
      {1, 1, 1}, {5, 2, 3}, {7, 17, 9}, {16, 16, 16}, {13, 33, 11},
      {1, 37, 19}, {29, 1, 23}, {12, 31, 8}, {33, 18, 5}, {8, 64, 10},
      {130, 257, 70}, {64, 256, 600}, {300, 10, 256}
    };
    for (int i = 0; i < sizes.length; i++) {
      int m = sizes[i][0];
      int n = sizes[i][1];
      int k = sizes[i][2];
      Transpose transA = i % 2 == 0 ? Transpose.NO : Transpose.YES;
      Transpose transB = i % 4 < 2 ? Transpose.NO : Transpose.YES;
      float alpha = i % 3 == 0 ? 1 : 0.75f;
      float beta = i % 3 == 1 ? -1.5f : 0;
      int seed = i;
      int lda = (transA == Transpose.NO ? k : m) + i % 3;
      int ldb = (transB == Transpose.NO ? n : k) + i % 2;
      int ldc = n + i % 4;
      int rowsA = transA == Transpose.NO ? m : k;
      int rowsB = transB == Transpose.NO ? k : n;
      add(
          "matmul",
          i >= 10,
          kernels -> {
            float[] a = FixedInputs.values(seed, 3 + rowsA * lda);
            float[] b = FixedInputs.values(seed + 50, 5 + rowsB * ldb);
            float[] c = FixedInputs.values(seed + 100, 1 + m * ldc);
            if (seed % 5 == 0) { // zeros may be left out
              for (int j = 0; j < a.length; j += 3) {
                a[j] = 0;
              }
            }
            kernels
                .matmul()
                .sgemm(transA, transB, m, n, k, alpha, a, 3, lda, b, 5, ldb, beta, c, 1, ldc);
            return new float[][] {c};
          });
    }
  }

  private void conv2d() {
    Conv2dShape[] shapes = {
      Conv2dShape.valid(2, 6, 7, 1, 3, 3, 3),
      Conv2dShape.valid(1, 5, 5, 2, 17, 2, 2),
      Conv2dShape.same(2, 6, 6, 1, 2, 3, 3, 2, 2, 1, 1, 1),
      Conv2dShape.same(1, 7, 5, 3, 4, 3, 3, 1, 1, 1, 1, 1),
      new Conv2dShape(1, 9, 12, 2, 3, 3, 2, 2, 1, 1, 3, 0, 0, 0, 0, 1),
      new Conv2dShape(2, 6, 6, 4, 6, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1, 2),
      new Conv2dShape(1, 5, 6, 3, 3, 2, 3, 1, 2, 2, 1, 0, 1, 2, 0, 3),
      Conv2dShape.valid(3, 4, 4, 1, 8, 3, 3),
      Conv2dShape.valid(1, 1, 20, 2, 5, 1, 4),
      Conv2dShape.valid(2, 5, 4, 5, 7, 1, 1),
      Conv2dShape.valid(8, 28, 28, 1, 32, 3, 3),
      Conv2dShape.same(4, 14, 14, 16, 24, 3, 3, 1, 1, 1, 1, 1),
      new Conv2dShape(3, 15, 17, 8, 16, 5, 3, 2, 1, 1, 2, 2, 1, 0, 3, 2)
    };
    for (int i = 0; i < shapes.length; i++) {
      Conv2dShape s = shapes[i];
      int seed = 200 + i;
      add(
          "conv2d",
          i >= 10,
          kernels -> {
            float[] x = FixedInputs.values(seed, s.inElements());
            float[] w = FixedInputs.values(seed + 50, s.weightElements());
            float[] dy = FixedInputs.values(seed + 100, s.outElements());
            float[] y = new float[s.outElements()];
            float[] dx = new float[s.inElements()];
            float[] dw = new float[s.weightElements()];
            float[] db = new float[s.filters()];
            kernels.conv2d().forward(s, x, 0, w, 0, y, 0);
            kernels.conv2d().backwardInput(s, dy, 0, w, 0, dx, 0);
            kernels.conv2d().backwardWeights(s, x, 0, dy, 0, dw, 0);
            kernels.conv2d().backwardBias(s, dy, 0, db, 0);
            return new float[][] {y, dx, dw, db};
          });
    }
    for (int i = 0; i < 3; i++) {
      Conv2dShape s = Conv2dShape.valid(i == 2 ? 16 : 2, 8 + 6 * i, 10, 1, i == 1 ? 5 : 32, 3, 3);
      Pool2dShape p = Pool2dShape.valid(s.batch(), s.outHeight(), s.outWidth(), s.filters(), 2, 2);
      int seed = 300 + i;
      add(
          "pooled",
          i == 2,
          kernels -> {
            float[] x = FixedInputs.values(seed, s.inElements());
            float[] dy = FixedInputs.values(seed + 1, p.outElements());
            float[] y = new float[p.outElements()];
            int[] taps = new int[p.outElements()];
            kernels
                .maxPool2d()
                .forward(p, FixedInputs.values(seed + 2, p.inElements()), 0, y, 0, taps, 0);
            float[] dw = new float[s.weightElements()];
            float[] db = new float[s.filters()];
            TileSource unpooled = kernels.maxPool2d().unpooled(p, dy, 0, taps, 0);
            kernels.conv2d().backwardWeights(s, x, 0, unpooled, dw, 0);
            kernels.conv2d().backwardBias(s, unpooled, db, 0);
            return new float[][] {y, dw, db};
          });
    }
  }

  private void pool() {
    Pool2dShape[] shapes = {
      Pool2dShape.valid(1, 4, 4, 1, 2, 2),
      Pool2dShape.valid(2, 6, 6, 3, 2, 2),
      Pool2dShape.valid(1, 5, 7, 17, 3, 1),
      Pool2dShape.same(1, 5, 5, 2, 2, 2, 2, 2),
      Pool2dShape.same(2, 7, 4, 5, 3, 3, 1, 1),
      new Pool2dShape(1, 6, 8, 4, 3, 2, 2, 1, 1, 0, 1, 1),
      Pool2dShape.valid(3, 2, 2, 33, 2, 2),
      Pool2dShape.valid(1, 9, 3, 1, 3, 3),
      Pool2dShape.valid(1, 1, 8, 16, 1, 1),
      Pool2dShape.valid(2, 8, 8, 8, 2, 1),
      Pool2dShape.valid(16, 26, 26, 32, 2, 2),
      Pool2dShape.same(9, 20, 18, 24, 3, 3, 2, 2)
    };
    for (int i = 0; i < shapes.length; i++) {
      Pool2dShape s = shapes[i];
      int seed = 400 + i;
      add(
          "pool",
          i >= 10,
          kernels -> {
            float[] x =
                seed % 2 == 0
                    ? FixedInputs.rough(seed, s.inElements())
                    : FixedInputs.values(seed, s.inElements());
            if (seed % 3 == 0) {
              x[x.length / 2] = Float.NaN;
            }
            float[] y = new float[s.outElements()];
            int[] taps = new int[s.outElements()];
            float[] dx = new float[s.inElements()];
            kernels.maxPool2d().forward(s, x, 0, y, 0, taps, 0);
            kernels
                .maxPool2d()
                .backward(s, FixedInputs.values(seed + 50, s.outElements()), 0, taps, 0, dx, 0);
            return new float[][] {y, FixedInputs.floats(taps), dx};
          });
    }
  }

  private void activation() {
    int[][] sizes = {
      {1, 1},
      {1, 7},
      {3, 16},
      {5, 17},
      {2, 33},
      {9, 10},
      {4, 32},
      {7, 5},
      {1, 65},
      {11, 3},
      {676, 32},
      {64, 256 + 5}
    };
    for (int i = 0; i < sizes.length; i++) {
      int rows = sizes[i][0];
      int columns = sizes[i][1];
      int n = rows * columns;
      int seed = 500 + i;
      add(
          "activation",
          i >= 10,
          kernels -> {
            float[] x = FixedInputs.rough(seed, n);
            x[n / 2] = Float.NaN;
            float[] bias = FixedInputs.values(seed + 50, columns);
            float[] added = new float[n];
            float[] both = new float[n];
            float[] relu = new float[n];
            float[] gradient = new float[n];
            var kernel = kernels.activation();
            kernel.addBias(rows, columns, x, 0, columns, bias, 0, added, 0, columns);
            kernel.addBiasRelu(rows, columns, x, 0, columns, bias, 0, both, 0, columns);
            kernel.relu(n, x, 0, relu, 0);
            kernel.scaledReluGradient(
                n, 1.25f, relu, 0, FixedInputs.rough(seed + 9, n), 0, gradient, 0);
            return new float[][] {added, both, relu, gradient};
          });
    }
  }

  private void softmax() {
    int[][] sizes = {
      {1, 1},
      {1, 2},
      {4, 3},
      {7, 10},
      {3, 16},
      {2, 17},
      {5, 33},
      {1, 40},
      {2, 64},
      {6, 9},
      {512, 10},
      {40, 1000},
      {3, 9001}
    };
    for (int i = 0; i < sizes.length; i++) {
      int rows = sizes[i][0];
      int n = sizes[i][1];
      int seed = 600 + i;
      add(
          "softmax",
          i >= 10,
          kernels -> {
            float[] x = FixedInputs.values(seed, rows * n);
            for (int j = 0; j < x.length; j++) {
              x[j] *= seed % 3 == 0 ? 95 : 4; // exp of the larger ones would overflow
            }
            if (seed % 4 == 0) {
              Arrays.fill(x, 0, n, Float.NEGATIVE_INFINITY);
            }
            int[] labels = FixedInputs.labels(seed, rows, n);
            float[] dy = FixedInputs.values(seed + 50, rows * n);
            float[] p = new float[rows * n];
            float[] log = new float[rows * n];
            float[] dp = new float[rows * n];
            float[] dlog = new float[rows * n];
            float[] loss = new float[rows];
            float[] dx = new float[rows * n];
            float[] denseLoss = new float[rows];
            float[] denseDx = new float[rows * n];
            var kernel = kernels.softmax();
            kernel.softmax(rows, n, x, 0, n, p, 0, n);
            kernel.logSoftmax(rows, n, x, 0, n, log, 0, n);
            kernel.softmaxGradient(rows, n, p, 0, n, dy, 0, n, dp, 0, n);
            kernel.logSoftmaxGradient(rows, n, log, 0, n, dy, 0, n, dlog, 0, n);
            kernel.crossEntropyGradient(rows, n, x, 0, n, labels, 0, loss, 0, 1f / rows, dx, 0, n);
            kernel.crossEntropyGradient(
                rows, n, x, 0, n, p, 0, n, denseLoss, 0, 1f / rows, denseDx, 0, n);
            return new float[][] {p, log, dp, dlog, loss, dx, denseLoss, denseDx};
          });
    }
  }

  private void dropout() {
    int[] sizes = {0, 1, 7, 16, 17, 33, 64, 65, 100, 129, 40_000};
    double[] rates = {0, 0.1, 0.25, 0.5, 0.75, 0.999999, 1};
    for (int i = 0; i < sizes.length; i++) {
      int n = sizes[i];
      double rate = rates[i % rates.length];
      int seed = 700 + i;
      add(
          "dropout",
          i >= 10,
          kernels -> {
            float[] y = new float[n];
            long key = CounterRandom.key(seed, 3, 7);
            kernels.dropout().apply(n, rate, key, 11 * seed, FixedInputs.rough(seed, n), 0, y, 0);
            return new float[][] {y};
          });
    }
  }

  private void update() {
    int[] sizes = {1, 7, 16, 17, 31, 33, 64, 65, 100, 127, 40_003};
    for (int i = 0; i < sizes.length; i++) {
      int n = sizes[i];
      int seed = 800 + i;
      add("update", i >= 10, kernels -> FixedUpdates.run(kernels, seed, n));
    }
  }

  private void reduce() {
    int[] sizes = {0, 1, 7, 16, 17, 31, 32, 33, 65, 100, 20_000, 100_003};
    for (int i = 0; i < sizes.length; i++) {
      int n = sizes[i];
      int seed = 900 + i;
      add(
          "reduce",
          i >= 10,
          kernels -> {
            var kernel = kernels.reduce();
            float[] x = FixedInputs.values(seed, n);
            float[] y = FixedInputs.values(seed + 50, n);
            int columns = 1 + n % 37;
            int rows = n / columns;
            float[] sums = new float[columns];
            kernel.sumRows(rows, columns, x, 0, columns, sums, 0);
            float norm = (float) kernel.squaredNormInDouble(n, x, 0);
            float largest = n == 0 ? 0 : kernel.argMax(n, x, 0);
            return new float[][] {
              {
                kernel.sum(n, x, 0),
                kernel.max(n, x, 0),
                kernel.dot(n, x, 0, y, 0),
                kernel.squaredNorm(n, x, 0),
                norm,
                largest
              },
              sums
            };
          });
    }
  }

  private void elementwise() {
    int[] sizes = {0, 1, 7, 16, 17, 31, 33, 64, 65, 100, 50_001};
    for (int i = 0; i < sizes.length; i++) {
      int n = sizes[i];
      int seed = 1000 + i;
      add(
          "elementwise",
          i >= 10,
          kernels -> {
            var kernel = kernels.elementwise();
            float[] a = FixedInputs.rough(seed, n);
            float[] b = FixedInputs.rough(seed + 3, n);
            float[] scaled = new float[n];
            float[] sum = new float[n];
            float[] axpy = FixedInputs.values(seed + 9, n);
            float[] clipped = new float[n];
            float[] unit = new float[n];
            byte[] bytes = new byte[n];
            for (int j = 0; j < n; j++) {
              bytes[j] = (byte) (31 * j);
            }
            float[] hot = new float[3 * n];
            kernel.scale(n, 1.1f, a, 0, scaled, 0);
            kernel.add(n, a, 0, b, 0, sum, 0);
            kernel.axpy(n, -0.7f, a, 0, axpy, 0);
            kernel.clip(n, -0.25f, 0.5f, a, 0, clipped, 0);
            kernel.oneHot(n, 3, FixedInputs.labels(seed, n, 3), 0, hot, 0);
            kernel.bytesToUnit(n, bytes, 0, unit, 0);
            return new float[][] {scaled, sum, axpy, clipped, hot, unit};
          });
    }
  }

  /** Whole trainings: first weights, order, dropout, every gradient, an optimizer. */
  private void training() {
    String[] optimizers = {"adam", "sgd:momentum=0.9,nesterov=true,clipnorm=0.5", "adam"};
    for (int i = 0; i < optimizers.length; i++) {
      boolean large = i > 0;
      int side = i == 2 ? 28 : 8;
      int images = i == 2 ? 96 : 10;
      int seed = 1100 + i;
      String optimizer = optimizers[i];
      add("training", large, kernels -> FixedTrainings.run(kernels, seed, side, images, optimizer));
    }
    add("training", false, kernels -> FixedTrainings.normalized(kernels, 1103, 8, 10, "adam"));
  }
}
