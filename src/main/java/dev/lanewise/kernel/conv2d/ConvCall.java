package dev.lanewise.kernel.conv2d;

import dev.lanewise.kernel.TileConsumer;
import dev.lanewise.kernel.TileSource;
import dev.lanewise.kernel.conv2d.special.PooledCall;
import dev.lanewise.kernel.parallel.Call;
import dev.lanewise.kernel.parallel.Scratch;
import dev.lanewise.kernel.parallel.Team;
import dev.lanewise.kernel.support.Lanes;
import dev.lanewise.kernel.support.Multiples;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The arguments of one convolution or gradient. Four arrays play the same parts in all of them: x
 * lies as the input does (the images, or their gradient), w as the weights, y as the output, b as
 * the bias.
 *
 * <p>A call runs one loop or several, one after the other, each over items of its own: strips of
 * rows, tiles of weights, lanes of images.
 */
final class ConvCall extends Call {
  /** A loop over items, of which a team's members do a range each. */
  interface Loop {
    /** Does the items {@code from} to {@code to} − 1. */
    void run(ConvCall call, int from, int to, Scratch scratch);
  }

  private static final float[] NONE = {};
  private static final Conv2dShape NO_SHAPE = Conv2dShape.valid(0, 1, 1, 1, 1, 1, 1);
  private static final Loop NO_LOOP = (call, from, to, scratch) -> {};

  final ConvBlocks blocks;

  /** The sum over images of gradients of weights or bias. */
  final Lanes sum = new Lanes();

  private Loop loop = NO_LOOP;
  private float[] room = NONE;

  /** What forward and backward-input gather, from which array to which, and in which strips. */
  final ConvGeometry geometry = new ConvGeometry();

  float[] panels = NONE;
  float[] source = NONE;
  int sourceAt;
  float[] target = NONE;
  int targetAt;
  int stripRows;

  Conv2dShape shape = NO_SHAPE;
  float[] x = NONE;
  int xAt;
  float[] w = NONE;
  int wAt;
  float[] y = NONE;
  int yAt;
  float[] b = NONE;
  int bAt;

  /** Takes the finished tiles of y, or null. */
  @Nullable TileConsumer consumer;

  /** Makes y, where it is a gradient that does not lie in an array; or null. */
  private @Nullable TileSource dy;

  /** Whether y is written nowhere but in the tiles. */
  boolean tilesOnly;

  /** Sizes of y, which a bias gradient knows without a shape. */
  int images;

  int rows;
  int columns;
  int filters;

  /** What each group has of the input's channels and of the filters. */
  int groupChannels;

  int groupFilters;

  /** The gradient behind a pooling, for {@code special}. */
  final PooledCall pooled = new PooledCall();

  /** The sizes of backward-weights, and the group in hand. */
  final WeightsGeometry weights = new WeightsGeometry();

  int group;

  /** The block of images in hand, and its lanes. */
  int firstImage;

  int lastImage;
  float[] lanes = NONE;

  ConvCall(ConvBlocks blocks) {
    this.blocks = blocks;
  }

  ConvCall shape(Conv2dShape shape) {
    this.shape = shape;
    groupChannels = shape.inChannels() / shape.groups();
    groupFilters = shape.filters() / shape.groups();
    return sizes(shape.batch(), shape.outHeight(), shape.outWidth(), shape.filters());
  }

  ConvCall sizes(int images, int rows, int columns, int filters) {
    this.images = images;
    this.rows = rows;
    this.columns = columns;
    this.filters = filters;
    return this;
  }

  ConvCall x(float[] x, int at) {
    this.x = x;
    xAt = at;
    return this;
  }

  ConvCall w(float[] w, int at) {
    this.w = w;
    wAt = at;
    return this;
  }

  ConvCall y(float[] y, int at) {
    this.y = y;
    yAt = at;
    return this;
  }

  ConvCall b(float[] b, int at) {
    this.b = b;
    bAt = at;
    return this;
  }

  ConvCall consumer(@Nullable TileConsumer consumer, boolean tilesOnly) {
    this.consumer = consumer;
    this.tilesOnly = tilesOnly;
    return this;
  }

  ConvCall gather(float[] source, int sourceAt, float[] target, int targetAt, int stripRows) {
    this.source = source;
    this.sourceAt = sourceAt;
    this.target = target;
    this.targetAt = targetAt;
    this.stripRows = stripRows;
    return this;
  }

  /** Number of strips of an image. */
  int strips() {
    return (geometry.gridRows + stripRows - 1) / stripRows;
  }

  /** Room for packed weights. */
  float[] panels(int elements) {
    if (panels.length < elements) {
      panels = new float[elements];
    }
    return panels;
  }

  /** Room for y, where a source makes it. */
  float[] room() {
    int elements = shape.outElements();
    if (room.length < elements) {
      room = new float[elements];
    }
    return room;
  }

  /** A loop over images, which {@link #dy} makes. */
  static void fill(ConvCall c, int from, int to, Scratch scratch) {
    TileSource dy = Objects.requireNonNull(c.dy);
    int pixels = c.rows * c.columns;
    for (int n = from; n < to; n++) {
      dy.fill(c.y, c.yAt + n * pixels * c.filters, n * pixels, pixels);
    }
  }

  /**
   * Returns how many output rows a tile holds: as many as a tile's elements take, in whole
   * multiples of what the consumer asks for, at least one multiple and at most an image.
   */
  int tileRows() {
    TileConsumer asks = consumer;
    int multiple = asks == null ? 1 : asks.rowMultiple();
    // Tiles are whole output rows, so that the least common multiple counts.
    int unit = multiple / Multiples.greatestCommonDivisor(multiple, columns);
    if (unit >= rows) {
      return rows;
    }
    long fit = blocks.tileElements() / ((long) columns * filters);
    return (int) Math.min(rows, Math.max(unit, fit - fit % unit));
  }

  ConvCall source(@Nullable TileSource dy) {
    this.dy = dy;
    return this;
  }

  ConvCall loop(Loop loop) {
    this.loop = loop;
    return this;
  }

  /** Runs a loop over {@code items} on the calling thread. */
  void alone(int items, Loop loop) {
    this.loop = loop;
    runAlone(items);
  }

  /**
   * Runs a loop over {@code items}, divided unless it is too small for that.
   *
   * @param work the number of terms or elements, all in all
   */
  void divided(Team team, int items, long work, Loop loop) {
    this.loop = loop;
    runDivided(team, items, 1, work);
  }

  /**
   * Fills {@link #sum}: for each block of images a loop over its lanes, image i of the block in
   * lane i mod 32.
   *
   * @param size floats of a lane
   * @param work the number of terms or elements, all in all
   */
  void sumImages(Team team, int size, long work, Loop loop) {
    sum.begin(size);
    for (int block = 0; block < Lanes.blocks(images); block++) {
      firstImage = block * Lanes.BLOCK;
      lastImage = firstImage + Lanes.size(images, block);
      lanes = sum.block(lastImage - firstImage);
      divided(team, Math.min(Lanes.COUNT, lastImage - firstImage), work, loop);
    }
  }

  @Override
  protected void range(int from, int to, Scratch scratch) {
    loop.run(this, from, to, scratch);
  }

  @Override
  protected void clear() {
    loop = NO_LOOP;
    x(NONE, 0).w(NONE, 0).y(NONE, 0).b(NONE, 0).gather(NONE, 0, NONE, 0, 1);
    consumer(null, false).source(null);
  }
}
