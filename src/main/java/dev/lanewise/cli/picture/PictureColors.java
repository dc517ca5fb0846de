package dev.lanewise.cli.picture;

import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.util.Arrays;
import java.util.DoubleSummaryStatistics;
import java.util.stream.IntStream;

/**
 * The numbers that a picture's file holds: red, green, blue and how opaque, each from 0 to 1. Grey
 * is three times the same. A library's conversions of grey, which would hold it for linear light,
 * have no part in it.
 *
 * <p>A picture larger than {@link #MOST_SIDE} becomes smaller, each pixel the mean of a square of
 * pixels.
 *
 * <p>In grey a picture is as a person sees what is drawn on it. Colours become their brightness; if
 * that hardly differs where red, green or blue does, as with yellow on white, the one of the three
 * that differs most serves.
 *
 * <p>Where the edge is transparent, the drawing lies on no ground. If it has one colour, how opaque
 * it is counts alone. Otherwise it is laid on the colour that the transparent pixels have
 * themselves if that sets it off, or on white or black, whichever sets it off more. A sheet with a
 * drawing on it, all but opaque within a transparent margin, is cut out first. Where the edge is
 * opaque, transparent pixels within keep their colour, and those on the edge take that of the edge.
 */
record PictureColors(Picture red, Picture green, Picture blue, Picture opacity) {
  /** The longest side that is looked at. */
  static final int MOST_SIDE = 1000;

  private static final int OPACITY = 3;
  private static final int PARTS = 4;

  /** Where red, green, blue and how opaque lie in the JDK's colours. */
  private static final int[] SHIFTS = {16, 8, 0, 24};

  private static final int BLACK = 0xFF000000;

  /** How many samples are looked at at once. */
  private static final int CHUNK = 4096;

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

  /** Where the numbers come from. */
  private interface Source {
    /** Reads a rectangle: red, green, blue and how opaque, for each pixel. */
    void read(int x, int y, int wide, int high, float[] out);
  }

  /** Reads an image's numbers. */
  static PictureColors of(BufferedImage image) {
    int wide = image.getWidth();
    int high = image.getHeight();
    int factor = Math.ceilDiv(Math.max(wide, high), MOST_SIDE);
    int width = Math.ceilDiv(wide, factor);
    int height = Math.ceilDiv(high, factor);
    int most = Math.min(factor, wide) * Math.min(factor, high);
    Source source = source(image, most);
    float[] pixels = new float[most * PARTS];
    float[][] parts = new float[PARTS][width * height];
    for (int at = 0; at < width * height; at++) {
      int x = at % width * factor;
      int y = at / width * factor;
      int across = Math.min(factor, wide - x);
      int down = Math.min(factor, high - y);
      source.read(x, y, across, down, pixels);
      mean(pixels, across * down, parts, at);
    }
    Picture[] pictures =
        Arrays.stream(parts)
            .map(values -> new Picture(width, height, values))
            .toArray(Picture[]::new);
    return new PictureColors(pictures[0], pictures[1], pictures[2], pictures[OPACITY]);
  }

  private static void mean(float[] pixels, int count, float[][] parts, int at) {
    float weights = 0;
    for (int i = 0; i < count * PARTS; i += PARTS) {
      // What cannot be seen has no say in the colour, unless nothing can. One pixel keeps its own.
      float weight = count == 1 ? 1 : Math.max(pixels[i + OPACITY], 1e-4f);
      for (int part = 0; part < OPACITY; part++) {
        parts[part][at] += weight * pixels[i + part];
      }
      parts[OPACITY][at] += pixels[i + OPACITY];
      weights += weight;
    }
    for (int part = 0; part < OPACITY; part++) {
      parts[part][at] /= weights;
    }
    parts[OPACITY][at] /= count;
  }

  private static Source source(BufferedImage image, int most) {
    Raster raster = image.getRaster();
    if (image.getColorModel() instanceof ComponentColorModel components
        && components.getNumComponents() == raster.getNumBands()) {
      int type = components.getColorSpace().getType();
      if (type == ColorSpace.TYPE_GRAY || type == ColorSpace.TYPE_RGB) {
        return components(components, raster, most, type == ColorSpace.TYPE_GRAY);
      }
    }
    boolean indexed = image.getColorModel() instanceof IndexColorModel && raster.getNumBands() == 1;
    int[] palette = indexed ? palette((IndexColorModel) image.getColorModel()) : new int[0];
    int[] argb = new int[most];
    return (x, y, wide, high, out) -> {
      if (indexed) {
        raster.getPixels(x, y, wide, high, argb);
      } else {
        image.getRGB(x, y, wide, high, argb, 0, wide);
      }
      for (int i = 0; i < wide * high; i++) {
        // A number beyond the palette is a damaged picture's.
        int color = !indexed ? argb[i] : argb[i] < palette.length ? palette[argb[i]] : BLACK;
        for (int part = 0; part < PARTS; part++) {
          out[i * PARTS + part] = (color >>> SHIFTS[part] & 255) / 255f;
        }
      }
    };
  }

  private static int[] palette(IndexColorModel model) {
    int[] argb = new int[model.getMapSize()];
    model.getRGBs(argb);
    return argb;
  }

  private static Source components(
      ComponentColorModel model, Raster raster, int most, boolean grey) {
    int bands = raster.getNumBands();
    int colors = model.getNumColorComponents();
    float[] samples = new float[most * bands];
    Scale[] scales = scales(model, raster);
    boolean multiplied = model.isAlphaPremultiplied();
    return (x, y, wide, high, out) -> {
      raster.getPixels(x, y, wide, high, samples);
      for (int i = 0; i < wide * high; i++) {
        int from = i * bands;
        int to = i * PARTS;
        float opacity = bands > colors ? scales[colors].of(samples[from + colors]) : 1;
        out[to + OPACITY] = opacity;
        for (int part = 0; part < OPACITY; part++) {
          int band = grey ? 0 : part;
          float value = scales[band].of(samples[from + band]);
          out[to + part] =
              multiplied && opacity > 0 && opacity < 1 ? Math.min(1, value / opacity) : value;
        }
      }
    };
  }

  /** What turns a sample into a number from 0 to 1. */
  private record Scale(float least, float most) {
    float of(float sample) {
      // What is no number is black.
      return Float.isNaN(sample) ? 0 : Math.clamp((sample - least) / (most - least), 0f, 1f);
    }
  }

  private static Scale[] scales(ComponentColorModel model, Raster raster) {
    Scale[] scales = new Scale[raster.getNumBands()];
    int type = raster.getTransferType();
    if (type == DataBuffer.TYPE_BYTE || type == DataBuffer.TYPE_USHORT) {
      Arrays.setAll(scales, band -> new Scale(0, (1 << model.getComponentSize(band)) - 1f));
    } else {
      Arrays.fill(scales, range(model, raster));
    }
    return scales;
  }

  /**
   * The range of numbers whose white no file states, floats and signed ones: 0 to 1, to 255 or to
   * 65535 if all lie therein, or else from the least to the greatest.
   */
  private static Scale range(ColorModel model, Raster raster) {
    DoubleSummaryStatistics seen = new DoubleSummaryStatistics();
    int bands = raster.getNumBands();
    float[] samples = new float[CHUNK * bands];
    for (int y = 0; y < raster.getHeight(); y++) {
      for (int x = 0; x < raster.getWidth(); x += CHUNK) {
        int count = Math.min(CHUNK, raster.getWidth() - x);
        raster.getPixels(x, y, count, 1, samples);
        for (int i = 0; i < count * bands; i++) {
          if (i % bands < model.getNumColorComponents() && Float.isFinite(samples[i])) {
            seen.accept(samples[i]);
          }
        }
      }
    }
    float least = (float) seen.getMin();
    float most = (float) seen.getMax();
    if (least >= 0) {
      for (float white : new float[] {1, 255, 65535}) {
        if (most <= white) {
          return new Scale(0, white);
        }
      }
    }
    return least < most ? new Scale(least, most) : new Scale(0, 1);
  }

  /** The picture in grey. */
  Picture grey() {
    Picture light = light();
    if (opacity.values(opacity.pixels()).noneMatch(opaque -> opaque < 1)) {
      return light;
    }
    if (span(red) <= ONE_COLOR && span(green) <= ONE_COLOR && span(blue) <= ONE_COLOR) {
      return opacity;
    }
    int[] edge = opacity.edge();
    if (opacity.values(IntStream.of(edge)).sum() >= OPAQUE * edge.length) {
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
  private Picture light() {
    float[] r = red.values();
    float[] g = green.values();
    float[] b = blue.values();
    Picture best =
        red.map(
            i ->
                r[i] == g[i] && g[i] == b[i]
                    ? r[i]
                    : 0.299f * r[i] + 0.587f * g[i] + 0.114f * b[i]);
    float needed = span(best) / HIDDEN;
    for (Picture one : new Picture[] {green, red, blue}) {
      float span = span(one);
      if (span > needed) {
        best = one;
        needed = span;
      }
    }
    return best;
  }

  /** How far the seen values lie apart. */
  private float span(Picture picture) {
    DoubleSummaryStatistics seen =
        picture
            .values(picture.pixels().filter(at -> opacity.values()[at] > SEEN))
            .summaryStatistics();
    return seen.getCount() == 0 ? 0 : (float) (seen.getMax() - seen.getMin());
  }

  private static double sum(Picture picture) {
    return picture.values(picture.pixels()).sum();
  }

  /** An opaque picture: its transparent pixels are holes, or margins that belong to its ground. */
  private static Picture onItsEdge(Picture light, Picture opacity) {
    float[] lights = light.values();
    float[] opaque = opacity.values();
    int[] edge = Arrays.stream(light.edge()).filter(at -> opaque[at] > OPAQUE).toArray();
    float ground = edge.length == 0 ? 1 : (float) Picture.median(light.values(IntStream.of(edge)));
    Picture transparent = light.map(at -> opaque[at] > OPAQUE ? 0 : 1);
    float[] margin = new PictureParts(transparent, OPAQUE).onEdge().values();
    return light.map(
        at ->
            margin[at] > 0
                ? ground
                : opaque[at] == 0 ? lights[at] : mixed(lights[at], opaque[at], ground));
  }

  private static Picture onGround(Picture light, Picture opacity) {
    float[] lights = light.values();
    float[] opaque = opacity.values();
    DoubleSummaryStatistics hidden =
        light.values(light.pixels().filter(at -> opaque[at] == 0)).summaryStatistics();
    float own = (float) hidden.getMin();
    boolean setsOff =
        hidden.getMin() == hidden.getMax() && distance(light, opacity, own) >= SETS_OFF;
    float ground =
        setsOff ? own : distance(light, opacity, 1) >= distance(light, opacity, 0) ? 1 : 0;
    return light.map(at -> mixed(lights[at], opaque[at], ground));
  }

  private static float mixed(float light, float opaque, float ground) {
    return opaque == 1 ? light : opaque * light + (1 - opaque) * ground;
  }

  /** How far what is seen lies from a ground, on average. */
  private static double distance(Picture light, Picture opacity, float ground) {
    double sum =
        light
            .pixels()
            .mapToDouble(at -> opacity.values()[at] * Math.abs(light.values()[at] - ground))
            .sum();
    return sum / Math.max(1e-9, sum(opacity));
  }
}
