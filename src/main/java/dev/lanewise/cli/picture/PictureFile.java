package dev.lanewise.cli.picture;

import dev.lanewise.io.support.FileFormat;
import dev.lanewise.io.support.InputFile;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.Serial;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import javax.imageio.IIOException;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.ImageTypeSpecifier;
import javax.imageio.plugins.tiff.BaselineTIFFTagSet;
import javax.imageio.plugins.tiff.TIFFDirectory;
import javax.imageio.plugins.tiff.TIFFField;
import javax.imageio.stream.FileImageInputStream;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;

/**
 * Reads a picture from a file, a pipe or standard input, upright and in grey.
 *
 * <p>What a header claims is looked at before any memory is taken for it. Whatever goes wrong is
 * one sentence that names the file.
 */
public final class PictureFile {
  /** Pictures of more pixels are refused: a small file can claim, and unpack to, any number. */
  public static final int MOST_PIXELS = 50_000_000;

  /** What is read of a pipe. */
  private static final int MOST_BYTES = 256 << 20;

  /** What the pixels may take, as a share of the memory that there is. */
  private static final double SHARE = 0.5;

  private static final String STANDARD_INPUT = "-";
  private static final String READABLE = "PNG, JPEG, GIF, BMP, TIFF or WBMP";

  /** How files begin that some take for pictures, or that Java reads no pictures of. */
  private static final String[][] OTHERS = {
    {"RIFF....WEBP", "WebP; convert it to PNG"},
    {"....ftypavi", "AVIF; convert it to PNG"},
    {"....ftyp(he|mif|msf)", "HEIC; convert it to PNG or JPEG"},
    {"....ftyp", "a film"},
    {"\0\0\0\fJXL |\u00ff\n", "JPEG XL; convert it to PNG"},
    {"\0\0\0\fjP", "JPEG 2000; convert it to PNG"},
    {"P[1-7]\\s", "netpbm (PBM, PGM, PPM); convert it to PNG"},
    {"%PDF", "PDF; convert its page to PNG"},
    {".*<svg", "SVG; convert it to PNG"}
  };

  private PictureFile() {}

  /** A sentence's end, to be put behind the file's name. */
  private static final class Refusal extends IOException {
    @Serial private static final long serialVersionUID = 1L;

    Refusal(String why) {
      super(why);
    }
  }

  /** What a path is called in sentences. */
  static String name(Path file) {
    return isStandardInput(file) ? "standard input" : file.toString();
  }

  private static boolean isStandardInput(Path file) {
    return file.toString().equals(STANDARD_INPUT);
  }

  /**
   * Reads a picture.
   *
   * @param file its path, or - for standard input
   * @param notes takes a sentence about what a picture that could be read lacks
   * @throws IOException if there is no picture to be read; one sentence says why
   */
  static Picture read(Path file, Consumer<String> notes) throws IOException {
    String name = name(file);
    try (ImageInputStream in = open(file)) {
      return read(in, warning -> notes.accept(name + " may be damaged: " + warning));
    } catch (Refusal refusal) {
      throw new IOException(name + " " + refusal.getMessage(), refusal);
    } catch (IOException | RuntimeException | StackOverflowError failure) {
      throw new IOException(name + " is no image that can be read: " + reason(failure), failure);
    } catch (OutOfMemoryError memory) {
      throw new IOException(name + " cannot be read: there is not enough memory for it", memory);
    }
  }

  private static String reason(Throwable failure) {
    Throwable cause = failure;
    while (cause instanceof IIOException && cause.getCause() != null) { // says no more than "error"
      cause = cause.getCause();
    }
    if (cause instanceof EOFException) {
      return "it ends too early";
    }
    String message = cause.getMessage();
    return cause instanceof IOException && message != null
        ? message
        : "it is damaged (" + cause.getClass().getSimpleName() + ")";
  }

  private static ImageInputStream open(Path file) throws IOException {
    try {
      if (isStandardInput(file)) {
        return ofBytes(System.in);
      }
      if (Files.isRegularFile(file)) {
        if (Files.size(file) == 0) {
          throw new Refusal("is empty");
        }
        return new FileImageInputStream(file.toFile());
      }
      if (!Files.exists(file)) {
        throw new Refusal("cannot be read: there is none");
      }
      if (Files.isDirectory(file)) {
        throw new Refusal("cannot be read: it is no file but a folder");
      }
      try (InputStream pipe = Files.newInputStream(file)) {
        return ofBytes(pipe);
      }
    } catch (Refusal refusal) {
      throw refusal;
    } catch (IOException failure) {
      throw new Refusal("cannot be read: " + InputFile.reason(failure));
    }
  }

  /** A pipe cannot be gone back in: all of it is kept. */
  private static ImageInputStream ofBytes(InputStream in) throws IOException {
    byte[] bytes = in.readNBytes(MOST_BYTES + 1);
    if (bytes.length == 0) {
      throw new Refusal("is empty");
    }
    if (bytes.length > MOST_BYTES) {
      throw new Refusal("cannot be read: more than " + (MOST_BYTES >> 20) + " MB come from it");
    }
    return new MemoryCacheImageInputStream(new ByteArrayInputStream(bytes));
  }

  private static Picture read(ImageInputStream in, Consumer<String> warnings) throws IOException {
    Iterator<ImageReader> readers = ImageIO.getImageReaders(in);
    if (!readers.hasNext()) {
      throw new Refusal("is no image that can be read (" + READABLE + ")" + kind(in));
    }
    ImageReader reader = readers.next();
    try {
      int orientation = ExifOrientation.of(in);
      List<String> warned = new ArrayList<>();
      reader.addIIOReadWarningListener((source, warning) -> warned.add(warning));
      // A TIFF's lengths, which are to be checked, are among what is called metadata.
      boolean tiff = reader.getFormatName().toUpperCase(Locale.ROOT).startsWith("TIF");
      reader.setInput(in, true, !tiff);
      check(reader);
      if (tiff) {
        checkStrips(reader, in);
      }
      BufferedImage image = reader.read(0);
      warned.stream()
          .filter(warning -> !warning.contains("profile")) // of colours, which do not count
          .findFirst()
          .ifPresent(warning -> warnings.accept(warning.strip().replaceAll("\\s+", " ")));
      return PictureColors.of(image).grey().upright(orientation);
    } finally {
      reader.dispose();
    }
  }

  /** Refuses a picture whose header claims too much. */
  private static void check(ImageReader reader) throws IOException {
    long width = reader.getWidth(0);
    long height = reader.getHeight(0);
    if (width * height > MOST_PIXELS) {
      throw new Refusal(
          "is too large: %s by %s pixels, but at most %s million are read"
              .formatted(width, height, MOST_PIXELS / 1_000_000));
    }
    long tile = (long) reader.getTileWidth(0) * reader.getTileHeight(0);
    long bits = 0;
    Iterator<ImageTypeSpecifier> types = reader.getImageTypes(0);
    if (types.hasNext()) {
      for (int size : types.next().getSampleModel().getSampleSize()) {
        bits += size;
      }
    }
    double bytes = Math.max(width * height, tile) * (bits / 8.0);
    if (tile > MOST_PIXELS || bytes > SHARE * Runtime.getRuntime().maxMemory()) {
      throw new Refusal(
          "is too large: it would take %s MB of memory, and the VM may use %s MB"
              .formatted(
                  (long) Math.ceil(Math.max((double) tile, bytes) / (1 << 20)),
                  Runtime.getRuntime().maxMemory() >> 20));
    }
  }

  /** A TIFF states how many bytes each of its pieces takes: no more than there are. */
  private static void checkStrips(ImageReader reader, ImageInputStream in) throws IOException {
    TIFFDirectory directory = TIFFDirectory.createFromMetadata(reader.getImageMetadata(0));
    for (int tag :
        new int[] {
          BaselineTIFFTagSet.TAG_STRIP_BYTE_COUNTS, BaselineTIFFTagSet.TAG_TILE_BYTE_COUNTS
        }) {
      TIFFField field = directory.getTIFFField(tag);
      for (int i = 0; field != null && i < field.getCount(); i++) {
        if (in.length() >= 0 && field.getAsLong(i) > in.length()) {
          throw new Refusal(
              "is no image that can be read: it states a piece of %s bytes, but has %s"
                  .formatted(field.getAsLong(i), in.length()));
        }
      }
    }
  }

  /** What a file is that is no picture, behind a colon; empty if nobody knows. */
  private static String kind(ImageInputStream in) throws IOException {
    byte[] bytes = new byte[FileFormat.START];
    in.seek(0);
    int count = Math.max(0, in.read(bytes));
    String start = new String(bytes, 0, count, StandardCharsets.ISO_8859_1);
    for (String[] other : OTHERS) {
      if (Pattern.compile(other[0], Pattern.DOTALL).matcher(start).lookingAt()) {
        return ": it is " + other[1];
      }
    }
    FileFormat format = FileFormat.of(Arrays.copyOf(bytes, count));
    return format == null || format == FileFormat.TEXT ? "" : ": it is " + format.described();
  }

  /**
   * How a file's rows and columns lie in the picture, as cameras note it: the orientation of EXIF
   * in JPEG and PNG, and of TIFF, from 1 (as they are) to 8. The JDK tells it only with all
   * metadata, which a damaged or hostile file can make large or unreadable where its picture is
   * neither.
   */
  private static final class ExifOrientation {
    private static final int UPRIGHT = 1;

    private static final int JPEG = 0xFFD8;
    private static final int PNG = 0x89504E47;
    private static final int LITTLE_TIFF = 0x49492A00; // "II*"
    private static final int BIG_TIFF = 0x4D4D002A; // "MM", 42

    private ExifOrientation() {}

    /**
     * Finds the orientation. What is damaged, or says nothing, is 1; where the stream stands does
     * not change.
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

    /**
     * Moves to what is in the first segment APP1 that begins with "Exif"; false if there is none.
     */
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
}
