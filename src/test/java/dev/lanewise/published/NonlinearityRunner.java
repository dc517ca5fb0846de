package dev.lanewise.published;

import dev.lanewise.kernel.Kernels;
import dev.lanewise.kernel.pointwise.Nonlinearity;
import dev.lanewise.testing.Bits;
import dev.lanewise.testing.Cases.Onnx;
import dev.lanewise.testing.Cases.OpGradient;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Assertions;

/** Runs activation functions, losses of rows and normalization through the public kernels. */
final class NonlinearityRunner {
  private static final Set<Nonlinearity.Kind> NOTHING_CANCELS =
      EnumSet.of(
          Nonlinearity.Kind.LEAKY_RELU,
          Nonlinearity.Kind.SIGMOID,
          Nonlinearity.Kind.TANH,
          Nonlinearity.Kind.SOFTPLUS);

  private final Kernels kernels;

  NonlinearityRunner(Kernels kernels) {
    this.kernels = kernels;
  }

  String run(Onnx one) {
    if (one.op().equals("LayerNormalization")) {
      return normalization(one);
    }
    float alpha = (float) one.node().attrs().number("alpha", one.op().equals("Elu") ? 1 : 0.01);
    Optional<Nonlinearity> function =
        switch (one.op()) {
          case "LeakyRelu" -> Optional.of(Nonlinearity.leakyRelu(alpha));
          case "Elu" -> Optional.of(Nonlinearity.elu(alpha));
          case "Sigmoid" -> Optional.of(Nonlinearity.SIGMOID);
          case "Tanh" -> Optional.of(Nonlinearity.TANH);
          case "Softplus" -> Optional.of(Nonlinearity.SOFTPLUS);
          case "Gelu" -> Optional.of(Nonlinearity.GELU_TANH); // as all of the vectors ask for
          case "Selu" -> Optional.of(selu(one));
          case "Swish" -> Optional.of(Nonlinearity.swish(1));
          case "Mish" -> Optional.of(Nonlinearity.MISH);
          case "Softsign" -> Optional.of(Nonlinearity.SOFTSIGN);
          case "HardSwish" -> Optional.of(Nonlinearity.HARD_SWISH);
          case "HardSigmoid" -> {
            float beta = (float) one.node().attrs().number("beta", 0.5);
            float slope = (float) one.node().attrs().number("alpha", 0.2);
            yield Optional.of(Nonlinearity.hardSigmoid(slope, beta));
          }
          default -> Optional.empty();
        };
    if (function.isEmpty()) {
      return "no such kernel";
    }
    float[] x = one.input(0).orElseThrow().floats();
    kernels.nonlinear().apply(function.get(), x, x);
    OnnxRunner.close(one, 0, x);
    return "";
  }

  private static Nonlinearity selu(Onnx one) {
    float alpha = (float) one.node().attrs().number("alpha", 1.6732632);
    return Nonlinearity.selu(alpha, (float) one.node().attrs().number("gamma", 1.050701));
  }

  String run(OpGradient one) {
    Optional<Nonlinearity> function =
        switch (one.op()) {
          case "leaky_relu_0_3" -> Optional.of(Nonlinearity.leakyRelu(0.3f));
          case "leaky_relu_0_01" -> Optional.of(Nonlinearity.leakyRelu(0.01f));
          case "elu" -> Optional.of(Nonlinearity.elu(1));
          case "sigmoid" -> Optional.of(Nonlinearity.SIGMOID);
          case "tanh" -> Optional.of(Nonlinearity.TANH);
          case "softplus" -> Optional.of(Nonlinearity.SOFTPLUS);
          case "gelu_erf" -> Optional.of(Nonlinearity.GELU);
          case "gelu_tanh" -> Optional.of(Nonlinearity.GELU_TANH);
          case "selu" -> Optional.of(Nonlinearity.selu(1.6732632f, 1.050701f));
          case "silu" -> Optional.of(Nonlinearity.swish(1));
          case "mish" -> Optional.of(Nonlinearity.MISH);
          case "softsign" -> Optional.of(Nonlinearity.SOFTSIGN);
          case "hard_sigmoid" -> Optional.of(Nonlinearity.hardSigmoid(1f / 6, 0.5f));
          default -> Optional.empty();
        };
    if (function.isPresent()) {
      function(one, function.get());
      return "";
    }
    return switch (one.op()) {
      case "layer_norm" -> normalization(one);
      case "mse" -> loss(one, "pred", "target");
      case "binary_cross_entropy_with_logits" -> loss(one, "logits", "targets");
      default -> "no such kernel";
    };
  }

  private void function(OpGradient one, Nonlinearity function) {
    float[] x = one.input("x").floats();
    float[] y = new float[x.length];
    kernels.nonlinear().apply(function, x, y);
    GradientRunner.close(one, "y", one.output(), y);
    if (NOTHING_CANCELS.contains(function.kind())) {
      Bits.assertClose(one.id(), one.output().data(), y, 1e-5, 1e-37);
    }
    float[] dx = one.gradOutput().orElseThrow().floats();
    float[] saved = function.gradientReadsOutput() ? y : x;
    kernels.nonlinear().backward(function, x.length, saved, 0, dx, 0, dx, 0);
    GradientRunner.close(one, "dx", one.gradInputs().get("x"), dx);
  }

  private String loss(OpGradient one, String name, String targets) {
    int rows = one.input(name).dim(0);
    int columns = one.input(name).dim(1);
    float[] x = one.input(name).floats();
    float[] t = one.input(targets).floats();
    float[] loss = new float[rows];
    float[] dx = new float[x.length];
    float scale = (float) (one.gradOutput().orElseThrow().scalar() / rows);
    if (name.equals("pred")) {
      kernels
          .losses()
          .backwardMeanSquaredError(
              rows, columns, x, 0, columns, t, 0, columns, loss, 0, scale, dx, 0, columns);
    } else {
      kernels
          .losses()
          .backwardBinaryCrossEntropy(
              rows, columns, x, 0, columns, t, 0, columns, loss, 0, scale, dx, 0, columns);
    }
    double mean = kernels.reduce().sum(loss) / (double) rows;
    double expected = one.output().scalar();
    Assertions.assertEquals(expected, mean, 1e-5 * Math.abs(expected), one.id());
    GradientRunner.close(one, "dx", one.gradInputs().get(name), dx);
    return "";
  }

  /** Over all axes from one on: gamma and beta have as many elements as a mean is taken over. */
  private String normalization(Onnx one) {
    float[] x = one.input(0).orElseThrow().floats();
    float[] gamma = one.input(1).orElseThrow().floats();
    float[] beta = one.input(2).orElseThrow().floats();
    float epsilon = (float) one.node().attrs().number("epsilon", 1e-5);
    int n = gamma.length;
    int rows = x.length / n;
    float[] statistics = new float[2 * rows];
    kernels
        .normalization()
        .forward(rows, n, x, 0, n, gamma, 0, beta, 0, epsilon, x, 0, n, statistics, 0);
    OnnxRunner.close(one, 0, x);
    for (int column = 0; column < 2; column++) { // the mean, and the inverse
      float[] each = new float[rows];
      for (int i = 0; i < rows; i++) {
        each[i] = statistics[2 * i + column];
      }
      OnnxRunner.close(one, 1 + column, each);
    }
    return "";
  }

  private String normalization(OpGradient one) {
    float[] x = one.input("x").floats();
    float[] gamma = one.input("gamma").floats();
    float[] beta = one.input("beta").floats();
    float[] dy = one.gradOutput().orElseThrow().floats();
    float epsilon = (float) one.attrs().number("epsilon");
    int n = gamma.length;
    int rows = x.length / n;
    float[] y = new float[x.length];
    float[] statistics = new float[2 * rows];
    float[] dgamma = new float[n];
    float[] dbeta = new float[n];
    var kernel = kernels.normalization();
    kernel.forward(rows, n, x, 0, n, gamma, 0, beta, 0, epsilon, y, 0, n, statistics, 0);
    kernels.reduce().sumRows(rows, n, dy, dbeta);
    kernel.backward(rows, n, x, 0, n, gamma, 0, statistics, 0, dy, 0, n, x, 0, n, dy, 0, n);
    kernels.reduce().sumRows(rows, n, x, dgamma);
    GradientRunner.close(one, "y", one.output(), y);
    GradientRunner.close(one, "dx", one.gradInputs().get("x"), dy);
    GradientRunner.close(one, "dgamma", one.gradInputs().get("gamma"), dgamma);
    GradientRunner.close(one, "dbeta", one.gradInputs().get("beta"), dbeta);
    return "";
  }
}
