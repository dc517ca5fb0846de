package dev.lanewise.onnx;

import dev.lanewise.graph.Node;
import dev.lanewise.graph.op.InferenceOps;
import dev.lanewise.graph.op.Ops;
import dev.lanewise.graph.op.RearrangeOp;
import dev.lanewise.onnx.Lowering.Value;
import dev.lanewise.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** Operators that change shapes, means over dimensions among them. */
final class Shapes {
  private final Lowering to;
  private final Ops ops;
  private final long opset;
  private final Slices slices;

  Shapes(Lowering to, long opset) {
    this.to = to;
    ops = to.ops;
    this.opset = opset;
    slices = new Slices(to, this, opset);
  }

  /** Appends a node, whose inputs are there, and returns its outputs. */
  List<Value> apply(OnnxNode node) {
    return node.op().equals("Split") ? slices.split(node) : List.of(one(node));
  }

  private Value one(OnnxNode node) {
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
      case "Concat" -> concat(node);
      case "Pad" -> pad(node);
      case "ReduceMean" -> mean(node);
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
    Shape shape = Shape.of(OnnxNode.ints(to.integers(node, 0)));
    if (tensor != null && !tensor.isFloats()) {
      return Value.of(Integers.filled(shape, tensor.integers()[0]));
    }
    float[] values = new float[Integers.filled(shape, 0).values().length];
    Arrays.fill(values, tensor == null ? 0 : tensor.floats().data()[0]);
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
    List<Integer> dims = new ArrayList<>();
    for (int i = 0; i < gone.length; i++) {
      int dim = shape.dim(i);
      if (gone[i] && dim != 1) {
        throw new IllegalArgumentException("dimension %d of %s is not 1".formatted(i, shape));
      }
      if (!gone[i] && (axes.length > 0 || dim != 1)) {
        dims.add(dim);
      }
    }
    return to.reshaped(x, shape(dims.stream().mapToInt(i -> i).toArray()));
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

  private Value concat(OnnxNode node) {
    List<Value> values = new ArrayList<>();
    for (int i = 0; i < node.inputs().size(); i++) {
      values.add(to.input(node, i));
    }
    if (values.isEmpty()) {
      throw new IllegalArgumentException("it has no inputs");
    }
    int rank = to.shape(values.getFirst()).rank();
    int axis = axis(node.number("axis", 1), rank);
    if (values.stream().allMatch(value -> Lowering.integers(value) != null) && rank == 1) {
      long[] all =
          IntStream.range(0, values.size())
              .boxed()
              .flatMapToLong(i -> Arrays.stream(to.integers(node, i)))
              .toArray();
      return Value.of(new Integers(Shape.of(all.length), all));
    }
    boolean turned = values.stream().anyMatch(Value::isLast);
    List<Node> parts = values.stream().map(turned ? to::last : to::first).toList();
    int along = !turned || axis == 0 ? axis : axis == 1 ? rank - 1 : axis - 1;
    RearrangeOp op = RearrangeOp.concatenated(parts.stream().map(Node::shape).toList(), along);
    Node all = ops.graph().add(op, parts);
    return turned ? Value.last(all) : Value.first(all);
  }

  private Value pad(OnnxNode node) {
    Node x = to.first(to.input(node, 0));
    int rank = x.shape().rank();
    int[] pads = opset < 11 ? node.numbers("pads") : OnnxNode.ints(to.integers(node, 1));
    float fill = opset < 11 ? node.real("value", 0) : node.has(2) ? to.real(node, 2) : 0;
    int[] axes = axes(node, 3, 18);
    if (axes.length == 0) {
      axes = IntStream.range(0, rank).toArray();
    }
    if (pads.length != 2 * axes.length) {
      throw new IllegalArgumentException(
          "there are %d pads for %d dimensions".formatted(pads.length, axes.length));
    }
    int[] before = new int[rank];
    int[] after = new int[rank];
    for (int i = 0; i < axes.length; i++) {
      before[axis(axes[i], rank)] = pads[i];
      after[axis(axes[i], rank)] = pads[axes.length + i];
    }
    String mode = node.text("mode", "constant");
    return Value.first(
        switch (mode) {
          case "constant" -> ops.graph().add(RearrangeOp.padded(x.shape(), before, after, fill), x);
          case "edge", "reflect" -> edged(x, before, after, mode.equals("reflect"));
          default -> throw new IllegalArgumentException("its mode is %s".formatted(mode));
        });
  }

  private Node edged(Node x, int[] before, int[] after, boolean mirrored) {
    Node y = x;
    for (int i = 0; i < before.length; i++) {
      if (before[i] != 0 || after[i] != 0) {
        RearrangeOp op = RearrangeOp.edged(y.shape(), i, before[i], after[i], mirrored);
        y = ops.graph().add(op, y);
      }
    }
    return y;
  }

  /** Over all pixels of images as a pooling takes it, else by the reduction rule. */
  private Value mean(OnnxNode node) {
    Value value = to.input(node, 0);
    Shape shape = to.shape(value);
    int rank = shape.rank();
    boolean kept = node.number("keepdims", 1) != 0;
    boolean noneIsNone = node.flag("noop_with_empty_axes");
    boolean[] gone = new boolean[rank];
    int[] axes = axes(node, 1, 18);
    for (int axis : axes) {
      gone[axis(axis, rank)] = true;
    }
    if (axes.length == 0) {
      Arrays.fill(gone, !noneIsNone);
    }
    int[] order =
        IntStream.concat(
                IntStream.range(0, rank).filter(i -> !gone[i]),
                IntStream.range(0, rank).filter(i -> gone[i]))
            .toArray();
    int means = (int) IntStream.range(0, rank).filter(i -> gone[i]).count();
    if (means == 0) {
      return value;
    }
    boolean pixels = rank == 4 && means == 2 && gone[2] && gone[3];
    Node y =
        pixels
            ? to.first(new Windows(to).global(value, true))
            : new InferenceOps(ops.graph()).mean(to.transposed(to.first(value), order), means);
    int[] dims =
        IntStream.range(0, rank)
            .filter(i -> kept || !gone[i])
            .map(i -> gone[i] ? 1 : shape.dim(i))
            .toArray();
    return Value.first(to.reshaped(y, shape(dims)));
  }
}
