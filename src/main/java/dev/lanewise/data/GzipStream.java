package dev.lanewise.data;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.CRC32;
import java.util.zip.Inflater;
import java.util.zip.InflaterInputStream;
import java.util.zip.ZipException;

/**
 * Unpacks a gzip file (RFC 1952) of one member.
 *
 * <p>Unlike the JDK's own stream it refuses whatever follows the member, so that a file with bytes
 * appended does not pass for a whole one. A file that ends early is an {@link EOFException}, any
 * other fault a {@link ZipException}.
 */
final class GzipStream extends InflaterInputStream {
  /** Deflate cannot pack more than this many bytes into one. */
  static final int MOST = 1032;

  private static final int HEADER_CRC = 2;
  private static final int EXTRA = 4;
  private static final int NAME = 8;
  private static final int COMMENT = 16;

  private final CRC32 crc = new CRC32();
  private boolean ended;

  /** Reads the header; {@code in} stands at its first byte. */
  GzipStream(InputStream in) throws IOException {
    super(in, new Inflater(true), 1 << 16);
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
    for (int i = 0; i < 6; i++) {
      next(); // time, extra flags, operating system
    }
    if ((flags & EXTRA) != 0) {
      for (int left = next() | next() << 8; left > 0; left--) {
        next();
      }
    }
    skipText((flags & NAME) != 0);
    skipText((flags & COMMENT) != 0);
    if ((flags & HEADER_CRC) != 0) {
      next();
      next();
    }
  }

  private void skipText(boolean present) throws IOException {
    while (present && next() != 0) {}
  }

  private int next() throws IOException {
    int value = in.read();
    if (value < 0) {
      throw new EOFException("the gzip header is cut off");
    }
    return value;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    int count = super.read(bytes, offset, length);
    if (count > 0) {
      crc.update(bytes, offset, count);
    } else if (count < 0 && !ended) {
      ended = true;
      trailer();
    }
    return count;
  }

  /** Checksum and length of the content; they may lie in what the inflater has left. */
  private void trailer() throws IOException {
    int left = inf.getRemaining();
    int at = len - left;
    long[] words = new long[2];
    for (int i = 0; i < 8; i++) {
      long value = i < left ? buf[at + i] & 255 : in.read();
      if (value < 0) {
        throw new EOFException("the gzip trailer is cut off");
      }
      words[i / 4] |= value << (8 * (i % 4));
    }
    if (words[0] != crc.getValue()) {
      throw new ZipException("the checksum is not that of the content");
    }
    if (words[1] != (inf.getBytesWritten() & 0xffffffffL)) {
      throw new ZipException("the length is not that of the content");
    }
    if (left > 8 || in.read() >= 0) {
      throw new ZipException("more bytes follow after its end");
    }
  }

  @Override
  public void close() throws IOException {
    super.close();
    inf.end();
  }
}
