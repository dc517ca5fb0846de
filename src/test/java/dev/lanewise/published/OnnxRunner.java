package dev.lanewise.published;

import dev.lanewise.graph.Graph;
import dev.lanewise.graph.Plan;
import dev.lanewise.graph.StepState;
import dev.lanewise.graph.op.Ops;
import dev.lanewise.kernel.Kernels;
import dev.lanewise.kernel.conv2d.Conv2dShape;
import dev.lanewise.kernel.matmul.Transpose;
import dev.lanewise.kernel.pointwise.Arithmetic;
import dev.lanewise.kernel.pool.Pool2dShape;
import dev.lanewise.kernel.update.Moments;
import dev.lanewise.kernel.update.Update;
import dev.lanewise.tensor.Shape;
import dev.lanewise.testing.Bits;
import dev.lanewise.testing.Cases;
import dev.lanewise.testing.Cases.Entry;
import dev.lanewise.testing.Cases.Node;
import dev.lanewise.testing.Cases.Onnx;
import dev.lanewise.testing.Cases.Tensor;
import dev.lanewise.testing.Gemm;
import java.util.Arrays;
import java.util.List;

/**
 * Runs an ONNX vector through the public kernels; layouts are transposed here, NCHW to NHWC and
 * OIHW to HWIO.
 */
final class OnnxRunner {
  private static final float[] NONE = {};

  private final Kernels kernels;

  OnnxRunner(Kernels kernels) {
    this.kernels = kernels;
  }

  /** Why a vector is left out; empty if it has been run, and gave the published values. */
  String run(Onnx one) {
    Node node = one.node();
    return switch (one.op()) {
      case "Conv" -> conv(one, node.attrs());
      case "MatMul" -> matMul(one);
      case "Gemm" -> gemm(one, node.attrs());
      case "Softmax", "LogSoftmax" -> softmax(one, node);
      case "SoftmaxCrossEntropyLoss" -> crossEntropy(one, node);
      case "MaxPool", "GlobalMaxPool", "AveragePool", "GlobalAveragePool" -> pool(one, node);
      case "Relu" -> relu(one);
      case "Flatten", "Reshape" -> reshape(one);
      case "Dropout" -> dropout(one);
      case "Adam" -> adam(one, node.attrs());
      case "Adagrad" -> adagrad(one, node.attrs());
      case "Momentum" -> momentum(one, node);
      case "PRelu" -> prelu(one);
      case "BatchNormalization" -> new BatchNormalizationRunner(kernels).run(one);
      default -> new NonlinearityRunner(kernels).run(one);
    };
  }

  /** Fails unless an output is near; returns why a case was left out, which this one was not. */
  static String close(Onnx one, int output, float[] got) {
    Tensor expected = one.outputs().get(one.node().outputs().get(output));
    Bits.assertClose(one.id(), expected.data(), got, one.rtol(), one.atol());
    return "";
  }

  private String conv(Onnx one, Entry attrs) {
    Tensor x = one.input(0).orElseThrow();
    Tensor w = one.input(1).orElseThrow();
    boolean flat = x.rank() == 3; // a 1-D convolution is a 2-D one of height 1
    int[] xDims = flat ? twoD(x.shape()) : x.shape();
    int[] wDims = flat ? twoD(w.shape()) : w.shape();
    int[] strides = sides(attrs.ints("strides", 1, 1), 1);
    int[] dilations = sides(attrs.ints("dilations", 1, 1), 1);
    int[] pads = attrs.ints("pads", 0, 0, 0, 0);
    int[] sides = sides(pads);
    Conv2dShape shape =
        Cases.conv(xDims, wDims, strides, dilations, sides, attrs.integer("group", 1));
    float[] nhwc = (flat ? x.permuted(0, 2, 1) : x.toNhwc()).floats();
    float[] hwio = (flat ? w.permuted(2, 1, 0) : w.toHwio()).floats();
    float[] y = new float[shape.outElements()];
    int filters = shape.filters();
    float[] bias = one.input(2).map(Tensor::floats).orElseGet(() -> new float[filters]);
    kernels.conv2d().forward(shape, nhwc, 0, hwio, 0, y, 0);
    kernels
        .activation()
        .addBias(y.length / filters, filters, y, 0, filters, bias, 0, y, 0, filters);
    Tensor expected = one.outputs().get(one.node().outputs().getFirst());
    double[] wanted = (flat ? expected.permuted(0, 2, 1) : expected.toNhwc()).data();
    Bits.assertClose(one.id(), wanted, y, one.rtol(), one.atol());
    return "";
  }

  private static int[] twoD(int[] dims) {
    return new int[] {dims[0], dims[1], 1, dims[2]};
  }

  /** Padding at the top, bottom, left and right from ONNX's: all beginnings, then all ends. */
  private static int[] sides(int[] p) {
    return p.length == 2 ? new int[] {0, 0, p[0], p[1]} : new int[] {p[0], p[2], p[1], p[3]};
  }

  private static int[] sides(int[] given, int first) {
    return given.length == 1 ? new int[] {first, given[0]} : given;
  }

  private String matMul(Onnx one) {
    Tensor y = one.outputs().values().iterator().next();
    float[] c = new float[y.size()];
    if (one.input(0).isEmpty() || one.input(1).isEmpty()) { // x · wᵀ: one operand is transposed
      Tensor w = one.inputs().get(one.nodes().getFirst().inputs().getFirst());
      Tensor x = one.input(0).orElseThrow();
      new Gemm(false, true, x.dim(0), w.dim(0), x.dim(1))
          .run(kernels.matmul(), 1, x.floats(), w.floats(), 0, c);
    } else {
      Tensor a = one.input(0).orElseThrow();
      Tensor b = one.input(1).orElseThrow();
      int k = a.dim(a.rank() - 1);
      int m = a.rank() == 1 ? 1 : a.dim(a.rank() - 2);
      int n = b.rank() == 1 ? 1 : b.dim(b.rank() - 1);
      for (int i = 0; i < c.length / (m * n); i++) { // matrix by matrix
        int aAt = a.rank() > 2 ? i * m * k : 0;
        int bAt = b.rank() > 2 ? i * k * n : 0;
        Transpose no = Transpose.NO;
        kernels
            .matmul()
            .sgemm(no, no, m, n, k, 1, a.floats(), aAt, k, b.floats(), bAt, n, 0, c, i * m * n, n);
      }
    }
    return close(one, 0, c);
  }

  private String gemm(Onnx one, Entry attrs) {
    Tensor a = one.input(0).orElseThrow();
    Tensor b = one.input(1).orElseThrow();
    boolean ta = attrs.bool("transA", false);
    float beta = (float) attrs.number("beta", 1);
    Tensor y = one.outputs().values().iterator().next();
    float[] c = new float[y.size()];
    if (one.node().inputs().size() == 3 && beta != 0) {
      float[] bias = one.input(2).orElseThrow().floats();
      Arrays.setAll(new Object[c.length], i -> c[i] = bias[i % y.dim(1) % bias.length]);
    }
    boolean tb = attrs.bool("transB", false);
    float alpha = (float) attrs.number("alpha", 1);
    int k = a.dim(ta ? 0 : 1);
    new Gemm(ta, tb, y.dim(0), y.dim(1), k)
        .run(kernels.matmul(), alpha, a.floats(), b.floats(), beta, c);
    return close(one, 0, c);
  }

  private String softmax(Onnx one, Node node) {
    Tensor x = one.input(0).orElseThrow();
    Rows rows = new Rows(x.shape(), node.attrs().integer("axis", -1));
    float[] in = rows.of(x.floats());
    float[] y = new float[in.length];
    int n = rows.columns();
    if (one.op().equals("Softmax")) {
      kernels.softmax().softmax(rows.rows(), n, in, 0, n, y, 0, n);
    } else {
      kernels.softmax().logSoftmax(rows.rows(), n, in, 0, n, y, 0, n);
    }
    return close(one, 0, rows.back(y));
  }

  /** Weights and ignored labels are rows of targets: the weight, or 0, at the label. */
  private String crossEntropy(Onnx one, Node node) {
    Tensor x = one.input(0).orElseThrow();
    int[] labels = one.input(1).orElseThrow().ints();
    Rows rows = new Rows(x.shape(), 1);
    int n = rows.columns();
    float[] in = rows.of(x.floats());
    float[] loss = new float[labels.length];
    boolean ignores = node.attrs().has("ignore_index");
    float count = labels.length;
    if (node.inputs().size() == 2 && !ignores) {
      kernels.softmax().crossEntropy(rows.rows(), n, in, 0, n, labels, 0, loss, 0);
    } else {
      int ignored = node.attrs().integer("ignore_index", -1);
      float[] weights = one.input(2).map(Tensor::floats).orElse(NONE);
      float[] targets = new float[in.length];
      float[] used = new float[labels.length];
      for (int i = 0; i < labels.length; i++) {
        boolean counts = !(ignores && labels[i] == ignored);
        used[i] = !counts ? 0 : weights.length == 0 ? 1 : weights[labels[i]];
        if (counts) {
          targets[i * n + labels[i]] = used[i];
        }
      }
      count = kernels.reduce().sum(used.length, used, 0);
      kernels.softmax().crossEntropy(rows.rows(), n, in, 0, n, targets, 0, n, loss, 0);
    }
    float sum = kernels.reduce().sum(loss.length, loss, 0);
    close(
        one,
        0,
        switch (node.attrs().string("reduction", "mean")) {
          case "none" -> loss;
          case "sum" -> new float[] {sum};
          default -> new float[] {sum / count};
        });
    if (node.outputs().size() > 1) {
      float[] log = new float[in.length];
      kernels.softmax().logSoftmax(rows.rows(), n, in, 0, n, log, 0, n);
      close(one, 1, rows.back(log));
    }
    return "";
  }

  private String pool(Onnx one, Node node) {
    if (one.input(0).isEmpty()) {
      return "its image is made by operations before it";
    }
    Tensor x = one.input(0).orElseThrow();
    Entry attrs = node.attrs();
    if (!Arrays.stream(attrs.ints("dilations", 1)).allMatch(d -> d == 1)) {
      return "a dilated window: no kernel has one";
    }
    boolean average = one.op().endsWith("AveragePool");
    if (average && attrs.bool("count_include_pad", false)) {
      return "padding is counted: ours is no element of an average";
    }
    if (average && attrs.bool("ceil_mode", false)) {
      return "windows that begin beyond the last whole one";
    }
    Tensor expected = one.outputs().get(node.outputs().getFirst());
    Pool2dShape shape = poolShape(one, twoD(x), attrs);
    float[] y = new float[shape.outElements()];
    if (average) {
      kernels.averagePool2d().forward(shape, twoD(x).toNhwc().floats(), y);
    } else {
      kernels.maxPool2d().forward(shape, twoD(x).toNhwc().floats(), 0, y, 0, null, 0);
    }
    Bits.assertClose(one.id(), twoD(expected).toNhwc().data(), y, one.rtol(), one.atol());
    return "";
  }

  private static Pool2dShape poolShape(Onnx one, Tensor x, Entry attrs) {
    int height = x.dim(2);
    int width = x.dim(3);
    if (one.op().startsWith("Global")) {
      return new Pool2dShape(x.dim(0), height, width, x.dim(1), height, width, 1, 1, 0, 0, 0, 0);
    }
    int[] window = sides(attrs.ints("kernel_shape"), 1);
    int[] strides = sides(attrs.ints("strides", 1, 1), 1);
    if (attrs.string("auto_pad", "").equals("SAME_UPPER")) {
      return Pool2dShape.same(
          x.dim(0), height, width, x.dim(1), window[0], window[1], strides[0], strides[1]);
    }
    int[] pads = attrs.ints("pads", 0, 0, 0, 0); // top, left, bottom, right
    return Cases.pool(x.shape(), window, strides, sides(pads));
  }

  /** Something of one dimension is something of two, of height 1. */
  private static Tensor twoD(Tensor x) {
    return x.rank() == 3 ? x.reshaped(twoD(x.shape())) : x;
  }

  /** As operations of a graph: no kernel is needed, the elements keep their order. */
  private String reshape(Onnx one) {
    Tensor x = one.input(0).orElseThrow();
    Tensor expected = one.outputs().get(one.node().outputs().getFirst());
    Graph graph = new Graph();
    Ops ops = new Ops(graph);
    dev.lanewise.graph.Node in = ops.input("x", Shape.of(x.shape()));
    dev.lanewise.graph.Node out = ops.reshape(in, Shape.of(expected.shape()));
    Plan plan = Plan.of(graph, List.of(out), 1, kernels, new StepState(1), List.of());
    System.arraycopy(x.floats(), 0, plan.values(in), 0, x.size());
    plan.run();
    return close(one, 0, Arrays.copyOf(plan.values(out), x.size()));
  }

  private String relu(Onnx one) {
    float[] x = one.input(0).orElseThrow().floats();
    kernels.activation().relu(x.length, x, 0, x, 0);
    return close(one, 0, x);
  }

  /** A slope for each element, for each of the last dimension, or in old files for a channel. */
  private String prelu(Onnx one) {
    Tensor x = one.input(0).orElseThrow();
    float[] slope = one.input(1).orElseThrow().floats();
    int inner = one.opset() < 7 ? x.size() / x.dim(0) / x.dim(1) : 1;
    float[] b = new float[x.size()];
    for (int i = 0; i < b.length; i++) {
      b[i] = slope[i / inner % slope.length];
    }
    float[] y = new float[b.length];
    kernels.elementwise().combine(Arithmetic.PRELU, b.length, x.floats(), 0, b, 0, y, 0);
    close(one, 0, y);
    return "";
  }

  private String dropout(Onnx one) {
    boolean training = one.input(2).isPresent() && one.input(2).get().scalar() != 0;
    double ratio = one.input(1).isPresent() ? one.input(1).get().scalar() : 0.5;
    if (training && ratio != 0) {
      return "its mask is drawn from NumPy's generator";
    }
    float[] x = one.input(0).orElseThrow().floats();
    float[] y = new float[x.length];
    kernels.dropout().apply(x.length, 0, 1, 0, x, 0, y, 0);
    return close(one, 0, y);
  }

  private String adam(Onnx one, Entry attrs) {
    if (one.inputs().get("T").scalar() != 0) {
      return "corrected by a rule of ONNX's own";
    }
    float[] w = one.inputs().get("X").floats();
    float[] g = one.inputs().get("G").floats();
    float[] m = one.inputs().get("V").floats();
    float[] v = one.inputs().get("H").floats();
    double epsilon = attrs.number("epsilon");
    Moments moments = Moments.of(attrs.number("alpha"), attrs.number("beta"), epsilon);
    float decay = (float) attrs.number("norm_coefficient");
    float rate = (float) one.inputs().get("R").scalar();
    kernels.update().adam(w.length, w, 0, g, 0, m, v, NONE, moments, rate, (float) epsilon, decay);
    closeNamed(one, "X_new", w);
    closeNamed(one, "V_new", m);
    closeNamed(one, "H_new", v);
    return "";
  }

  private static void closeNamed(Onnx one, String output, float[] got) {
    double[] expected = one.outputs().get(output).data();
    Bits.assertClose(one.id() + " " + output, expected, got, one.rtol(), one.atol());
  }

  private String adagrad(Onnx one, Entry attrs) {
    double rate = one.inputs().get("R").scalar();
    rate /= 1 + one.inputs().get("T").scalar() * attrs.number("decay_factor");
    float[] w = one.input(2).orElseThrow().floats();
    float[] g = one.input(3).orElseThrow().floats();
    float[] a = one.input(4).orElseThrow().floats();
    float decay = (float) attrs.number("norm_coefficient");
    float epsilon = (float) attrs.number("epsilon");
    kernels
        .update()
        .adagrad(w.length, w, 0, g, 0, a, (float) rate, 0, epsilon, decay, Update.FLUSH_SQUARE);
    close(one, 0, w);
    return close(one, 1, a);
  }

  /** ONNX's V is −v / R in our terms. */
  private String momentum(Onnx one, Node node) {
    int variables = (node.inputs().size() - 2) / 3;
    double rate = one.inputs().get("R").scalar();
    double beta = one.inputs().get("T").scalar() > 0 ? node.attrs().number("beta") : 1;
    boolean nesterov = node.attrs().string("mode").equals("nesterov");
    if (nesterov && beta != 1) {
      return "Nesterov's rule with a damped gradient";
    }
    float decay = (float) node.attrs().number("norm_coefficient");
    float momentum = (float) node.attrs().number("alpha");
    for (int i = 0; i < variables; i++) {
      float[] w = one.input(2 + i).orElseThrow().floats();
      float[] g = one.input(2 + variables + i).orElseThrow().floats();
      float[] v = one.input(2 + 2 * variables + i).orElseThrow().floats();
      float r = (float) (rate * beta);
      float flush = Update.FLUSH_MEAN;
      kernels.elementwise().scale(v.length, (float) -rate, v, 0, v, 0);
      kernels.update().momentum(w.length, w, 0, g, 0, v, r, momentum, 1, nesterov, decay, flush);
      kernels.elementwise().scale(v.length, (float) (-1 / rate), v, 0, v, 0);
      close(one, i, w);
      close(one, variables + i, v);
    }
    return "";
  }
}
