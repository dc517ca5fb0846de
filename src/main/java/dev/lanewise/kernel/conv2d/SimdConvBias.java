package dev.lanewise.kernel.conv2d;

import dev.lanewise.kernel.parallel.Scratch;
import dev.lanewise.kernel.parallel.Team;
import dev.lanewise.kernel.support.Lanes;
import dev.lanewise.kernel.support.Rows;
import dev.lanewise.kernel.support.VectorWidth;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Backward-bias: the team divides the 32 lanes, each with its images. Filters that fill no vector
 * are copied side by side, vector by vector, and the same loop sums them.
 */
final class SimdConvBias {
  private static final VectorSpecies<Float> S = VectorWidth.FLOATS;
  private static final int L = VectorWidth.LANES;

  private SimdConvBias() {}

  /** Computes b of y. */
  static void run(ConvCall c, Team team) {
    long work = (long) c.images * c.rows * c.columns * c.filters;
    c.sumImages(team, VectorWidth.roundedUp(c.filters), work, SimdConvBias::lanes);
    c.alone(1, SimdConvBias::write);
  }

  private static void write(ConvCall c, int from, int to, Scratch scratch) {
    float[] total = scratch.floats(0, VectorWidth.roundedUp(c.filters));
    c.sum.total(total, 0);
    System.arraycopy(total, 0, c.b, c.bAt, c.filters);
  }

  private static void lanes(ConvCall c, int from, int to, Scratch scratch) {
    int whole = VectorWidth.wholeVectors(c.filters);
    int pixels = c.rows * c.columns;
    for (int lane = from; lane < to; lane++) {
      int sum = lane * VectorWidth.roundedUp(c.filters);
      for (int n = c.firstImage + lane; n < c.lastImage; n += Lanes.COUNT) {
        int at = c.yAt + n * pixels * c.filters;
        for (int f = 0; f < whole; f += L) {
          addImage(c, c.y, at + f, c.filters, sum + f);
        }
        if (whole < c.filters) {
          float[] rest = scratch.floats(0, pixels * L);
          Rows.copy(pixels, c.filters - whole, c.y, at + whole, c.filters, rest, 0, L);
          addImage(c, rest, 0, L, sum + whole);
        }
      }
    }
  }

  /** Adds an image's sum for a vector of filters to a lane: row by row, each summed by itself. */
  private static void addImage(ConvCall c, float[] y, int at, int pitch, int lane) {
    FloatVector sum = FloatVector.zero(S);
    for (int r = 0; r < c.rows; r++) {
      sum = sum.add(row(y, at + r * c.columns * pitch, c.columns, pitch));
    }
    FloatVector.fromArray(S, c.lanes, lane).add(sum).intoArray(c.lanes, lane);
  }

  private static FloatVector row(float[] y, int at, int columns, int pitch) {
    FloatVector sum = FloatVector.zero(S);
    for (int col = 0; col < columns; col++) {
      sum = sum.add(FloatVector.fromArray(S, y, at + col * pitch));
    }
    return sum;
  }
}
