package dev.lanewise.cli.support;

import dev.lanewise.io.support.AtomicFile;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Iterator;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriter;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/** Pictures as the bytes of a PNG file. */
public final class Png {
  private Png() {}

  /** Writes a picture to a file. */
  public static void write(Path file, BufferedImage picture) throws IOException {
    byte[] content = bytes(picture);
    AtomicFile.write(file, out -> out.write(content));
  }

  /**
   * Encodes a picture in memory. {@link ImageIO#write} to a stream would want a cache file, and
   * with it a folder for temporary files, which not every system has.
   */
  static byte[] bytes(BufferedImage picture) throws IOException {
    Iterator<ImageWriter> writers = ImageIO.getImageWritersByFormatName("png");
    if (!writers.hasNext()) {
      throw new IOException("this Java writes no PNG");
    }
    ImageWriter writer = writers.next();
    ByteArrayOutputStream png = new ByteArrayOutputStream();
    try (MemoryCacheImageOutputStream out = new MemoryCacheImageOutputStream(png)) {
      writer.setOutput(out);
      writer.write(picture);
    } finally {
      writer.dispose();
    }
    return png.toByteArray();
  }
}
