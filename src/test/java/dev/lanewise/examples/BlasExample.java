package dev.lanewise.examples;

import dev.lanewise.kernel.Kernels;
import dev.lanewise.kernel.parallel.Team;
import dev.lanewise.kernel.reduce.Blas;

/** docs/library.md's vectors and matrices: the lines between the marks stand there. */
final class BlasExample {
  private BlasExample() {}

  static float run() {
    float[] a = {2, 1, 1, 2};
    int n = 2;
    float eigenvalue = 0;
    // blas begins
    float[] x = new float[n]; // the largest eigenvalue of a symmetric n × n matrix a
    x[0] = 1;
    float[] y = new float[n];
    try (Team team = Team.ofProcessors()) {
      Blas blas = Kernels.best(team).blas();
      for (int i = 0; i < 50; i++) {
        blas.gemv(n, n, a, x, y); // y = A·x
        eigenvalue = blas.dot(x, y);
        blas.scal(1 / blas.nrm2(y), y);
        System.arraycopy(y, 0, x, 0, n);
      }
    }
    // blas ends
    return eigenvalue;
  }
}
