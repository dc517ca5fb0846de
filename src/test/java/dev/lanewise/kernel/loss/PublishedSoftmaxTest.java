package dev.lanewise.kernel.loss;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lanewise.kernel.reduce.Reduce;
import dev.lanewise.kernel.reduce.ScalarReduce;
import dev.lanewise.testing.Bits;
import dev.lanewise.testing.Cases;
import dev.lanewise.testing.Cases.Tensor;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;

/** The scalar twin against ONNX's and PyTorch's published values. */
class PublishedSoftmaxTest {
  private static final Set<String> ONNX =
      Set.of("Softmax", "LogSoftmax", "SoftmaxCrossEntropyLoss", "NegativeLogLikelihoodLoss");

  /** A loss that weighs its classes or skips one: no kernel does. */
  private static final Set<String> SKIPPED_ONNX =
      Set.of(
          "node/test_nllloss_NCd1_mean_weight_negative_ii",
          "node/test_nllloss_NCd1d2_no_weight_reduction_mean_ii",
          "node/test_nllloss_NCd1d2_with_weight",
          "node/test_nllloss_NCd1d2_with_weight_reduction_sum",
          "node/test_nllloss_NCd1d2d3_sum_weight_high_ii",
          "node/test_nllloss_NCd1d2d3d4d5_mean_weight",
          "node/test_sce_NCd1d2d3_none_no_weight_negative_ii",
          "node/test_sce_NCd1d2d3_sum_weight_high_ii_log_prob",
          "node/test_sce_NCd1d2d3d4d5_mean_weight",
          "node/test_sce_mean_no_weight_ii",
          "node/test_sce_mean_no_weight_ii_3d",
          "node/test_sce_mean_no_weight_ii_4d",
          "node/test_sce_mean_weight_ii_3d",
          "node/test_sce_mean_weight_ii_3d_log_prob",
          "node/test_sce_mean_weight_log_prob",
          "node/test_sce_none_weights");

  private final Softmax softmax = new ScalarSoftmax();
  private final Reduce reduce = new ScalarReduce();

  /** A tensor with its axis of classes moved to the end. */
  private static final class Matrix {
    final int outer;
    final int columns;
    final int inner;

    Matrix(int[] shape, int axis) {
      int at = axis < 0 ? axis + shape.length : axis;
      outer = product(shape, 0, at);
      columns = shape[at];
      inner = product(shape, at + 1, shape.length);
    }

    private static int product(int[] shape, int from, int to) {
      return Arrays.stream(shape, from, to).reduce(1, (a, b) -> a * b);
    }

    int rows() {
      return outer * inner;
    }

    float[] toRows(float[] tensor) {
      return move(tensor, true);
    }

    float[] fromRows(float[] rows) {
      return move(rows, false);
    }

    private float[] move(float[] from, boolean toRows) {
      float[] to = new float[from.length];
      for (int o = 0; o < outer; o++) {
        for (int j = 0; j < columns; j++) {
          for (int i = 0; i < inner; i++) {
            int tensor = (o * columns + j) * inner + i;
            int row = (o * inner + i) * columns + j;
            to[toRows ? row : tensor] = from[toRows ? tensor : row];
          }
        }
      }
      return to;
    }
  }

  @Test
  void onnx() {
    Set<String> skipped = new TreeSet<>();
    for (Cases.Onnx one : Cases.onnx()) {
      if (!ONNX.contains(one.op())) {
        continue;
      }
      Cases.Node node = one.node();
      if (node.inputs().size() > 2 || node.attrs().has("ignore_index")) {
        skipped.add(one.name());
      } else if (one.op().endsWith("Loss")) {
        loss(one, node);
      } else {
        function(one, node);
      }
    }
    assertEquals(new TreeSet<>(SKIPPED_ONNX), skipped);
  }

  private void function(Cases.Onnx one, Cases.Node node) {
    Tensor x = one.input(0).orElseThrow();
    Matrix m = new Matrix(x.shape(), node.attrs().integer("axis", -1));
    float[] rows = m.toRows(x.floats());
    float[] y = new float[rows.length];
    if (one.op().equals("Softmax")) {
      softmax.softmax(m.rows(), m.columns, rows, 0, m.columns, y, 0, m.columns);
    } else {
      softmax.logSoftmax(m.rows(), m.columns, rows, 0, m.columns, y, 0, m.columns);
    }
    double[] expected = one.outputs().get(node.outputs().get(0)).data();
    Bits.assertClose(one.name(), expected, m.fromRows(y), one.rtol(), one.atol());
  }

  private void loss(Cases.Onnx one, Cases.Node node) {
    Tensor x = one.input(0).orElseThrow();
    int[] labels = one.input(1).orElseThrow().ints();
    Matrix m = new Matrix(x.shape(), 1);
    float[] rows = m.toRows(x.floats());
    float[] log = new float[rows.length];
    float[] loss = new float[labels.length];
    if (one.op().equals("NegativeLogLikelihoodLoss")) {
      // Its input holds logarithms of probabilities, which need not be normalized in a test.
      for (int i = 0; i < loss.length; i++) {
        loss[i] = -rows[i * m.columns + labels[i]];
      }
    } else {
      softmax.crossEntropy(m.rows(), m.columns, rows, 0, m.columns, labels, 0, loss, 0);
      softmax.logSoftmax(m.rows(), m.columns, rows, 0, m.columns, log, 0, m.columns);
    }
    double[] expected = one.outputs().get(node.outputs().get(0)).data();
    String reduction = node.attrs().string("reduction", "mean");
    Bits.assertClose(one.name(), expected, reduced(reduction, loss), one.rtol(), one.atol());
    if (node.outputs().size() > 1) {
      double[] logs = one.outputs().get(node.outputs().get(1)).data();
      Bits.assertClose(one.name(), logs, m.fromRows(log), one.rtol(), one.atol());
    }
  }

  private float[] reduced(String reduction, float[] loss) {
    float sum = reduce.sum(loss.length, loss, 0);
    return switch (reduction) {
      case "none" -> loss;
      case "sum" -> new float[] {sum};
      default -> new float[] {sum / loss.length};
    };
  }

  @Test
  void opGradients() {
    int done = 0;
    for (Cases.OpGradient one : Cases.opGradients()) {
      switch (one.op()) {
        case "softmax", "log_softmax" -> functionAndGradient(one);
        case "softmax_cross_entropy_sparse", "softmax_cross_entropy_dense" -> lossAndGradient(one);
        default -> done--;
      }
      done++;
    }
    assertEquals(24, done);
  }

  private void functionAndGradient(Cases.OpGradient one) {
    Tensor in = one.input("x");
    Matrix m = new Matrix(in.shape(), one.attrs().integer("axis"));
    float[] x = m.toRows(in.floats());
    float[] dy = m.toRows(one.gradOutput().orElseThrow().floats());
    float[] y = new float[x.length];
    float[] dx = new float[x.length];
    int n = m.columns;
    if (one.op().equals("softmax")) {
      softmax.softmax(m.rows(), n, x, 0, n, y, 0, n);
      softmax.softmaxGradient(m.rows(), n, y, 0, n, dy, 0, n, dx, 0, n);
    } else {
      softmax.logSoftmax(m.rows(), n, x, 0, n, y, 0, n);
      softmax.logSoftmaxGradient(m.rows(), n, y, 0, n, dy, 0, n, dx, 0, n);
    }
    close(one.id(), one.output().data(), m.fromRows(y));
    close(one.id(), one.gradInputs().get("x").data(), m.fromRows(dx));
  }

  private void lossAndGradient(Cases.OpGradient one) {
    Tensor logits = one.input("logits");
    int rows = logits.dim(0);
    int n = logits.dim(1);
    float[] x = logits.floats();
    float[] loss = new float[rows];
    float[] dx = new float[x.length];
    String reduction = one.attrs().string("reduction");
    // The published gradient of the one number that the losses are reduced to is 1 or a factor.
    float scale = one.gradOutput().map(g -> g.floats()[0]).orElse(1f);
    scale = reduction.equals("mean") ? scale / rows : scale;
    double smoothing = one.attrs().number("label_smoothing", 0);
    if (one.op().endsWith("sparse") && smoothing == 0) {
      int[] labels = one.input("labels").ints();
      softmax.crossEntropyGradient(rows, n, x, 0, n, labels, 0, loss, 0, scale, dx, 0, n);
    } else {
      float[] targets =
          one.op().endsWith("dense")
              ? one.input("targets").floats()
              : smoothed(one.input("labels").ints(), n, smoothing);
      softmax.crossEntropyGradient(rows, n, x, 0, n, targets, 0, n, loss, 0, scale, dx, 0, n);
    }
    close(one.id(), one.output().data(), reduced(reduction, loss));
    close(one.id(), one.gradInputs().get("logits").data(), dx);
  }

  /** Label smoothing is a choice of targets: most at the label, the rest spread over all. */
  private static float[] smoothed(int[] labels, int n, double smoothing) {
    float[] targets = new float[labels.length * n];
    Arrays.fill(targets, (float) (smoothing / n));
    for (int i = 0; i < labels.length; i++) {
      targets[i * n + labels[i]] = (float) (1 - smoothing + smoothing / n);
    }
    return targets;
  }

  private static void close(String what, double[] expected, float[] got) {
    double largest = DoubleStream.of(expected).map(Math::abs).max().orElse(0);
    Bits.assertClose(what, expected, got, 1e-5, 1e-5 * largest);
  }
}
