package dev.lanewise.examples;

import dev.lanewise.kernel.Kernels;
import dev.lanewise.kernel.parallel.Team;

/** The README's example of kernels on plain arrays. */
final class KernelsExample {
  private KernelsExample() {}

  static float[] run() {
    // README begins
    float[] a = {1, 2, 3, 4, 5, 6, 7, 8}; // 2 × 4, row-major
    float[] b = {1, 0, 0, 0, 1, 0, 0, 0, 1, 1, 1, 1}; // 4 × 3
    float[] bias = {1, 2, -99};
    float[] c = new float[2 * 3];
    try (Team team = Team.ofProcessors()) {
      Kernels kernels = Kernels.best(team); // SIMD; or scalar, with a warning that says why
      kernels.matmul().multiply(2, 3, 4, a, b, c); // C = A·B
      kernels.activation().addBiasRelu(2, 3, c, bias, c); // C = relu(C + bias), in place
      kernels.softmax().softmax(2, 3, c, c); // each row becomes probabilities
    }
    // README ends
    return c;
  }
}
