package dev.lanewise.kernel.conv2d;

import dev.lanewise.kernel.parallel.Call;
import dev.lanewise.kernel.parallel.Scratch;
import dev.lanewise.kernel.parallel.Task;
import dev.lanewise.kernel.parallel.Team;
import dev.lanewise.kernel.support.Lanes;
import dev.lanewise.kernel.support.VectorWidth;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;
import org.jspecify.annotations.Nullable;

/** A backward-bias call: the team divides the 32 lanes, each with its images. */
final class SimdConvBias implements Task {
  private static final float[] NONE = {};
  private static final VectorSpecies<Float> S = VectorWidth.FLOATS;
  private static final VectorSpecies<Integer> INTS = VectorWidth.INTS;
  private static final int L = VectorWidth.LANES;
  private static final int LANES = Lanes.COUNT;

  private final Lanes sum = new Lanes();
  private float[] lanes = NONE;
  private final float[][] images;

  private float[] dy = NONE;
  private int dyOffset;
  private int @Nullable [] taps;
  private int tapsOffset;
  private int rows;
  private int cols;
  private int filters;
  private int firstImage;
  private int lastImage;
  private int running;

  SimdConvBias(int threads) {
    images = new float[threads][0];
  }

  void backwardBias(Team team, ConvCall c) {
    rows = c.rows;
    cols = c.columns;
    run(team, c);
  }

  /** The same behind 2 × 2 windows: each has one gradient, in its upper or its lower row. */
  void backwardBiasPooled(Team team, ConvCall c) {
    taps = c.taps;
    tapsOffset = c.tapsAt;
    rows = c.window.outHeight();
    cols = c.window.outWidth();
    run(team, c);
  }

  private void run(Team team, ConvCall c) {
    dy = c.y;
    dyOffset = c.yAt;
    filters = c.filters;
    execute(team, c.images, c.b, c.bAt);
    dy = NONE;
    taps = null;
  }

  private void execute(Team team, int batch, float[] db, int dbOffset) {
    boolean solo = (long) batch * rows * cols * filters < Call.ALONE;
    sum.begin(filters);
    for (int block = 0; block < Lanes.blocks(batch); block++) {
      firstImage = block * Lanes.BLOCK;
      lastImage = firstImage + Lanes.size(batch, block);
      lanes = sum.block(lastImage - firstImage);
      if (solo) {
        running = 1;
        part(0);
      } else {
        running = Math.min(team.members(), Math.min(LANES, lastImage - firstImage));
        team.run(running, this);
      }
    }
    sum.total(db, dbOffset);
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
    int[] winners = taps;
    int active = Math.min(LANES, lastImage - firstImage);
    int end = active * (number + 1) / running;
    for (int lane = active * number / running; lane < end; lane++) {
      for (int n = firstImage + lane; n < lastImage; n += LANES) {
        int at = n * rows * cols * filters;
        if (winners == null) {
          image(dyOffset + at, image);
        } else {
          pooledImage(dyOffset + at, winners, tapsOffset + at, image);
        }
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

  /**
   * An image's sum from the gradients of its windows. The gradients of +0 that a pooling spreads
   * are left out, as are the rows below the last windows: a sum from +0 is never −0, so adding +0
   * changes nothing.
   */
  private void pooledImage(int at, int[] winners, int winnersAt, float[] image) {
    Arrays.fill(image, 0, filters, 0f);
    int whole = VectorWidth.wholeVectors(filters);
    for (int r = 0; r < rows; r++) {
      int row = r * cols * filters;
      for (int f = 0; f < whole; f += L) {
        pooledRow(dy, at + row + f, winners, winnersAt + row + f, cols, filters, image, f);
      }
      for (int f = whole; f < filters; f++) {
        float upper = 0;
        float lower = 0;
        for (int col = 0; col < cols; col++) {
          int i = row + col * filters + f;
          if (winners[winnersAt + i] > 1) {
            lower += dy[at + i];
          } else {
            upper += dy[at + i];
          }
        }
        image[f] = image[f] + upper + lower;
      }
    }
  }

  private static void pooledRow(
      float[] dy,
      int at,
      int[] winners,
      int winnersAt,
      int cols,
      int filters,
      float[] image,
      int f) {
    FloatVector upper = FloatVector.zero(S);
    FloatVector lower = upper;
    for (int col = 0; col < cols; col++) {
      FloatVector g = FloatVector.fromArray(S, dy, at + col * filters);
      VectorMask<Float> low =
          IntVector.fromArray(INTS, winners, winnersAt + col * filters)
              .compare(VectorOperators.GT, 1)
              .cast(S);
      upper = upper.add(g.blend(0f, low));
      lower = lower.add(FloatVector.zero(S).blend(g, low));
    }
    FloatVector.fromArray(S, image, f).add(upper).add(lower).intoArray(image, f);
  }

  private static FloatVector row(float[] dy, int at, int cols, int filters) {
    FloatVector sum = FloatVector.zero(S);
    for (int col = 0; col < cols; col++) {
      sum = sum.add(FloatVector.fromArray(S, dy, at + col * filters));
    }
    return sum;
  }
}
