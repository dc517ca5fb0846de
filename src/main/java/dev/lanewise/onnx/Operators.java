package dev.lanewise.onnx;

import dev.lanewise.graph.Node;
import dev.lanewise.graph.op.InferenceOps;
import dev.lanewise.graph.op.LayerNormalizationOp;
import dev.lanewise.graph.op.Ops;
import dev.lanewise.graph.op.RearrangeOp;
import dev.lanewise.kernel.matmul.Transpose;
import dev.lanewise.kernel.pointwise.Arithmetic;
import dev.lanewise.kernel.pointwise.Nonlinearity;
import dev.lanewise.onnx.Lowering.Value;
import dev.lanewise.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** What each operator of ONNX is as operations of a graph, for inference. */
final class Operators {
  private final Lowering to;
  private final Ops ops;
  private final InferenceOps inference;
  private final long opset;
  private final Windows windows;
  private final Shapes shapes;

  Operators(Lowering to, long opset) {
    this.to = to;
    ops = to.ops;
    this.opset = opset;
    inference = to.inference;
    windows = new Windows(to);
    shapes = new Shapes(to, opset);
  }

  /** Appends a node, whose inputs are there, and returns its outputs. */
  List<Value> apply(OnnxNode node) {
    return switch (node.op()) {
      case "LayerNormalization" -> layerNormalization(node);
      case "Split" -> shapes.slices.split(node);
      default -> List.of(one(node));
    };
  }

  private Value one(OnnxNode node) {
    return switch (node.op()) {
      case "Conv" -> windows.convolution(node);
      case "MaxPool" -> windows.pool(node, false);
      case "AveragePool" -> windows.pool(node, true);
      case "GlobalMaxPool" -> windows.global(to.input(node, 0), false);
      case "GlobalAveragePool" -> windows.global(to.input(node, 0), true);
      case "Gemm" -> gemm(node);
      case "MatMul" -> matmul(to.input(node, 0), to.input(node, 1));
      case "Einsum" -> einsum(node);
      case "BatchNormalization" -> batchNormalization(node);
      case "Softmax" -> softmax(node, ops::softmax);
      case "LogSoftmax" -> softmax(node, inference::logSoftmax);
      case "Add" -> arithmetic(node, null);
      case "Sub" -> arithmetic(node, Arithmetic.SUBTRACT);
      case "Mul" -> arithmetic(node, Arithmetic.MULTIPLY);
      case "Div" -> arithmetic(node, Arithmetic.DIVIDE);
      case "PRelu" -> prelu(node);
      case "Clip" -> clip(node);
      case "Dropout" -> dropout(node);
      case "Relu" -> to.map(to.input(node, 0), ops::relu);
      case "LeakyRelu" -> function(node, Nonlinearity.leakyRelu(node.real("alpha", 0.01)));
      case "Elu" -> function(node, Nonlinearity.elu(node.real("alpha", 1)));
      case "Sigmoid" -> function(node, Nonlinearity.SIGMOID);
      case "Tanh" -> function(node, Nonlinearity.TANH);
      case "Softplus" -> function(node, Nonlinearity.SOFTPLUS);
      case "Gelu" -> function(node, gelu(node.text("approximate", "none")));
      case "Selu" ->
          function(
              node, Nonlinearity.selu(node.real("alpha", 1.6732632), node.real("gamma", 1.050701)));
      case "Swish" -> function(node, Nonlinearity.swish(node.real("alpha", 1)));
      case "Mish" -> function(node, Nonlinearity.MISH);
      case "Softsign" -> function(node, Nonlinearity.SOFTSIGN);
      case "HardSigmoid" ->
          function(node, Nonlinearity.hardSigmoid(node.real("alpha", 0.2), node.real("beta", 0.5)));
      case "HardSwish" -> function(node, Nonlinearity.HARD_SWISH);
      case "InstanceNormalization" -> instanceNormalization(node);
      case "Abs" -> abs(to.input(node, 0));
      case "Neg" -> to.scaled(to.input(node, 0), -1);
      case "Reciprocal" -> to.combined(to.number(1), to.input(node, 0), Arithmetic.DIVIDE);
      case "Sqrt" -> to.map(to.input(node, 0), inference::sqrt);
      case "Pow" -> power(node);
      case "Erf" -> erf(to.input(node, 0));
      default -> shapes.apply(node);
    };
  }

  private static Nonlinearity gelu(String approximate) {
    return switch (approximate) {
      case "none" -> Nonlinearity.GELU;
      case "tanh" -> Nonlinearity.GELU_TANH;
      default -> throw new IllegalArgumentException("approximate is %s".formatted(approximate));
    };
  }

  private Value function(OnnxNode node, Nonlinearity function) {
    return to.map(to.input(node, 0), x -> ops.nonlinearity(x, function));
  }

  private Value gemm(OnnxNode node) {
    node.has("broadcast"); // old files say so; it is always done
    Node product =
        ops.matmul(
            node.flag("transA") ? Transpose.YES : Transpose.NO,
            node.flag("transB") ? Transpose.YES : Transpose.NO,
            to.first(to.input(node, 0)),
            to.first(to.input(node, 1)));
    Value y = to.scaled(Value.first(product), node.real("alpha", 1));
    float beta = node.real("beta", 1);
    return node.has(2) && beta != 0 ? to.combined(y, to.scaled(to.input(node, 2), beta), null) : y;
  }

  /** A product of matrices; a vector is a row on the left, a column on the right. */
  private Value matmul(Value left, Value right) {
    Node a = to.first(left);
    Node b = to.first(right);
    boolean row = a.shape().rank() == 1;
    boolean column = b.shape().rank() == 1;
    a = row ? to.reshaped(a, Shape.of(1, a.shape().dim(0))) : a;
    b = column ? to.reshaped(b, Shape.of(b.shape().dim(0), 1)) : b;
    Node y = matrices(a, b);
    int[] dims = y.shape().dims();
    int n = dims.length;
    if (row || column) {
      int[] kept = Arrays.copyOf(dims, n - (row && column ? 2 : 1));
      if (row && !column) {
        kept[n - 2] = dims[n - 1];
      }
      y = to.reshaped(y, Shape.of(kept));
    }
    return Value.first(y);
  }

  private Node matrices(Node a, Node b) {
    int rank = Math.max(a.shape().rank(), b.shape().rank());
    if (rank < 2) {
      throw new IllegalArgumentException("a number is no matrix");
    }
    if (rank == 2) {
      return ops.matmul(a, b);
    }
    Node all = to.aligned(a, rank, false);
    if (b.shape().rank() == 2) {
      return inference.batchMatmul(all, b);
    }
    Node other = to.aligned(b, rank, false);
    Shape before = Lowering.common(before(all), before(other));
    return inference.batchMatmul(broadcast(all, before), broadcast(other, before));
  }

  /** The dimensions before those of the matrices. */
  private static Shape before(Node matrices) {
    int[] dims = matrices.shape().dims();
    return Shape.of(Arrays.copyOf(dims, dims.length - 2));
  }

  private Node broadcast(Node matrices, Shape before) {
    int[] dims = matrices.shape().dims();
    System.arraycopy(before.dims(), 0, dims, 0, before.rank());
    return to.expanded(matrices, Shape.of(dims));
  }

  /**
   * Sums of products of two values whose dimensions are letters: what both have and the result too
   * lies before the matrices, and the product sums over what the result has not.
   */
  private Value einsum(OnnxNode node) {
    String equation = node.text("equation", "").replace(" ", "");
    if (!equation.matches("[a-zA-Z]*,[a-zA-Z]*->[a-zA-Z]*")) {
      throw new IllegalArgumentException("only products as ab,bc->ac are known");
    }
    String[] names = equation.split(",|->", -1);
    boolean swapped = to.shape(to.input(node, 1)).hasBatch(); // an open batch is rows
    String a = names[swapped ? 1 : 0];
    String b = names[swapped ? 0 : 1];
    String y = names[2];
    String both = in(in(y, a), b);
    String rows = without(in(y, a), b);
    String columns = without(in(y, b), a);
    String sums = without(in(a, b), y);
    Node left = ordered(to.first(to.input(node, swapped ? 1 : 0)), a, both + rows + sums);
    Node right = ordered(to.first(to.input(node, swapped ? 0 : 1)), b, both + sums + columns);
    int n = both.length();
    int r = rows.length();
    int s = sums.length();
    int[] m = left.shape().dims();
    int[] k = right.shape().dims();
    if (!Arrays.equals(m, 0, n, k, 0, n) || !Arrays.equals(m, n + r, n + r + s, k, n, n + s)) {
      throw new IllegalArgumentException("its values differ in dimensions of one letter");
    }
    int[] dims = Arrays.copyOf(m, n + r + columns.length());
    System.arraycopy(k, n + s, dims, n + r, columns.length());
    Value product =
        matmul(
            n == 0 ? merged(left, r, s) : merged(left, n, r, s),
            merged(right, n, s, columns.length()));
    Node all = to.reshaped(to.first(product), Shape.of(dims));
    return Value.first(ordered(all, both + rows + columns, y));
  }

  private static String in(String letters, String others) {
    return letters.replaceAll("[^ " + others + "]", "");
  }

  private static String without(String letters, String others) {
    return letters.replaceAll("[ " + others + "]", "");
  }

  /** The value with its dimensions in another order, in which each letter of theirs is once. */
  private Node ordered(Node x, String letters, String order) {
    return to.transposed(x, order.chars().map(letters::indexOf).toArray());
  }

  /** The first dimensions as they are, and then products of so many each. */
  private Value merged(Node x, int kept, int... counts) {
    int[] from = x.shape().dims();
    int[] dims = Arrays.copyOf(from, kept + counts.length);
    int next = kept;
    for (int i = 0; i < counts.length; i++) {
      dims[kept + i] = Shape.of(Arrays.copyOfRange(from, next, next + counts[i])).elements();
      next += counts[i];
    }
    return Value.first(to.reshaped(x, Shape.of(dims)));
  }

  private Value batchNormalization(OnnxNode node) {
    if (node.flag("training_mode") || node.number("spatial", 1) != 1) {
      throw new IllegalArgumentException("only inference, over whole channels, is known");
    }
    Node[] weights = new Node[5];
    for (int i = 1; i < 5; i++) {
      weights[i] = to.first(to.input(node, i));
    }
    float epsilon = node.real("epsilon", 1e-5);
    Node x = to.last(to.input(node, 0));
    return Value.last(
        ops.batchNormalization(x, weights[3], weights[4], weights[1], weights[2], epsilon));
  }

  /** Each channel of each sample is a row of its own. */
  private Value instanceNormalization(OnnxNode node) {
    Node x = to.first(to.input(node, 0));
    int rank = x.shape().rank();
    int[] channels = new int[rank - 1];
    Arrays.fill(channels, 1);
    channels[0] = x.shape().dim(1);
    float epsilon = node.real("epsilon", 1e-5);
    Value y =
        Value.first(ops.graph().add(new LayerNormalizationOp(rank - 2, epsilon, false, false), x));
    Value scale = Value.first(to.reshaped(to.first(to.input(node, 1)), Shape.of(channels)));
    Value shift = Value.first(to.reshaped(to.first(to.input(node, 2)), Shape.of(channels)));
    return to.combined(to.combined(y, scale, Arithmetic.MULTIPLY), shift, null);
  }

  private List<Value> layerNormalization(OnnxNode node) {
    Node x = to.first(to.input(node, 0));
    int rank = x.shape().rank();
    int kept = Shapes.axis(node.number("axis", -1), rank);
    Shape row = Shape.of(Arrays.copyOfRange(x.shape().dims(), kept, rank));
    boolean center = node.has(2);
    List<Node> inputs = new ArrayList<>(List.of(x));
    for (int i = 1; i < (center ? 3 : 2); i++) {
      inputs.add(to.expanded(to.aligned(to.first(to.input(node, i)), row.rank(), false), row));
    }
    float epsilon = node.real("epsilon", 1e-5);
    Node y = ops.graph().add(new LayerNormalizationOp(rank - kept, epsilon, true, center), inputs);
    List<Value> results = new ArrayList<>(List.of(Value.first(y)));
    if (node.outputs().size() > 1) { // the mean, and the inverse of the deviation
      Node pairs = ops.graph().value(y, 1);
      int[] dims = x.shape().dims();
      int[] strides = new int[rank];
      int stride = 2;
      for (int i = rank - 1; i >= 0; i--) {
        dims[i] = i < kept ? dims[i] : 1;
        strides[i] = i < kept ? stride : 0;
        stride *= Math.max(1, dims[i]);
      }
      for (int i = 0; i < 2; i++) {
        results.add(Value.first(ops.graph().add(RearrangeOp.strided(dims, i, strides), pairs)));
      }
    }
    return results;
  }

  /** Over one dimension, which lies last for the kernel; before opset 13 over all from one on. */
  private Value softmax(OnnxNode node, UnaryOperator<Node> function) {
    Value value = to.input(node, 0);
    int rank = to.shape(value).rank();
    int axis = Shapes.axis(node.number("axis", opset < 13 ? 1 : -1), rank);
    if (opset < 13 && axis < rank - 1) {
      Node x = to.first(value);
      Node rows = to.reshaped(x, Shapes.flattened(x.shape(), axis));
      return Value.first(to.reshaped(function.apply(rows), x.shape()));
    }
    if (axis == 1 && rank > 2) {
      return Value.last(function.apply(to.last(value)));
    }
    Node x = to.first(value);
    int[] order = new int[rank];
    int[] back = new int[rank];
    for (int i = 0; i < rank; i++) {
      order[i] = i == rank - 1 ? axis : i < axis ? i : i + 1;
      back[order[i]] = i;
    }
    return Value.first(to.transposed(function.apply(to.transposed(x, order)), back));
  }

  private Value arithmetic(OnnxNode node, @Nullable Arithmetic how) {
    if (opset < 7 && node.flag("broadcast") && node.has("axis")) {
      throw new IllegalArgumentException("broadcasting along an axis is not known");
    }
    Value x = to.input(node, 0);
    Value y = to.input(node, 1);
    Integers a = Lowering.integers(x);
    Integers b = Lowering.integers(y);
    return a == null || b == null ? to.combined(x, y, how) : Value.of(a.with(b, how));
  }

  private Value abs(Value x) {
    return to.combined(x, to.number(-1), Arithmetic.PRELU);
  }

  private Value power(OnnxNode node) {
    Value x = to.input(node, 0);
    Integers whole = Lowering.integers(to.input(node, 1));
    float exponent = whole == null ? to.real(node, 1) : whole.values()[0];
    if (exponent == 0.5f) {
      return to.map(x, inference::sqrt);
    }
    if (exponent != 2 && exponent != 3) {
      throw new IllegalArgumentException("only powers of 2, 3 and 0.5 are known");
    }
    Value square = to.combined(x, x, Arithmetic.MULTIPLY);
    return exponent == 2 ? square : to.combined(square, x, Arithmetic.MULTIPLY);
  }

  /** By Φ, which GELU has: erf(x) = 2 Φ(√2 x) − 1; of |x|, so that 0 is not divided by 0. */
  private Value erf(Value x) {
    Value z = to.map(to.scaled(x, (float) Math.sqrt(2)), y -> inference.clip(y, -8, 8));
    Value a = to.map(abs(z), y -> inference.clip(y, 1e-30f, 8));
    Value phi =
        to.combined(to.map(a, y -> ops.nonlinearity(y, Nonlinearity.GELU)), a, Arithmetic.DIVIDE);
    Value sign = to.combined(z, a, Arithmetic.DIVIDE);
    return to.combined(
        to.combined(to.scaled(phi, 2), to.number(-1), null), sign, Arithmetic.MULTIPLY);
  }

  /** A slope for each element; in old files, one dimension is that of the channels. */
  private Value prelu(OnnxNode node) {
    Value x = to.input(node, 0);
    Value slope = to.input(node, 1);
    Shape slopes = to.shape(slope);
    int rank = to.shape(x).rank();
    if (opset < 7 && slopes.rank() == 1 && rank > 2) {
      int[] channels = new int[rank - 1];
      Arrays.fill(channels, 1);
      channels[0] = slopes.dim(0);
      slope = Value.first(to.reshaped(to.first(slope), Shape.of(channels)));
    }
    return to.combined(x, slope, Arithmetic.PRELU);
  }

  private Value clip(OnnxNode node) {
    boolean old = opset < 11;
    float none = Float.POSITIVE_INFINITY;
    float low = old ? node.real("min", -none) : node.has(1) ? to.real(node, 1) : -none;
    float high = old ? node.real("max", none) : node.has(2) ? to.real(node, 2) : none;
    if (!(low <= high)) {
      throw new IllegalArgumentException("min is %s and max %s".formatted(low, high));
    }
    return to.map(to.input(node, 0), x -> inference.clip(x, low, high));
  }

  private Value dropout(OnnxNode node) {
    node.has("ratio");
    boolean training = node.has(2) && Arrays.stream(to.integers(node, 2)).anyMatch(one -> one != 0);
    if (training && !(node.has(1) && to.real(node, 1) == 0)) {
      throw new IllegalArgumentException("it is set to training, but only inference is known");
    }
    return to.input(node, 0);
  }
}
