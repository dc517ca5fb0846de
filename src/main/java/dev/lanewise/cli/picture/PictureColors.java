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
final class PictureColors {
  /** The longest side that is looked at. */
  static final int MOST_SIDE = 1000;

  private static final int RED = 0;
  private static final int GREEN = 1;
  private static final int BLUE = 2;
  private static final int OPACITY = 3;
  private static final int PARTS = 4;

  /** How many pixels are converted at once. */
  private static final int CHUNK = 4096;

  private final int width;
  private final int height;
  private final float[][] parts;

  private PictureColors(int width, int height, float[][] parts) {
    this.width = width;
    this.height = height;
    this.parts = parts;
  }

  int width() {
    return width;
  }

  int height() {
    return height;
  }

  float[] red() {
    return parts[RED];
  }

  float[] green() {
    return parts[GREEN];
  }

  float[] blue() {
    return parts[BLUE];
  }

  float[] opacity() {
    return parts[OPACITY];
  }

  /** Reads an image's numbers. */
  static PictureColors of(BufferedImage image) {
    Source source = source(image);
    int wide = image.getWidth();
    int high = image.getHeight();
    int factor = Math.ceilDiv(Math.max(wide, high), MOST_SIDE);
    int width = Math.ceilDiv(wide, factor);
    int height = Math.ceilDiv(high, factor);
    float[][] parts = new float[PARTS][width * height];
    float[] row = new float[Math.min(wide, CHUNK) * PARTS];
    // Factor 1 is apart: a pixel's own number, not a sum divided by what it was multiplied by.
    float[] weights = new float[factor == 1 ? 0 : width * height];
    for (int y = 0; y < high; y++) {
      for (int x = 0; x < wide; x += CHUNK) {
        int count = Math.min(CHUNK, wide - x);
        source.read(x, y, count, row);
        for (int i = 0; i < count; i++) {
          int at = y / factor * width + (x + i) / factor;
          if (factor == 1) {
            for (int part = 0; part < PARTS; part++) {
              parts[part][at] = row[i * PARTS + part];
            }
          } else {
            // What cannot be seen has no say in the colour, unless nothing can.
            float weight = Math.max(row[i * PARTS + OPACITY], 1e-4f);
            for (int part = 0; part < OPACITY; part++) {
              parts[part][at] += weight * row[i * PARTS + part];
            }
            parts[OPACITY][at] += row[i * PARTS + OPACITY];
            weights[at] += weight;
          }
        }
      }
    }
    for (int at = 0; at < weights.length; at++) {
      int fromX = at % width * factor;
      int fromY = at / width * factor;
      int pixels = Math.min(factor, wide - fromX) * Math.min(factor, high - fromY);
      for (int part = 0; part < OPACITY; part++) {
        parts[part][at] /= weights[at];
      }
      parts[OPACITY][at] /= pixels;
    }
    return new PictureColors(width, height, parts);
  }

  /** Where the numbers come from. */
  private interface Source {
    /** Reads a part of a row: red, green, blue and how opaque, for each pixel. */
    void read(int x, int y, int count, float[] out);
  }

  private static Source source(BufferedImage image) {
    Raster raster = image.getRaster();
    if (image.getColorModel() instanceof IndexColorModel palette && raster.getNumBands() == 1) {
      return palette(palette, raster);
    }
    if (image.getColorModel() instanceof ComponentColorModel components
        && components.getNumComponents() == raster.getNumBands()) {
      int type = components.getColorSpace().getType();
      if (type == ColorSpace.TYPE_GRAY || type == ColorSpace.TYPE_RGB) {
        return components(components, raster, type == ColorSpace.TYPE_GRAY);
      }
    }
    int[] argb = new int[CHUNK];
    return (x, y, count, out) -> {
      image.getRGB(x, y, count, 1, argb, 0, CHUNK);
      for (int i = 0; i < count; i++) {
        put(argb[i], out, i * PARTS);
      }
    };
  }

  private static void put(int argb, float[] out, int at) {
    out[at + RED] = (argb >> 16 & 255) / 255f;
    out[at + GREEN] = (argb >> 8 & 255) / 255f;
    out[at + BLUE] = (argb & 255) / 255f;
    out[at + OPACITY] = (argb >>> 24) / 255f;
  }

  private static Source palette(IndexColorModel palette, Raster raster) {
    int[] argb = new int[palette.getMapSize()];
    palette.getRGBs(argb);
    int[] indices = new int[CHUNK];
    return (x, y, count, out) -> {
      raster.getPixels(x, y, count, 1, indices);
      for (int i = 0; i < count; i++) {
        // A number beyond the palette is a damaged picture's.
        put(indices[i] < argb.length ? argb[indices[i]] : 0xFF000000, out, i * PARTS);
      }
    };
  }

  private static Source components(ComponentColorModel model, Raster raster, boolean grey) {
    int bands = raster.getNumBands();
    int colors = model.getNumColorComponents();
    float[] samples = new float[CHUNK * bands];
    Scale[] scales = scales(model, raster);
    boolean multiplied = model.isAlphaPremultiplied();
    return (x, y, count, out) -> {
      raster.getPixels(x, y, count, 1, samples);
      for (int i = 0; i < count; i++) {
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
      for (int band = 0; band < scales.length; band++) {
        scales[band] = new Scale(0, (1 << model.getComponentSize(band)) - 1f);
      }
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
    float[] samples = new float[CHUNK];
    for (int band = 0; band < model.getNumColorComponents(); band++) {
      for (int y = 0; y < raster.getHeight(); y++) {
        for (int x = 0; x < raster.getWidth(); x += CHUNK) {
          int count = Math.min(CHUNK, raster.getWidth() - x);
          raster.getSamples(x, y, count, 1, band, samples);
          for (int i = 0; i < count; i++) {
            if (Float.isFinite(samples[i])) {
              least = Math.min(least, samples[i]);
              most = Math.max(most, samples[i]);
            }
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
