package dev.lanewise.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.data.Idx;
import dev.lanewise.testing.Mutation;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.zip.GZIPOutputStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/**
 * Files made of the right pieces with wrong numbers: nearer to a format than mutations of a good
 * file, and so deeper in its reader. Refused as documented, or read as a good one.
 */
class GeneratedFilesTest {
  private static final long[] SIZES = {
    0,
    1,
    2,
    3,
    4,
    7,
    8,
    16,
    255,
    65_536,
    1 << 28,
    Integer.MAX_VALUE,
    1L << 31,
    0xffffffffL,
    1L << 32,
    1L << 62,
    Long.MAX_VALUE
  };

  private static long size(SplittableRandom random) {
    return SIZES[random.nextInt(SIZES.length)];
  }

  @Property(tries = 1500)
  void idx(@ForAll long seed) throws IOException {
    SplittableRandom random = new SplittableRandom(seed);
    boolean labels = random.nextBoolean();
    int rank = labels ? 1 : 3;
    int[] dims = new int[random.nextInt(5) == 0 ? random.nextInt(5) : rank];
    boolean small = random.nextInt(3) > 0;
    long product = 1;
    for (int i = 0; i < dims.length; i++) {
      dims[i] = small ? random.nextInt(5) : (int) size(random);
      product *= dims[i];
    }
    long claimed = small ? product : 20;
    int content = Math.toIntExact(claimed) + (random.nextBoolean() ? 0 : random.nextInt(-2, 3));
    ByteBuffer file = ByteBuffer.allocate(4 + 4 * dims.length + Math.max(0, content));
    int magic = random.nextInt(8) == 0 ? random.nextInt() : 0x800 + dims.length;
    file.putInt(magic);
    for (int dim : dims) {
      file.putInt(dim);
    }
    boolean packed = random.nextInt(3) == 0;
    byte[] bytes = packed ? gzip(file.array(), random) : file.array();
    boolean read = Mutation.readOrRefused(bytes, path -> read(labels, path));
    // Images are of three dimensions, or of four, with channels.
    boolean ranked = dims.length == rank || (!labels && dims.length == 4);
    boolean whole = product > 0 && content == product; // by chance without being small, too
    boolean good = ranked && whole && magic == 0x800 + dims.length;
    if (!packed) {
      assertEquals(good, read, "dims " + Arrays.toString(dims) + ", " + content);
    }
  }

  private static void read(boolean labels, Path file) throws IOException {
    int count = labels ? Idx.labels(file, 10).count() : Idx.images(file).count();
    assertTrue(count > 0);
  }

  /** Packed, and sometimes packed twice, in two members, or with a cut or longer trailer. */
  private static byte[] gzip(byte[] bytes, SplittableRandom random) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (int i = random.nextInt(6) == 0 ? 2 : 1; i > 0; i--) {
      try (GZIPOutputStream packed = new GZIPOutputStream(out)) {
        packed.write(bytes);
      }
    }
    byte[] packed = out.toByteArray();
    int change = random.nextInt(5) == 0 ? random.nextInt(-9, 9) : 0;
    return Arrays.copyOf(packed, packed.length + change);
  }

  @Property(tries = 3000)
  void safetensors(@ForAll long seed) throws IOException {
    SplittableRandom random = new SplittableRandom(seed);
    StringBuilder header = new StringBuilder("{");
    long at = 0;
    int tensors = random.nextInt(4);
    for (int i = 0; i < tensors; i++) {
      header.append(i == 0 ? "" : pick(random, ",", ",", ",", "", ",,", ";"));
      if (random.nextInt(6) == 0) {
        header.append(metadata(random)).append(',');
      }
      String name = pick(random, "a", "b", "c", "\\u0000", "ü", "__metadata__", "") + i;
      long elements = random.nextInt(5);
      String shape = pick(random, "[" + elements + "]", "[" + elements + "]", shape(random));
      long end = at + 4 * elements;
      String offsets = pick(random, "[" + at + "," + end + "]", offsets(random, at, end));
      String dtype = pick(random, "\"F32\"", "\"F32\"", "\"F32\"", "\"F64\"", "\"\"", "3", "null");
      header.append('"').append(name).append("\":{\"dtype\":").append(dtype);
      header.append(",\"shape\":").append(shape);
      header.append(",\"data_offsets\":").append(offsets);
      header.append(pick(random, "}", "}", "}", ",\"x\":1}", "]", ""));
      at = end;
    }
    header.append(pick(random, "}", "}", "}", "} ", "}x", "", "]"));
    byte[] text = header.toString().getBytes(StandardCharsets.UTF_8);
    int content = (int) at + (random.nextInt(4) == 0 ? random.nextInt(-3, 5) : 0);
    ByteBuffer file = ByteBuffer.allocate(8 + text.length + Math.max(0, content));
    long length = random.nextInt(6) == 0 ? size(random) : text.length;
    file.order(ByteOrder.LITTLE_ENDIAN).putLong(length).put(text);
    Mutation.readOrRefused(file.array(), Safetensors::read);
  }

  private static String pick(SplittableRandom random, String... texts) {
    return texts[random.nextInt(texts.length)];
  }

  private static String shape(SplittableRandom random) {
    StringBuilder shape = new StringBuilder("[");
    for (int i = random.nextInt(7); i > 0; i--) {
      shape.append(random.nextInt(8) == 0 ? -1 : size(random)).append(i == 1 ? "" : ",");
    }
    return shape.append(pick(random, "]", "]", "]", "}", ",]", "1.5]", "1e3]")).toString();
  }

  private static String offsets(SplittableRandom random, long begin, long end) {
    return pick(
        random,
        "[" + begin + "," + size(random) + "]",
        "[" + size(random) + "," + end + "]",
        "[" + end + "," + begin + "]",
        "[" + begin + "]",
        "[]",
        "[-4,0]",
        "[99999999999999999999,0]");
  }

  private static String metadata(SplittableRandom random) {
    return pick(
        random,
        "\"__metadata__\":{}",
        "\"__metadata__\":{\"lanewise.crc32\":\"00000000\"}",
        "\"__metadata__\":{\"k\":\"v\",\"k\":\"v\"}",
        "\"__metadata__\":{\"k\":1}",
        "\"__metadata__\":[]",
        "\"__metadata__\":{\"k\":\"\\ud800\"}");
  }

  /** Damaged npy files and tables: read, or refused as documented. */
  @Property(tries = 2000)
  void npyAndTables(@ForAll long seed, @ForAll boolean table) throws IOException {
    String text = "a;b;c\n1,5;\"2\";nan\n-3e5;4;\n";
    byte[] npy = Files.readAllBytes(Path.of("src/test/resources/formats/fortran.npy"));
    byte[] whole = table ? text.getBytes(StandardCharsets.UTF_8) : npy;
    Mutation.readOrRefused(Mutation.of(whole, seed), table ? Csv::read : Npy::read);
  }
}
