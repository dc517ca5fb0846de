package dev.lanewise.onnx;

import dev.lanewise.graph.Node;
import dev.lanewise.graph.Variable;
import dev.lanewise.graph.op.InferenceOps;
import dev.lanewise.graph.op.Ops;
import dev.lanewise.graph.op.RearrangeOp;
import dev.lanewise.io.support.Names;
import dev.lanewise.kernel.pointwise.Arithmetic;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Tensor;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BinaryOperator;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Appends the nodes of a file to a graph.
 *
 * <p>ONNX has the channels of images as their second dimension, the kernels have them as the last.
 * So a value of three and more dimensions is there in either order, or in both: what needs the
 * other one is preceded by a transposition, and two that would undo each other never appear.
 */
final class Lowering {
  /** A value of the file: elements that the file holds, or a node in one order or both. */
  static final class Value {
    private final @Nullable OnnxTensor tensor;
    private final @Nullable Integers integers;
    private @Nullable Node first;
    private @Nullable Node last;

    private Value(
        @Nullable OnnxTensor tensor,
        @Nullable Integers integers,
        @Nullable Node first,
        @Nullable Node last) {
      this.tensor = tensor;
      this.integers = integers;
      this.first = first;
      this.last = last;
    }

    /** A value whose dimensions are in ONNX's order. */
    static Value first(Node node) {
      return new Value(null, null, node, null);
    }

    /** A value whose second dimension is the node's last one. */
    static Value last(Node node) {
      return node.shape().rank() < 3 ? first(node) : new Value(null, null, null, node);
    }

    static Value of(OnnxTensor tensor) {
      return new Value(tensor, null, null, null);
    }

    static Value of(Integers integers) {
      return new Value(null, integers, null, null);
    }

    /** Whether the node has its channels last. */
    boolean isLast() {
      return last != null;
    }
  }

  /** That the file's input has no fixed batch that stands for any. */
  static final int NO_BATCH = Integer.MIN_VALUE;

  final Ops ops;
  final InferenceOps inference;
  private final int fixedBatch;
  private final OnnxFile file;
  private final Map<Object, Variable> constants;
  private final Map<String, Value> values = new HashMap<>();

  /**
   * Makes the lowering of a file to a graph; the first dimension of inputs that are open may be
   * fixed in the file, where shapes then name it. What the file holds is kept in the constants,
   * once for all graphs that are made of it: by its tensor, by a number, or by what is transposed
   * and how.
   */
  Lowering(OnnxFile file, Ops ops, Map<Object, Variable> constants, int fixedBatch) {
    this.fixedBatch = fixedBatch;
    this.file = file;
    this.ops = ops;
    inference = new InferenceOps(ops.graph());
    this.constants = constants;
  }

  /** Appends all nodes behind these inputs, and returns the outputs. */
  List<Node> run(Map<String, Value> inputs) {
    values.putAll(inputs);
    file.tensors.forEach((name, tensor) -> values.put(name, Value.of(tensor)));
    Operators operators = new Operators(this, file.opset());
    Set<String> later = new HashSet<>();
    file.nodes.forEach(node -> later.addAll(node.outputs()));
    for (OnnxNode node : file.nodes) {
      try {
        for (String input : node.inputs()) {
          if (!input.isEmpty() && !values.containsKey(input)) {
            throw new IllegalArgumentException(
                "it reads %s, which %s"
                    .formatted(
                        Names.quoted(input),
                        later.contains(input)
                            ? "a later node gives, or none that is run: nodes must stand in their"
                                + " order, without a cycle"
                            : "nothing gives"));
          }
        }
        List<Value> results = operators.apply(node);
        node.check();
        bind(node, results);
      } catch (IllegalArgumentException | IllegalStateException | ArithmeticException wrong) {
        throw new IllegalArgumentException(
            node.described(file.opset()) + ": " + wrong.getMessage(), wrong);
      }
    }
    return file.outputs.stream().map(this::output).toList();
  }

  private void bind(OnnxNode node, List<Value> results) {
    for (int i = 0; i < Math.min(results.size(), node.outputs().size()); i++) {
      String name = node.outputs().get(i);
      if (!name.isEmpty() && values.putIfAbsent(name, results.get(i)) != null) {
        throw new IllegalArgumentException(
            "it gives %s, which is there already".formatted(Names.quoted(name)));
      }
    }
  }

  private Node output(String name) {
    Value value = values.get(name);
    if (value == null) {
      throw new IllegalArgumentException(
          "no node that is run gives the output " + Names.quoted(name));
    }
    return first(value);
  }

  int fixedBatch() {
    return fixedBatch;
  }

  /** An input of a node, which must be there. */
  Value input(OnnxNode node, int index) {
    Value value = node.has(index) ? values.get(node.inputs().get(index)) : null;
    if (value == null) {
      throw new IllegalArgumentException("its input %d is missing".formatted(index));
    }
    return value;
  }

  /** The whole numbers of an input, which must stand in the file. */
  long[] integers(OnnxNode node, int index) {
    Integers integers = integers(input(node, index));
    if (integers == null) {
      throw new IllegalArgumentException(
          "its input %d is computed, but must stand in the file".formatted(index));
    }
    return integers.values();
  }

  /** The whole numbers that a value is; null if it is none. */
  static @Nullable Integers integers(Value value) {
    OnnxTensor tensor = value.tensor;
    return tensor == null || tensor.isFloats()
        ? value.integers
        : new Integers(tensor.shape(), tensor.integers());
  }

  /** The one number of an input, which must stand in the file. */
  float real(OnnxNode node, int index) {
    Value value = input(node, index);
    Variable variable = value.tensor == null ? null : first(value).variable();
    if (variable == null || variable.values().length != 1) {
      throw new IllegalArgumentException(
          "its input %d must be one number that stands in the file".formatted(index));
    }
    return variable.values()[0];
  }

  /** The value in ONNX's order. */
  Node first(Value value) {
    Node node = value.first;
    if (node == null) {
      Node last = value.last;
      node = last == null ? constant(value) : transposed(last, channelsFirst(last.shape().rank()));
      value.first = node;
    }
    return node;
  }

  /** The value with its second dimension last. */
  Node last(Value value) {
    Node node = value.last;
    if (node == null) {
      node = first(value);
      int rank = node.shape().rank();
      if (rank > 2) {
        node = transposed(node, channelsLast(rank));
        value.last = node;
      }
    }
    return node;
  }

  private Node constant(Value value) {
    OnnxTensor tensor = value.tensor;
    if (tensor == null) {
      throw new IllegalArgumentException("whole numbers are given where floats are needed");
    }
    return ops.variable(
        constants.computeIfAbsent(tensor, _ -> new Variable(tensor.name(), tensor.floats())));
  }

  /** One number for an operation that takes values. */
  Value number(float number) {
    return Value.first(
        ops.variable(
            constants.computeIfAbsent(
                number, _ -> new Variable("number", Tensor.of(new float[] {number}, 1)))));
  }

  /** The dimensions in ONNX's order. */
  Shape shape(Value value) {
    Integers integers = integers(value);
    if (integers != null) {
      return integers.shape();
    }
    Node last = value.last;
    if (value.first == null && last != null) {
      return RearrangeOp.transposed(last.shape(), channelsFirst(last.shape().rank())).value();
    }
    return first(value).shape();
  }

  /** Applies what works element by element to either order. */
  Value map(Value x, UnaryOperator<Node> function) {
    return x.isLast() ? Value.last(function.apply(last(x))) : Value.first(function.apply(first(x)));
  }

  /** What is computed of two values that are brought to a common shape; null is a sum. */
  Value combined(Value a, Value b, @Nullable Arithmetic how) {
    return how == null
        ? paired(a, b, true, ops::sum)
        : paired(a, b, false, (x, y) -> inference.arithmetic(how, x, y));
  }

  /** Applies a function to two values that are brought to a common shape; a sum may add a bias. */
  Value paired(Value a, Value b, boolean sum, BinaryOperator<Node> function) {
    int rank = Math.max(shape(a).rank(), shape(b).rank());
    boolean turned = a.isLast() || b.isLast();
    Node x = turned && shape(a).rank() == rank ? last(a) : aligned(first(a), rank, turned);
    Node y = turned && shape(b).rank() == rank ? last(b) : aligned(first(b), rank, turned);
    Shape common = common(x.shape(), y.shape());
    Node z;
    if (sum && isBias(y.shape(), x.shape(), common)) {
      z = ops.addBias(x, reshaped(y, Shape.of(y.shape().dim(-1))));
    } else if (sum && isBias(x.shape(), y.shape(), common)) {
      z = ops.addBias(y, reshaped(x, Shape.of(x.shape().dim(-1))));
    } else {
      z = function.apply(expanded(x, common), expanded(y, common));
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

  Value scaled(Value x, float factor) {
    return factor == 1 ? x : combined(x, number(factor), Arithmetic.MULTIPLY);
  }

  /** More dimensions, of size 1, before the others; with the channels last if that is asked for. */
  Node aligned(Node x, int rank, boolean turned) {
    Node more = reshaped(x, aligned(x.shape(), rank));
    return turned ? transposed(more, channelsLast(rank)) : more;
  }

  private static Shape aligned(Shape x, int rank) {
    int own = x.rank();
    if (own > rank) {
      throw new IllegalArgumentException("%s has more than %d dimensions".formatted(x, rank));
    }
    int[] dims = new int[rank];
    Arrays.fill(dims, 1);
    System.arraycopy(x.dims(), 0, dims, rank - own, own);
    return Shapes.shape(dims);
  }

  Node expanded(Node x, Shape shape) {
    return x.shape().equals(shape)
        ? x
        : ops.graph().add(RearrangeOp.broadcast(x.shape(), shape), x);
  }

  /** A value of at least this shape: its dimensions of size 1 are repeated. */
  Value expanded(Value x, Shape shape) {
    int rank = Math.max(shape(x).rank(), shape.rank());
    Node more = aligned(first(x), rank, false);
    return Value.first(expanded(more, common(more.shape(), aligned(shape, rank))));
  }

  /** The shape to which both can be brought by repeating dimensions of size 1. */
  static Shape common(Shape x, Shape y) {
    int[] dims = x.dims();
    for (int i = 0; i < dims.length; i++) {
      if (dims[i] != y.dim(i) && dims[i] != 1 && y.dim(i) != 1) {
        throw new IllegalArgumentException(
            "%s and %s cannot be brought to one shape".formatted(x, y));
      }
      dims[i] = dims[i] == 1 ? y.dim(i) : dims[i];
    }
    return Shape.of(dims);
  }

  static int[] channelsLast(int rank) {
    int[] order = new int[rank];
    Arrays.setAll(order, i -> i == 0 ? 0 : i == rank - 1 ? 1 : i + 1);
    return order;
  }

  static int[] channelsFirst(int rank) {
    int[] order = new int[rank];
    Arrays.setAll(order, i -> i == 0 ? 0 : i == 1 ? rank - 1 : i - 1);
    return order;
  }

  /** Dimensions in another order: of what the file holds at once, else when the graph is run. */
  Node transposed(Node x, int... order) {
    Shape shape = x.shape();
    RearrangeOp op = RearrangeOp.transposed(shape, order);
    // Dimensions of size 1 may go anywhere without that an element moves.
    int[] moved = Arrays.stream(order).filter(i -> shape.dim(i) != 1).toArray();
    if (Arrays.equals(moved, Arrays.stream(moved).sorted().toArray())) {
      return reshaped(x, op.value());
    }
    Variable constant = x.variable();
    if (constant == null) {
      return ops.graph().add(op, x);
    }
    List<Object> key = List.of(constant, shape, Arrays.toString(order));
    return ops.variable(
        constants.computeIfAbsent(
            key,
            _ -> new Variable(constant.name(), new Tensor(op.value(), op.of(constant.values())))));
  }

  /** Whatever the value is, in another shape. */
  Value reshaped(Value x, Shape shape) {
    Integers integers = integers(x);
    return integers == null
        ? Value.first(reshaped(first(x), shape))
        : Value.of(new Integers(shape, integers.values()));
  }

  /** A block of whatever the value is; see {@link RearrangeOp#block}. */
  Value block(Value x, int axis, int from, int size, int step) {
    RearrangeOp op = RearrangeOp.block(shape(x), axis, from, size, step);
    Integers integers = integers(x);
    return integers == null
        ? Value.first(ops.graph().add(op, first(x)))
        : Value.of(integers.rearranged(op));
  }

  Node reshaped(Node x, Shape shape) {
    return x.shape().equals(shape) ? x : ops.reshape(x, shape);
  }
}
