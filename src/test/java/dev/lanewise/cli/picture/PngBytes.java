package dev.lanewise.cli.picture;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;
import java.util.zip.DeflaterOutputStream;

/** Writes PNG files by hand, such as Java's own writer does not write. */
final class PngBytes {
  static final int GREY = 0;
  static final int RGB = 2;
  static final int PALETTE = 3;
  static final int GREY_ALPHA = 4;
  static final int RGB_ALPHA = 6;

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  private PngBytes() {}

  /** The parts before the pixels: further chunks may follow. */
  static PngBytes header(int width, int height, int depth, int colorType) throws IOException {
    PngBytes png = new PngBytes();
    png.bytes.write(new byte[] {(byte) 0x89, 'P', 'N', 'G', 13, 10, 26, 10});
    ByteArrayOutputStream header = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(header);
    out.writeInt(width);
    out.writeInt(height);
    out.write(new byte[] {(byte) depth, (byte) colorType, 0, 0, 0});
    return png.chunk("IHDR", header.toByteArray());
  }

  PngBytes chunk(String type, byte... content) throws IOException {
    DataOutputStream out = new DataOutputStream(bytes);
    byte[] name = type.getBytes(StandardCharsets.US_ASCII);
    CRC32 sum = new CRC32();
    sum.update(name);
    sum.update(content);
    out.writeInt(content.length);
    out.write(name);
    out.write(content);
    out.writeInt((int) sum.getValue());
    return this;
  }

  /** The whole file; each row of pixels has no filter. */
  byte[] pixels(byte[][] rows) throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (DeflaterOutputStream deflater = new DeflaterOutputStream(packed)) {
      for (byte[] row : rows) {
        deflater.write(0);
        deflater.write(row);
      }
    }
    return chunk("IDAT", packed.toByteArray()).chunk("IEND").bytes.toByteArray();
  }
}
