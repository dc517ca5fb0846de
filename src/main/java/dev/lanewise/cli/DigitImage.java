package dev.lanewise.cli;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;

/**
 * An image file as the network knows digits: 28 × 28 pixels, white on black.
 *
 * <p>Colours become their brightness, what is transparent white. If the image's edge is bright on
 * average, its background is taken for white and the image is inverted. An image of another size is
 * brought to MNIST's form: the part that is not background is scaled, its proportions kept, to fit
 * into 20 × 20 pixels, each the mean of what it covers, and laid with its centre of mass in the
 * middle.
 */
final class DigitImage {
  static final int SIDE = 28;
  private static final int BOX = 20;

  /** Brightness below this share of the brightest is background. */
  private static final float INK = 0.2f;

  private DigitImage() {}

  /** Reads a file: 28 · 28 numbers from 0 to 1. */
  static float[] read(Path file) throws IOException {
    if (!Files.isRegularFile(file)) {
      throw new IOException(
          file + " cannot be read: " + (Files.exists(file) ? "it is no file" : "there is none"));
    }
    BufferedImage image;
    try {
      image = ImageIO.read(file.toFile());
    } catch (IOException | RuntimeException e) {
      throw new IOException(file + " is no image that can be read: " + e.getMessage(), e);
    }
    if (image == null) {
      throw new IOException(file + " is no image that can be read (PNG, JPEG, GIF or BMP)");
    }
    return of(image);
  }

  static float[] of(BufferedImage image) {
    int width = image.getWidth();
    int height = image.getHeight();
    float[] bright = new float[Math.multiplyExact(width, height)];
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        bright[y * width + x] = brightness(image, x, y);
      }
    }
    if (edge(bright, width, height) > 0.5f) {
      for (int i = 0; i < bright.length; i++) {
        bright[i] = 1 - bright[i];
      }
    }
    return width == SIDE && height == SIDE ? bright : scaled(bright, width, height);
  }

  private static float brightness(BufferedImage image, int x, int y) {
    // A grey image's own numbers: getRGB would convert them from linear light.
    if (image.getRaster().getNumBands() == 1
        && image.getSampleModel().getSampleSize(0) == 8
        && image.getType() == BufferedImage.TYPE_BYTE_GRAY) {
      return image.getRaster().getSample(x, y, 0) / 255f;
    }
    int argb = image.getRGB(x, y);
    float alpha = (argb >>> 24) / 255f;
    float red = (argb >> 16 & 255) / 255f;
    float green = (argb >> 8 & 255) / 255f;
    float blue = (argb & 255) / 255f;
    float grey =
        red == green && green == blue ? red : 0.299f * red + 0.587f * green + 0.114f * blue;
    return alpha == 1 ? grey : alpha * grey + (1 - alpha);
  }

  /** The mean brightness of the outermost pixels. */
  private static float edge(float[] bright, int width, int height) {
    double sum = 0;
    int count = 0;
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        if (x == 0 || y == 0 || x == width - 1 || y == height - 1) {
          sum += bright[y * width + x];
          count++;
        }
      }
    }
    return (float) (sum / count);
  }

  private static float[] scaled(float[] bright, int width, int height) {
    float most = 0;
    for (float value : bright) {
      most = Math.max(most, value);
    }
    int left = width;
    int right = -1;
    int top = height;
    int bottom = -1;
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        if (bright[y * width + x] > INK * most) {
          left = Math.min(left, x);
          right = Math.max(right, x);
          top = Math.min(top, y);
          bottom = Math.max(bottom, y);
        }
      }
    }
    if (right < 0) {
      return new float[SIDE * SIDE]; // nothing is drawn on it
    }
    double pixel = Math.max(right - left + 1, bottom - top + 1) / (double) BOX;
    int wide = Math.clamp(Math.round((right - left + 1) / pixel), 1, BOX);
    int high = Math.clamp(Math.round((bottom - top + 1) / pixel), 1, BOX);
    float[] box = new float[wide * high];
    double stepX = (right - left + 1) / (double) wide;
    double stepY = (bottom - top + 1) / (double) high;
    for (int y = 0; y < high; y++) {
      for (int x = 0; x < wide; x++) {
        box[y * wide + x] =
            mean(bright, width, left + x * stepX, top + y * stepY, stepX, stepY) / most;
      }
    }
    return centred(box, wide, high);
  }

  /** The mean over a rectangle, whose edges may cut pixels. */
  private static float mean(
      float[] bright, int width, double left, double top, double wide, double high) {
    double sum = 0;
    int height = bright.length / width;
    for (int y = (int) top; y < Math.min(height, Math.ceil(top + high)); y++) {
      double partY = Math.min(y + 1, top + high) - Math.max(y, top);
      for (int x = (int) left; x < Math.min(width, Math.ceil(left + wide)); x++) {
        double partX = Math.min(x + 1, left + wide) - Math.max(x, left);
        sum += bright[y * width + x] * partX * partY;
      }
    }
    return (float) (sum / (wide * high));
  }

  private static float[] centred(float[] box, int wide, int high) {
    double mass = 0;
    double massX = 0;
    double massY = 0;
    for (int y = 0; y < high; y++) {
      for (int x = 0; x < wide; x++) {
        mass += box[y * wide + x];
        massX += (x + 0.5) * box[y * wide + x];
        massY += (y + 0.5) * box[y * wide + x];
      }
    }
    int left = Math.clamp(Math.round(SIDE / 2.0 - massX / mass), 0, SIDE - wide);
    int top = Math.clamp(Math.round(SIDE / 2.0 - massY / mass), 0, SIDE - high);
    float[] image = new float[SIDE * SIDE];
    for (int y = 0; y < high; y++) {
      System.arraycopy(box, y * wide, image, (top + y) * SIDE + left, wide);
    }
    return image;
  }
}
