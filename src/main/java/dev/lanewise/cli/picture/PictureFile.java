package dev.lanewise.cli.picture;

import dev.lanewise.io.support.FileFormat;
import dev.lanewise.io.support.Reasons;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.Serial;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Iterator;
import java.util.Locale;
import java.util.function.Consumer;
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
      throw new Refusal("cannot be read: " + Reasons.of(failure));
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
      String kind = kind(in);
      throw new Refusal(
          "is no image that can be read ("
              + READABLE
              + ")"
              + (kind.isEmpty() ? "" : ": it is " + kind));
    }
    ImageReader reader = readers.next();
    try {
      int orientation = PictureTurn.of(in);
      FirstWarning warning = new FirstWarning();
      reader.addIIOReadWarningListener(warning);
      // A TIFF's lengths, which are to be checked, are among what is called metadata.
      boolean tiff = reader.getFormatName().toUpperCase(Locale.ROOT).startsWith("TIF");
      reader.setInput(in, true, !tiff);
      check(reader);
      if (tiff) {
        checkStrips(reader, in);
      }
      BufferedImage image = reader.read(0);
      if (!warning.text().isEmpty()) {
        warnings.accept(warning.text());
      }
      return PictureView.of(PictureColors.of(image)).upright(orientation);
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
          "is too large: "
              + width
              + " by "
              + height
              + " pixels, but at most "
              + MOST_PIXELS / 1_000_000
              + " million are read");
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
          "is too large: it would take "
              + (long) Math.ceil(Math.max((double) tile, bytes) / (1 << 20))
              + " MB of memory, and the VM may use "
              + (Runtime.getRuntime().maxMemory() >> 20)
              + " MB");
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
              "is no image that can be read: it states a piece of "
                  + field.getAsLong(i)
                  + " bytes, but has "
                  + in.length());
        }
      }
    }
  }

  /** What a file is that some take for a picture, or that Java reads no pictures of. */
  private static String kind(ImageInputStream in) throws IOException {
    byte[] bytes = new byte[FileFormat.START];
    in.seek(0);
    int count = Math.max(0, in.read(bytes));
    String start = new String(bytes, 0, count, StandardCharsets.ISO_8859_1);
    if (start.startsWith("RIFF") && start.startsWith("WEBP", 8)) {
      return "WebP; convert it to PNG";
    }
    if (start.startsWith("ftyp", 4)) {
      String brand = start.substring(8, Math.min(12, start.length()));
      if (brand.startsWith("avi")) {
        return "AVIF; convert it to PNG";
      }
      return brand.startsWith("he") || brand.startsWith("mif") || brand.startsWith("msf")
          ? "HEIC; convert it to PNG or JPEG"
          : "a film";
    }
    if (start.startsWith("\0\0\0\fJXL ") || start.startsWith("\u00ff\n")) {
      return "JPEG XL; convert it to PNG";
    }
    if (start.startsWith("\0\0\0\fjP")) {
      return "JPEG 2000; convert it to PNG";
    }
    if (start.matches("(?s)P[1-7]\\s.*")) {
      return "netpbm (PBM, PGM, PPM); convert it to PNG";
    }
    if (start.startsWith("%PDF")) {
      return "PDF; convert its page to PNG";
    }
    if (start.contains("<svg")) {
      return "SVG; convert it to PNG";
    }
    FileFormat format = FileFormat.of(Arrays.copyOf(bytes, count));
    return format == null || format == FileFormat.TEXT ? "" : format.described();
  }
}
