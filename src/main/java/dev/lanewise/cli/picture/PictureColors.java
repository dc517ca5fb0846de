package dev.lanewise.cli.picture;

import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.util.Arrays;

/**
 * The numbers that a picture's file holds: red, green, blue and how opaque, each from 0 to 1. Grey
 * is three times the same. A library's conversions of grey, which would hold it for linear light,
 * have no part in it.
 *
 * <p>A picture larger than {@link #MOST_SIDE} becomes smaller, each pixel the mean of a square of
 * pixels.
 */
record PictureColors(Picture red, Picture green, Picture blue, Picture opacity) {
  /** The longest side that is looked at. */
  static final int MOST_SIDE = 1000;

  private static final int OPACITY = 3;
  private static final int PARTS = 4;

  /** How many samples are looked at at once. */
  private static final int CHUNK = 4096;

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
    if (count == 1) { // its own number, not one divided by what it was multiplied by
      for (int part = 0; part < PARTS; part++) {
        parts[part][at] = pixels[part];
      }
      return;
    }
    float weights = 0;
    for (int i = 0; i < count * PARTS; i += PARTS) {
      // What cannot be seen has no say in the colour, unless nothing can.
      float weight = Math.max(pixels[i + OPACITY], 1e-4f);
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
    if (image.getColorModel() instanceof IndexColorModel palette && raster.getNumBands() == 1) {
      return palette(palette, raster, most);
    }
    if (image.getColorModel() instanceof ComponentColorModel components
        && components.getNumComponents() == raster.getNumBands()) {
      int type = components.getColorSpace().getType();
      if (type == ColorSpace.TYPE_GRAY || type == ColorSpace.TYPE_RGB) {
        return components(components, raster, most, type == ColorSpace.TYPE_GRAY);
      }
    }
    int[] argb = new int[most];
    return (x, y, wide, high, out) -> {
      image.getRGB(x, y, wide, high, argb, 0, wide);
      for (int i = 0; i < wide * high; i++) {
        put(argb[i], out, i * PARTS);
      }
    };
  }

  private static void put(int argb, float[] out, int at) {
    out[at] = (argb >> 16 & 255) / 255f;
    out[at + 1] = (argb >> 8 & 255) / 255f;
    out[at + 2] = (argb & 255) / 255f;
    out[at + OPACITY] = (argb >>> 24) / 255f;
  }

  private static Source palette(IndexColorModel palette, Raster raster, int most) {
    int[] argb = new int[palette.getMapSize()];
    palette.getRGBs(argb);
    int[] indices = new int[most];
    return (x, y, wide, high, out) -> {
      raster.getPixels(x, y, wide, high, indices);
      for (int i = 0; i < wide * high; i++) {
        // A number beyond the palette is a damaged picture's.
        put(indices[i] < argb.length ? argb[indices[i]] : 0xFF000000, out, i * PARTS);
      }
    };
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
    float least = Float.POSITIVE_INFINITY;
    float most = Float.NEGATIVE_INFINITY;
    int bands = raster.getNumBands();
    float[] samples = new float[CHUNK * bands];
    for (int y = 0; y < raster.getHeight(); y++) {
      for (int x = 0; x < raster.getWidth(); x += CHUNK) {
        int count = Math.min(CHUNK, raster.getWidth() - x);
        raster.getPixels(x, y, count, 1, samples);
        for (int i = 0; i < count * bands; i++) {
          if (i % bands < model.getNumColorComponents() && Float.isFinite(samples[i])) {
            least = Math.min(least, samples[i]);
            most = Math.max(most, samples[i]);
          }
        }
      }
    }
    if (least >= 0) {
      for (float white : new float[] {1, 255, 65535}) {
        if (most <= white) {
          return new Scale(0, white);
        }
      }
    }
    return least < most ? new Scale(least, most) : new Scale(0, 1);
  }
}
