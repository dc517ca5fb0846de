package dev.lanewise.data;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import java.util.zip.ZipException;

/**
 * Unpacks a gzip file (RFC 1952): all its members one after the other, and zeros behind them are
 * padding, as gzip itself has it.
 *
 * <p>Unlike the JDK's own stream it refuses whatever else follows, so that a file with bytes
 * appended does not pass for a whole one. A file that ends early is an {@link EOFException}, any
 * other fault a {@link ZipException}.
 */
final class GzipStream extends InputStream {
  /** Deflate cannot pack more than this many bytes into one. */
  static final int MOST = 1032;

  private static final int HEADER_CRC = 2;
  private static final int EXTRA = 4;
  private static final int NAME = 8;
  private static final int COMMENT = 16;

  private final InputStream in;
  private final Inflater inflater = new Inflater(true);
  private final CRC32 crc = new CRC32();
  // What has been read of the file, but not been used.
  private final byte[] buffer = new byte[1 << 16];
  private int at;
  private int end;
  private boolean ended;

  /** Reads the first header; {@code in} stands at its first byte. */
  GzipStream(InputStream in) throws IOException {
    this.in = in;
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
    crc.reset();
    inflater.reset();
    inflater.setInput(buffer, at, end - at);
  }

  private void skipText(boolean present) throws IOException {
    while (present && next() != 0) {}
  }

  private int next() throws IOException {
    if (!hasMore()) {
      throw new EOFException("the file ends within a gzip member");
    }
    return buffer[at++] & 255;
  }

  /** Whether a byte is left; then it is in the buffer. */
  private boolean hasMore() throws IOException {
    while (at == end) {
      at = 0;
      end = in.read(buffer, 0, buffer.length);
      if (end < 0) {
        end = 0;
        return false;
      }
    }
    return true;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 255;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    while (!ended) {
      int count = inflate(bytes, offset, length);
      if (count > 0) {
        crc.update(bytes, offset, count);
        return count;
      }
      trailer();
      ended = !startsMember();
    }
    return -1;
  }

  /** Unpacks some bytes; 0 at the member's end, which may be followed by more. */
  private int inflate(byte[] bytes, int offset, int length) throws IOException {
    try {
      while (true) {
        int count = inflater.inflate(bytes, offset, length);
        if (inflater.finished()) {
          at = end - inflater.getRemaining();
        }
        if (count > 0 || inflater.finished()) {
          return count;
        }
        if (inflater.needsDictionary()) {
          throw new ZipException("it needs a dictionary");
        }
        at = end; // all of it was taken
        if (!hasMore()) {
          throw new EOFException("the file ends within a gzip member");
        }
        inflater.setInput(buffer, at, end - at);
      }
    } catch (DataFormatException e) {
      String reason = e.getMessage();
      throw new ZipException(reason == null ? "wrong deflate data" : reason);
    }
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
    if (words[1] != (inflater.getBytesWritten() & 0xffffffffL)) {
      throw new ZipException("the length is not that of the content");
    }
  }

  /** Whether another member follows, whose header is read then; otherwise holds the file's end. */
  private boolean startsMember() throws IOException {
    if (!hasMore()) {
      return false;
    }
    if (buffer[at] == 0x1f) {
      header();
      return true;
    }
    while (hasMore()) {
      if (next() != 0) {
        throw new ZipException("more bytes follow after its end");
      }
    }
    return false;
  }

  /** Closes the file's stream too. */
  @Override
  public void close() throws IOException {
    inflater.end();
    in.close();
  }
}
