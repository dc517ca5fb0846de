package dev.lanewise.data;

import static dev.lanewise.testing.Refusals.assertSentence;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.io.InvalidFileException;
import dev.lanewise.tensor.Shape;
import dev.lanewise.testing.Cases;
import dev.lanewise.testing.Cases.FieldReport;
import dev.lanewise.testing.Memory;
import dev.lanewise.testing.Mutation;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.SplittableRandom;
import java.util.zip.GZIPOutputStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class IdxTest {
  @TempDir Path folder;

  private Path file(String name, byte[] bytes) throws IOException {
    return Files.write(folder.resolve(name), bytes);
  }

  private static byte[] idx(byte[] values, int... dims) {
    ByteBuffer buffer = ByteBuffer.allocate(4 + 4 * dims.length + values.length);
    buffer.putInt(0x800 + dims.length);
    Arrays.stream(dims).forEach(buffer::putInt);
    return buffer.put(values).array();
  }

  private static byte[] gzip(byte[] bytes) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(bytes);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return out.toByteArray();
  }

  private static byte[] noise(long seed, int n) {
    byte[] bytes = new byte[n];
    new SplittableRandom(seed).nextBytes(bytes);
    return bytes;
  }

  private static byte[] hex(String text) {
    return HexFormat.of().parseHex(text.replace(" ", ""));
  }

  private void imagesRefused(String message, byte[] bytes) throws IOException {
    Path file = file("some-images", bytes);
    refused(file + " " + message, () -> Idx.images(file));
  }

  private void labelsRefused(String message, byte[] bytes) throws IOException {
    Path file = file("some-labels", bytes);
    refused(file + " " + message, () -> Idx.labels(file, 10));
  }

  private static void refused(String message, Executable call) {
    assertEquals(message, assertThrows(InvalidFileException.class, call).getMessage());
  }

  @Test
  void readsPlainAndPackedWhateverTheName() throws IOException {
    byte[] values = noise(1, 5 * 3 * 4);
    for (String name : new String[] {"images", "images.gz"}) {
      for (boolean packed : new boolean[] {false, true}) {
        byte[] bytes = idx(values, 5, 3, 4);
        ByteSamples images = Idx.images(file(name, packed ? gzip(bytes) : bytes));
        assertEquals(5, images.count());
        assertEquals(Shape.of(3, 4, 1), images.shape());
        assertArrayEquals(values, images.bytes());
      }
    }
    byte[] labels = {3, 0, 9};
    assertEquals(9, Idx.labels(file("labels", gzip(idx(labels, 3))), 10).label(2));
    assertEquals(Shape.of(2, 2, 3), Idx.images(file("rgb", idx(noise(2, 24), 2, 2, 2, 3))).shape());
  }

  @Test
  void readsStreams() throws IOException {
    byte[] values = noise(1, 300 * 28 * 28);
    byte[] bytes = idx(values, 300, 28, 28);
    assertArrayEquals(values, Idx.images("s", new ByteArrayInputStream(bytes)).bytes());
    assertArrayEquals(values, Idx.images("s", new ByteArrayInputStream(gzip(bytes))).bytes());
    refused(
        "s holds 235215 bytes, but its header (300 × 28 × 28) announces 235216",
        () -> Idx.images("s", new ByteArrayInputStream(bytes, 0, bytes.length - 1)));
  }

  /** Compressed better than the reader expects, so that its array must grow. */
  @Test
  void readsFilesThatUnpackToManyTimesTheirSize() throws IOException {
    byte[] values = new byte[2000 * 28 * 28];
    values[values.length - 1] = 7;
    assertArrayEquals(values, Idx.images(file("blank", gzip(idx(values, 2000, 28, 28)))).bytes());
  }

  @Test
  void readsAllParts() throws IOException {
    byte[] header = {0x1f, (byte) 0x8b, 8, 0x1e, 0, 0, 0, 0, 0, 3};
    byte[] extra = {3, 0, 1, 2, 3, 'n', 'a', 'm', 'e', 0, 't', 'e', 'x', 't', 0, 9, 9};
    byte[] plain = gzip(idx(new byte[] {4, 2}, 2));
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(header);
    out.write(extra);
    out.write(plain, 10, plain.length - 10);
    assertEquals(2, Idx.labels(file("named", out.toByteArray()), 10).label(1));
  }

  /** FR-27: a file that was cut off came out as images full of zeros. */
  @Test
  void fieldReport() throws IOException {
    for (FieldReport report : Cases.fieldReports("FR-27")) {
      byte[] bytes = hex(report.inputs().string("hex"));
      if (report.kind().equals("error")) {
        imagesRefused("holds 23 bytes, but its header (2 × 2 × 2) announces 24", bytes);
      } else {
        ByteSamples images = Idx.images(file("x", bytes));
        int[] expected = report.output("x").ints();
        assertEquals(expected.length, images.bytes().length);
        for (int i = 0; i < expected.length; i++) {
          assertEquals(expected[i], images.bytes()[i]);
        }
      }
    }
  }

  @Test
  void refusesWrongSizes() throws IOException {
    byte[] whole = idx(noise(1, 8), 2, 2, 2);
    imagesRefused(
        "is empty (0 bytes), but should hold IDX images, which begin with 4 bytes that name the"
            + " format",
        new byte[0]);
    imagesRefused(
        "is cut off (3 bytes), but should hold IDX images, which begin with 4 bytes that name the"
            + " format",
        Arrays.copyOf(whole, 3));
    imagesRefused(
        "is cut off (15 bytes), but should hold IDX images, whose header takes 16",
        Arrays.copyOf(whole, 15));
    imagesRefused(
        "holds 16 bytes, but its header (2 × 2 × 2) announces 24", Arrays.copyOf(whole, 16));
    imagesRefused(
        "holds 27 bytes, but its header (2 × 2 × 2) announces 24", Arrays.copyOf(whole, 27));
    imagesRefused("announces 0 × 2 × 2 images, so that there are none", idx(new byte[0], 0, 2, 2));
    imagesRefused("announces 2 × 0 × 2 images, so that there are none", idx(new byte[0], 2, 0, 2));
  }

  @Test
  void refusesPackedFilesThatAreNotWhole() throws IOException {
    byte[] idx = idx(noise(1, 8000), 2, 40, 100);
    byte[] whole = gzip(idx);
    labelsRefused(
        "is empty (0 bytes after unpacking), but should hold IDX labels, which begin with 4 bytes"
            + " that name the format",
        gzip(new byte[0]));
    imagesRefused("is cut off: its gzip data ends after 0 unpacked bytes", Arrays.copyOf(whole, 2));
    Path half = file("half", Arrays.copyOf(whole, whole.length / 2));
    String message = assertThrows(InvalidFileException.class, () -> Idx.images(half)).getMessage();
    assertTrue(
        message.matches(
            ".*half is cut off: its gzip data ends after \\d{4} unpacked bytes, but the IDX header"
                + " announces 8016"),
        message);
    imagesRefused(
        "holds 8015 bytes after unpacking, but its header (2 × 40 × 100) announces 8016",
        gzip(Arrays.copyOf(idx, 8015)));
    imagesRefused(
        "holds 8019 bytes after unpacking, but its header (2 × 40 × 100) announces 8016",
        gzip(Arrays.copyOf(idx, 8019)));
    imagesRefused(
        "is damaged: it cannot be unpacked (more bytes follow after its end)",
        joined(whole, new byte[] {7}));
    byte[] flipped = whole.clone();
    flipped[whole.length - 6] ^= 1;
    imagesRefused(
        "is damaged: it cannot be unpacked (the checksum is not that of the content)", flipped);
    byte[] shorter = whole.clone();
    shorter[whole.length - 3] ^= 1;
    imagesRefused(
        "is damaged: it cannot be unpacked (the length is not that of the content)", shorter);
    for (int length = 2; length < whole.length; length += 37) {
      Path cut = file("cut", Arrays.copyOf(whole, length));
      assertThrows(InvalidFileException.class, () -> Idx.images(cut));
    }
  }

  private static byte[] joined(byte[]... parts) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }

  /** FD-23: several members, and zeros behind the last, as gzip itself reads them. */
  @Test
  void readsSeveralMembersAndPadding() throws IOException {
    byte[] values = noise(1, 300 * 20 * 20); // more than a buffer, packed
    byte[] whole = idx(values, 300, 20, 20);
    byte[] zeros = new byte[100_000];
    for (int cut : new int[] {0, 1, 15, 16, 17, 70_000, whole.length - 1, whole.length}) {
      byte[] first = gzip(Arrays.copyOf(whole, cut));
      byte[] second = gzip(Arrays.copyOfRange(whole, cut, whole.length));
      for (byte[] packed :
          new byte[][] {
            joined(first, second),
            joined(first, second, zeros),
            joined(first, gzip(new byte[0]), second, gzip(new byte[0]), new byte[512])
          }) {
        assertArrayEquals(values, Idx.images(file("members", packed)).bytes(), "cut at " + cut);
        ByteArrayInputStream slow =
            new ByteArrayInputStream(packed) {
              @Override
              public int read(byte[] bytes, int offset, int length) {
                return super.read(bytes, offset, Math.min(length, 7)); // as from a network
              }
            };
        assertArrayEquals(values, Idx.images("slow", slow).bytes());
      }
      imagesRefused(
          "is damaged: it cannot be unpacked (more bytes follow after its end)",
          joined(first, second, new byte[] {0, 0, 1}));
      imagesRefused(
          "is damaged: it cannot be unpacked (not gzip, or packed by another method than deflate)",
          joined(first, second, new byte[] {0x1f, 0, 0}));
    }
    // The second member is held by its own checksum, and its bytes count.
    byte[] member = gzip(whole);
    imagesRefused(
        "holds 240032 bytes after unpacking, but its header (300 × 20 × 20) announces 120016",
        joined(member, member));
    byte[] flipped = joined(gzip(new byte[0]), member);
    flipped[flipped.length - 6] ^= 1;
    imagesRefused(
        "is damaged: it cannot be unpacked (the checksum is not that of the content)", flipped);
    Path cut = file("cut", Arrays.copyOf(flipped, flipped.length / 2));
    String said = assertThrows(InvalidFileException.class, () -> Idx.images(cut)).getMessage();
    assertTrue(said.contains("is cut off: its gzip data ends after "), said);
  }

  @Test
  void refusesOtherKindsOfFiles() throws IOException {
    imagesRefused(
        "begins with 00000801, but IDX files of images begin with 00000803", idx(noise(1, 20), 20));
    labelsRefused(
        "begins with 00000803, but IDX files of labels begin with 00000801",
        idx(noise(1, 8), 2, 2, 2));
    imagesRefused(
        "is a PNG picture, but should be an IDX file of images",
        hex("89504e470d0a1a0a 0000000d 49484452"));
    imagesRefused( // floats
        "begins with 00000d03, but IDX files of images begin with 00000803",
        hex("00000d03 00000001 00000001 00000001 00000000"));
    refused(folder + " is a directory, not an IDX file", () -> Idx.images(folder));
    Path missing = folder.resolve("missing");
    assertSentence(
        NoSuchFileException.class, missing + ": there is no such file", () -> Idx.images(missing));
    Path loop = Files.createSymbolicLink(folder.resolve("loop"), Path.of("loop"));
    String said = assertThrows(IOException.class, () -> Idx.images(loop)).getMessage();
    assertTrue(said.startsWith(loop + " cannot be read: "), said);
  }

  @Test
  void refusesWrongLabels() throws IOException {
    labelsRefused(
        "holds the label 10 at position 2, but labels must be from 0 to 9",
        idx(new byte[] {1, 9, 10}, 3));
    labelsRefused(
        "holds the label 255 at position 0, but labels must be from 0 to 9",
        idx(new byte[] {-1}, 1));
    Path three = file("three", idx(new byte[] {0, 1, 2}, 3));
    Path images = file("images", idx(noise(1, 8), 2, 2, 2));
    refused(
        three + " holds 3 labels, but " + images + " holds 2 images",
        () -> Idx.dataset(images, three, 10));
    assertThrows(IllegalArgumentException.class, () -> Idx.labels(three, 0));
  }

  /** Twenty bytes that claim 2^31 images of 2^31 × 2^31 must cost no memory. */
  @Test
  void takesNoMemoryForWhatAHeaderClaims() throws IOException {
    for (String dims :
        new String[] {
          "80000000 0000001c 0000001c",
          "00ffffff 0000001c 0000001c",
          "00200000 0000001c 0000001c",
          "ffffffff ffffffff ffffffff",
          "00010000 00010000 00000001",
          "80000000 00000002 00000001"
        }) {
      byte[] claim = hex("00000803" + dims + "01020304");
      assertEquals(20, claim.length);
      for (byte[] bytes : new byte[][] {claim, gzip(claim)}) {
        Path file = file("claim", bytes);
        long before = Memory.allocated();
        assertThrows(InvalidFileException.class, () -> Idx.images(file));
        assertThrows(
            InvalidFileException.class, () -> Idx.images("s", new ByteArrayInputStream(bytes)));
        long taken = Memory.allocated() - before;
        assertTrue(taken < 2 << 20, taken + " bytes for " + dims);
      }
    }
  }

  /** A damaged file is refused as documented, or is still one that says what it holds. */
  @Property(tries = 1000)
  void mutations(@ForAll long seed, @ForAll boolean packed, @ForAll boolean labels)
      throws IOException {
    byte[] idx = labels ? idx(new byte[200], 200) : idx(noise(seed, 4 * 7 * 9), 4, 7, 9);
    Mutation.readOrRefused(
        Mutation.of(packed ? gzip(idx) : idx, seed),
        file -> {
          int count = labels ? Idx.labels(file, 10).count() : Idx.images(file).count();
          assertTrue(count > 0);
        });
  }
}
