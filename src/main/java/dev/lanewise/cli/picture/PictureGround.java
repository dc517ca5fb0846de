package dev.lanewise.cli.picture;

import static dev.lanewise.cli.picture.Picture.median;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/**
 * What a picture is drawn on, and what is left when that is taken away.
 *
 * <p>The ground's light is a surface of second order, fitted to the pixels that are not far off it;
 * what remains of it where it changes abruptly, at a shadow's edge for instance, is found as what
 * is wider than strokes are (a morphological opening). The drawing is darker or brighter than the
 * ground, whichever leaves more.
 */
final class PictureGround {
  /** Pixels that the surface is fitted to, about. */
  private static final int POINTS = 20_000;

  private static final int ROUNDS = 3;

  /** What lies closer to the surface always belongs to the ground. */
  private static final double CLOSE = 0.02;

  /** From a median of distances to a standard deviation, for normal noise. */
  private static final double DEVIATION = 1.4826;

  /** Sides below these are too few pixels for a slope, and for a curve. */
  private static final int SLOPED = 8;

  private static final int CURVED = 16;

  private final Picture picture;
  private final double[] surface = new double[6];
  private final double[] basis = new double[surface.length];

  private PictureGround(Picture picture) {
    this.picture = picture;
  }

  /**
   * A drawing without its ground.
   *
   * @param ink how far each pixel lies off the ground, at least 0
   * @param noise the standard deviation of the ground
   */
  record Drawing(Picture ink, float noise) {}

  /** Finds a picture's ground. */
  static PictureGround of(Picture picture) {
    PictureGround ground = new PictureGround(picture);
    ground.fit();
    return ground;
  }

  /** Takes the ground away. */
  Drawing drawing() {
    float noise = noise();
    Picture bright = open(side(1));
    Picture dark = open(side(-1));
    return new Drawing(mass(dark, noise) >= mass(bright, noise) ? dark : bright, noise);
  }

  /**
   * A sheet that lies on the ground, with the drawing on it: what is off the ground and fills its
   * own outline, all around and for the most part. Empty if there is none.
   */
  Optional<Picture> sheet() {
    for (int sign : new int[] {1, -1}) {
      Picture side = side(sign);
      float level = (float) side.values(side.pixels()).max().orElse(0);
      if (level > CLOSE) {
        Optional<Picture.Box> found = new PictureParts(side, level / 2).sheet();
        if (found.isPresent()) {
          return found.map(picture::cut);
        }
      }
    }
    return Optional.empty();
  }

  /** Starts at the level of the edge, and goes from a plane to a curved surface. */
  private void fit() {
    int width = picture.width();
    int height = picture.height();
    int[] edge = picture.edge();
    surface[0] = median(picture.values(IntStream.of(edge)));
    int step = (int) Math.max(1, Math.sqrt(width * (double) height / POINTS));
    int[] points =
        picture.pixels().filter(at -> at % width % step == 0 && at / width % step == 0).toArray();
    for (int terms : new int[] {3, 6}) {
      if (Math.min(width, height) < (terms == 3 ? SLOPED : CURVED)) {
        return;
      }
      for (int round = 0; round < ROUNDS; round++) {
        double noise = DEVIATION * Math.min(medianDistance(edge), medianDistance(points));
        if (!fit(terms, points, Math.max(CLOSE, 3 * noise))) {
          return;
        }
      }
    }
  }

  private double medianDistance(int[] pixels) {
    return median(Arrays.stream(pixels).mapToDouble(at -> Math.abs(distance(at))));
  }

  /** Fits the surface to those of some pixels that are close to it; false if they are too few. */
  private boolean fit(int terms, int[] pixels, double close) {
    double[][] sums = new double[terms][terms + 1];
    int used = 0;
    for (int at : pixels) {
      if (Math.abs(distance(at)) > close) {
        continue;
      }
      used++;
      for (int i = 0; i < terms; i++) {
        for (int j = 0; j < terms; j++) {
          sums[i][j] += basis[i] * basis[j];
        }
        sums[i][terms] += basis[i] * picture.values()[at];
      }
    }
    if (used < pixels.length / 4 || used < 2 * terms) {
      return false;
    }
    double[] solution = solve(sums, 1e-9 * used);
    Arrays.fill(surface, 0);
    System.arraycopy(solution, 0, surface, 0, terms);
    return true;
  }

  /** How far a pixel lies off the surface; the surface's terms at it are in the basis then. */
  private double distance(int at) {
    int x = at % picture.width();
    int y = at / picture.width();
    double u = 2.0 * x / Math.max(1, picture.width() - 1) - 1;
    double v = 2.0 * y / Math.max(1, picture.height() - 1) - 1;
    basis[0] = 1;
    basis[1] = u;
    basis[2] = v;
    basis[3] = u * u;
    basis[4] = u * v;
    basis[5] = v * v;
    double level = 0;
    for (int i = 0; i < basis.length; i++) {
      level += surface[i] * basis[i];
    }
    return picture.values()[at] - level;
  }

  /** Solves symmetric equations; a little on the diagonal keeps them from being singular. */
  private static double[] solve(double[][] rows, double little) {
    int n = rows.length;
    for (int i = 0; i < n; i++) {
      rows[i][i] += little;
    }
    for (int i = 0; i < n; i++) {
      for (int k = i + 1; k < n; k++) {
        double factor = rows[k][i] / rows[i][i];
        for (int j = i; j <= n; j++) {
          rows[k][j] -= factor * rows[i][j];
        }
      }
    }
    double[] out = new double[n];
    for (int i = n - 1; i >= 0; i--) {
      double sum = rows[i][n];
      for (int j = i + 1; j < n; j++) {
        sum -= rows[i][j] * out[j];
      }
      out[i] = sum / rows[i][i];
    }
    return out;
  }

  /** What lies off the surface to one side. */
  private Picture side(int sign) {
    return picture.map(at -> Math.max(0, sign * (float) distance(at)));
  }

  /** Takes away what is wider than strokes are. */
  private static Picture open(Picture ink) {
    int width = ink.width();
    int height = ink.height();
    int reach = Math.max(1, Math.max(width, height) / 6);
    float[] wide = ink.values().clone();
    for (int factor : new int[] {-1, 1}) { // the least around each pixel, then the most
      extremes(wide, height, width, width, 1, reach, factor);
      extremes(wide, width, height, 1, width, reach, factor);
    }
    return ink.map(at -> ink.values()[at] - wide[at]);
  }

  /**
   * Replaces each value of some lines by the greatest (factor 1) or least (−1) of those within
   * reach.
   */
  private static void extremes(
      float[] values, int lines, int length, int lineStride, int stride, int reach, int factor) {
    float[] line = new float[length];
    int[] queue = new int[length];
    for (int l = 0; l < lines; l++) {
      for (int i = 0; i < length; i++) {
        line[i] = factor * values[l * lineStride + i * stride];
      }
      int first = 0;
      int last = 0;
      int seen = 0;
      for (int i = 0; i < length; i++) {
        for (; seen < length && seen <= i + reach; seen++) {
          while (last > first && line[queue[last - 1]] <= line[seen]) {
            last--;
          }
          queue[last++] = seen;
        }
        while (queue[first] < i - reach) {
          first++;
        }
        values[l * lineStride + i * stride] = factor * line[queue[first]];
      }
    }
  }

  private static double mass(Picture ink, float noise) {
    return ink.values(ink.pixels()).filter(value -> value > Math.max(CLOSE, 4 * noise)).sum();
  }

  /** Of what differs between neighbours most is noise, however the light changes. */
  private float noise() {
    float[] values = picture.values();
    DoubleStream steps =
        IntStream.range(1, values.length)
            .filter(at -> at % picture.width() != 0)
            .mapToDouble(at -> Math.abs(values[at] - values[at - 1]));
    return (float) (DEVIATION * median(steps) / Math.sqrt(2));
  }
}
