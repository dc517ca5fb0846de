package dev.lanewise.onnx;

import dev.lanewise.graph.Node;
import dev.lanewise.graph.op.RearrangeOp;
import dev.lanewise.onnx.Lowering.Value;
import dev.lanewise.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** Operators that take a part of a tensor, or of its shape, or put tensors together. */
final class Slices {
  private final Lowering to;
  private final Shapes shapes;
  private final long opset;

  Slices(Lowering to, Shapes shapes, long opset) {
    this.to = to;
    this.shapes = shapes;
    this.opset = opset;
  }

  /** The dimensions, some of them if that is asked for. */
  Value shape(OnnxNode node) {
    long[] dims = Arrays.stream(to.shape(to.input(node, 0)).dims()).asLongStream().toArray();
    for (int i = 0; i < dims.length; i++) {
      dims[i] = dims[i] == Shape.BATCH ? Integers.OPEN : dims[i];
    }
    int start = place(node.number("start", 0), dims.length);
    int end = Math.max(start, place(node.number("end", dims.length), dims.length));
    return Value.of(new Integers(Shape.of(end - start), Arrays.copyOfRange(dims, start, end)));
  }

  /** A place among n, or behind the last; negative ones count from the end. */
  private static int place(long place, int n) {
    return Math.toIntExact(Math.clamp(place < 0 ? place + n : place, 0L, n));
  }

  /** One place along a dimension, which is gone then; of sizes, any. */
  Value gather(OnnxNode node) {
    Value x = to.input(node, 0);
    Shape shape = to.shape(x);
    int axis = Shapes.axis(node.number("axis", 0), shape.rank());
    Integers places = Lowering.integers(to.input(node, 1));
    Integers sizes = Lowering.integers(x);
    if (places != null && sizes != null && shape.rank() == 1) {
      long[] some = places.values().clone();
      Arrays.setAll(some, i -> sizes.values()[Shapes.axis(Math.toIntExact(some[i]), shape.dim(0))]);
      return Value.of(new Integers(places.shape(), some));
    }
    if (places == null || places.shape().rank() > 0) {
      throw new IllegalArgumentException("only one place that stands in the file is known");
    }
    int place = Shapes.axis(Math.toIntExact(places.values()[0]), shape.dim(axis));
    int[] kept = IntStream.range(0, shape.rank()).filter(i -> i != axis).map(shape::dim).toArray();
    return to.reshaped(to.block(x, axis, place, 1, 1), Shapes.shape(kept));
  }

  Value slice(OnnxNode node) {
    Value x = to.input(node, 0);
    boolean old = opset < 10;
    long[] starts = old ? node.longs("starts") : to.integers(node, 1);
    long[] ends = old ? node.longs("ends") : to.integers(node, 2);
    int[] axes = shapes.axes(node, 3, 10);
    long[] steps = !old && node.has(4) ? to.integers(node, 4) : new long[0];
    for (int i = 0; i < starts.length; i++) {
      int axis = Shapes.axis(axes.length == 0 ? i : axes[i], to.shape(x).rank());
      int n = to.shape(x).dim(axis);
      int step = steps.length == 0 ? 1 : Math.toIntExact(steps[i]);
      if (n == Shape.BATCH && starts[i] == 0 && ends[i] >= Integer.MAX_VALUE && step == 1) {
        continue; // the whole batch
      }
      int from = place(starts[i], n);
      int end = place(ends[i], n);
      if (step < 0) { // a place before the first one is there, too
        from = Math.min(from, n - 1);
        end = ends[i] < -n ? -1 : end;
      }
      int size = Math.max(0, Math.ceilDiv(end - from, step));
      x = to.block(x, axis, size == 0 ? 0 : from, size, step);
    }
    return x;
  }

  List<Value> split(OnnxNode node) {
    Value x = to.input(node, 0);
    int axis = Shapes.axis(node.number("axis", 0), to.shape(x).rank());
    int n = to.shape(x).dim(axis);
    int parts = node.number("num_outputs", node.outputs().size());
    int[] sizes =
        opset < 13 ? node.numbers("split") : node.has(1) ? shapes.axes(node, 1, 13) : new int[0];
    List<Value> all = new ArrayList<>();
    for (int from = 0; all.size() < parts; from += to.shape(all.getLast()).dim(axis)) {
      int size = sizes.length == 0 ? Math.ceilDiv(n, parts) : sizes[all.size()];
      all.add(to.block(x, axis, from, Math.min(size, n - from), 1));
    }
    return all;
  }

  Value concat(OnnxNode node) {
    List<Value> values = new ArrayList<>();
    for (int i = 0; i < node.inputs().size(); i++) {
      values.add(to.input(node, i));
    }
    if (values.isEmpty()) {
      throw new IllegalArgumentException("it has no inputs");
    }
    int rank = to.shape(values.getFirst()).rank();
    int axis = Shapes.axis(node.number("axis", 1), rank);
    if (values.stream().allMatch(value -> Lowering.integers(value) != null) && rank == 1) {
      long[] all = {};
      for (int i = 0; i < values.size(); i++) {
        long[] part = to.integers(node, i);
        all = Arrays.copyOf(all, all.length + part.length);
        System.arraycopy(part, 0, all, all.length - part.length, part.length);
      }
      return Value.of(new Integers(Shape.of(all.length), all));
    }
    boolean turned = values.stream().anyMatch(Value::isLast);
    List<Node> parts = values.stream().map(turned ? to::last : to::first).toList();
    int along = !turned || axis == 0 ? axis : axis == 1 ? rank - 1 : axis - 1;
    RearrangeOp op = RearrangeOp.concatenated(parts.stream().map(Node::shape).toList(), along);
    Node all = to.ops.graph().add(op, parts);
    return turned ? Value.last(all) : Value.first(all);
  }

  Value pad(OnnxNode node) {
    Node x = to.first(to.input(node, 0));
    int rank = x.shape().rank();
    int[] pads = opset < 11 ? node.numbers("pads") : OnnxNode.ints(to.integers(node, 1));
    float fill = opset < 11 ? node.real("value", 0) : node.has(2) ? to.real(node, 2) : 0;
    int[] axes = shapes.axes(node, 3, 18);
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
      before[Shapes.axis(axes[i], rank)] = pads[i];
      after[Shapes.axis(axes[i], rank)] = pads[axes.length + i];
    }
    String mode = node.text("mode", "constant");
    return Value.first(
        switch (mode) {
          case "constant" ->
              to.ops.graph().add(RearrangeOp.padded(x.shape(), before, after, fill), x);
          case "edge", "reflect" -> edged(x, before, after, mode.equals("reflect"));
          default -> throw new IllegalArgumentException("its mode is %s".formatted(mode));
        });
  }

  private Node edged(Node x, int[] before, int[] after, boolean mirrored) {
    Node y = x;
    for (int i = 0; i < before.length; i++) {
      if (before[i] != 0 || after[i] != 0) {
        RearrangeOp op = RearrangeOp.edged(y.shape(), i, before[i], after[i], mirrored);
        y = to.ops.graph().add(op, y);
      }
    }
    return y;
  }
}
