package dev.lanewise.tensor;

import java.math.BigInteger;
import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * The dimensions of a row-major array. Immutable.
 *
 * <p>The first dimension may be {@link #BATCH}: a number of samples that is not known yet. A shape
 * without dimensions is that of a single number.
 */
public final class Shape {
  /** The first dimension of a shape whose number of samples is not known yet. */
  public static final int BATCH = -1;

  private final int[] dims;
  private final int elements;

  private Shape(int[] dims) {
    this.dims = dims;
    long product = 1;
    for (int i = 0; i < dims.length; i++) {
      int dim = dims[i];
      if (dim < 0 && !(i == 0 && dim == BATCH)) {
        throw new IllegalArgumentException(
            "shape %s has the negative dimension %s at position %s; only the first may be open (%s)"
                .formatted(this, dim, i, BATCH));
      }
    }
    // A zero anywhere makes the shape empty, however large the other dimensions are.
    boolean empty = Arrays.stream(dims).anyMatch(dim -> dim == 0);
    for (int dim : dims) {
      if (dim != BATCH && !empty) {
        product = Math.multiplyExact(product, dim);
        if (product > Integer.MAX_VALUE) {
          throw tooLarge();
        }
      }
    }
    elements = empty ? 0 : (int) product;
  }

  /**
   * Makes a shape.
   *
   * @param dims the dimensions, none negative; the first may be {@link #BATCH}
   * @return a shape
   * @throws IllegalArgumentException if a dimension is negative, or if the known ones multiply to
   *     more elements than an array can hold
   */
  public static Shape of(int... dims) {
    return new Shape(dims.clone());
  }

  /**
   * Returns the number of dimensions.
   *
   * @return at least 0
   */
  public int rank() {
    return dims.length;
  }

  /**
   * Returns one dimension.
   *
   * @param axis which dimension, from 0; negative ones count from the end, so that −1 is the last
   * @return the dimension, or {@link #BATCH}
   * @throws IllegalArgumentException if there is no such axis
   */
  public int dim(int axis) {
    int index = axis < 0 ? axis + dims.length : axis;
    if (index < 0 || index >= dims.length) {
      throw new IllegalArgumentException(
          "axis is " + axis + ", but shape " + this + " has " + dims.length + " dimensions");
    }
    return dims[index];
  }

  /**
   * Returns the dimensions.
   *
   * @return a copy
   */
  public int[] dims() {
    return dims.clone();
  }

  /**
   * Returns the number of elements.
   *
   * @return the product of all dimensions; 1 without any
   * @throws IllegalStateException if the number of samples is not known yet
   */
  public int elements() {
    if (hasBatch()) {
      throw new IllegalStateException(
          "shape " + this + " has no number of elements before its first dimension is known");
    }
    return elements;
  }

  /**
   * Returns whether the number of samples is still open.
   *
   * @return whether the first dimension is {@link #BATCH}
   */
  public boolean hasBatch() {
    return dims.length > 0 && dims[0] == BATCH;
  }

  /**
   * Returns this shape for a number of samples.
   *
   * @param samples what replaces the first dimension if that is {@link #BATCH}; at least 0
   * @return a shape that is known in all dimensions; this one if it is already
   * @throws IllegalArgumentException if {@code samples} is negative or the shape becomes too large
   */
  public Shape withBatch(int samples) {
    if (samples < 0) {
      throw new IllegalArgumentException("samples is " + samples + ", but must be at least 0");
    }
    if (!hasBatch()) {
      return this;
    }
    int[] result = dims.clone();
    result[0] = samples;
    return new Shape(result);
  }

  /**
   * Returns the shape of one sample.
   *
   * @return the dimensions after the first
   * @throws IllegalStateException if there is no first dimension
   */
  public Shape sample() {
    if (dims.length == 0) {
      throw new IllegalStateException("shape () has no first dimension that counts samples");
    }
    return new Shape(Arrays.copyOfRange(dims, 1, dims.length));
  }

  /**
   * Returns the shape of many such samples.
   *
   * @return {@link #BATCH} followed by these dimensions
   * @throws IllegalStateException if the first dimension is {@link #BATCH} already
   */
  public Shape batched() {
    if (hasBatch()) {
      throw new IllegalStateException("shape " + this + " counts samples already");
    }
    int[] result = new int[dims.length + 1];
    result[0] = BATCH;
    System.arraycopy(dims, 0, result, 1, dims.length);
    return new Shape(result);
  }

  private IllegalArgumentException tooLarge() {
    BigInteger product = BigInteger.ONE;
    for (int dim : dims) {
      if (dim != BATCH) {
        product = product.multiply(BigInteger.valueOf(dim));
      }
    }
    return new IllegalArgumentException(
        "shape %s has %s elements, but an array holds at most %s"
            .formatted(this, product, Integer.MAX_VALUE));
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Shape shape && Arrays.equals(dims, shape.dims);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(dims);
  }

  /** The dimensions as Keras writes them: {@code (None, 28, 28, 1)}, {@code (10,)}. */
  @Override
  public String toString() {
    String inner =
        Arrays.stream(dims)
            .mapToObj(dim -> dim == BATCH ? "None" : Integer.toString(dim))
            .collect(Collectors.joining(", "));
    return dims.length == 1 ? "(" + inner + ",)" : "(" + inner + ")";
  }
}
