package dev.lanewise.published;

import dev.lanewise.kernel.Kernels;
import dev.lanewise.kernel.conv2d.Conv2dShape;
import dev.lanewise.kernel.matmul.Transpose;
import dev.lanewise.kernel.pool.Pool2dShape;
import dev.lanewise.testing.Bits;
import dev.lanewise.testing.Cases;
import dev.lanewise.testing.Cases.OpGradient;
import dev.lanewise.testing.Cases.Tensor;
import java.util.Arrays;
import java.util.stream.DoubleStream;

/** Runs a published operation forward and backward through the public kernels. */
final class GradientRunner {
  private final Kernels kernels;

  GradientRunner(Kernels kernels) {
    this.kernels = kernels;
  }

  /** Why a case is left out; empty if it has been run, and gave the published values. */
  String run(OpGradient one) {
    switch (one.op()) {
      case "conv2d" -> conv2d(one);
      case "maxpool2d" -> maxPool(one);
      case "avgpool2d" -> {
        return averagePool(one);
      }
      case "dense" -> dense(one);
      case "relu" -> relu(one);
      case "softmax", "log_softmax" -> softmax(one);
      case "softmax_cross_entropy_sparse", "softmax_cross_entropy_dense" -> crossEntropy(one);
      case "batch_norm_training" -> new BatchNormalizationRunner(kernels).run(one);
      case "exp" -> {
        return "no kernel of its own; ExpLogTest holds the function that softmax uses";
      }
      default -> {
        return new NonlinearityRunner(kernels).run(one);
      }
    }
    return "";
  }

  static void close(OpGradient one, String what, Tensor expected, float[] got) {
    double largest = DoubleStream.of(expected.data()).map(Math::abs).max().orElse(0);
    Bits.assertClose(one.id() + " " + what, expected.data(), got, 1e-5, 1e-5 * largest);
  }

  private void conv2d(OpGradient one) {
    Tensor x = one.input("x");
    Tensor w = one.input("w");
    Conv2dShape shape = Cases.conv(one.attrs(), x, w);
    int filters = shape.filters();
    float[] y = new float[shape.outElements()];
    float[] dx = new float[shape.inElements()];
    float[] dw = new float[shape.weightElements()];
    float[] db = new float[filters];
    float[] dy = one.gradOutput().orElseThrow().toNhwc().floats();
    float[] hwio = w.toHwio().floats();
    float[] nhwc = x.toNhwc().floats();
    float[] bias = one.input("b").floats();
    kernels.conv2d().forward(shape, nhwc, 0, hwio, 0, y, 0);
    kernels
        .activation()
        .addBias(y.length / filters, filters, y, 0, filters, bias, 0, y, 0, filters);
    kernels.conv2d().backwardInput(shape, dy, 0, hwio, 0, dx, 0);
    kernels.conv2d().backwardWeights(shape, nhwc, 0, dy, 0, dw, 0);
    kernels.conv2d().backwardBias(shape, dy, 0, db, 0);
    close(one, "y", one.output().toNhwc(), y);
    close(one, "dx", one.gradInputs().get("x").toNhwc(), dx);
    close(one, "dw", one.gradInputs().get("w").toHwio(), dw);
    close(one, "db", one.gradInputs().get("b"), db);
  }

  private String averagePool(OpGradient one) {
    if (one.attrs().integer("pad") > 0 && one.attrs().bool("count_include_pad", false)) {
      return "padding is counted: ours is no element of an average";
    }
    Pool2dShape shape = Cases.pool(one.attrs(), one.input("x"));
    float[] y = new float[shape.outElements()];
    float[] dx = new float[shape.inElements()];
    float[] dy = one.gradOutput().orElseThrow().toNhwc().floats();
    kernels.averagePool2d().forward(shape, one.input("x").toNhwc().floats(), y);
    kernels.averagePool2d().backward(shape, dy, 0, dx, 0);
    close(one, "y", one.output().toNhwc(), y);
    close(one, "dx", one.gradInputs().get("x").toNhwc(), dx);
    return "";
  }

  private void maxPool(OpGradient one) {
    Tensor x = one.input("x");
    Pool2dShape shape = Cases.pool(one.attrs(), one.input("x"));
    float[] y = new float[shape.outElements()];
    int[] taps = new int[shape.outElements()];
    float[] dx = new float[shape.inElements()];
    float[] dy = one.gradOutput().orElseThrow().toNhwc().floats();
    kernels.maxPool2d().forward(shape, x.toNhwc().floats(), 0, y, 0, taps, 0);
    kernels.maxPool2d().backward(shape, dy, 0, taps, 0, dx, 0);
    close(one, "y", one.output().toNhwc(), y);
    close(one, "dx", one.gradInputs().get("x").toNhwc(), dx);
  }

  private void dense(OpGradient one) {
    Tensor x = one.input("x");
    Tensor w = one.input("w");
    int m = x.dim(0);
    int k = x.dim(1);
    int n = w.dim(1);
    float[] y = new float[m * n];
    float[] dx = new float[m * k];
    float[] dw = new float[k * n];
    float[] db = new float[n];
    float[] dy = one.gradOutput().orElseThrow().floats();
    Transpose no = Transpose.NO;
    Transpose yes = Transpose.YES;
    var matmul = kernels.matmul();
    matmul.multiply(m, n, k, x.floats(), w.floats(), y);
    kernels.activation().addBias(m, n, y, 0, n, one.input("b").floats(), 0, y, 0, n);
    matmul.sgemm(no, yes, m, k, n, 1, dy, 0, n, w.floats(), 0, n, 0, dx, 0, k);
    matmul.sgemm(yes, no, k, n, m, 1, x.floats(), 0, k, dy, 0, n, 0, dw, 0, n);
    kernels.reduce().sumRows(m, n, dy, 0, n, db, 0);
    close(one, "y", one.output(), y);
    close(one, "dx", one.gradInputs().get("x"), dx);
    close(one, "dw", one.gradInputs().get("w"), dw);
    close(one, "db", one.gradInputs().get("b"), db);
  }

  private void relu(OpGradient one) {
    float[] y = one.input("x").floats();
    kernels.activation().relu(y.length, y, 0, y, 0);
    close(one, "y", one.output(), y);
    float[] dx = one.gradOutput().orElseThrow().floats();
    kernels.activation().backwardRelu(dx.length, y, 0, dx, 0, dx, 0);
    close(one, "dx", one.gradInputs().get("x"), dx);
  }

  private void softmax(OpGradient one) {
    Tensor in = one.input("x");
    Rows rows = new Rows(in.shape(), one.attrs().integer("axis"));
    float[] x = rows.of(in.floats());
    float[] dy = rows.of(one.gradOutput().orElseThrow().floats());
    float[] y = new float[x.length];
    float[] dx = new float[x.length];
    int m = rows.rows();
    int n = rows.columns();
    var kernel = kernels.softmax();
    if (one.op().equals("softmax")) {
      kernel.softmax(m, n, x, 0, n, y, 0, n);
      kernel.backwardSoftmax(m, n, y, 0, n, dy, 0, n, dx, 0, n);
    } else {
      kernel.logSoftmax(m, n, x, 0, n, y, 0, n);
      kernel.backwardLogSoftmax(m, n, y, 0, n, dy, 0, n, dx, 0, n);
    }
    close(one, "y", one.output(), rows.back(y));
    close(one, "dx", one.gradInputs().get("x"), rows.back(dx));
  }

  private void crossEntropy(OpGradient one) {
    Tensor logits = one.input("logits");
    int m = logits.dim(0);
    int n = logits.dim(1);
    float[] x = logits.floats();
    float[] loss = new float[m];
    float[] dx = new float[x.length];
    String reduction = one.attrs().string("reduction");
    float scale = one.gradOutput().map(g -> g.floats()[0]).orElse(1f);
    scale = reduction.equals("mean") ? scale / m : scale;
    double smoothing = one.attrs().number("label_smoothing", 0);
    var kernel = kernels.softmax();
    if (one.op().endsWith("dense")) {
      float[] targets = one.input("targets").floats();
      kernel.backwardCrossEntropy(m, n, x, 0, n, targets, 0, n, loss, 0, scale, dx, 0, n);
    } else if (smoothing == 0) {
      int[] labels = one.input("labels").ints();
      kernel.backwardCrossEntropy(m, n, x, 0, n, labels, 0, loss, 0, scale, dx, 0, n);
    } else { // a choice of targets
      float[] targets = new float[x.length];
      Arrays.fill(targets, (float) (smoothing / n));
      int[] labels = one.input("labels").ints();
      for (int i = 0; i < m; i++) {
        targets[i * n + labels[i]] = (float) (1 - smoothing + smoothing / n);
      }
      kernel.backwardCrossEntropy(m, n, x, 0, n, targets, 0, n, loss, 0, scale, dx, 0, n);
    }
    float sum = kernels.reduce().sum(m, loss, 0);
    float[] reduced =
        switch (reduction) {
          case "none" -> loss;
          case "sum" -> new float[] {sum};
          default -> new float[] {sum / m};
        };
    close(one, "loss", one.output(), reduced);
    close(one, "dx", one.gradInputs().get("logits"), dx);
  }
}
