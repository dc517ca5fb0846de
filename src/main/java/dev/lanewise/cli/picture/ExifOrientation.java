package dev.lanewise.cli.picture;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteOrder;
import javax.imageio.stream.ImageInputStream;

/**
 * How a file's rows and columns lie in the picture, as cameras note it: the orientation of EXIF in
 * JPEG and PNG, and of TIFF, from 1 (as they are) to 8. The JDK tells it only with all metadata,
 * which a damaged or hostile file can make large or unreadable where its picture is neither.
 */
final class ExifOrientation {
  private static final int UPRIGHT = 1;

  private static final int JPEG = 0xFFD8;
  private static final int PNG = 0x89504E47;
  private static final int LITTLE_TIFF = 0x49492A00; // "II*"
  private static final int BIG_TIFF = 0x4D4D002A; // "MM", 42

  private ExifOrientation() {}

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
      boolean found = first >>> 16 == JPEG ? findInJpeg(in) : first == PNG ? findInPng(in) : true;
      int orientation = found ? ofTiff(in) : UPRIGHT;
      return orientation >= 1 && orientation <= 8 ? orientation : UPRIGHT;
    } catch (EOFException cut) {
      return UPRIGHT;
    } finally {
      in.setByteOrder(order);
      in.seek(start);
    }
  }

  /** Moves to what is in the first segment APP1 that begins with "Exif"; false if there is none. */
  private static boolean findInJpeg(ImageInputStream in) throws IOException {
    in.skipBytes(2);
    while (in.readUnsignedByte() == 0xFF) {
      int marker = in.readUnsignedByte();
      while (marker == 0xFF) { // fill
        marker = in.readUnsignedByte();
      }
      if (marker == 0xDA || marker == 0xD9) { // start of scan, end of image
        return false;
      }
      if (marker == 0x01 || (marker >= 0xD0 && marker <= 0xD7)) { // alone, without a length
        continue;
      }
      long next = in.getStreamPosition();
      int length = in.readUnsignedShort();
      if (marker == 0xE1 && length > 8 && in.readInt() == 0x45786966) {
        in.skipBytes(2);
        return true;
      }
      in.seek(next + length);
    }
    return false;
  }

  /** Moves to what is in the chunk eXIf; false if there is none. */
  private static boolean findInPng(ImageInputStream in) throws IOException {
    in.skipBytes(8); // the signature
    while (true) {
      long length = in.readUnsignedInt();
      int type = in.readInt();
      if (type == 0x65584966 || type == 0x49454E44) { // eXIf, IEND
        return type == 0x65584966;
      }
      in.seek(in.getStreamPosition() + length + 4);
    }
  }

  /** Reads the first folder of a TIFF file, which EXIF is a piece of. */
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
      if (tag == 274) {
        return switch (type) {
          case 3 -> in.readUnsignedShort();
          case 4 -> in.readInt();
          default -> UPRIGHT;
        };
      }
      in.seek(place + 4);
    }
    return UPRIGHT;
  }
}
