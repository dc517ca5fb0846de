package dev.lanewise.kernel.pool;

import dev.lanewise.kernel.TileConsumer;
import dev.lanewise.kernel.support.BiasReluTiles;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Finds the windows that lie in a tile, and pools them by a call of the kernel's. */
final class MaxPoolTiles implements TileConsumer {
  private final PoolCall whole;
  private final Pool2dShape shape;
  private final @Nullable TileConsumer next;

  /** Bias and ReLU, which the pooling does in passing where a tile has a vector of channels. */
  private final @Nullable BiasReluTiles before;

  private final Supplier<PoolCall> take;
  private final Consumer<PoolCall> give;

  /**
   * Makes a consumer.
   *
   * @param whole the pooling, but for x
   * @param next takes the pooled tiles, or null
   * @param before is to be done to tiles first, or null
   * @param take lends a call for a tile
   * @param give takes it back
   */
  MaxPoolTiles(
      PoolCall whole,
      @Nullable TileConsumer next,
      @Nullable BiasReluTiles before,
      Supplier<PoolCall> take,
      Consumer<PoolCall> give) {
    this.whole = whole;
    shape = whole.shape;
    this.next = next;
    this.before = before;
    this.take = take;
    this.give = give;
  }

  @Override
  public TileConsumer behind(TileConsumer first) {
    return before == null && first instanceof BiasReluTiles bias && whole.addsBias()
        ? new MaxPoolTiles(whole, next, bias, take, give)
        : first.andThen(this);
  }

  @Override
  public int rowMultiple() {
    // A stride beyond the image leaves one window: whole images. Only images of an empty batch can
    // be larger than an int counts, and they have no tiles.
    long rows = Math.min(shape.strideHeight(), shape.inHeight());
    return (int) Math.min(rows * shape.inWidth(), Integer.MAX_VALUE);
  }

  @Override
  public int columnMultiple() {
    return next == null ? 1 : next.columnMultiple();
  }

  @Override
  public void accept(float[] tile, int offset, int ld, int row, int rows, int column, int columns) {
    int from = windowsAbove(row);
    int to = windowsAbove(row + rows);
    if (from < 0 || to < 0) {
      throw refused(row, rows);
    }
    if (from == to) {
      return;
    }
    PoolCall call = take.get();
    call.tile(whole, tile, offset - row * ld, ld, column, columns);
    if (before != null && columns >= call.granule) {
      call.bias(before.bias(), before.biasOffset() + column);
    } else if (before != null) {
      before.accept(tile, offset, ld, row, rows, column, columns);
    }
    call.pool(from, to);
    give.accept(call);
    if (next != null) {
      int ldy = whole.ldy;
      int pixel = from * whole.outWidth;
      int pixels = (to - from) * whole.outWidth;
      next.accept(whole.y, whole.yo + pixel * ldy + column, ldy, pixel, pixels, column, columns);
    }
  }

  /** How many rows of windows lie above a pixel, or −1 if none could begin or end there. */
  private int windowsAbove(int pixel) {
    int row = pixel / shape.inWidth();
    int image = row / shape.inHeight();
    int ih = row - image * shape.inHeight();
    if (row * shape.inWidth() != pixel || ih % shape.strideHeight() != 0) {
      return -1;
    }
    return image * whole.outHeight + Math.min(whole.outHeight, ih / shape.strideHeight());
  }

  private IllegalArgumentException refused(int row, int rows) {
    return new IllegalArgumentException(
        ("the tile has the rows %s to %s, but must begin at a multiple of %s from an image's start,"
                + " and end at one or at the image's end")
            .formatted(row, row + rows - 1, rowMultiple()));
  }
}
