package dev.lanewise.graph.op;

import dev.lanewise.graph.Binding;
import dev.lanewise.graph.Op;
import dev.lanewise.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Copies elements of its inputs to other places: a transposition, a broadcast, a padding, a
 * concatenation. Nothing is computed. An open batch stays the first dimension. It has no gradient.
 *
 * @param value the shape
 * @param fill what stands where nothing is copied to
 * @param pieces what is copied, in order
 */
@SuppressWarnings("exports") // pieces are made by the methods here alone
public record RearrangeOp(Shape value, float fill, List<Piece> pieces) implements Op {
  /**
   * A block of an input that is copied to a block of the value: element (i, j, …) from {@code from}
   * + i · {@code fromStrides[0]} + j · {@code fromStrides[1]} + … to likewise.
   */
  @SuppressWarnings("ArrayRecordComponent") // two operations of the same pieces need not be equal
  record Piece(int input, int[] dims, int from, int[] fromStrides, int to, int[] toStrides) {
    private void copy(float[] x, float[] y, int batch) {
      if (Arrays.stream(dims).noneMatch(dim -> dim == 0)) {
        copy(x, from, y, to, 0, batch);
      }
    }

    private void copy(float[] x, int xo, float[] y, int yo, int axis, int batch) {
      if (axis == dims.length) {
        y[yo] = x[xo];
        return;
      }
      int n = dims[axis] == Shape.BATCH ? batch : dims[axis];
      int xs = fromStrides[axis];
      int ys = toStrides[axis];
      if (axis < dims.length - 1) {
        for (int i = 0; i < n; i++) {
          copy(x, xo + i * xs, y, yo + i * ys, axis + 1, batch);
        }
      } else if (xs == 1 && ys == 1) {
        System.arraycopy(x, xo, y, yo, n);
      } else {
        for (int i = 0; i < n; i++) {
          y[yo + i * ys] = x[xo + i * xs];
        }
      }
    }
  }

  /**
   * A transposition.
   *
   * @param x the input's shape
   * @param order which of its dimensions each one of the value is; an open batch stays the first
   * @return the operation
   * @throws IllegalArgumentException if the order is none, or moves an open batch
   */
  public static RearrangeOp transposed(Shape x, int... order) {
    int rank = x.rank();
    if (!Arrays.equals(
        Arrays.stream(order).sorted().toArray(), IntStream.range(0, rank).toArray())) {
      throw new IllegalArgumentException(
          "%s is no order of the dimensions of %s".formatted(Arrays.toString(order), x));
    }
    int[] all = strides(x.dims());
    int[] dims = new int[rank];
    int[] strides = new int[rank];
    for (int i = 0; i < rank; i++) {
      dims[i] = x.dim(order[i]);
      strides[i] = all[order[i]];
    }
    return strided(dims, 0, strides);
  }

  /**
   * A block of an input of which each element is found by strides.
   *
   * @param dims the value's dimensions
   * @param from where element 0 lies
   * @param strides for each dimension, how far the next element lies; 0 repeats one
   * @return the operation
   */
  public static RearrangeOp strided(int[] dims, int from, int... strides) {
    Shape value = shape(dims);
    Piece piece = new Piece(0, dims.clone(), from, strides.clone(), 0, strides(dims));
    return new RearrangeOp(value, 0, List.of(piece));
  }

  /**
   * Some of the elements along one dimension.
   *
   * @param x the input's shape
   * @param axis which dimension
   * @param from the first element
   * @param size how many
   * @param step how many further each next one lies, back if that is negative
   * @return the operation
   * @throws IllegalArgumentException if there are not so many
   */
  public static RearrangeOp block(Shape x, int axis, int from, int size, int step) {
    int last = from + (size - 1) * step;
    if (size < 0 || (size > 0 && Math.min(from, last) < 0) || Math.max(from, last) >= x.dim(axis)) {
      throw new IllegalArgumentException(
          "%d elements from %d on do not lie in dimension %d of %s".formatted(size, from, axis, x));
    }
    int[] strides = strides(x.dims());
    int start = from * strides[axis];
    strides[axis] *= step;
    return strided(with(x.dims(), axis, size), start, strides);
  }

  /**
   * A broadcast.
   *
   * @param x the input's shape
   * @param to as many dimensions, each the input's, or any where the input's is 1
   * @return the operation
   * @throws IllegalArgumentException if they are not so
   */
  public static RearrangeOp broadcast(Shape x, Shape to) {
    int[] strides = strides(x.dims());
    for (int i = 0; i < strides.length; i++) {
      if (x.rank() != to.rank() || (x.dim(i) != 1 && x.dim(i) != to.dim(i))) {
        throw new IllegalArgumentException("%s cannot be broadcast to %s".formatted(x, to));
      }
      strides[i] = x.dim(i) == 1 ? 0 : strides[i];
    }
    return strided(to.dims(), 0, strides);
  }

  /**
   * A padding with one number.
   *
   * @param x the input's shape
   * @param before elements before the first, of each dimension
   * @param after elements behind the last, of each dimension
   * @param fill the number
   * @return the operation
   */
  public static RearrangeOp padded(Shape x, int[] before, int[] after, float fill) {
    int[] dims = x.dims();
    for (int i = 0; i < dims.length; i++) {
      if (before[i] < 0 || after[i] < 0 || (dims[i] == Shape.BATCH && before[i] + after[i] > 0)) {
        throw new IllegalArgumentException(
            "a padding by %s and %s of %s is none"
                .formatted(Arrays.toString(before), Arrays.toString(after), x));
      }
      dims[i] =
          dims[i] == Shape.BATCH
              ? dims[i]
              : Math.addExact(dims[i], Math.addExact(before[i], after[i]));
    }
    Shape value = shape(dims);
    int[] strides = strides(dims);
    int to = 0;
    for (int i = 0; i < dims.length; i++) {
      to += before[i] * strides[i];
    }
    Piece piece = new Piece(0, x.dims(), 0, strides(x.dims()), to, strides);
    return new RearrangeOp(value, fill, List.of(piece));
  }

  /**
   * A padding of one dimension with elements that are there.
   *
   * @param x the input's shape
   * @param axis which dimension
   * @param before elements before the first
   * @param after elements behind the last
   * @param mirrored whether the image is mirrored at its edge element; if not, that is repeated
   * @return the operation
   */
  public static RearrangeOp edged(Shape x, int axis, int before, int after, boolean mirrored) {
    int n = x.dim(axis);
    int most = mirrored ? n - 1 : n < 1 ? 0 : Integer.MAX_VALUE;
    if (before < 0 || after < 0 || before > most || after > most) {
      throw new IllegalArgumentException(
          "dimension %d of %s cannot be padded by %d and %d".formatted(axis, x, before, after));
    }
    int[] dims = x.dims();
    dims[axis] = Math.addExact(n, Math.addExact(before, after));
    Shape value = shape(dims);
    int[] toStrides = strides(dims);
    int[] fromStrides = strides(x.dims());
    int[] back = fromStrides.clone();
    back[axis] = mirrored ? -fromStrides[axis] : 0;
    int[] high = with(x.dims(), axis, before);
    int[] low = with(x.dims(), axis, after);
    int first = mirrored ? before : 0;
    int last = mirrored ? n - 2 : n - 1;
    int step = fromStrides[axis];
    return new RearrangeOp(
        value,
        0,
        List.of(
            new Piece(0, high, first * step, back, 0, toStrides),
            new Piece(0, x.dims(), 0, fromStrides, before * toStrides[axis], toStrides),
            new Piece(0, low, last * step, back, (before + n) * toStrides[axis], toStrides)));
  }

  /**
   * Values behind one another.
   *
   * @param all the inputs' shapes
   * @param axis along which dimension, in which alone they may differ
   * @return the operation
   * @throws IllegalArgumentException if they differ otherwise, or it is an open batch
   */
  public static RearrangeOp concatenated(List<Shape> all, int axis) {
    int[] dims = all.getFirst().dims();
    dims[axis] = 0;
    for (Shape one : all) {
      if (one.rank() != dims.length
          || one.dim(axis) == Shape.BATCH
          || !Arrays.equals(with(one.dims(), axis, dims[axis]), dims)) {
        throw new IllegalArgumentException(
            "%s cannot lie behind one another in dimension %d".formatted(all, axis));
      }
      dims[axis] = Math.addExact(dims[axis], one.dim(axis));
    }
    Shape value = shape(dims);
    int[] strides = strides(dims);
    List<Piece> pieces = new ArrayList<>();
    int at = 0;
    for (int i = 0; i < all.size(); i++) {
      int[] own = all.get(i).dims();
      pieces.add(new Piece(i, own, 0, strides(own), at * strides[axis], strides));
      at += own[axis];
    }
    return new RearrangeOp(value, 0, pieces);
  }

  private static Shape shape(int... dims) {
    for (int i = 1; i < dims.length; i++) {
      if (dims[i] == Shape.BATCH) {
        throw new IllegalArgumentException("the open batch would not stay the first dimension");
      }
    }
    return Shape.of(dims);
  }

  /** How far apart elements lie in each dimension, row-major. */
  private static int[] strides(int... dims) {
    int[] strides = new int[dims.length];
    int stride = 1;
    for (int i = dims.length - 1; i >= 0; i--) {
      strides[i] = stride;
      stride *= Math.max(1, dims[i]);
    }
    return strides;
  }

  private static int[] with(int[] dims, int axis, int size) {
    int[] other = dims.clone();
    other[axis] = size;
    return other;
  }

  @Override
  public String name() {
    return "rearrange";
  }

  @Override
  public Shape shape(List<Shape> inputs) {
    return value;
  }

  @Override
  public Runnable step(Binding binding) {
    List<float[]> inputs = new ArrayList<>();
    for (int i = 0; i < binding.inputs().size(); i++) {
      inputs.add(binding.input(i));
    }
    float[] y = binding.value();
    Shape shape = binding.shape();
    int batch = shape.rank() == 0 ? 1 : shape.dim(0);
    int n = shape.elements();
    return () -> {
      Arrays.fill(y, 0, n, fill);
      for (int i = 0; i < pieces.size(); i++) {
        Piece piece = pieces.get(i);
        piece.copy(inputs.get(piece.input), y, batch);
      }
    };
  }

  /**
   * Does it at once.
   *
   * @param x the input, of a single one without an open batch
   * @return the value
   */
  public float[] of(float[] x) {
    float[] y = new float[value.elements()];
    Arrays.fill(y, fill);
    pieces.forEach(piece -> piece.copy(x, y, 1));
    return y;
  }
}
