package dev.lanewise.onnx;

import dev.lanewise.onnx.Lowering.Value;
import dev.lanewise.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** Operators that take a part of a tensor, or of its shape. */
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
}
