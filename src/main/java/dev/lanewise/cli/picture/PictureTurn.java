package dev.lanewise.cli.picture;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteOrder;
import javax.imageio.stream.ImageInputStream;

/**
 * How a file's rows and columns lie in the picture, as cameras note it: the orientation of EXIF in
 * JPEG and PNG, and of TIFF, from 1 (as they are) to 8.
 */
final class PictureTurn {
  private static final int UPRIGHT = 1;
  private static final int ORIENTATION = 274;
  private static final int SHORT = 3;
  private static final int LONG = 4;

  private static final int JPEG = 0xFFD8;
  private static final int APP1 = 0xE1;
  private static final int START_OF_SCAN = 0xDA;
  private static final int END_OF_IMAGE = 0xD9;
  private static final int EXIF = 0x45786966; // "Exif"
  private static final int EXIF_HEADER = 6;

  private static final int PNG = 0x89504E47;
  private static final int PNG_SIGNATURE = 8;
  private static final int PNG_EXIF = 0x65584966; // "eXIf"
  private static final int PNG_END = 0x49454E44; // "IEND"

  private static final int LITTLE_TIFF = 0x49492A00; // "II*"
  private static final int BIG_TIFF = 0x4D4D002A; // "MM", 42

  private PictureTurn() {}

  /**
   * Finds the orientation. What is damaged, or says nothing, is 1; where the stream stands does not
   * change.
   */
  static int of(ImageInputStream in) throws IOException {
    long start = in.getStreamPosition();
    ByteOrder order = in.getByteOrder();
    try {
      in.setByteOrder(ByteOrder.BIG_ENDIAN);
      int first = in.readInt();
      in.seek(start);
      int found =
          first >>> 16 == JPEG
              ? ofJpeg(in)
              : first == PNG
                  ? ofPng(in)
                  : first == LITTLE_TIFF || first == BIG_TIFF ? ofTiff(in) : UPRIGHT;
      return found >= 1 && found <= 8 ? found : UPRIGHT;
    } catch (EOFException cut) {
      return UPRIGHT;
    } finally {
      in.setByteOrder(order);
      in.seek(start);
    }
  }

  private static int ofJpeg(ImageInputStream in) throws IOException {
    in.skipBytes(2);
    while (in.readUnsignedByte() == 0xFF) {
      int marker = in.readUnsignedByte();
      while (marker == 0xFF) { // fill
        marker = in.readUnsignedByte();
      }
      if (marker == START_OF_SCAN || marker == END_OF_IMAGE) {
        return UPRIGHT;
      }
      if (marker == 0x01 || (marker >= 0xD0 && marker <= 0xD7)) { // alone, without a length
        continue;
      }
      long next = in.getStreamPosition();
      int length = in.readUnsignedShort();
      if (marker == APP1 && length > EXIF_HEADER + 2 && in.readInt() == EXIF) {
        in.skipBytes(2);
        return ofTiff(in);
      }
      in.seek(next + length);
    }
    return UPRIGHT;
  }

  private static int ofPng(ImageInputStream in) throws IOException {
    in.skipBytes(PNG_SIGNATURE);
    while (true) {
      long length = in.readUnsignedInt();
      int type = in.readInt();
      if (type == PNG_EXIF) {
        return ofTiff(in);
      }
      if (type == PNG_END) {
        return UPRIGHT;
      }
      in.seek(in.getStreamPosition() + length + 4);
    }
  }

  /** The first folder of a TIFF file, which EXIF is a piece of. */
  private static int ofTiff(ImageInputStream in) throws IOException {
    long start = in.getStreamPosition();
    int magic = in.readInt();
    if (magic != LITTLE_TIFF && magic != BIG_TIFF) {
      return UPRIGHT;
    }
    in.setByteOrder(magic == LITTLE_TIFF ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
    in.seek(start + in.readUnsignedInt());
    int entries = in.readUnsignedShort();
    for (int i = 0; i < entries; i++) {
      int tag = in.readUnsignedShort();
      int type = in.readUnsignedShort();
      in.skipBytes(4);
      long place = in.getStreamPosition();
      if (tag == ORIENTATION) {
        return switch (type) {
          case SHORT -> in.readUnsignedShort();
          case LONG -> in.readInt();
          default -> UPRIGHT;
        };
      }
      in.seek(place + 4);
    }
    return UPRIGHT;
  }
}
