package dev.lanewise.cli.picture;

import java.util.Arrays;

/**
 * A coloured, perhaps transparent picture in grey, as a person sees what is drawn on it.
 *
 * <p>Colours become their brightness; if that hardly differs where red, green or blue does, as with
 * yellow on white, the one of the three that differs most serves.
 *
 * <p>Where the edge is transparent, the drawing lies on no ground. If it has one colour, how opaque
 * it is counts alone. Otherwise it is laid on the colour that the transparent pixels have
 * themselves if that sets it off, or on white or black, whichever sets it off more. A sheet with a
 * drawing on it, all but opaque within a transparent margin, is cut out first. Where the edge is
 * opaque, transparent pixels within keep their colour, and those on the edge take that of the edge.
 */
final class PictureView {
  /** Below it a pixel is not to be seen. */
  private static final float SEEN = 0.05f;

  /** Colours that differ by no more are one. */
  private static final float ONE_COLOR = 0.1f;

  /** A ground that differs less from what lies on it does not set it off. */
  private static final float SETS_OFF = 0.25f;

  /** What is opaque by this share within its outline is a sheet. */
  private static final double SHEET = 0.9;

  /** Brightness that differs by less than this share of what a colour does hides something. */
  private static final float HIDDEN = 0.5f;

  private PictureView() {}

  /** The picture in grey. */
  static Picture of(PictureColors colors) {
    float[] opacity = colors.opacity();
    float[] light = light(colors);
    int width = colors.width();
    int height = colors.height();
    if (!anyBelow(opacity, 1)) {
      return new Picture(width, height, light);
    }
    if (isOneColor(colors)) {
      return new Picture(width, height, opacity);
    }
    int[] edge = Picture.edge(width, height);
    double edgeOpacity = 0;
    for (int at : edge) {
      edgeOpacity += opacity[at];
    }
    if (edgeOpacity >= 0.5 * edge.length) {
      return new Picture(width, height, onItsEdge(light, opacity, width, height));
    }
    int[] box = outline(opacity, width, height);
    int wide = box[2] - box[0] + 1;
    int high = box[3] - box[1] + 1;
    float[] sheet = cut(opacity, width, box);
    if (sum(sheet) >= SHEET * wide * high) {
      return new Picture(wide, high, onItsEdge(cut(light, width, box), sheet, wide, high));
    }
    return new Picture(width, height, onGround(light, opacity));
  }

  private static boolean anyBelow(float[] values, float limit) {
    for (float value : values) {
      if (value < limit) {
        return true;
      }
    }
    return false;
  }

  private static double sum(float[] values) {
    double sum = 0;
    for (float value : values) {
      sum += value;
    }
    return sum;
  }

  /** Each pixel's brightness, or the one colour that shows more. */
  private static float[] light(PictureColors colors) {
    float[] red = colors.red();
    float[] green = colors.green();
    float[] blue = colors.blue();
    float[] light = new float[red.length];
    for (int i = 0; i < light.length; i++) {
      light[i] =
          red[i] == green[i] && green[i] == blue[i]
              ? red[i]
              : 0.299f * red[i] + 0.587f * green[i] + 0.114f * blue[i];
    }
    float[] best = light;
    float needed = span(light, colors.opacity()) / HIDDEN;
    for (float[] one : new float[][] {green, red, blue}) {
      float span = span(one, colors.opacity());
      if (span > needed) {
        best = one;
        needed = span;
      }
    }
    return best;
  }

  /** How far the seen values lie apart. */
  private static float span(float[] values, float[] opacity) {
    float least = Float.POSITIVE_INFINITY;
    float most = Float.NEGATIVE_INFINITY;
    for (int i = 0; i < values.length; i++) {
      if (opacity[i] > SEEN) {
        least = Math.min(least, values[i]);
        most = Math.max(most, values[i]);
      }
    }
    return least > most ? 0 : most - least;
  }

  private static boolean isOneColor(PictureColors colors) {
    float[] opacity = colors.opacity();
    return span(colors.red(), opacity) <= ONE_COLOR
        && span(colors.green(), opacity) <= ONE_COLOR
        && span(colors.blue(), opacity) <= ONE_COLOR;
  }

  /** An opaque picture: its transparent pixels are holes, or margins that belong to its ground. */
  private static float[] onItsEdge(float[] light, float[] opacity, int width, int height) {
    int[] edge = Picture.edge(width, height);
    float[] opaque = new float[edge.length];
    int count = 0;
    for (int at : edge) {
      if (opacity[at] > 0.5f) {
        opaque[count++] = light[at];
      }
    }
    float ground = count == 0 ? 1 : median(Arrays.copyOf(opaque, count));
    boolean[] margin = new boolean[light.length];
    int[] next = new int[light.length];
    int known = 0;
    for (int at : edge) {
      if (opacity[at] <= 0.5f && !margin[at]) {
        margin[at] = true;
        next[known++] = at;
      }
    }
    for (int i = 0; i < known; i++) {
      int x = next[i] % width;
      int y = next[i] / width;
      for (int[] step : PictureParts.NEIGHBOURS) {
        int toX = x + step[0];
        int toY = y + step[1];
        int to = toY * width + toX;
        if (toX >= 0
            && toX < width
            && toY >= 0
            && toY < height
            && !margin[to]
            && opacity[to] <= 0.5f) {
          margin[to] = true;
          next[known++] = to;
        }
      }
    }
    float[] out = new float[light.length];
    for (int i = 0; i < out.length; i++) {
      out[i] =
          margin[i]
              ? ground
              : opacity[i] == 0 ? light[i] : opacity[i] * light[i] + (1 - opacity[i]) * ground;
    }
    return out;
  }

  private static float[] onGround(float[] light, float[] opacity) {
    float least = Float.POSITIVE_INFINITY;
    float most = Float.NEGATIVE_INFINITY;
    for (int i = 0; i < light.length; i++) {
      if (opacity[i] == 0) {
        least = Math.min(least, light[i]);
        most = Math.max(most, light[i]);
      }
    }
    float ground = distance(light, opacity, 1) >= distance(light, opacity, 0) ? 1 : 0;
    if (least == most && distance(light, opacity, least) >= SETS_OFF) {
      ground = least;
    }
    float[] out = new float[light.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = opacity[i] == 1 ? light[i] : opacity[i] * light[i] + (1 - opacity[i]) * ground;
    }
    return out;
  }

  /** How far what is seen lies from a ground, on average. */
  private static double distance(float[] light, float[] opacity, float ground) {
    double sum = 0;
    for (int i = 0; i < light.length; i++) {
      sum += opacity[i] * Math.abs(light[i] - ground);
    }
    return sum / Math.max(1e-9, sum(opacity));
  }

  /** Left, top, right and bottom of what is opaque. */
  private static int[] outline(float[] opacity, int width, int height) {
    int[] box = {width, height, -1, -1};
    for (int i = 0; i < opacity.length; i++) {
      if (opacity[i] > 0.5f) {
        box[0] = Math.min(box[0], i % width);
        box[1] = Math.min(box[1], i / width);
        box[2] = Math.max(box[2], i % width);
        box[3] = Math.max(box[3], i / width);
      }
    }
    return box[2] < 0 ? new int[] {0, 0, width - 1, height - 1} : box;
  }

  private static float[] cut(float[] values, int width, int[] box) {
    int wide = box[2] - box[0] + 1;
    float[] out = new float[wide * (box[3] - box[1] + 1)];
    for (int y = box[1]; y <= box[3]; y++) {
      System.arraycopy(values, y * width + box[0], out, (y - box[1]) * wide, wide);
    }
    return out;
  }

  private static float median(float[] values) {
    Arrays.sort(values);
    return values[values.length / 2];
  }
}
