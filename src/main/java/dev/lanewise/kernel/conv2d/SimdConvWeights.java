package dev.lanewise.kernel.conv2d;

import dev.lanewise.kernel.parallel.Call;
import dev.lanewise.kernel.parallel.Scratch;
import dev.lanewise.kernel.parallel.Task;
import dev.lanewise.kernel.parallel.Team;
import dev.lanewise.kernel.support.Lanes;
import dev.lanewise.kernel.support.VectorWidth;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * A backward-weights call. Per image and output row, a tile of up to twelve weight rows (kh, kw, c)
 * by two vectors of filters runs along the columns in registers and is then added to the image's
 * sum; images are added to 32 lanes.
 *
 * <p>Where there are enough tiles of weight rows, the team divides them; otherwise it divides the
 * lanes, each with its images. Either way every lane takes its images in ascending order.
 */
final class SimdConvWeights implements Task {
  private static final float[] NONE = {};
  private static final VectorSpecies<Float> S = VectorWidth.FLOATS;
  private static final int L = VectorWidth.LANES;
  private static final int LANES = Lanes.COUNT;

  /** As in {@link SimdConvGather}. */
  private static final int MOST_ROWS = VectorWidth.MACHINE_BITS == 256 ? 6 : 12;

  private final int laneElements;
  private final SimdConvPatches g;
  private final Part[] parts;
  private final Lanes sharedSum = new Lanes();
  private float[] sharedLanes = NONE;

  private float[] x = NONE;
  private int xOffset;
  private float[] dy = NONE;
  private int dyOffset;
  private float[] dw = NONE;
  private int dwOffset;

  private int tileRows;
  private int tilesPerGroup;
  private int padded;
  private boolean byLanes;
  private int running;
  private int group;
  private int firstImage;
  private int lastImage;

  SimdConvWeights(int threads, ConvBlocks blocks) {
    laneElements = blocks.laneElements();
    g = new SimdConvPatches(blocks.windowElements());
    parts = new Part[threads];
    for (int i = 0; i < threads; i++) {
      parts[i] = new Part();
    }
  }

  void backwardWeights(Team team, ConvCall c) {
    g.set(c.shape);
    x = c.x;
    xOffset = c.xAt;
    dy = c.y;
    dyOffset = c.yAt;
    dw = c.w;
    dwOffset = c.wAt;
    padded = SimdConvPack.padded(g.groupFilters);
    tileRows = g.terms <= 6 ? 6 : Math.min(MOST_ROWS, g.terms <= 9 ? 9 : 12);
    tilesPerGroup = (g.terms + tileRows - 1) / tileRows;
    execute(team);
    x = NONE;
    dy = NONE;
    dw = NONE;
  }

  private void execute(Team team) {
    int tiles = g.groups * tilesPerGroup;
    long work = (long) g.images * g.outRows * g.outCols * g.groupFilters * g.groups * g.terms;
    boolean solo = work < Call.ALONE;
    byLanes = !solo && team.members() > 1 && tiles < 2 * team.members() && g.images > 1;
    if (byLanes) {
      for (group = 0; group < g.groups; group++) {
        executeByLanes(team);
      }
    } else if (solo) {
      running = 1;
      part(0);
    } else {
      running = Math.min(team.members(), tiles);
      team.run(running, this);
    }
  }

  private void executeByLanes(Team team) {
    sharedSum.begin(tilesPerGroup * tileRows * padded);
    for (int block = 0; block < Lanes.blocks(g.images); block++) {
      firstImage = block * Lanes.BLOCK;
      lastImage = firstImage + Lanes.size(g.images, block);
      sharedLanes = sharedSum.block(lastImage - firstImage);
      running = Math.min(team.members(), Math.min(LANES, lastImage - firstImage));
      team.run(running, this);
    }
    write(sharedSum, group, 0, tilesPerGroup, parts[0]);
  }

  @Override
  public void run(int part, Scratch scratch) {
    part(part);
  }

  private void part(int number) {
    Part part = parts[number];
    part.window.clear();
    if (byLanes) {
      int active = Math.min(LANES, lastImage - firstImage);
      int from = active * number / running;
      int to = active * (number + 1) / running;
      part.lanes(group, 0, tilesPerGroup, sharedLanes, from, to, firstImage, lastImage);
      return;
    }
    int tiles = g.groups * tilesPerGroup;
    int end = (int) ((long) tiles * (number + 1) / running);
    int lanes = Math.clamp(g.images, 1, LANES);
    int fit = (int) Math.max(1, laneElements / ((long) lanes * tileRows * padded));
    for (int tile = (int) ((long) tiles * number / running); tile < end; ) {
      int first = tile % tilesPerGroup;
      int last = Math.min(Math.min(first + fit, tilesPerGroup), first + end - tile);
      part.block(tile / tilesPerGroup, first, last);
      tile += last - first;
    }
  }

  /** Writes the sums of the weight rows of some tiles to dw. */
  private void write(Lanes lanes, int group, int firstTile, int lastTile, Part part) {
    float[] sum = part.image((lastTile - firstTile) * tileRows * padded);
    lanes.total(sum, 0);
    int last = Math.min(g.terms, lastTile * tileRows);
    int from = 0;
    for (int term = firstTile * tileRows; term < last; term++, from += padded) {
      int to = dwOffset + term * g.filters + group * g.groupFilters;
      System.arraycopy(sum, from, dw, to, g.groupFilters);
    }
  }

  /** What one part of the work writes to before anything is finished. */
  private final class Part {
    private final SimdConvPatches.Window window = g.new Window();
    private final Lanes sum = new Lanes();
    private float[] image = new float[0];
    private float[] chains = new float[0];
    private float[] packedX = new float[0];
    private final SimdConvPack.Steps packedSteps = new SimdConvPack.Steps();

    /** What the microkernel reads: a window, or packedX. */
    private float[] pixels = NONE;

    private int pixelsAt;
    private int[] steps = {};
    private float[] packedDy = new float[0];

    /** All images for some tiles of one group, block by block. */
    void block(int group, int firstTile, int lastTile) {
      sum.begin((lastTile - firstTile) * tileRows * padded);
      for (int block = 0; block < Lanes.blocks(g.images); block++) {
        int begin = block * Lanes.BLOCK;
        int images = Lanes.size(g.images, block);
        float[] lanes = sum.block(images);
        lanes(group, firstTile, lastTile, lanes, 0, Math.min(LANES, images), begin, begin + images);
      }
      write(sum, group, firstTile, lastTile, this);
    }

    float[] image(int size) {
      if (image.length < size) {
        image = new float[size];
      }
      return image;
    }

    /** Adds the images from {@code begin} to {@code end} to the lanes from {@code from} on. */
    void lanes(
        int group,
        int firstTile,
        int lastTile,
        float[] lanes,
        int from,
        int to,
        int begin,
        int end) {
      int size = (lastTile - firstTile) * tileRows * padded;
      image(size);
      for (int lane = from; lane < to; lane++) {
        for (int n = begin + lane; n < end; n += LANES) {
          image(group, firstTile, lastTile, n);
          addAll(image, size, lanes, lane * size);
        }
      }
    }

    /** Sums the rows of one image. */
    private void image(int group, int firstTile, int lastTile, int n) {
      boolean plain = g.groups == 1 && padded == g.filters && padded <= 2 * L;
      int length = MOST_ROWS * g.outCols + SimdConvPack.SLACK;
      if (packedX.length < length) {
        packedX = new float[length];
      }
      if (chains.length < tileRows * padded) {
        chains = new float[tileRows * padded];
      }
      if (!plain && packedDy.length < g.outCols * padded) {
        packedDy = new float[g.outCols * padded];
      }
      for (int oh = 0; oh < g.outRows; oh++) {
        int row = dyOffset + (n * g.outRows + oh) * g.outCols * g.filters;
        if (!plain) {
          packDy(row + group * g.groupFilters);
        }
        window.provide(x, xOffset, n, oh);
        for (int tile = firstTile; tile < lastTile; tile++) {
          int term = tile * tileRows;
          if (window.isPacked(term, tileRows)) {
            pixels = window.rows;
            pixelsAt = window.offset(oh, group, term);
            steps = g.columnOffset;
          } else {
            window.pack(x, xOffset, n, oh, group, term, tileRows, packedX);
            pixels = packedX;
            pixelsAt = 0;
            steps = packedSteps.of(tileRows, g.outCols);
          }
          int c = (tile - firstTile) * tileRows * padded;
          if (oh == 0) {
            row(plain, row, image, c);
          } else {
            row(plain, row, chains, 0);
            addAll(chains, tileRows * padded, image, c);
          }
        }
      }
    }

    /** The chains of one output row for the packed terms and all filters. */
    private void row(boolean plain, int dyRow, float[] c, int cOffset) {
      float[] b = plain ? dy : packedDy;
      int from = plain ? dyRow : 0;
      for (int f = 0; f < padded; f += 2 * L) {
        SimdConvMicrokernel.run(
            tileRows,
            SimdConvPack.vectors(f, padded),
            g.outCols,
            pixels,
            pixelsAt,
            steps,
            0,
            b,
            from + f * g.outCols,
            SimdConvMicrokernel.ZEROS,
            0,
            0,
            c,
            cOffset + f,
            padded);
      }
    }

    /** Packs a row of dy, one group's filters, as panels of two vectors or one. */
    private void packDy(int from) {
      int to = 0;
      for (int f = 0; f < padded; f += 2 * L) {
        int width = Math.min(2 * L, padded - f);
        int valid = Math.min(width, g.groupFilters - f);
        for (int ow = 0; ow < g.outCols; ow++, to += width) {
          int at = from + ow * g.filters + f;
          if (valid == 2 * L) {
            FloatVector.fromArray(S, dy, at).intoArray(packedDy, to);
            FloatVector.fromArray(S, dy, at + L).intoArray(packedDy, to + L);
          } else {
            System.arraycopy(dy, at, packedDy, to, valid);
            Arrays.fill(packedDy, to + valid, to + width, 0f);
          }
        }
      }
    }
  }

  /** to[i] += from[i]; n is a multiple of the vector. */
  private static void addAll(float[] from, int n, float[] to, int at) {
    for (int i = 0; i < n; i += L) {
      FloatVector.fromArray(S, to, at + i)
          .add(FloatVector.fromArray(S, from, i))
          .intoArray(to, at + i);
    }
  }
}
