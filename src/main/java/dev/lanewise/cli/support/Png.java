package dev.lanewise.cli.support;

import dev.lanewise.io.support.AtomicFile;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/** Pictures as the bytes of a PNG file. */
public final class Png {
  private Png() {}

  /** Writes a picture to a file. */
  public static void write(Path file, BufferedImage picture) throws IOException {
    byte[] content = bytes(picture);
    AtomicFile.write(file, out -> out.write(content));
  }

  /** Draws a text, so that what is missing for that is noticed early. */
  static void tryOut() {
    Graphics2D graphics = new BufferedImage(9, 9, BufferedImage.TYPE_INT_RGB).createGraphics();
    graphics.drawString("0", 0, 9);
    graphics.dispose();
  }

  /**
   * Encodes a picture in memory. {@link ImageIO} would otherwise want a cache file, and with it a
   * folder for temporary files, which not every system has.
   */
  static byte[] bytes(BufferedImage picture) throws IOException {
    ByteArrayOutputStream png = new ByteArrayOutputStream();
    try (MemoryCacheImageOutputStream out = new MemoryCacheImageOutputStream(png)) {
      if (!ImageIO.write(picture, "png", out)) {
        throw new IOException("this Java writes no PNG");
      }
    }
    return png.toByteArray();
  }
}
