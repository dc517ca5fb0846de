package dev.lanewise.kernel.conv2d;

import dev.lanewise.kernel.parallel.Scratch;
import dev.lanewise.kernel.parallel.Task;
import dev.lanewise.kernel.parallel.Team;
import dev.lanewise.kernel.support.VectorWidth;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** A backward-bias call: the team divides the 32 lanes, each with its images. */
final class SimdConvBias implements Task {
  private static final float[] NONE = {};
  private static final VectorSpecies<Float> S = VectorWidth.FLOATS;
  private static final int L = VectorWidth.LANES;
  private static final int LANES = BlockSum.LANES;

  private float[] lanes = new float[0];
  private final BlockSum blocks = new BlockSum();
  private final float[][] images;

  private float[] dy = NONE;
  private int dyOffset;
  private int rows;
  private int cols;
  private int filters;
  private int firstImage;
  private int lastImage;
  private int running;

  SimdConvBias(int threads) {
    images = new float[threads][0];
  }

  void backwardBias(
      Team team, Conv2dShape shape, float[] dy, int dyOffset, float[] db, int dbOffset) {
    this.dy = dy;
    this.dyOffset = dyOffset;
    rows = shape.outHeight();
    cols = shape.outWidth();
    filters = shape.filters();
    try {
      execute(team, shape.batch(), db, dbOffset);
    } finally {
      this.dy = NONE;
    }
  }

  private void execute(Team team, int batch, float[] db, int dbOffset) {
    boolean solo = (long) batch * rows * cols * filters < SimdConv2d.SOLO_WORK;
    boolean several = batch > BlockSum.BLOCK;
    if (several) {
      blocks.start(filters);
    }
    if (lanes.length < LANES * filters) {
      lanes = new float[LANES * filters];
    }
    firstImage = 0;
    do {
      lastImage = Math.min(batch - firstImage, BlockSum.BLOCK) + firstImage;
      Arrays.fill(lanes, 0, LANES * filters, 0f);
      int active = Math.min(LANES, lastImage - firstImage);
      running = solo ? 1 : Math.min(team.size(), active);
      if (solo) {
        part(0);
      } else {
        team.run(running, this);
      }
      BlockSum.fold(lanes, filters, LANES);
      if (several) {
        blocks.add(lanes);
      }
      firstImage = lastImage;
    } while (firstImage < batch);
    System.arraycopy(several ? blocks.finish() : lanes, 0, db, dbOffset, filters);
  }

  @Override
  public void run(int part, Scratch scratch) {
    part(part);
  }

  private void part(int number) {
    if (images[number].length < filters) {
      images[number] = new float[filters];
    }
    float[] image = images[number];
    int active = Math.min(LANES, lastImage - firstImage);
    int end = active * (number + 1) / running;
    for (int lane = active * number / running; lane < end; lane++) {
      for (int n = firstImage + lane; n < lastImage; n += LANES) {
        image(dyOffset + n * rows * cols * filters, image);
        for (int f = 0; f < filters; f++) {
          lanes[lane * filters + f] += image[f];
        }
      }
    }
  }

  private void image(int at, float[] image) {
    int whole = VectorWidth.wholeVectors(filters);
    int rowPitch = cols * filters;
    for (int f = 0; f < whole; f += L) {
      FloatVector sum = row(dy, at + f, cols, filters);
      for (int r = 1; r < rows; r++) {
        sum = sum.add(row(dy, at + r * rowPitch + f, cols, filters));
      }
      sum.intoArray(image, f);
    }
    for (int f = whole; f < filters; f++) {
      float sum = 0;
      for (int r = 0; r < rows; r++) {
        float row = 0;
        for (int col = 0; col < cols; col++) {
          row += dy[at + r * rowPitch + col * filters + f];
        }
        sum = r == 0 ? row : sum + row;
      }
      image[f] = sum;
    }
  }

  private static FloatVector row(float[] dy, int at, int cols, int filters) {
    FloatVector sum = FloatVector.zero(S);
    for (int col = 0; col < cols; col++) {
      sum = sum.add(FloatVector.fromArray(S, dy, at + col * filters));
    }
    return sum;
  }
}
