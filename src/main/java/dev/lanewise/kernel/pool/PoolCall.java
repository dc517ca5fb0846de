package dev.lanewise.kernel.pool;

import dev.lanewise.kernel.parallel.Call;
import dev.lanewise.kernel.parallel.Scratch;
import dev.lanewise.kernel.support.Check;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The arguments of one pooling: x is the side of its input (images, or the gradient with respect to
 * them), y that of its output, argmax the winners of a max-pooling. Items are rows of images,
 * counted through all images.
 *
 * <p>Channel j of pixel (image, h, w) of x, 0 ≤ j &lt; columns, lies at {@code x[xo + ((image ·
 * inHeight + h) · inWidth + w) · ldx + j]}. Pixels of y and of argmax are ldy apart.
 *
 * <p>Loops take a granule of channels at a time, and see no fewer: of narrower images they see what
 * {@link NarrowPool} makes of them.
 */
final class PoolCall extends Call {
  private static final float[] NONE = {};
  private static final int[] NO_ARGMAX = {};
  private static final Pool2dShape NO_SHAPE = Pool2dShape.valid(0, 1, 1, 1, 1, 1);

  /** Channels that the loops take at a time: 1, or the lanes of a vector. */
  final int granule;

  private final List<PoolLoops> implementations;
  private final Supplier<NarrowPool> newNarrow;
  private PoolLoops loops;
  boolean backward;
  private int firstRow;

  Pool2dShape shape = NO_SHAPE;
  int outHeight;
  int outWidth;
  float[] x = NONE;
  int xo;
  int ldx;
  int columns;
  float[] y = NONE;
  int yo;
  int ldy;

  /** The winners; empty if nobody wants them. */
  int[] argmax = NO_ARGMAX;

  int argmaxOffset;

  /** What is added to x, one value a channel, before ReLU; empty if neither is done. */
  float[] bias = NONE;

  int biasOffset;

  /** Makes a call that tries the implementations in this order; the last one fits always. */
  PoolCall(int granule, List<PoolLoops> implementations) {
    this.granule = granule;
    this.implementations = implementations;
    newNarrow = () -> new NarrowPool(new PoolCall(granule, implementations));
    loops = implementations.getLast();
  }

  PoolCall on(Pool2dShape shape, float[] x, int xo, float[] y, int yo) {
    this.shape = shape;
    outHeight = shape.outHeight();
    outWidth = shape.outWidth();
    this.y = y;
    this.yo = yo;
    ldy = shape.channels();
    return from(x, xo, ldy, ldy);
  }

  PoolCall argmax(int @Nullable [] argmax, int offset) {
    this.argmax = argmax == null ? NO_ARGMAX : argmax;
    argmaxOffset = offset;
    return this;
  }

  /**
   * Makes this the same pooling as another, but of a tile of x.
   *
   * @param xo where pixel 0 of the first image lies, or would lie
   * @param column the first of the channels
   * @param columns the number of channels
   */
  PoolCall tile(PoolCall other, float[] x, int xo, int ldx, int column, int columns) {
    shape = other.shape;
    outHeight = other.outHeight;
    outWidth = other.outWidth;
    y = other.y;
    yo = other.yo + column;
    ldy = other.ldy;
    argmax = other.argmax;
    argmaxOffset = other.argmaxOffset + column;
    return from(x, xo, ldx, columns);
  }

  private PoolCall from(float[] x, int xo, int ldx, int columns) {
    this.x = x;
    this.xo = xo;
    this.ldx = ldx;
    this.columns = columns;
    return this;
  }

  /** Sets and checks the bias of the channels. */
  void bias(float[] bias, int offset) {
    Check.range("bias", bias, offset, columns);
    this.bias = bias;
    biasOffset = offset;
  }

  /** Whether this pooling's loop can add a bias and apply ReLU on the way. */
  boolean addsBias() {
    choose(false);
    return loops.biased();
  }

  /** Pools the rows of windows {@code from} to {@code to} − 1 on the calling thread. */
  void pool(int from, int to) {
    choose(false);
    firstRow = from;
    runAlone(to - from);
  }

  /** Makes this a pooling, and returns how many rows it has. */
  int forward() {
    choose(false);
    return shape.batch() * outHeight;
  }

  /** Makes this a pooling's gradient, and returns how many rows it has. */
  int backward() {
    choose(true);
    return shape.batch() * (byWindows() ? outHeight : shape.inHeight());
  }

  private void choose(boolean backward) {
    this.backward = backward;
    firstRow = 0;
    int i = 0;
    while (!implementations.get(i).fits().test(this)) {
      i++;
    }
    loops = implementations.get(i);
  }

  @Override
  protected void range(int from, int to, Scratch scratch) {
    PoolLoops.Loop loop = backward ? loops.backward() : loops.forward();
    if (columns < granule) {
      NarrowPool narrow = scratch.object(NarrowPool.class, newNarrow);
      for (int row = firstRow + from; row < firstRow + to; row++) {
        narrow.run(this, loop, row, scratch);
      }
      return;
    }
    for (int row = firstRow + from; row < firstRow + to; row++) {
      loop.run(this, row);
    }
  }

  /** Whether rows are those of windows, not those of the input. */
  boolean byWindows() {
    return !backward || loops.backwardByWindows();
  }

  /** Where row h of an image of x begins. */
  int rowOfX(int image, int h) {
    return xo + (image * shape.inHeight() + h) * shape.inWidth() * ldx;
  }

  /** The first row of the image that the windows of row {@code oh} hold. */
  int top(int oh) {
    return Math.max(0, oh * shape.strideHeight() - shape.padTop());
  }

  /** How many rows of the image the windows of row {@code oh} hold. */
  int high(int oh) {
    int end = oh * shape.strideHeight() - shape.padTop() + shape.windowHeight();
    return Math.min(shape.inHeight(), end) - top(oh);
  }

  /** The first column of the image that the windows of column {@code ow} hold. */
  int left(int ow) {
    return Math.max(0, ow * shape.strideWidth() - shape.padLeft());
  }

  /** How many columns of the image the windows of column {@code ow} hold. */
  int wide(int ow) {
    int end = ow * shape.strideWidth() - shape.padLeft() + shape.windowWidth();
    return Math.min(shape.inWidth(), end) - left(ow);
  }

  /** Which pixel of window (oh, ow) pixel (ih, iw) of the image is: kh · windowWidth + kw. */
  int place(int ih, int iw, int oh, int ow) {
    int kh = ih + shape.padTop() - oh * shape.strideHeight();
    int kw = iw + shape.padLeft() - ow * shape.strideWidth();
    return kh * shape.windowWidth() + kw;
  }

  /** The first row of windows that hold row {@code ih} of the image. */
  int firstRow(int ih) {
    return first(ih + shape.padTop(), shape.windowHeight(), shape.strideHeight());
  }

  /** The last row of windows that hold row {@code ih}; before the first if none does. */
  int lastRow(int ih) {
    return Math.min(outHeight - 1, (ih + shape.padTop()) / shape.strideHeight());
  }

  /** The first column of windows that hold column {@code iw} of the image. */
  int firstColumn(int iw) {
    return first(iw + shape.padLeft(), shape.windowWidth(), shape.strideWidth());
  }

  /** The last column of windows that hold column {@code iw}; before the first if none does. */
  int lastColumn(int iw) {
    return Math.min(outWidth - 1, (iw + shape.padLeft()) / shape.strideWidth());
  }

  private static int first(int position, int window, int stride) {
    return position < window ? 0 : (position - window) / stride + 1;
  }

  @Override
  protected void clear() {
    shape = NO_SHAPE;
    x = NONE;
    y = NONE;
    argmax = NO_ARGMAX;
    bias = NONE;
  }
}
