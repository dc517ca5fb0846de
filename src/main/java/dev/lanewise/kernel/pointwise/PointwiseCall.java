package dev.lanewise.kernel.pointwise;

import dev.lanewise.kernel.parallel.Scratch;
import dev.lanewise.kernel.parallel.StretchCall;
import org.jspecify.annotations.Nullable;

/**
 * The arguments of one call of the four pointwise families: y = f(x, b), where b is a second input,
 * a bias for each column, or absent. Vectors have elements as their items, matrices their rows.
 */
final class PointwiseCall extends StretchCall<PointwiseCall> {
  /** What a twin does with some items. */
  interface Loop {
    /** Computes the items {@code from} to {@code to} − 1, with the scratch of its thread. */
    void run(PointwiseCall call, int from, int to, Scratch scratch);
  }

  private static final float[] NONE = {};
  private static final byte[] NO_BYTES = {};
  private static final int[] NO_LABELS = {};
  private static final Loop NO_LOOP = (call, from, to, scratch) -> {};

  /** Elements of a vector that the loops take at a time: 1, or the lanes of a vector. */
  private final int lanes;

  private Loop loop = NO_LOOP;
  private int granule;
  private @Nullable PointwiseCall rest;
  float[] x = NONE;
  int xo;
  float[] b = NONE;
  int bo;
  float[] y = NONE;
  int yo;

  /** Of matrices: the columns and the leading dimensions. */
  int columns;

  int ldx;
  int ldy;

  /** What stands for x where it is no float. */
  byte[] bytes = NO_BYTES;

  int[] labels = NO_LABELS;

  /** A slope, factor, or lower and upper bound. */
  float p1;

  float p2;
  Nonlinearity function = Nonlinearity.SIGMOID;

  /** Dropout: the key, the index of element 0, and the least unsigned number that is kept. */
  long key;

  int index;
  int threshold;

  PointwiseCall(int lanes) {
    this.lanes = lanes;
  }

  /** Sets the loop, for the elements of vectors. */
  PointwiseCall on(Loop loop) {
    this.loop = loop;
    granule = lanes;
    return this;
  }

  /** Turns to the rows of matrices. */
  PointwiseCall rows(int columns, int ldx, int ldy) {
    granule = 1;
    this.columns = columns;
    this.ldx = ldx;
    this.ldy = ldy;
    return this;
  }

  PointwiseCall x(float[] x, int xo) {
    this.x = x;
    this.xo = xo;
    return this;
  }

  PointwiseCall b(float[] b, int bo) {
    this.b = b;
    this.bo = bo;
    return this;
  }

  PointwiseCall y(float[] y, int yo) {
    this.y = y;
    this.yo = yo;
    return this;
  }

  PointwiseCall numbers(float p1, float p2) {
    this.p1 = p1;
    this.p2 = p2;
    return this;
  }

  PointwiseCall function(Nonlinearity function) {
    this.function = function;
    return numbers(function.parameter(), function.second());
  }

  PointwiseCall random(long key, int index, int threshold) {
    this.key = key;
    this.index = index;
    this.threshold = threshold;
    return this;
  }

  @Override
  protected int granule() {
    return granule;
  }

  @Override
  protected void loop(int from, int to, Scratch scratch) {
    loop.run(this, from, to, scratch);
  }

  @Override
  protected PointwiseCall copyOut(int at, int n) {
    PointwiseCall r = rest;
    if (r == null) {
      r = new PointwiseCall(lanes).x(new float[lanes], 0).b(new float[lanes], 0);
      r.y(new float[lanes], 0).bytes = new byte[lanes];
      rest = r;
    }
    r.loop = loop;
    r.function(function).numbers(p1, p2).random(key, index + at, threshold);
    copy(n, x, xo + at, r.x, 0);
    copy(n, b, bo + at, r.b, 0);
    if (bytes.length > 0) {
      System.arraycopy(bytes, xo + at, r.bytes, 0, n);
    }
    return r;
  }

  @Override
  protected void copyBack(PointwiseCall r, int at, int n) {
    System.arraycopy(r.y, 0, y, yo + at, n);
  }

  @Override
  protected void clear() {
    on(NO_LOOP).x(NONE, 0).b(NONE, 0).y(NONE, 0);
    bytes = NO_BYTES;
    labels = NO_LABELS;
  }
}
