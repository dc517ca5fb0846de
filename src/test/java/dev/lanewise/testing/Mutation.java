package dev.lanewise.testing;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import dev.lanewise.io.InvalidFileException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.SplittableRandom;

/** Damages a file's bytes as disks, networks and editors do. */
public final class Mutation {
  /** Reads a file, or refuses it. */
  public interface Reading {
    void read(Path file) throws IOException;
  }

  private Mutation() {}

  /**
   * Whether a file was read; it fails unless it is, or is refused in one sentence, in little more
   * memory than it takes on the disk.
   */
  public static boolean readOrRefused(byte[] bytes, Reading reading) throws IOException {
    Path file = Files.createTempFile("lanewise", ".damaged");
    try {
      Files.write(file, bytes);
      long before = Memory.allocated();
      try {
        reading.read(file);
        return true;
      } catch (InvalidFileException expected) {
        String message = String.valueOf(expected.getMessage());
        assertTrue(message.startsWith(file + " ") && message.lines().count() == 1, message);
        return false;
      } catch (RuntimeException undocumented) {
        return fail(HexFormat.of().formatHex(bytes), undocumented);
      } finally {
        long taken = Memory.allocated() - before;
        assertTrue(taken < (1 << 20) + 20L * bytes.length, taken + " bytes for " + bytes.length);
      }
    } finally {
      Files.delete(file);
    }
  }

  /** The bytes with one to three random changes: a flip, a cut, an insertion, a removal, a fill. */
  public static byte[] of(byte[] bytes, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    byte[] result = bytes.clone();
    for (int left = random.nextInt(1, 4); left > 0; left--) {
      result = once(result, random);
    }
    return result;
  }

  private static byte[] once(byte[] bytes, SplittableRandom random) {
    if (bytes.length == 0) {
      return new byte[] {(byte) random.nextInt()};
    }
    // Half of the changes in the first bytes, where headers are.
    int end = random.nextBoolean() ? bytes.length : Math.min(bytes.length, 24);
    int at = random.nextInt(end);
    int count = Math.min(bytes.length - at, 1 + random.nextInt(8));
    return switch (random.nextInt(6)) {
      case 0 -> { // one bit
        byte[] result = bytes.clone();
        result[at] ^= (byte) (1 << random.nextInt(8));
        yield result;
      }
      case 1 -> { // one byte
        byte[] result = bytes.clone();
        result[at] = (byte) random.nextInt();
        yield result;
      }
      case 2 -> Arrays.copyOf(bytes, at); // cut off
      case 3 -> { // a few bytes more
        byte[] result = new byte[bytes.length + count];
        System.arraycopy(bytes, 0, result, 0, at);
        for (int i = 0; i < count; i++) {
          result[at + i] = (byte) random.nextInt();
        }
        System.arraycopy(bytes, at, result, at + count, bytes.length - at);
        yield result;
      }
      case 4 -> { // a few bytes less
        byte[] result = new byte[bytes.length - count];
        System.arraycopy(bytes, 0, result, 0, at);
        System.arraycopy(bytes, at + count, result, at, bytes.length - at - count);
        yield result;
      }
      default -> { // a stretch of one value
        byte[] result = bytes.clone();
        Arrays.fill(result, at, at + count, (byte) (random.nextBoolean() ? 0 : 0xff));
        yield result;
      }
    };
  }
}
