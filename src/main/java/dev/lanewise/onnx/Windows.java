package dev.lanewise.onnx;

import dev.lanewise.graph.Node;
import dev.lanewise.graph.op.Ops;
import dev.lanewise.graph.op.RearrangeOp;
import dev.lanewise.kernel.conv2d.Conv2dShape;
import dev.lanewise.kernel.pool.Pool2dShape;
import dev.lanewise.onnx.Lowering.Value;
import dev.lanewise.tensor.Shape;
import java.util.Arrays;

/**
 * Convolutions and poolings of ONNX, over images and over rows, which are images one pixel high.
 */
final class Windows {
  /** How windows go along one dimension of the images. */
  private record Side(int size, int window, int stride, int dilation, int before, int after) {
    static final Side NONE = new Side(1, 1, 1, 1, 0, 0);

    int reach() {
      return Math.addExact(Math.multiplyExact(window - 1, dilation), 1);
    }

    Side padded(int newBefore, int newAfter) {
      return new Side(size, window, stride, dilation, newBefore, newAfter);
    }

    /**
     * As many windows as begin at a pixel, or in the padding before it, though they end outside.
     */
    Side ceil() {
      int places = Math.ceilDiv(beyondReach(), stride) + 1;
      if ((places - 1) * stride >= size + before) {
        places--;
      }
      return padded(before, Math.max(0, (places - 1) * stride + reach() - size - before));
    }

    Side same(boolean moreAtTheEnd) {
      int places = Math.ceilDiv(size, stride);
      int total = Math.max(0, (places - 1) * stride + reach() - size);
      return moreAtTheEnd
          ? padded(total / 2, total - total / 2)
          : padded(total - total / 2, total / 2);
    }

    private int beyondReach() {
      int beyond = Math.addExact(size, Math.addExact(before, after)) - reach();
      if (beyond < 0) {
        throw new IllegalArgumentException(
            "a window covers %d pixels, but the image has %d there, with padding %d and %d"
                .formatted(reach(), size, before, after));
      }
      return beyond;
    }

    int places() {
      return beyondReach() / stride + 1;
    }
  }

  private final Lowering to;
  private final Ops ops;

  Windows(Lowering to) {
    this.to = to;
    ops = to.ops;
  }

  Value convolution(OnnxNode node) {
    Value x = to.input(node, 0);
    Node weights = to.first(to.input(node, 1));
    Node images = images(x, to.shape(x).rank());
    int rank = weights.shape().rank();
    if (rank != to.shape(x).rank()) {
      throw new IllegalArgumentException(
          "weights %s do not fit %s".formatted(weights.shape(), to.shape(x)));
    }
    int[] kernel = Arrays.copyOfRange(weights.shape().dims(), 2, rank);
    if (!Arrays.equals(node.numbers("kernel_shape", kernel), kernel)) {
      throw new IllegalArgumentException(
          "kernel_shape is not that of the weights " + weights.shape());
    }
    Side[] sides = sides(node, rank, images.shape(), kernel);
    Node hwio = rank == 3 ? to.transposed(weights, 2, 1, 0) : to.transposed(weights, 2, 3, 1, 0);
    if (rank == 3) {
      Shape iwo = hwio.shape();
      hwio = to.reshaped(hwio, Shape.of(1, iwo.dim(0), iwo.dim(1), iwo.dim(2)));
    }
    Conv2dShape sizes =
        new Conv2dShape(
            1,
            sides[0].size(),
            sides[1].size(),
            images.shape().dim(3),
            weights.shape().dim(0),
            sides[0].window(),
            sides[1].window(),
            sides[0].stride(),
            sides[1].stride(),
            sides[0].dilation(),
            sides[1].dilation(),
            sides[0].before(),
            sides[0].after(),
            sides[1].before(),
            sides[1].after(),
            node.number("group", 1));
    Node y = ops.conv2d(images, hwio, sizes);
    if (node.has(2)) {
      y = ops.addBias(y, to.first(to.input(node, 2)));
    }
    return back(y, rank);
  }

  /** Padding is no element of a maximum; of an average it is, a zero, if it is counted. */
  Value pool(OnnxNode node, boolean average) {
    Value x = to.input(node, 0);
    int rank = to.shape(x).rank();
    Node images = images(x, rank);
    Side[] sides = sides(node, rank, images.shape(), node.numbers("kernel_shape"));
    boolean counted = node.flag("count_include_pad") && average;
    boolean ceil = node.flag("ceil_mode");
    boolean dilated = sides[0].dilation() > 1 || sides[1].dilation() > 1;
    if (counted || dilated) {
      Side[] ends = sides.clone();
      for (int i = 0; i < 2; i++) {
        // Windows that end outside of the padding: what lies there is counted by no average.
        Side end = dilated && ceil ? sides[i].ceil() : sides[i];
        if (average && dilated && (end.after() > sides[i].after() || (!counted && padded(end)))) {
          throw new IllegalArgumentException("a dilated average of padding is not known");
        }
        ends[i] = end;
      }
      int[] before = {0, ends[0].before(), ends[1].before(), 0};
      int[] after = {0, ends[0].after(), ends[1].after(), 0};
      float fill = average ? 0 : Float.NEGATIVE_INFINITY;
      if (padded(ends[0]) || padded(ends[1])) {
        images = ops.graph().add(RearrangeOp.padded(images.shape(), before, after, fill), images);
      }
      Shape padded = images.shape();
      for (int i = 0; i < 2; i++) {
        Side side = sides[i];
        int size = padded.dim(i + 1);
        int extra = ceil && !dilated ? side.ceil().after() - side.after() : 0;
        sides[i] =
            new Side(size, side.window(), side.stride(), side.dilation(), 0, Math.max(0, extra));
      }
    } else if (ceil) {
      sides = new Side[] {sides[0].ceil(), sides[1].ceil()};
    }
    if (dilated) {
      images = apart(images, sides);
    }
    return back(pooled(images, sides, average), rank);
  }

  private static boolean padded(Side side) {
    return side.before() + side.after() > 0;
  }

  /** Lays the pixels of dilated windows side by side, and makes plain windows of them. */
  private Node apart(Node images, Side[] sides) {
    Shape x = images.shape();
    int c = x.dim(3);
    int row = Math.multiplyExact(x.dim(2), c);
    int high = sides[0].places();
    int wide = sides[1].places();
    int[] dims = {x.dim(0), high, sides[0].window(), wide, sides[1].window(), c};
    Node pixels =
        ops.graph()
            .add(
                RearrangeOp.strided(
                    dims,
                    0,
                    Math.multiplyExact(x.dim(1), row),
                    sides[0].stride() * row,
                    sides[0].dilation() * row,
                    sides[1].stride() * c,
                    sides[1].dilation() * c,
                    1),
                images);
    for (int i = 0; i < 2; i++) {
      int window = sides[i].window();
      int size = Math.multiplyExact(i == 0 ? high : wide, window);
      sides[i] = new Side(size, window, window, 1, 0, 0);
    }
    return ops.reshape(pixels, Shape.of(x.dim(0), sides[0].size(), sides[1].size(), c));
  }

  private Node pooled(Node images, Side[] sides, boolean average) {
    Pool2dShape sizes =
        new Pool2dShape(
            1,
            sides[0].size(),
            sides[1].size(),
            images.shape().dim(3),
            sides[0].window(),
            sides[1].window(),
            sides[0].stride(),
            sides[1].stride(),
            sides[0].before(),
            sides[0].after(),
            sides[1].before(),
            sides[1].after());
    return average ? ops.averagePool2d(images, sizes) : ops.maxPool2d(images, sizes);
  }

  /** The average or the largest of all pixels, whatever the number of dimensions. */
  Value global(Value x, boolean average) {
    Node images = to.last(x);
    int[] dims = images.shape().dims();
    int rank = dims.length;
    if (rank < 3) {
      throw new IllegalArgumentException("%s has no pixels".formatted(images.shape()));
    }
    int wide = 1;
    for (int i = 2; i < rank - 1; i++) {
      wide = Math.multiplyExact(wide, dims[i]);
    }
    Node flat = to.reshaped(images, Shape.of(dims[0], dims[1], wide, dims[rank - 1]));
    Side[] sides = {
      new Side(dims[1], dims[1], 1, 1, 0, 0), new Side(wide, wide, 1, 1, 0, 0),
    };
    Arrays.fill(dims, 1, rank - 1, 1);
    return Value.last(to.reshaped(pooled(flat, sides, average), Shape.of(dims)));
  }

  private Node images(Value x, int rank) {
    if (rank != 3 && rank != 4) {
      throw new IllegalArgumentException(
          "windows over %d dimensions are not known, only over one or two".formatted(rank - 2));
    }
    Node last = to.last(x);
    Shape shape = last.shape();
    return rank == 4
        ? last
        : to.reshaped(last, Shape.of(shape.dim(0), 1, shape.dim(1), shape.dim(2)));
  }

  private Value back(Node images, int rank) {
    Shape shape = images.shape();
    return Value.last(
        rank == 4
            ? images
            : to.reshaped(images, Shape.of(shape.dim(0), shape.dim(2), shape.dim(3))));
  }

  /** Height and width, of rows a height of 1. */
  private static Side[] sides(OnnxNode node, int rank, Shape images, int... window) {
    int n = window.length;
    if (n != rank - 2) {
      throw new IllegalArgumentException(
          "kernel_shape has %d numbers, but must have %d".formatted(n, rank - 2));
    }
    int[] ones = {1, 1};
    int[] strides = numbers(node, "strides", n, ones);
    int[] dilations = numbers(node, "dilations", n, ones);
    int[] pads = numbers(node, "pads", 2 * n, 0, 0, 0, 0);
    String auto = node.text("auto_pad", "NOTSET");
    Side[] sides = {Side.NONE, Side.NONE};
    for (int i = 0; i < n; i++) {
      if (window[i] < 1 || strides[i] < 1 || dilations[i] < 1) {
        throw new IllegalArgumentException(
            "windows of %d, strides of %d and dilations of %d must be at least 1"
                .formatted(window[i], strides[i], dilations[i]));
      }
      if (pads[i] < 0 || pads[i + n] < 0) {
        throw new IllegalArgumentException("pads are negative");
      }
      int size = images.dim(3 - n + i);
      Side plain = new Side(size, window[i], strides[i], dilations[i], 0, 0);
      sides[2 - n + i] =
          switch (auto) {
            case "NOTSET", "" -> plain.padded(pads[i], pads[i + n]);
            case "VALID" -> plain;
            case "SAME_UPPER" -> plain.same(true);
            case "SAME_LOWER" -> plain.same(false);
            default ->
                throw new IllegalArgumentException("auto_pad is %s, which is none".formatted(auto));
          };
    }
    return sides;
  }

  private static int[] numbers(OnnxNode node, String name, int count, int... otherwise) {
    int[] numbers = node.numbers(name, Arrays.copyOf(otherwise, count));
    if (numbers.length != count) {
      throw new IllegalArgumentException(
          "%s has %d numbers, but must have %d".formatted(name, numbers.length, count));
    }
    return numbers;
  }
}
