package dev.lanewise.cli.picture;

import java.util.Arrays;
import java.util.stream.IntStream;

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

  /** What is more opaque is not transparent. */
  private static final float OPAQUE = 0.5f;

  /** What is opaque by this share within its outline is a sheet. */
  private static final double SHEET = 0.9;

  /** Brightness that differs by less than this share of what a colour does hides something. */
  private static final float HIDDEN = 0.5f;

  private PictureView() {}

  /** The picture in grey. */
  static Picture of(PictureColors colors) {
    Picture opacity = colors.opacity();
    float[] opaque = opacity.values();
    Picture light = light(colors);
    if (IntStream.range(0, opaque.length).noneMatch(i -> opaque[i] < 1)) {
      return light;
    }
    boolean oneColor =
        span(colors.red(), opacity) <= ONE_COLOR
            && span(colors.green(), opacity) <= ONE_COLOR
            && span(colors.blue(), opacity) <= ONE_COLOR;
    if (oneColor) {
      return opacity;
    }
    int[] edge = opacity.edge();
    if (Arrays.stream(edge).mapToDouble(at -> opaque[at]).sum() >= OPAQUE * edge.length) {
      return onItsEdge(light, opacity);
    }
    Picture.Box box =
        opacity
            .outline(OPAQUE)
            .orElse(new Picture.Box(0, 0, opacity.width() - 1, opacity.height() - 1));
    Picture sheet = opacity.cut(box);
    return sum(sheet) >= SHEET * box.area()
        ? onItsEdge(light.cut(box), sheet)
        : onGround(light, opacity);
  }

  /** Each pixel's brightness, or the one colour that shows more. */
  private static Picture light(PictureColors colors) {
    float[] red = colors.red().values();
    float[] green = colors.green().values();
    float[] blue = colors.blue().values();
    float[] light = new float[red.length];
    for (int i = 0; i < light.length; i++) {
      light[i] =
          red[i] == green[i] && green[i] == blue[i]
              ? red[i]
              : 0.299f * red[i] + 0.587f * green[i] + 0.114f * blue[i];
    }
    Picture best = colors.red().with(light);
    float needed = span(best, colors.opacity()) / HIDDEN;
    for (Picture one : new Picture[] {colors.green(), colors.red(), colors.blue()}) {
      float span = span(one, colors.opacity());
      if (span > needed) {
        best = one;
        needed = span;
      }
    }
    return best;
  }

  /** How far the seen values lie apart. */
  private static float span(Picture picture, Picture opacity) {
    float least = Float.POSITIVE_INFINITY;
    float most = Float.NEGATIVE_INFINITY;
    for (int i = 0; i < picture.values().length; i++) {
      if (opacity.values()[i] > SEEN) {
        least = Math.min(least, picture.values()[i]);
        most = Math.max(most, picture.values()[i]);
      }
    }
    return least > most ? 0 : most - least;
  }

  private static double sum(Picture picture) {
    double sum = 0;
    for (float value : picture.values()) {
      sum += value;
    }
    return sum;
  }

  /** An opaque picture: its transparent pixels are holes, or margins that belong to its ground. */
  private static Picture onItsEdge(Picture light, Picture opacity) {
    float[] lights = light.values();
    float[] opaque = opacity.values();
    int[] edge = Arrays.stream(light.edge()).filter(at -> opaque[at] > OPAQUE).toArray();
    float[] edgeLights = new float[edge.length];
    float[] transparent = new float[opaque.length];
    for (int i = 0; i < edge.length; i++) {
      edgeLights[i] = lights[edge[i]];
    }
    float ground = edge.length == 0 ? 1 : Picture.median(edgeLights);
    for (int i = 0; i < transparent.length; i++) {
      transparent[i] = opaque[i] > OPAQUE ? 0 : 1;
    }
    float[] margin = new PictureParts(light.with(transparent), OPAQUE).onEdge().values();
    float[] out = new float[lights.length];
    for (int i = 0; i < out.length; i++) {
      out[i] =
          margin[i] > 0
              ? ground
              : opaque[i] == 0 ? lights[i] : opaque[i] * lights[i] + (1 - opaque[i]) * ground;
    }
    return light.with(out);
  }

  private static Picture onGround(Picture light, Picture opacity) {
    float[] lights = light.values();
    float[] opaque = opacity.values();
    float least = Float.POSITIVE_INFINITY;
    float most = Float.NEGATIVE_INFINITY;
    for (int i = 0; i < lights.length; i++) {
      if (opaque[i] == 0) {
        least = Math.min(least, lights[i]);
        most = Math.max(most, lights[i]);
      }
    }
    float ground = distance(light, opacity, 1) >= distance(light, opacity, 0) ? 1 : 0;
    if (least == most && distance(light, opacity, least) >= SETS_OFF) {
      ground = least;
    }
    float[] out = new float[lights.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = opaque[i] == 1 ? lights[i] : opaque[i] * lights[i] + (1 - opaque[i]) * ground;
    }
    return light.with(out);
  }

  /** How far what is seen lies from a ground, on average. */
  private static double distance(Picture light, Picture opacity, float ground) {
    double sum = 0;
    for (int i = 0; i < light.values().length; i++) {
      sum += opacity.values()[i] * Math.abs(light.values()[i] - ground);
    }
    return sum / Math.max(1e-9, sum(opacity));
  }
}
