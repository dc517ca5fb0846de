package dev.lanewise.cli.picture;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * A picture as the network knows digits: 28 × 28 pixels, white on black.
 *
 * <p>A picture of that size and of MNIST's form is taken as it is: a black ground, ink within a
 * square of 20 pixels, its centre of mass within a pixel of the middle; or the same in black on
 * white. Any other is brought to that form. Its ground is taken away ({@link PictureGround}) and
 * the digit found on it ({@link PictureParts}); that is scaled, its proportions kept, to fit into
 * 20 × 20 pixels, each the mean of what it covers, and laid with its centre of mass in the middle.
 */
public final class DigitImage {
  public static final int SIDE = 28;
  private static final int BOX = 20;

  /** Ink below this share of the digit's own is none. */
  private static final float INK = 0.2f;

  /** The least difference from the ground that can be seen. */
  private static final float VISIBLE = 0.04f;

  /** So many standard deviations of the ground's noise are ink. */
  private static final float ABOVE_NOISE = 4;

  /** The largest level of a ground that is called black. */
  private static final float BLACK = 0.02f;

  /** What MNIST's brightest pixels reach. */
  private static final float WHITE = 0.8f;

  private static final String NOTHING_DRAWN =
      " shows no digit: nothing is drawn on it that stands out from its ground";

  private DigitImage() {}

  /**
   * Reads a picture file: 28 · 28 numbers from 0 to 1.
   *
   * @param file its path, or - for standard input
   * @param notes takes sentences about what is odd about it
   * @throws IOException if there is no picture to be read, or no digit on it; one sentence says why
   */
  public static float[] read(Path file, Consumer<String> notes) throws IOException {
    return of(PictureFile.read(file, notes))
        .orElseThrow(() -> new IOException(PictureFile.name(file) + NOTHING_DRAWN));
  }

  /**
   * Finds the digit on an image that is held in memory.
   *
   * @return as {@link #read}; empty if nothing is drawn on it
   */
  public static Optional<float[]> of(BufferedImage image) {
    return of(PictureColors.of(image).grey());
  }

  /** The digit on a picture; empty if nothing is drawn on it. */
  static Optional<float[]> of(Picture picture) {
    if (picture.width() == SIDE && picture.height() == SIDE) {
      Picture inverted = picture.map(at -> 1 - picture.values()[at]);
      for (Picture form : new Picture[] {picture, inverted}) {
        if (hasForm(form)) {
          return Optional.of(form.values());
        }
      }
    }
    PictureGround ground = PictureGround.of(picture);
    Optional<float[]> onSheet = ground.sheet().flatMap(DigitImage::of);
    return onSheet.isPresent() ? onSheet : of(ground.drawing(), picture);
  }

  private static Optional<float[]> of(PictureGround.Drawing drawing, Picture picture) {
    float noise = ABOVE_NOISE * drawing.noise();
    float level = level(drawing.ink(), Math.max(VISIBLE, noise), 0.75);
    Picture digit =
        new PictureParts(drawing.ink(), Math.max(noise, Math.max(VISIBLE, 0.3f * level))).digit();
    float white = level(digit, Math.max(VISIBLE, 0.3f * level), 0.9);
    int least = Math.max(3, Math.max(picture.width(), picture.height()) / 100);
    Optional<Picture.Box> box =
        digit.outline(INK * white).filter(outline -> outline.longest() >= least);
    if (white == 0 || box.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(scaled(digit.map(at -> Math.min(1, digit.values()[at] / white)), box.get()));
  }

  /** Whether 28 × 28 pixels are a digit as MNIST has them. */
  private static boolean hasForm(Picture picture) {
    double[] centre = centre(picture);
    return Picture.median(picture.values(IntStream.of(picture.edge()))) <= BLACK
        && level(picture, INK, 1) >= WHITE
        && picture.outline(INK).filter(box -> box.longest() <= BOX).isPresent()
        && Math.abs(centre[0] - SIDE / 2.0) <= 1
        && Math.abs(centre[1] - SIDE / 2.0) <= 1;
  }

  /** Of the values above a threshold, that which a share of them does not exceed; 0 of none. */
  private static float level(Picture ink, float threshold, double share) {
    double[] above = ink.values(ink.pixels()).filter(value -> value > threshold).sorted().toArray();
    return above.length == 0 ? 0 : (float) above[(int) (share * (above.length - 1))];
  }

  private static float[] scaled(Picture picture, Picture.Box box) {
    int columns = box.width();
    int rows = box.height();
    double pixel = Math.max(columns, rows) / (double) BOX;
    int wide = Math.clamp(Math.round(columns / pixel), 1, BOX);
    int high = Math.clamp(Math.round(rows / pixel), 1, BOX);
    float[] small = new float[wide * high];
    double stepX = columns / (double) wide;
    double stepY = rows / (double) high;
    for (int y = 0; y < high; y++) {
      for (int x = 0; x < wide; x++) {
        small[y * wide + x] =
            mean(picture, box.left() + x * stepX, box.top() + y * stepY, stepX, stepY);
      }
    }
    return centred(new Picture(wide, high, small));
  }

  /** The mean over a rectangle, whose edges may cut pixels. */
  private static float mean(Picture picture, double left, double top, double wide, double high) {
    double sum = 0;
    for (int y = (int) top; y < Math.min(picture.height(), Math.ceil(top + high)); y++) {
      double partY = Math.min(y + 1, top + high) - Math.max(y, top);
      for (int x = (int) left; x < Math.min(picture.width(), Math.ceil(left + wide)); x++) {
        double partX = Math.min(x + 1, left + wide) - Math.max(x, left);
        sum += picture.at(x, y) * partX * partY;
      }
    }
    return (float) (sum / (wide * high));
  }

  /** Where the mass has its centre: x and y. */
  private static double[] centre(Picture picture) {
    double mass = 0;
    double massX = 0;
    double massY = 0;
    for (int y = 0; y < picture.height(); y++) {
      for (int x = 0; x < picture.width(); x++) {
        mass += picture.at(x, y);
        massX += (x + 0.5) * picture.at(x, y);
        massY += (y + 0.5) * picture.at(x, y);
      }
    }
    return new double[] {massX / mass, massY / mass};
  }

  private static float[] centred(Picture small) {
    int wide = small.width();
    int high = small.height();
    double[] centre = centre(small);
    int left = Math.clamp(Math.round(SIDE / 2.0 - centre[0]), 0, SIDE - wide);
    int top = Math.clamp(Math.round(SIDE / 2.0 - centre[1]), 0, SIDE - high);
    float[] image = new float[SIDE * SIDE];
    for (int y = 0; y < high; y++) {
      System.arraycopy(small.values(), y * wide, image, (top + y) * SIDE + left, wide);
    }
    return image;
  }
}
