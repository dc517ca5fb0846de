package dev.lanewise.data;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.util.zip.CRC32;
import java.util.zip.Inflater;
import java.util.zip.InflaterInputStream;
import java.util.zip.ZipException;

/**
 * Unpacks a gzip file (RFC 1952): all its members one after the other, and zeros behind them are
 * padding, as gzip itself has it.
 *
 * <p>Unlike the JDK's own stream it refuses whatever else follows, so that a file with bytes
 * appended does not pass for a whole one. A file that ends early is an {@link EOFException}, any
 * other fault a {@link ZipException}.
 */
final class GzipStream extends InflaterInputStream {
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

  /** Whether another member follows, whose header is read then; otherwise holds the file's end. */
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
