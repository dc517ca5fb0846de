package dev.lanewise.kernel.conv2d;

import dev.lanewise.kernel.TileConsumer;
import dev.lanewise.kernel.conv2d.special.SimdConvThreeWide;
import dev.lanewise.kernel.parallel.Call;
import dev.lanewise.kernel.parallel.Scratch;
import dev.lanewise.kernel.parallel.Task;
import dev.lanewise.kernel.parallel.Team;
import dev.lanewise.kernel.support.VectorWidth;
import org.jspecify.annotations.Nullable;

/**
 * A forward or backward-input call: strips of grid rows, shared out among the team, each a matrix
 * product of gathered pixels and packed weights.
 *
 * <p>Of a strip's pixels twelve at a time meet every panel of weights: read from the window where
 * they are neighbours in a row, else packed with all their terms. Fourteen at a time where rows
 * consist of them, as in networks whose images are multiples of 7: then nothing is ever packed.
 */
final class SimdConvGather implements Task {
  private static final float[] NONE = {};

  /** 24 accumulators, or 12 where there are only 16 registers (256 bits: AVX2). */
  private static final int MOST_ROWS = VectorWidth.MACHINE_BITS == 256 ? 6 : 12;

  /** Rows of a tile that never leaves a grid row, or 0 where there are too few registers. */
  private static final int WIDE_ROWS =
      VectorWidth.MACHINE_BITS == 256 ? 0 : SimdConvMicrokernel.MOST_ROWS;

  /** A window beyond this (16 MB) is not made; only kernels of huge reach ask for it. */
  private static final int WINDOW_LIMIT = 1 << 22;

  private final int termBlock;
  private final int windowElements;
  private final GatherGeometry g = new GatherGeometry();
  private final Part[] parts;
  private float[] panels = new float[0];
  private int padded;

  private float[] source = NONE;
  private int sourceOffset;
  private float[] target = NONE;
  private int targetOffset;
  private boolean tilesOnly;
  private @Nullable TileConsumer consumer;
  private int stripRows;
  private int strips;
  private int running;

  SimdConvGather(int threads, ConvBlocks blocks) {
    termBlock = blocks.terms();
    windowElements = blocks.windowElements();
    parts = new Part[threads];
    for (int i = 0; i < threads; i++) {
      parts[i] = new Part();
    }
  }

  void forward(Team team, ConvCall c) {
    g.forward(c.shape, WINDOW_LIMIT);
    source = c.x;
    sourceOffset = c.xAt;
    tilesOnly = c.tilesOnly;
    target = c.y;
    targetOffset = c.yAt;
    consumer = c.consumer;
    stripRows = c.tileRows();
    execute(team, false, c.w, c.wAt);
    release();
  }

  void backwardInput(Team team, ConvCall c) {
    Conv2dShape shape = c.shape;
    source = c.y;
    sourceOffset = c.yAt;
    tilesOnly = false;
    target = c.x;
    targetOffset = c.xAt;
    // Phases beyond the image hold no pixel, and a stride may be far larger than the image.
    int rowPhases = Math.min(shape.strideHeight(), shape.inHeight());
    int colPhases = Math.min(shape.strideWidth(), shape.inWidth());
    for (int row = 0; row < rowPhases; row++) {
      for (int col = 0; col < colPhases; col++) {
        g.backwardInput(shape, row, col, WINDOW_LIMIT);
        long rowElements = (long) g.gridCols * g.targetChannels;
        stripRows = Math.clamp(c.blocks.tileElements() / rowElements, 1, g.gridRows);
        execute(team, true, c.w, c.wAt);
      }
    }
    release();
  }

  private void release() {
    source = NONE;
    target = NONE;
    consumer = null;
  }

  private void execute(Team team, boolean transposed, float[] w, int wOffset) {
    padded = SimdConvPack.padded(g.groupTarget);
    int size = Math.multiplyExact(Math.multiplyExact(g.groups, padded), g.terms);
    if (panels.length < size + SimdConvPack.SLACK) {
      panels = new float[size + SimdConvPack.SLACK];
    }
    SimdConvPack.weights(g, transposed, w, wOffset, panels);
    strips = (g.gridRows + stripRows - 1) / stripRows;
    int units = g.images * strips;
    long work = (long) g.images * g.gridRows * g.gridCols * g.groups * g.groupTarget * g.terms;
    if (work < Call.ALONE) {
      running = 1;
      part(0);
    } else {
      running = Math.min(team.members(), units);
      team.run(running, this);
    }
  }

  @Override
  public void run(int part, Scratch scratch) {
    part(part);
  }

  private void part(int number) {
    Part part = parts[number];
    part.windowImage = -1;
    int units = g.images * strips;
    int end = (int) ((long) units * (number + 1) / running);
    for (int unit = (int) ((long) units * number / running); unit < end; unit++) {
      int image = unit / strips;
      int first = unit % strips * stripRows;
      int last = Math.min(g.gridRows, first + stripRows);
      long most = Math.min(g.gridRows, (unit % strips + (long) end - unit) * stripRows);
      strip(part, image, first, last, (int) most);
    }
  }

  private void strip(Part part, int image, int first, int last, int most) {
    int pixels = (last - first) * g.gridCols;
    float[] to = target;
    int at = targetOffset + (image * g.targetRows + first) * g.targetCols * g.targetChannels;
    if (tilesOnly) {
      to = part.tile(pixels * g.targetChannels);
      at = 0;
    }
    int next;
    for (int row = first; row < last; row = next) {
      next = g.windowed ? Math.min(last, part.provide(image, row, most)) : last;
      rows(part, image, row, next, to, at + (row - first) * g.gridCols * g.targetChannels);
    }
    if (consumer != null) {
      int row = (image * g.gridRows + first) * g.gridCols;
      consumer.accept(to, at, g.targetChannels, row, pixels, 0, g.targetChannels);
    }
  }

  private void rows(Part part, int image, int first, int last, float[] to, int at) {
    if (g.threeWide && padded == g.groupTarget) {
      threeWide(part, first, last, to, at);
      return;
    }
    int pixels = (last - first) * g.gridCols;
    boolean wide =
        WIDE_ROWS > 0
            && g.windowed
            && g.gridCols % WIDE_ROWS == 0
            && padded % (2 * VectorWidth.LANES) == 0;
    for (int group = 0; group < g.groups; group++) {
      for (int p = 0; p < pixels; ) {
        int left = pixels - p;
        int rows = wide ? WIDE_ROWS : left <= 6 ? 6 : Math.min(MOST_ROWS, left <= 9 ? 9 : 12);
        int count = Math.min(rows, left);
        if (count == rows && padded == g.groupTarget && g.dense()) {
          int c = at + p * g.targetChannels + group * g.groupTarget;
          tile(part, image, first, group, p, count, rows, to, c, g.targetChannels);
        } else {
          tile(part, image, first, group, p, count, rows, part.edge(padded), 0, padded);
          copyEdge(part, image, first, group, p, count, to, at);
        }
        p += count;
      }
    }
  }

  /** Computes grid rows straight from the window, with nothing packed. */
  private void threeWide(Part part, int first, int last, float[] to, int at) {
    int kernelRows = g.terms / 3;
    int pitch = kernelRows > 1 ? g.termOffset[3] : 0;
    for (int group = 0; group < g.groups; group++) {
      for (int n = 0; n < padded; n += 2 * VectorWidth.LANES) {
        int from = group * g.channelPitch;
        for (int row = first; row < last; row++) {
          SimdConvThreeWide.row(
              SimdConvPack.vectors(n, padded),
              kernelRows,
              part.window,
              from + (row - part.windowFirst) * g.rowStep * g.rowPitch,
              pitch,
              panels,
              (group * padded + n) * g.terms,
              g.gridCols,
              to,
              at + (row - first) * g.gridCols * g.targetChannels + group * g.groupTarget + n,
              g.targetChannels);
        }
      }
    }
  }

  /**
   * Computes {@code rows} pixels of the grid rows from {@code first} on, {@code count} of them
   * real, for all panels.
   */
  private void tile(
      Part part,
      int image,
      int first,
      int group,
      int p,
      int count,
      int rows,
      float[] c,
      int cOffset,
      int ldc) {
    int most = Math.min(termBlock, g.terms);
    boolean neighbours = g.windowed && p % g.gridCols + rows <= g.gridCols;
    float[] pa = neighbours ? part.window : part.packed(most * rows);
    int a = neighbours ? part.pixel(first, group, p) : 0;
    int[] steps = neighbours ? g.termOffset : part.steps.of(rows, most);
    int k = 0;
    do {
      int kc = Math.min(termBlock, g.terms - k);
      if (!neighbours) {
        pack(part, image, first, group, p, count, rows, k, kc, pa);
      }
      float[] start = k == 0 ? SimdConvMicrokernel.ZEROS : c;
      int lds = k == 0 ? 0 : ldc;
      for (int n = 0; n < padded; n += 2 * VectorWidth.LANES) {
        int vectors = SimdConvPack.vectors(n, padded);
        int b = (group * padded + n) * g.terms + k * vectors * VectorWidth.LANES;
        SimdConvMicrokernel.run(
            rows,
            vectors,
            kc,
            pa,
            a,
            steps,
            neighbours ? k : 0,
            panels,
            b,
            start,
            k == 0 ? 0 : cOffset + n,
            lds,
            c,
            cOffset + n,
            ldc);
      }
      k += kc;
    } while (k < g.terms);
  }

  private void pack(
      Part part,
      int image,
      int first,
      int group,
      int p,
      int count,
      int rows,
      int k,
      int kc,
      float[] pa) {
    if (g.windowed) {
      packWindow(part, first, group, p, count, rows, k, kc, pa);
    } else {
      int from = sourceOffset + image * g.sourceRows * g.sourceCols * g.sourceChannels;
      int pixel = first * g.gridCols + p;
      SimdConvPack.unwindowed(g, source, from, group, pixel, count, rows, k, kc, pa);
    }
  }

  private void packWindow(
      Part part, int first, int group, int p, int count, int rows, int k, int kc, float[] pa) {
    int col = p % g.gridCols;
    int lift = g.rowStep * g.rowPitch;
    int base = part.pixel(first, group, p) - col;
    int head = g.gridCols - col;
    if (count == rows && rows != 9 && g.gridCols >= rows) {
      SimdConvPack.twoRows(
          rows, part.window, base + col, base + lift, head, g.termOffset, k, kc, pa);
    } else {
      for (int r = 0; r < rows; r++) {
        part.pixels[r] = base + col;
        // Rows that are not real repeat the last one.
        if (r < count - 1 && ++col == g.gridCols) {
          col = 0;
          base += lift;
        }
      }
      SimdConvPack.pixels(part.window, part.pixels, rows, g.termOffset, k, kc, pa);
    }
  }

  /** Copies the real part of an edge tile to its pixels of the target. */
  private void copyEdge(
      Part part, int image, int first, int group, int p, int count, float[] to, int stripAt) {
    boolean dense = g.dense();
    for (int r = 0; r < count; r++) {
      int at;
      if (dense) {
        at = stripAt + (p + r) * g.targetChannels;
      } else {
        int row = g.targetRow + (first + (p + r) / g.gridCols) * g.targetRowStep;
        int col = g.targetCol + (p + r) % g.gridCols * g.targetColStep;
        at = targetOffset + ((image * g.targetRows + row) * g.targetCols + col) * g.targetChannels;
      }
      System.arraycopy(part.edge, r * padded, to, at + group * g.groupTarget, g.groupTarget);
    }
  }

  /** What one part of the work writes to before anything is finished. */
  private final class Part {
    float[] window = new float[0];
    int windowImage = -1;
    int windowFirst;
    private int windowLast;
    private float[] packed = new float[0];
    private float[] edge = new float[0];
    private float[] tile = new float[0];
    private final float[] square = new float[VectorWidth.LANES * VectorWidth.LANES];
    final SimdConvPack.Steps steps = new SimdConvPack.Steps();
    final int[] pixels = new int[12];

    /** Where pixel p of the grid rows from {@code first} on lies in the window. */
    int pixel(int first, int group, int p) {
      int row = first + p / g.gridCols - windowFirst;
      return row * g.rowStep * g.rowPitch + group * g.groupSource * g.channelPitch + p % g.gridCols;
    }

    float[] packed(int length) {
      if (packed.length < length + SimdConvPack.SLACK) {
        packed = new float[length + SimdConvPack.SLACK];
      }
      return packed;
    }

    float[] edge(int padded) {
      if (edge.length < SimdConvMicrokernel.MOST_ROWS * padded) {
        edge = new float[SimdConvMicrokernel.MOST_ROWS * padded];
      }
      return edge;
    }

    float[] tile(int length) {
      if (tile.length < length) {
        tile = new float[length];
      }
      return tile;
    }

    /**
     * Sees that the window holds what grid row {@code first} reads; a new window holds as many of
     * the rows up to {@code most} as windowElements take, in whole strips where that is possible.
     *
     * @return the grid row that the window ends before
     */
    int provide(int image, int first, int most) {
      if (image == windowImage && first >= windowFirst && first < windowLast) {
        return windowLast;
      }
      long fit = (windowElements / g.rowPitch - (long) g.rowSpan) / g.rowStep + 1;
      int rows = Math.clamp(fit > stripRows ? fit - fit % stripRows : fit, 1, most - first);
      int sourceRows = (int) g.windowRows(rows);
      int length = sourceRows * g.rowPitch + SimdConvPack.SLACK;
      if (window.length < length) {
        window = new float[length];
      }
      int from = sourceOffset + image * g.sourceRows * g.sourceCols * g.sourceChannels;
      SimdConvPack.window(g, source, from, first, sourceRows, window, square);
      windowImage = image;
      windowFirst = first;
      windowLast = first + rows;
      return windowLast;
    }
  }
}
