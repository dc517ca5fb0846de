package dev.lanewise.data;

import dev.lanewise.io.InvalidFileException;
import dev.lanewise.io.support.FileFormat;
import dev.lanewise.io.support.InputFile;
import dev.lanewise.kernel.support.Check;
import dev.lanewise.tensor.Shape;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.io.SequenceInputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.stream.Collectors;
import java.util.zip.CRC32;
import java.util.zip.Inflater;
import java.util.zip.InflaterInputStream;
import java.util.zip.ZipException;

/**
 * Reads the files that MNIST and its kin come in: IDX of unsigned bytes, plain or gzip (of one or
 * several members, padded with zeros or not), whatever their names.
 *
 * <p>A file that is cut off, damaged, too long, of another kind or at odds with its fellow is
 * refused with an {@link InvalidFileException} whose one sentence names it. What a header announces
 * is held against the file's size before memory is taken.
 */
public final class Idx {
  private Idx() {}

  /**
   * Reads images: magic number 0x803 (count, height, width) or 0x804 (and channels).
   *
   * @param file the file
   * @return the images, of shape (height, width, channels)
   * @throws InvalidFileException if the file is not a whole IDX file of images
   * @throws IOException if it cannot be read
   */
  public static ByteSamples images(Path file) throws IOException {
    return images(content(file, imageReader(file.toString())));
  }

  /**
   * Reads images from a stream, up to its end.
   *
   * @param name what the stream is called in messages
   * @param in the stream, which the caller closes
   * @return the images, of shape (height, width, channels)
   * @throws InvalidFileException if the stream is not a whole IDX file of images
   * @throws IOException if it cannot be read
   */
  public static ByteSamples images(String name, InputStream in) throws IOException {
    return images(imageReader(name).read(in, -1));
  }

  /**
   * Reads labels: magic number 0x801.
   *
   * @param file the file
   * @param classes the number of classes; labels are from 0 to {@code classes} − 1
   * @return the labels
   * @throws InvalidFileException if the file is not a whole IDX file of labels, or holds one that
   *     is no class
   * @throws IOException if it cannot be read
   */
  public static Labels labels(Path file, int classes) throws IOException {
    Check.atLeast("classes", classes, 1);
    return labels(file.toString(), content(file, labelReader(file.toString())), classes);
  }

  /**
   * Reads labels from a stream, up to its end.
   *
   * @param name what the stream is called in messages
   * @param in the stream, which the caller closes
   * @param classes the number of classes; labels are from 0 to {@code classes} − 1
   * @return the labels
   * @throws InvalidFileException if the stream is not a whole IDX file of labels, or holds one that
   *     is no class
   * @throws IOException if it cannot be read
   */
  public static Labels labels(String name, InputStream in, int classes) throws IOException {
    Check.atLeast("classes", classes, 1);
    return labels(name, labelReader(name).read(in, -1), classes);
  }

  /**
   * Reads images and their labels.
   *
   * @param images the file of the images
   * @param labels the file of the labels
   * @param classes the number of classes; labels are from 0 to {@code classes} − 1
   * @return a data set
   * @throws InvalidFileException if one of the files is not what it should be, or if there are not
   *     as many labels as images
   * @throws IOException if one of them cannot be read
   */
  public static Dataset dataset(Path images, Path labels, int classes) throws IOException {
    return dataset(images.toString(), images(images), labels.toString(), labels(labels, classes));
  }

  static Dataset dataset(String imagesFile, ByteSamples images, String labelsFile, Labels labels)
      throws InvalidFileException {
    if (images.count() != labels.count()) {
      throw new InvalidFileException(
          labelsFile,
          "holds %s labels, but %s holds %s images"
              .formatted(labels.count(), imagesFile, images.count()));
    }
    return new Dataset(images, labels);
  }

  private static Reader imageReader(String name) {
    return new Reader(name, "images", 3, 4);
  }

  private static Reader labelReader(String name) {
    return new Reader(name, "labels", 1, 1);
  }

  private static Content content(Path file, Reader reader) throws IOException {
    if (Files.isDirectory(file)) {
      throw new InvalidFileException(file.toString(), "is a directory, not an IDX file");
    }
    return InputFile.read(
        file,
        () -> {
          try (InputStream in = Files.newInputStream(file)) {
            // A pipe has no size.
            return reader.read(in, Files.isRegularFile(file) ? Files.size(file) : -1);
          }
        });
  }

  private static ByteSamples images(Content content) {
    int[] dims = content.dims();
    Shape shape = Shape.of(dims[1], dims[2], dims.length == 4 ? dims[3] : 1);
    return ByteSamples.of(content.bytes(), shape);
  }

  private static Labels labels(String name, Content content, int classes)
      throws InvalidFileException {
    byte[] bytes = content.bytes();
    int[] labels = new int[bytes.length];
    for (int i = 0; i < labels.length; i++) {
      labels[i] = bytes[i] & 255;
      if (labels[i] >= classes) {
        throw new InvalidFileException(
            name,
            "holds the label %s at position %s, but labels must be from 0 to %s"
                .formatted(labels[i], i, classes - 1));
      }
    }
    return Labels.of(labels, classes);
  }

  /**
   * What a file holds.
   *
   * @param dims the number of items, and an item's dimensions
   * @param bytes the values
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Content(int[] dims, byte[] bytes) {}

  /**
   * Reads one IDX file of unsigned bytes, plain or gzip.
   *
   * <p>A header is a claim: memory is taken for what the file holds, never for what it announces. A
   * plain file's size is compared first; unpacked bytes are read into an array that grows with
   * them.
   */
  private static final class Reader {
    /** The first array for bytes of which it is not known how many there are. */
    private static final int FIRST = 1 << 16;

    /**
     * What a packed file is expected to unpack to, as a multiple of its size: most take no growth.
     */
    private static final int EXPECTED_RATIO = 8;

    /** Arrays of the VM have some elements less than an int can count. */
    private static final int LARGEST = Integer.MAX_VALUE - 8;

    /** Superfluous bytes are counted for the message, but not for ever. */
    private static final int COUNTED = 1 << 20;

    private final String file;
    private final String what;
    private final int leastRank;
    private final int mostRank;
    private boolean packed;
    private long read;
    private long announced;

    /** For messages: the file's name and what it shall hold; files of these ranks are read. */
    Reader(String file, String what, int leastRank, int mostRank) {
      this.file = file;
      this.what = what;
      this.leastRank = leastRank;
      this.mostRank = mostRank;
    }

    /** Reads a stream to its end; {@code size} is the number of its bytes, −1 if not known. */
    Content read(InputStream raw, long size) throws IOException {
      try {
        InputStream in = new BufferedInputStream(raw, 1 << 16);
        in.mark(2);
        packed = in.read() == 0x1f && in.read() == 0x8b;
        in.reset();
        if (!packed) {
          return content(in, size, size < 0 ? FIRST : size, size < 0 ? Long.MAX_VALUE : size);
        }
        try (GzipStream unpacked = new GzipStream(in)) {
          return size < 0
              ? content(unpacked, -1, FIRST, Long.MAX_VALUE)
              : content(unpacked, -1, EXPECTED_RATIO * size, GzipStream.MOST * size);
        }
      } catch (EOFException e) {
        String expected = announced == 0 ? "" : ", but the IDX header announces " + announced;
        throw invalid(
            "is cut off: its gzip data ends after " + read + " unpacked bytes" + expected);
      } catch (ZipException e) {
        throw invalid("is damaged: it cannot be unpacked (" + e.getMessage() + ")");
      } catch (InvalidFileException e) {
        throw e;
      } catch (IOException e) {
        throw new IOException(file + " cannot be read: " + InputFile.reason(e), e);
      }
    }

    /** {@code size}: bytes in all, −1 if not known; at most {@code most} then. */
    private Content content(InputStream in, long size, long first, long most) throws IOException {
      byte[] magic = header(in, 4, "which begin with 4 bytes that name the format");
      int rank = magic[3];
      if (magic[0] != 0 || magic[1] != 0 || magic[2] != 8 || rank < leastRank || rank > mostRank) {
        InputStream whole = new SequenceInputStream(new ByteArrayInputStream(magic), in);
        byte[] start = whole.readNBytes(FileFormat.START);
        String instead = FileFormat.instead(start, FileFormat.IDX, "an IDX file of " + what);
        if (instead != null) {
          throw invalid((packed ? "is, after unpacking, " : "is ") + instead);
        }
        throw invalid(
            "begins with %s, but IDX files of %s begin with 0000080%s"
                .formatted(HexFormat.of().formatHex(magic), what, leastRank));
      }
      ByteBuffer sizes =
          ByteBuffer.wrap(header(in, 4 * rank, "whose header takes " + (4 + 4 * rank)));
      long[] dims = new long[rank];
      long values = 1;
      for (int i = 0; i < rank; i++) {
        dims[i] = Integer.toUnsignedLong(sizes.getInt());
        values = Math.min(values * dims[i], LARGEST + 1L); // four sizes of 32 bits make 128
      }
      String shape =
          Arrays.stream(dims).mapToObj(Long::toString).collect(Collectors.joining(" × "));
      if (values == 0 || values > LARGEST) {
        throw invalid(
            "announces %s %s, %s"
                .formatted(
                    shape,
                    what,
                    values == 0
                        ? "so that there are none"
                        : "but at most " + LARGEST + " bytes can be held"));
      }
      long total = 4 + 4 * rank + values;
      announced = total;
      if (size >= 0 && size != total) {
        throw sizes(Long.toString(size), shape, total);
      }
      if (total > most) {
        throw sizes("at most " + most, shape, total);
      }
      byte[] bytes = body(in, (int) values, first);
      if (bytes.length < values) {
        throw sizes(Long.toString(read), shape, total);
      }
      byte[] rest = in.readNBytes(COUNTED);
      read += rest.length;
      if (rest.length > 0) {
        throw sizes((rest.length == COUNTED ? "at least " : "") + read, shape, total);
      }
      return new Content(Arrays.stream(dims).mapToInt(Math::toIntExact).toArray(), bytes);
    }

    private byte[] header(InputStream in, int length, String need) throws IOException {
      byte[] bytes = in.readNBytes(length);
      read += bytes.length;
      if (bytes.length < length) {
        throw invalid(
            "%s (%s bytes%s), but should hold IDX %s, %s"
                .formatted(read == 0 ? "is empty" : "is cut off", read, unpacked(), what, need));
      }
      return bytes;
    }

    /** Reads as many bytes as announced; fewer if there are no more. */
    private byte[] body(InputStream in, int values, long first) throws IOException {
      byte[] bytes = new byte[(int) Math.min(values, Math.max(FIRST, first))];
      int filled = 0;
      while (filled < values) {
        if (filled == bytes.length) {
          bytes = Arrays.copyOf(bytes, (int) Math.min(values, 2L * bytes.length));
        }
        // Not readNBytes: if it throws, what it has read is not known.
        int count = in.read(bytes, filled, bytes.length - filled);
        if (count < 0) {
          return Arrays.copyOf(bytes, filled);
        }
        filled += count;
        read += count;
      }
      return bytes;
    }

    private InvalidFileException sizes(String real, String shape, long total) {
      return invalid(
          "holds %s bytes%s, but its header (%s) announces %s"
              .formatted(real, unpacked(), shape, total));
    }

    private String unpacked() {
      return packed ? " after unpacking" : "";
    }

    private InvalidFileException invalid(String problem) {
      return new InvalidFileException(file, problem);
    }
  }

  /**
   * Unpacks a gzip file (RFC 1952): all its members one after the other, and zeros behind them are
   * padding, as gzip itself has it.
   *
   * <p>Unlike the JDK's own stream it refuses whatever else follows, so that a file with bytes
   * appended does not pass for a whole one. A file that ends early is an {@link EOFException}, any
   * other fault a {@link ZipException}.
   */
  private static final class GzipStream extends InflaterInputStream {
    /** Deflate cannot pack more than this many bytes into one. */
    static final int MOST = 1032;

    private static final int BUFFER = 1 << 16;
    private static final int HEADER_CRC = 2;
    private static final int EXTRA = 4;
    private static final int NAME = 8;
    private static final int COMMENT = 16;

    private final PushbackInputStream file;
    private final CRC32 crc = new CRC32();
    private boolean ended;

    /** Reads the first header; {@code in} stands at its first byte. */
    GzipStream(InputStream in) throws IOException {
      this(new PushbackInputStream(in, BUFFER));
    }

    private GzipStream(PushbackInputStream file) throws IOException {
      super(file, new Inflater(true), BUFFER);
      this.file = file;
      header();
    }

    private void header() throws IOException {
      if (next() != 0x1f || next() != 0x8b || next() != 8) {
        throw new ZipException("not gzip, or packed by another method than deflate");
      }
      int flags = next();
      if ((flags & 0xe0) != 0) {
        throw new ZipException("unknown flags in the gzip header");
      }
      file.skipNBytes(6); // time, extra flags, operating system
      if ((flags & EXTRA) != 0) {
        file.skipNBytes(next() | next() << 8);
      }
      skipText((flags & NAME) != 0);
      skipText((flags & COMMENT) != 0);
      if ((flags & HEADER_CRC) != 0) {
        file.skipNBytes(2);
      }
      crc.reset();
      inf.reset();
    }

    private void skipText(boolean present) throws IOException {
      while (present && next() != 0) {}
    }

    private int next() throws IOException {
      int next = file.read();
      if (next < 0) {
        throw new EOFException("the file ends within a gzip member");
      }
      return next;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      if (length == 0) {
        return 0;
      }
      while (!ended) {
        int count = super.read(bytes, offset, length);
        if (count > 0) {
          crc.update(bytes, offset, count);
          return count;
        }
        // What the inflater did not take of its input comes behind the member's data.
        file.unread(buf, len - inf.getRemaining(), inf.getRemaining());
        trailer();
        ended = !startsMember();
      }
      return -1;
    }

    /** Checksum and length of the content. */
    private void trailer() throws IOException {
      long[] words = new long[2];
      for (int i = 0; i < 8; i++) {
        words[i / 4] |= (long) next() << (8 * (i % 4));
      }
      if (words[0] != crc.getValue()) {
        throw new ZipException("the checksum is not that of the content");
      }
      if (words[1] != (inf.getBytesWritten() & 0xffffffffL)) {
        throw new ZipException("the length is not that of the content");
      }
    }

    /**
     * Whether another member follows, whose header is read then; otherwise holds the file's end.
     */
    private boolean startsMember() throws IOException {
      int first = file.read();
      if (first == 0x1f) {
        file.unread(first);
        header();
        return true;
      }
      for (int padding = first; padding >= 0; padding = file.read()) {
        if (padding != 0) {
          throw new ZipException("more bytes follow after its end");
        }
      }
      return false;
    }

    /** Closes the file's stream too. */
    @Override
    public void close() throws IOException {
      inf.end();
      super.close();
    }
  }
}
