package dev.lanewise.matrix;

import dev.lanewise.kernel.Kernels;
import dev.lanewise.kernel.matmul.Transpose;
import dev.lanewise.kernel.pointwise.Nonlinearity;
import dev.lanewise.kernel.pool.Pool2dShape;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** The {@link FixedCases} of the families that came later. */
final class LaterCases {
  /** Takes a case. */
  interface Adder {
    void add(String family, boolean large, Function<Kernels, float[][]> call);
  }

  private final Adder adder;

  LaterCases(Adder adder) {
    this.adder = adder;
  }

  void all() {
    averagePool();
    nonlinear();
    losses();
    blas();
    normalization();
    batchNormalization();
  }

  private void averagePool() {
    int[][] sizes = {
      {1, 1, 1, 1, 1, 1}, {1, 4, 4, 1, 2, 2}, {2, 5, 4, 3, 3, 1}, {1, 6, 6, 7, 2, 2},
      {1, 5, 5, 16, 5, 1}, {2, 4, 6, 17, 2, 3}, {1, 7, 7, 4, 3, 2}, {3, 3, 3, 5, 2, 1},
      {1, 4, 4, 33, 4, 4}, {1, 8, 3, 2, 3, 3}, {64, 26, 26, 32, 2, 2}
    };
    for (int i = 0; i < sizes.length; i++) {
      int[] s = sizes[i];
      int seed = 1100 + i;
      adder.add(
          "averagepool",
          i >= 10,
          kernels -> {
            Pool2dShape shape = Pool2dShape.same(s[0], s[1], s[2], s[3], s[4], s[4], s[5], s[5]);
            float[] y = new float[shape.outElements()];
            float[] dx = new float[shape.inElements()];
            float[] dy = FixedInputs.values(seed + 50, y.length);
            kernels.averagePool2d().forward(shape, FixedInputs.values(seed, dx.length), y);
            kernels.averagePool2d().backward(shape, dy, 0, dx, 0);
            return new float[][] {y, dx};
          });
    }
  }

  private void nonlinear() {
    int[] sizes = {0, 1, 7, 16, 17, 31, 33, 64, 65, 100, 50_001};
    for (int i = 0; i < sizes.length; i++) {
      int n = sizes[i];
      int seed = 1200 + i;
      adder.add(
          "nonlinear",
          i >= 10,
          kernels -> {
            List<float[]> all = new ArrayList<>();
            for (Nonlinearity.Kind kind : Nonlinearity.Kind.values()) {
              boolean scaled =
                  kind == Nonlinearity.Kind.LEAKY_RELU || kind == Nonlinearity.Kind.ELU;
              Nonlinearity function = new Nonlinearity(kind, scaled ? 0.75f : 0f);
              float[] x = FixedInputs.rough(seed, n);
              kernels.elementwise().scale(6, x, x);
              float[] y = new float[n];
              float[] dx = FixedInputs.values(seed + 9, n);
              kernels.nonlinear().apply(function, x, y);
              float[] saved = function.gradientReadsOutput() ? y : x;
              kernels.nonlinear().gradient(function, n, saved, 0, dx, 0, dx, 0);
              all.add(y);
              all.add(dx);
            }
            return all.toArray(float[][]::new);
          });
    }
  }

  private void losses() {
    int[][] sizes = {
      {1, 1},
      {2, 1},
      {17, 1},
      {3, 7},
      {1, 16},
      {2, 17},
      {5, 31},
      {1, 33},
      {4, 64},
      {2, 100},
      {64, 5000}
    };
    for (int i = 0; i < sizes.length; i++) {
      int rows = sizes[i][0];
      int columns = sizes[i][1];
      int seed = 1300 + i;
      adder.add(
          "losses",
          i >= 10,
          kernels -> {
            int n = rows * columns;
            float[] x = FixedInputs.values(seed, n);
            kernels.elementwise().scale(9, x, x);
            float[] t = FixedInputs.values(seed + 50, n);
            float[][] out = {new float[rows], new float[n], new float[rows], new float[n]};
            var kernel = kernels.losses();
            kernel.meanSquaredErrorGradient(
                rows, columns, x, 0, columns, t, 0, columns, out[0], 0, 0.3f, out[1], 0, columns);
            kernel.binaryCrossEntropyGradient(
                rows, columns, x, 0, columns, t, 0, columns, out[2], 0, 0.3f, out[3], 0, columns);
            kernel.weigh(rows, columns, out[0], 0, out[3], 0, out[3], 0);
            return out;
          });
    }
  }

  private void blas() {
    int[][] sizes = {
      {1, 1},
      {2, 3},
      {5, 16},
      {4, 17},
      {9, 31},
      {8, 32},
      {7, 33},
      {16, 64},
      {3, 65},
      {13, 50},
      {300, 500},
      {9, 9000}
    };
    for (int i = 0; i < sizes.length; i++) {
      int m = sizes[i][0];
      int n = sizes[i][1];
      int seed = 1400 + i;
      adder.add(
          "blas",
          i >= 10,
          kernels -> {
            var kernel = kernels.blas();
            float[] a = FixedInputs.values(seed, m * n);
            float[] x = FixedInputs.values(seed + 50, n);
            float[] y = FixedInputs.values(seed + 99, m);
            float[] product = y.clone();
            float[] transposed = x.clone();
            kernel.gemv(Transpose.NO, m, n, 1.1f, a, 0, n, x, 0, -0.5f, product, 0);
            kernel.gemv(Transpose.YES, m, n, 1.1f, a, 0, n, y, 0, 0.5f, transposed, 0);
            float[] numbers = {
              kernel.dot(n, x, 0, transposed, 0), kernel.nrm2(a), kernel.asum(a), kernel.iamax(a)
            };
            kernel.ger(m, n, 0.3f, y, x, a);
            kernel.axpy(0.7f, transposed, x);
            kernel.scal(1.3f, x);
            return new float[][] {product, transposed, numbers, a, x};
          });
    }
  }

  private void normalization() {
    int[][] sizes = {
      {1, 1},
      {2, 3},
      {5, 16},
      {17, 7},
      {4, 17},
      {9, 31},
      {33, 33},
      {2, 100},
      {3, 130},
      {7, 4097},
      {5000, 3},
      {300, 500}
    };
    for (int i = 0; i < sizes.length; i++) {
      int m = sizes[i][0];
      int n = sizes[i][1];
      int seed = 1500 + i;
      adder.add(
          "normalization",
          i >= 10,
          kernels -> {
            var kernel = kernels.normalization();
            float[] x = FixedInputs.values(seed, m * n);
            float[] dy = FixedInputs.values(seed + 50, m * n);
            float[] gamma = FixedInputs.values(seed + 60, n);
            float[] beta = FixedInputs.values(seed + 70, n);
            float[] y = new float[m * n];
            float[] of = new float[2 * m];
            float[] dgamma = new float[n];
            float[] products = new float[m * n];
            kernel.forward(m, n, x, 0, n, gamma, 0, beta, 0, 1e-3f, y, 0, n, of, 0);
            kernel.backward(m, n, x, 0, n, gamma, 0, of, 0, dy, 0, n, products, 0, n, dy, 0, n);
            kernels.reduce().sumRows(m, n, products, dgamma);
            return new float[][] {y, of, products, dgamma, dy};
          });
    }
  }

  private void batchNormalization() {
    int[][] sizes = {
      {1, 1},
      {2, 3},
      {5, 16},
      {17, 7},
      {4, 17},
      {9, 31},
      {33, 33},
      {64, 2},
      {65, 15},
      {130, 40},
      {5000, 3},
      {2000, 64}
    };
    for (int i = 0; i < sizes.length; i++) {
      int m = sizes[i][0];
      int n = sizes[i][1];
      int seed = 1600 + i;
      adder.add(
          "batchnormalization",
          i >= 10,
          kernels -> {
            var kernel = kernels.batchNormalization();
            float[] x = FixedInputs.values(seed, m * n);
            float[] dy = FixedInputs.values(seed + 50, m * n);
            float[] gamma = FixedInputs.values(seed + 60, n);
            float[] beta = FixedInputs.values(seed + 70, n);
            float[] y = new float[m * n];
            float[] mean = new float[n];
            float[] variance = new float[n];
            float[] dx = new float[m * n];
            float[] dgamma = new float[n];
            float[] dbeta = new float[n];
            kernel.forward(m, n, x, 0, n, gamma, 0, beta, 0, 1e-3f, y, 0, n, mean, 0, variance, 0);
            kernel.backward(
                m, n, x, 0, n, gamma, 0, 1e-3f, mean, 0, variance, 0, dy, 0, n, dx, 0, n, dgamma, 0,
                dbeta, 0);
            kernel.normalize(
                m, n, dy, 0, n, gamma, 0, beta, 0, 1e-3f, mean, 0, variance, 0, dy, 0, n);
            return new float[][] {y, mean, variance, dx, dgamma, dbeta, dy};
          });
    }
  }
}
