package dev.lanewise.published;

import dev.lanewise.kernel.Kernels;
import dev.lanewise.kernel.loss.BatchNormalization;
import dev.lanewise.testing.Bits;
import dev.lanewise.testing.Cases.Entry;
import dev.lanewise.testing.Cases.Onnx;
import dev.lanewise.testing.Cases.OpGradient;
import dev.lanewise.testing.Cases.Tensor;

/** Runs batch normalization through the public kernels; channels, axis 1, are brought last. */
final class BatchNormalizationRunner {
  private final Kernels kernels;

  BatchNormalizationRunner(Kernels kernels) {
    this.kernels = kernels;
  }

  private static Tensor channelsLast(Tensor x) {
    return switch (x.rank()) {
      case 4 -> x.toNhwc();
      case 3 -> x.permuted(0, 2, 1);
      default -> x;
    };
  }

  String run(Onnx one) {
    Entry attrs = one.node().attrs();
    float epsilon = (float) attrs.number("epsilon", 1e-5);
    float[] x = channelsLast(one.input(0).orElseThrow()).floats();
    float[] gamma = one.input(1).orElseThrow().floats();
    float[] beta = one.input(2).orElseThrow().floats();
    float[] movingMean = one.input(3).orElseThrow().floats();
    float[] movingVariance = one.input(4).orElseThrow().floats();
    int n = gamma.length;
    int rows = x.length / n;
    float[] y = new float[x.length];
    BatchNormalization kernel = kernels.batchNormalization();
    if (attrs.integer("training_mode", 0) == 1) {
      float[] mean = new float[n];
      float[] variance = new float[n];
      kernel.forward(rows, n, x, 0, n, gamma, 0, beta, 0, epsilon, y, 0, n, mean, 0, variance, 0);
      double share = attrs.number("momentum", 0.9);
      average(movingMean, mean, share);
      average(movingVariance, variance, share);
      OnnxRunner.close(one, 1, movingMean);
      OnnxRunner.close(one, 2, movingVariance);
    } else {
      kernel.normalize(
          rows, n, x, 0, n, gamma, 0, beta, 0, epsilon, movingMean, 0, movingVariance, 0, y, 0, n);
    }
    Tensor expected = channelsLast(one.outputs().get(one.node().outputs().getFirst()));
    Bits.assertClose(one.id(), expected.data(), y, one.rtol(), one.atol());
    return "";
  }

  private void average(float[] moving, float[] batch, double share) {
    kernels
        .update()
        .average(moving.length, moving, 0, batch, 0, (float) share, (float) (1 - share), 0);
  }

  void run(OpGradient one) {
    float epsilon = (float) one.attrs().number("epsilon");
    float[] x = channelsLast(one.input("x")).floats();
    float[] dy = channelsLast(one.gradOutput().orElseThrow()).floats();
    float[] gamma = one.input("gamma").floats();
    float[] beta = one.input("beta").floats();
    int n = gamma.length;
    int rows = x.length / n;
    float[] y = new float[x.length];
    float[] mean = new float[n];
    float[] variance = new float[n];
    float[] dx = new float[x.length];
    float[] dgamma = new float[n];
    float[] dbeta = new float[n];
    BatchNormalization kernel = kernels.batchNormalization();
    kernel.forward(rows, n, x, 0, n, gamma, 0, beta, 0, epsilon, y, 0, n, mean, 0, variance, 0);
    kernel.backward(
        rows, n, x, 0, n, gamma, 0, epsilon, mean, 0, variance, 0, dy, 0, n, dx, 0, n, dgamma, 0,
        dbeta, 0);
    GradientRunner.close(one, "y", channelsLast(one.output()), y);
    GradientRunner.close(one, "dx", channelsLast(one.gradInputs().get("x")), dx);
    GradientRunner.close(one, "dgamma", one.gradInputs().get("gamma"), dgamma);
    GradientRunner.close(one, "dbeta", one.gradInputs().get("beta"), dbeta);
  }
}
