package dev.lanewise.onnx;

import dev.lanewise.graph.Node;
import dev.lanewise.graph.op.Ops;
import dev.lanewise.graph.op.RearrangeOp;
import dev.lanewise.onnx.Lowering.Value;
import dev.lanewise.tensor.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** Operators that change shapes, means over dimensions among them. */
final class Shapes {
  private final Lowering to;
  private final Ops ops;
  private final long opset;
  final Slices slices;
  private final Windows windows;

  Shapes(Lowering to, long opset) {
    this.to = to;
    ops = to.ops;
    this.opset = opset;
    slices = new Slices(to, this, opset);
    windows = new Windows(to);
  }

  /** Appends a node, whose inputs are there, and returns its output. */
  Value apply(OnnxNode node) {
    return switch (node.op()) {
      case "Identity" -> to.input(node, 0);
      case "Shape" -> slices.shape(node);
      case "Cast" -> cast(node);
      case "ConstantOfShape" -> filled(node);
      case "Gather" -> slices.gather(node);
      case "Slice" -> slices.slice(node);
      case "Constant" -> constant(node);
      case "Reshape" -> reshape(node);
      case "Flatten" -> {
        Node x = to.first(to.input(node, 0));
        int axis = node.number("axis", 1);
        yield Value.first(
            to.reshaped(x, flattened(x.shape(), axis == x.shape().rank() ? axis : axis(axis, x))));
      }
      case "Transpose" -> transpose(node);
      case "Squeeze" -> squeeze(node);
      case "Unsqueeze" -> unsqueeze(node);
      case "Concat" -> slices.concat(node);
      case "Pad" -> slices.pad(node);
      case "Expand" -> to.expanded(to.input(node, 0), open(to.integers(node, 1)));
      case "ReduceMean", "ReduceSum", "ReduceMax", "ReduceMin" -> reduced(node);
      case "Max", "Min" -> extreme(node, node.op().equals("Min"));
      default -> throw new IllegalArgumentException("this operator is not known");
    };
  }

  /** A dimension's number; negative ones count from the end. */
  static int axis(int axis, int rank) {
    if (axis < -rank || axis >= rank) {
      throw new IllegalArgumentException(
          "axis is %d, but there are %d dimensions".formatted(axis, rank));
    }
    return axis < 0 ? axis + rank : axis;
  }

  private static int axis(int axis, Node x) {
    return axis(axis, x.shape().rank());
  }

  /** A shape whose first dimension alone may be open. */
  static Shape shape(int... dims) {
    for (int i = 1; i < dims.length; i++) {
      if (dims[i] == Shape.BATCH) {
        throw new IllegalArgumentException("the open batch would not stay the first dimension");
      }
    }
    return Shape.of(dims);
  }

  /** Rows of all dimensions from one on. */
  static Shape flattened(Shape x, int axis) {
    int[] dims = x.dims();
    int rows = axis == 1 ? dims[0] : Shape.of(Arrays.copyOf(dims, axis)).elements();
    return shape(rows, Shape.of(Arrays.copyOfRange(dims, axis, dims.length)).elements());
  }

  private static Value constant(OnnxNode node) {
    OnnxTensor tensor = node.tensor("value");
    if (tensor != null) {
      return Value.of(tensor);
    }
    if (node.has("value_int")) {
      return Value.of(Integers.filled(Shape.of(), node.number("value_int", 0)));
    }
    if (node.has("value_ints")) {
      long[] values = node.longs("value_ints");
      return Value.of(new Integers(Shape.of(values.length), values));
    }
    boolean one = node.has("value_float");
    if (!one && !node.has("value_floats")) {
      throw new IllegalArgumentException("it holds neither floats nor whole numbers");
    }
    float[] values = one ? new float[] {node.real("value_float", 0)} : node.reals("value_floats");
    return Value.of(
        OnnxTensor.of(
            node.outputs().getFirst(), one ? Shape.of() : Shape.of(values.length), values));
  }

  /** 0 is the size that is there, −1 the one that is left. */
  private Value reshape(OnnxNode node) {
    Value x = to.input(node, 0);
    long[] sizes = to.integers(node, 1);
    boolean batched = sizes.length > 0 && sizes[0] == Integers.OPEN;
    int[] dims = OnnxNode.ints(batched ? with(sizes, 1) : sizes);
    boolean zeros = node.flag("allowzero");
    Shape from = to.shape(x);
    int open = -1;
    for (int i = 0; i < dims.length; i++) {
      if (i == 0 && batched) {
        dims[i] = Shape.BATCH;
      } else if (dims[i] == 0 && !zeros) {
        dims[i] = from.dim(axis(i, from.rank()));
      } else if (dims[i] == -1 && open < 0) {
        open = i;
      } else if (dims[i] < 0) {
        throw new IllegalArgumentException("%s is no shape".formatted(Arrays.toString(dims)));
      }
    }
    int[] sample = dims.clone();
    if (from.hasBatch() && dims.length > 0) {
      // One batch, of whatever size the file says, is an open one.
      int batch = sample[0];
      sample[0] = 1;
      int rest = from.withBatch(1).elements();
      if (open == 0 || batch == Shape.BATCH || batch == to.fixedBatch()) {
        dims[0] = Shape.BATCH;
        sample = left(sample, open == 0 ? -1 : open, rest);
      } else {
        throw new IllegalArgumentException(
            "%s to %s would not keep the open batch".formatted(from, Arrays.toString(dims)));
      }
      sample[0] = Shape.BATCH;
      return to.reshaped(x, shape(sample));
    }
    return to.reshaped(x, shape(left(sample, open, from.elements())));
  }

  private static long[] with(long[] sizes, long first) {
    long[] others = sizes.clone();
    others[0] = first;
    return others;
  }

  /** A shape of sizes, of which the first one may be that of the open batch. */
  private static Shape open(long... sizes) {
    boolean batched = sizes.length > 0 && sizes[0] == Integers.OPEN;
    return Shape.of(OnnxNode.ints(batched ? with(sizes, Shape.BATCH) : sizes));
  }

  /** Whole numbers stay what they are, or become constant floats; floats stay. */
  private Value cast(OnnxNode node) {
    Value x = to.input(node, 0);
    int type = node.number("to", 0);
    Integers integers = Lowering.integers(x);
    if (type == OnnxTensor.FLOAT && integers != null) {
      float[] values = new float[integers.values().length];
      for (int i = 0; i < values.length; i++) {
        if (integers.values()[i] == Integers.OPEN) {
          throw new IllegalArgumentException("a number is computed from the open batch");
        }
        values[i] = integers.values()[i];
      }
      return Value.of(OnnxTensor.of(node.outputs().getFirst(), integers.shape(), values));
    }
    boolean whole = type == OnnxTensor.INT32 || type == OnnxTensor.INT64;
    if (integers == null ? type != OnnxTensor.FLOAT : !whole) {
      throw new IllegalArgumentException(
          "a cast to %s is not known".formatted(OnnxTensor.type(type)));
    }
    return x;
  }

  private Value filled(OnnxNode node) {
    OnnxTensor tensor = node.tensor("value");
    Shape shape = open(to.integers(node, 0));
    if (tensor != null && !tensor.isFloats()) {
      return Value.of(Integers.filled(shape, tensor.integers()[0]));
    }
    float number = tensor == null ? 0 : tensor.floats().data()[0];
    if (shape.hasBatch()) {
      return to.expanded(to.number(number), shape);
    }
    float[] values = new float[Integers.filled(shape, 0).values().length];
    Arrays.fill(values, number);
    return Value.of(OnnxTensor.of(node.outputs().getFirst(), shape, values));
  }

  /** Fills in the size that is left, if there is one. */
  private static int[] left(int[] dims, int open, int elements) {
    if (open >= 0) {
      dims[open] = 1;
      int others = Shape.of(dims).elements();
      if (others == 0 || elements % others != 0) {
        throw new IllegalArgumentException(
            "%d elements do not make rows of %d".formatted(elements, others));
      }
      dims[open] = elements / others;
    }
    return dims;
  }

  private Value transpose(OnnxNode node) {
    Value value = to.input(node, 0);
    int rank = to.shape(value).rank();
    Integers integers = Lowering.integers(value);
    int[] order = node.numbers("perm", IntStream.range(0, rank).map(i -> rank - 1 - i).toArray());
    if (integers != null) {
      return Value.of(integers.rearranged(RearrangeOp.transposed(integers.shape(), order)));
    }
    if (rank > 2 && Arrays.equals(order, Lowering.channelsLast(rank))) {
      return Value.first(to.last(value));
    }
    if (rank > 2 && Arrays.equals(order, Lowering.channelsFirst(rank))) {
      return Value.last(to.first(value));
    }
    return Value.first(to.transposed(to.first(value), order));
  }

  /** The axes of an attribute, or from some opset on of an input; none if there are none. */
  int[] axes(OnnxNode node, int input, int since) {
    return opset < since
        ? node.numbers("axes")
        : node.has(input) ? OnnxNode.ints(to.integers(node, input)) : new int[0];
  }

  private Value squeeze(OnnxNode node) {
    Value x = to.input(node, 0);
    Shape shape = to.shape(x);
    int[] axes = axes(node, 1, 13);
    boolean[] gone = new boolean[shape.rank()];
    for (int axis : axes) {
      gone[axis(axis, gone.length)] = true;
    }
    int[] dims = new int[gone.length];
    int rank = 0;
    for (int i = 0; i < gone.length; i++) {
      int dim = shape.dim(i);
      if (gone[i] && dim != 1) {
        throw new IllegalArgumentException("dimension %d of %s is not 1".formatted(i, shape));
      }
      if (!gone[i] && (axes.length > 0 || dim != 1)) {
        dims[rank++] = dim;
      }
    }
    return to.reshaped(x, shape(Arrays.copyOf(dims, rank)));
  }

  private Value unsqueeze(OnnxNode node) {
    Value x = to.input(node, 0);
    Shape from = to.shape(x);
    int[] axes = axes(node, 1, 13);
    int[] dims = new int[Math.addExact(from.rank(), axes.length)];
    for (int axis : axes) {
      dims[axis(axis, dims.length)] = 1;
    }
    int next = 0;
    for (int i = 0; i < dims.length; i++) {
      if (dims[i] == 0) {
        if (next == from.rank()) {
          throw new IllegalArgumentException("an axis is named twice");
        }
        dims[i] = from.dim(next++);
      }
    }
    return to.reshaped(x, shape(dims));
  }

  /** Over all pixels of images as a pooling, else of rows. */
  private Value reduced(OnnxNode node) {
    boolean mean = node.op().equals("ReduceMean");
    boolean sum = node.op().equals("ReduceSum");
    boolean least = node.op().equals("ReduceMin");
    Value value = to.input(node, 0);
    Shape shape = to.shape(value);
    int rank = shape.rank();
    boolean kept = node.number("keepdims", 1) != 0;
    boolean noneIsNone = node.flag("noop_with_empty_axes");
    boolean[] gone = new boolean[rank];
    int[] axes = axes(node, 1, sum ? 13 : 18);
    for (int axis : axes) {
      gone[axis(axis, rank)] = true;
    }
    if (axes.length == 0) {
      Arrays.fill(gone, !noneIsNone);
    }
    int count = 0;
    for (boolean one : gone) {
      count += one ? 1 : 0;
    }
    if (count == 0) {
      return value;
    }
    int[] order = new int[rank]; // what is kept first
    int[] dims = new int[kept ? rank : rank - count];
    int head = 0;
    int tail = rank - count;
    for (int i = 0; i < rank; i++) {
      if (!gone[i]) {
        dims[kept ? i : head] = shape.dim(i);
      } else if (kept) {
        dims[i] = 1;
      }
      order[gone[i] ? tail++ : head++] = i;
    }
    Value x = least ? to.scaled(value, -1) : value;
    boolean first = rank == 4 && count == 2 && gone[2] && gone[3];
    boolean last = rank > 2 && count == rank - 2 && !gone[0] && !gone[rank - 1];
    Node y;
    if (!sum && (first || last)) {
      y = to.first(windows.global(last ? Value.last(to.first(x)) : x, mean));
    } else {
      Node rows = to.transposed(to.first(x), order);
      y =
          mean
              ? to.inference.mean(rows, count)
              : sum ? to.inference.sum(rows, count) : largest(rows, rank - count);
    }
    Value all = Value.first(to.reshaped(y, shape(dims)));
    return least ? to.scaled(all, -1) : all;
  }

  /** The largest of all elements behind the first dimensions. */
  private Node largest(Node x, int kept) {
    int[] dims = x.shape().dims();
    int n = Shape.of(Arrays.copyOfRange(dims, kept, dims.length)).elements();
    int rows = kept < 2 ? 1 : Shape.of(Arrays.copyOfRange(dims, 1, kept)).elements();
    Node images = to.reshaped(x, Shape.of(kept == 0 ? 1 : dims[0], rows, n));
    return to.first(windows.global(Value.first(images), false));
  }

  /** Element by element, the largest or least of all values. */
  private Value extreme(OnnxNode node, boolean least) {
    float sign = least ? -1 : 1;
    Value most = to.scaled(to.input(node, 0), sign);
    for (int i = 1; i < node.inputs().size(); i++) {
      most = to.paired(most, to.scaled(to.input(node, i), sign), false, this::larger);
    }
    return to.scaled(most, sign);
  }

  private Node larger(Node x, Node y) {
    int rank = x.shape().rank();
    int[] dims = Arrays.copyOf(x.shape().dims(), rank + 1);
    dims[rank] = 1;
    Shape single = Shape.of(dims);
    RearrangeOp both = RearrangeOp.concatenated(List.of(single, single), rank);
    Node pairs = ops.graph().add(both, to.reshaped(x, single), to.reshaped(y, single));
    return to.reshaped(largest(pairs, rank), x.shape());
  }
}
