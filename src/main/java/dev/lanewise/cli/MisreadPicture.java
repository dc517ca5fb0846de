package dev.lanewise.cli;

import dev.lanewise.cli.support.Png;
import dev.lanewise.data.Samples;
import java.awt.Color;
import java.awt.Font;
import java.awt.FontMetrics;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** The worst-misread images in one PNG, each with its true and its read class. */
final class MisreadPicture {
  static final int COLUMNS = 5;
  static final int MOST = COLUMNS * COLUMNS;

  private static final int ZOOM = 5;
  private static final int CAPTION = 44;
  private static final int GAP = 14;
  private static final Color RED = new Color(0xB00020);
  private static final Font FONT = new Font(Font.SANS_SERIF, Font.PLAIN, 16);

  private MisreadPicture() {}

  static void write(Path file, Samples samples, List<Confusion.Misread> worst) throws IOException {
    Png.write(file, draw(samples, worst));
  }

  static BufferedImage draw(Samples samples, List<Confusion.Misread> worst) {
    int high = samples.shape().dim(0);
    int wide = samples.shape().dim(1);
    int cellWidth = wide * ZOOM + GAP;
    int cellHeight = high * ZOOM + CAPTION + GAP;
    int rows = Math.max(1, Math.ceilDiv(worst.size(), COLUMNS));
    BufferedImage picture =
        new BufferedImage(
            COLUMNS * cellWidth + GAP, rows * cellHeight + GAP, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = picture.createGraphics();
    graphics.setColor(Color.WHITE);
    graphics.fillRect(0, 0, picture.getWidth(), picture.getHeight());
    graphics.setRenderingHint(
        RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
    graphics.setFont(FONT);
    float[] pixels = new float[high * wide];
    for (int i = 0; i < worst.size(); i++) {
      Confusion.Misread one = worst.get(i);
      int left = GAP + i % COLUMNS * cellWidth;
      int top = GAP + i / COLUMNS * cellHeight;
      samples.gather(new int[] {one.image()}, 0, 1, pixels, 0);
      for (int p = 0; p < pixels.length; p++) {
        float value = Math.clamp(pixels[p], 0f, 1f);
        graphics.setColor(new Color(value, value, value));
        graphics.fillRect(left + p % wide * ZOOM, top + p / wide * ZOOM, ZOOM, ZOOM);
      }
      int middle = left + wide * ZOOM / 2;
      int below = top + high * ZOOM;
      center(graphics, Color.BLACK, "true " + one.truth(), middle, below + 17);
      String read =
          String.format(Locale.ROOT, "read %d (%.1f %%)", one.read(), 100 * one.probability());
      center(graphics, RED, read, middle, below + 36);
    }
    graphics.dispose();
    return picture;
  }

  private static void center(Graphics2D graphics, Color color, String text, int x, int y) {
    FontMetrics metrics = graphics.getFontMetrics();
    graphics.setColor(color);
    graphics.drawString(text, x - metrics.stringWidth(text) / 2, y);
  }
}
