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
    inference = new InferenceOps(ops.graph());
    windows = new Windows(to);
    shapes = new Shapes(to, opset);
  }

  /** Appends a node, whose inputs are there, and returns its outputs. */
  List<Value> apply(OnnxNode node) {
    return switch (node.op()) {
      case "LayerNormalization" -> layerNormalization(node);
      case "Conv" -> List.of(windows.convolution(node));
      case "MaxPool" -> List.of(windows.pool(node, false));
      case "AveragePool" -> List.of(windows.pool(node, true));
      case "GlobalMaxPool" -> List.of(windows.global(to.input(node, 0), false));
      case "GlobalAveragePool" -> List.of(windows.global(to.input(node, 0), true));
      case "Gemm" -> List.of(gemm(node));
      case "MatMul" -> List.of(matmul(to.input(node, 0), to.input(node, 1)));
      case "BatchNormalization" -> List.of(batchNormalization(node));
      case "Softmax" -> List.of(softmax(node, ops::softmax));
      case "LogSoftmax" -> List.of(softmax(node, inference::logSoftmax));
      case "Add" -> List.of(arithmetic(node, null));
      case "Sub" -> List.of(arithmetic(node, Arithmetic.SUBTRACT));
      case "Mul" -> List.of(arithmetic(node, Arithmetic.MULTIPLY));
      case "Div" -> List.of(arithmetic(node, Arithmetic.DIVIDE));
      case "PRelu" -> List.of(prelu(node));
      case "Clip" -> List.of(clip(node));
      case "Dropout" -> List.of(dropout(node));
      case "Relu" -> List.of(to.map(to.input(node, 0), ops::relu));
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
      case "InstanceNormalization" -> List.of(instanceNormalization(node));
      case "Abs" -> List.of(abs(to.input(node, 0)));
      case "Neg" -> List.of(scaled(to.input(node, 0), -1));
      case "Sqrt" -> List.of(to.map(to.input(node, 0), inference::sqrt));
      case "Pow" -> List.of(power(node));
      case "Erf" -> List.of(erf(to.input(node, 0)));
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

  private List<Value> function(OnnxNode node, Nonlinearity function) {
    return List.of(to.map(to.input(node, 0), x -> ops.nonlinearity(x, function)));
  }

  private Value gemm(OnnxNode node) {
    node.has("broadcast"); // old files say so; it is always done
    Node product =
        ops.matmul(
            node.flag("transA") ? Transpose.YES : Transpose.NO,
            node.flag("transB") ? Transpose.YES : Transpose.NO,
            to.first(to.input(node, 0)),
            to.first(to.input(node, 1)));
    Value y = scaled(Value.first(product), node.real("alpha", 1));
    float beta = node.real("beta", 1);
    return node.has(2) && beta != 0 ? combined(y, scaled(to.input(node, 2), beta), null) : y;
  }

  private Value scaled(Value x, float factor) {
    return factor == 1 ? x : combined(x, to.number(factor), Arithmetic.MULTIPLY);
  }

  /** A product of matrices; a vector is a row on the left, a column on the right. */
  private Value matmul(Value left, Value right) {
    Node a = to.first(left);
    Node b = to.first(right);
    boolean row = a.shape().rank() == 1;
    boolean column = b.shape().rank() == 1;
    a = row ? ops.reshape(a, Shape.of(1, a.shape().dim(0))) : a;
    b = column ? ops.reshape(b, Shape.of(b.shape().dim(0), 1)) : b;
    int rank = Math.max(a.shape().rank(), b.shape().rank());
    Node y;
    if (rank == 2) {
      y = ops.matmul(a, b);
    } else if (rank < 2) {
      throw new IllegalArgumentException("a number is no matrix");
    } else {
      Node all = aligned(a, rank, false);
      Node other = b.shape().rank() == 2 ? b : aligned(b, rank, false);
      if (other != b || b.shape().rank() > 2) {
        int[] before = batch(all.shape(), other.shape());
        all = broadcast(all, before);
        other = broadcast(other, before);
      }
      y = inference.batchMatmul(all, other);
    }
    int[] dims = y.shape().dims();
    int n = dims.length;
    if (row || column) {
      int[] kept = Arrays.copyOf(dims, n - (row && column ? 2 : 1));
      if (row && !column) {
        kept[n - 2] = dims[n - 1];
      }
      y = ops.reshape(y, Shape.of(kept));
    }
    return Value.first(y);
  }

  /** The dimensions before those of the matrices. */
  private static int[] batch(Shape a, Shape b) {
    int n = a.rank() - 2;
    return common(Arrays.copyOf(a.dims(), n), Arrays.copyOf(b.dims(), n), a, b);
  }

  private Node broadcast(Node matrices, int... before) {
    int[] dims = matrices.shape().dims();
    System.arraycopy(before, 0, dims, 0, before.length);
    return expanded(matrices, Shape.of(dims));
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
    return combined(combined(y, scale, Arithmetic.MULTIPLY), shift, null);
  }

  private List<Value> layerNormalization(OnnxNode node) {
    Node x = to.first(to.input(node, 0));
    int rank = x.shape().rank();
    int kept = Shapes.axis(node.number("axis", -1), rank);
    Shape row = Shape.of(Arrays.copyOfRange(x.shape().dims(), kept, rank));
    boolean center = node.has(2);
    List<Node> inputs = new ArrayList<>(List.of(x));
    for (int i = 1; i < (center ? 3 : 2); i++) {
      inputs.add(expanded(aligned(to.first(to.input(node, i)), row.rank(), false), row));
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
    return a == null || b == null ? combined(x, y, how) : Value.of(a.with(b, how));
  }

  private Value abs(Value x) {
    return combined(x, to.number(-1), Arithmetic.PRELU);
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
    Value square = combined(x, x, Arithmetic.MULTIPLY);
    return exponent == 2 ? square : combined(square, x, Arithmetic.MULTIPLY);
  }

  /** By Φ, which GELU has: erf(x) = 2 Φ(√2 x) − 1; of |x|, so that 0 is not divided by 0. */
  private Value erf(Value x) {
    Value z = to.map(scaled(x, (float) Math.sqrt(2)), y -> inference.clip(y, -8, 8));
    Value a = to.map(abs(z), y -> inference.clip(y, 1e-30f, 8));
    Value phi =
        combined(to.map(a, y -> ops.nonlinearity(y, Nonlinearity.GELU)), a, Arithmetic.DIVIDE);
    Value sign = combined(z, a, Arithmetic.DIVIDE);
    return combined(combined(scaled(phi, 2), to.number(-1), null), sign, Arithmetic.MULTIPLY);
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
    return combined(x, slope, Arithmetic.PRELU);
  }

  /** What is computed of two values that are brought to a common shape; null is a sum. */
  private Value combined(Value a, Value b, @Nullable Arithmetic how) {
    int rank = Math.max(to.shape(a).rank(), to.shape(b).rank());
    boolean turned = a.isLast() || b.isLast();
    Node x = turned && to.shape(a).rank() == rank ? to.last(a) : aligned(to.first(a), rank, turned);
    Node y = turned && to.shape(b).rank() == rank ? to.last(b) : aligned(to.first(b), rank, turned);
    Shape common = Shape.of(common(x.shape().dims(), y.shape().dims(), x.shape(), y.shape()));
    Node z;
    if (how == null && isBias(y.shape(), x.shape(), common)) {
      z = ops.addBias(x, to.reshaped(y, Shape.of(y.shape().dim(-1))));
    } else if (how == null && isBias(x.shape(), y.shape(), common)) {
      z = ops.addBias(y, to.reshaped(x, Shape.of(x.shape().dim(-1))));
    } else {
      x = expanded(x, common);
      y = expanded(y, common);
      z = how == null ? ops.sum(x, y) : inference.arithmetic(how, x, y);
    }
    return turned ? Value.last(z) : Value.first(z);
  }

  /** Whether there is one value for each of the last dimension, and the rest is 1. */
  private static boolean isBias(Shape bias, Shape x, Shape common) {
    return x.equals(common)
        && bias.rank() > 0
        && bias.dim(-1) == x.dim(-1)
        && bias.dim(-1) > 0
        && !bias.hasBatch()
        && bias.elements() == bias.dim(-1);
  }

  /** More dimensions, of size 1, before the others; with the channels last if that is asked for. */
  private Node aligned(Node x, int rank, boolean turned) {
    int[] own = x.shape().dims();
    if (own.length == rank) {
      return turned ? to.transposed(x, Lowering.channelsLast(rank)) : x;
    }
    if (own.length > rank) {
      throw new IllegalArgumentException(
          "%s has more than %d dimensions".formatted(x.shape(), rank));
    }
    int[] dims = new int[rank];
    Arrays.fill(dims, 1);
    System.arraycopy(own, 0, dims, rank - own.length, own.length);
    Node more = to.reshaped(x, Shapes.shape(dims));
    return turned ? to.transposed(more, Lowering.channelsLast(rank)) : more;
  }

  private Node expanded(Node x, Shape shape) {
    return x.shape().equals(shape)
        ? x
        : ops.graph().add(RearrangeOp.broadcast(x.shape(), shape), x);
  }

  private static int[] common(int[] a, int[] b, Shape x, Shape y) {
    int[] dims = new int[a.length];
    for (int i = 0; i < dims.length; i++) {
      if (a[i] != b[i] && a[i] != 1 && b[i] != 1) {
        throw new IllegalArgumentException(
            "%s and %s cannot be brought to one shape".formatted(x, y));
      }
      dims[i] = a[i] == 1 ? b[i] : a[i];
    }
    return dims;
  }

  private Value clip(OnnxNode node) {
    float low = Float.NEGATIVE_INFINITY;
    float high = Float.POSITIVE_INFINITY;
    if (opset < 11) {
      low = node.real("min", low);
      high = node.real("max", high);
    } else {
      low = node.has(1) ? to.real(node, 1) : low;
      high = node.has(2) ? to.real(node, 2) : high;
    }
    if (!(low <= high)) {
      throw new IllegalArgumentException("min is %s and max %s".formatted(low, high));
    }
    float least = low;
    float most = high;
    return to.map(to.input(node, 0), x -> inference.clip(x, least, most));
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
