package dev.lanewise.io;

import static dev.lanewise.testing.Refusals.assertSentence;
import static dev.lanewise.testing.Refusals.said;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Tensor;
import dev.lanewise.testing.Bits;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files that NumPy 2.4 wrote, and ours. */
class NpyTest {
  private static final Path FILES = Path.of("src/test/resources/formats");

  @TempDir private Path folder;

  @Test
  void readsWhatNumpyWrote() throws IOException {
    Tensor floats = Npy.read(FILES.resolve("floats.npy"));
    assertEquals(Shape.of(3, 4, 2), floats.shape());
    assertEquals(0.0012301f, floats.data()[0], 1e-6f);
    Tensor fortran = Npy.read(FILES.resolve("fortran.npy"));
    assertEquals(floats.shape(), fortran.shape());
    Bits.assertSame("column-major", floats.data(), fortran.data());
    Tensor doubles = Npy.read(FILES.resolve("doubles-big-endian.npy"));
    Bits.assertSame("big-endian doubles", floats.data(), doubles.data());
    Tensor bytes = Npy.read(FILES.resolve("bytes.npy"));
    assertEquals(Shape.of(2, 3), bytes.shape());
    assertArrayEquals(new float[] {250, 251, 252, 253, 254, 255}, bytes.data());
    assertArrayEquals(
        new int[] {250, 251, 252, 253, 254, 255}, Npy.readInts(FILES.resolve("bytes.npy")));
    assertArrayEquals(
        new int[] {3, -1, Integer.MAX_VALUE}, Npy.readInts(FILES.resolve("labels.npy")));
    assertArrayEquals(new float[] {2.5f}, Npy.read(FILES.resolve("scalar.npy")).data());
  }

  /** The same numbers, the same bytes: NumPy's own writer and ours agree. */
  @Test
  void writesWhatNumpyWrites() throws IOException {
    Path numpy = FILES.resolve("floats.npy");
    Path ours = folder.resolve("ours.npy");
    Npy.write(ours, Npy.read(numpy));
    assertArrayEquals(Files.readAllBytes(numpy), Files.readAllBytes(ours));
  }

  @Test
  void readsWhatItWrote() throws IOException {
    Path file = folder.resolve("a.npy");
    float[] special = {0f, -0f, Float.NaN, Float.POSITIVE_INFINITY, Float.MIN_VALUE, 1e30f};
    for (Shape shape : new Shape[] {Shape.of(6), Shape.of(2, 3), Shape.of(1, 6, 1), Shape.of(0)}) {
      Npy.write(file, new Tensor(shape, Arrays.copyOf(special, shape.elements())));
      Tensor read = Npy.read(file);
      assertEquals(shape, read.shape());
      Bits.assertSame(shape.toString(), Arrays.copyOf(special, shape.elements()), read.data());
      String header = Files.readString(file, StandardCharsets.ISO_8859_1);
      assertEquals(0, (header.indexOf('\n') + 1) % 64, header);
    }
    int[] labels = {7, 0, -3, Integer.MIN_VALUE};
    Npy.writeInts(file, labels);
    assertArrayEquals(labels, Npy.readInts(file));
  }

  @Test
  void refusesOtherFilesInOneSentence() throws IOException {
    byte[] whole = Files.readAllBytes(FILES.resolve("floats.npy"));
    for (int length = 0; length < whole.length; length += 7) {
      refused(Arrays.copyOf(whole, length), "");
    }
    refused(Arrays.copyOf(whole, whole.length - 1), "announces 24 elements of 4 bytes, but 95");
    refused(Arrays.copyOf(whole, whole.length + 1), "97 bytes follow");
    refused(changed(whole, "<f4", "<c8"), "of type '<c8'");
    refused(changed(whole, "(3, 4, 2)", "(3,-4, 2)"), "a shape that no array can have");
    refused(changed(whole, "descr", "describe"), "npy header without the key 'descr'");
    refused("{}".getBytes(StandardCharsets.UTF_8), "should be an npy file");
    Path floats = FILES.resolve("floats.npy");
    String said = said(IOException.class, () -> Npy.readInts(floats));
    assertTrue(said.endsWith("holds floats, but must hold integers"), said);
    said = said(IOException.class, () -> Npy.read(folder.resolve("none.npy")));
    assertTrue(said.contains("there is no such file"), said);
  }

  private static byte[] changed(byte[] bytes, String from, String to) {
    return new String(bytes, StandardCharsets.ISO_8859_1)
        .replace(from, to)
        .getBytes(StandardCharsets.ISO_8859_1);
  }

  private void refused(byte[] bytes, String message) throws IOException {
    Path file = folder.resolve("bad.npy");
    Files.write(file, bytes);
    String said = said(InvalidFileException.class, () -> Npy.read(file));
    assertTrue(said.startsWith(file.toString()) && said.contains(message), said);
  }

  private Path npy(String header, int version, byte... data) throws IOException {
    byte[] text = header.getBytes(StandardCharsets.UTF_8);
    ByteBuffer bytes = ByteBuffer.allocate((version == 1 ? 10 : 12) + text.length + data.length);
    bytes.order(ByteOrder.LITTLE_ENDIAN).put((byte) 0x93).put("NUMPY".getBytes(US_ASCII));
    bytes.put((byte) version).put((byte) 0);
    if (version == 1) {
      bytes.putShort((short) text.length);
    } else {
      bytes.putInt(text.length);
    }
    return Files.write(folder.resolve("made.npy"), bytes.put(text).put(data).array());
  }

  private float[] read(String type, int count, byte... data) throws IOException {
    String shape = "(" + count + ",)";
    String header = "{'descr': '" + type + "', 'fortran_order': False, 'shape': " + shape + ", }";
    return Npy.read(npy(header, 1, data)).data();
  }

  /** FD-10: the header is a literal of Python, whatever its order, quotes, blanks and commas. */
  @Test
  void headersAreLiterals() throws IOException {
    byte[] data = {1, 2, 3, 4, 5, 6};
    for (String header :
        new String[] {
          "{'descr': '|u1', 'fortran_order': False, 'shape': (2L, 3L), }",
          "{'shape': (2l,3), 'descr': \"|u1\", \"fortran_order\" : False}",
          "{ \n u'fortran_order' :False ,'shape':( 2 , 3 ,\t) ,'descr':u'u1' , } \n",
          "{'descr':'|u1','fortran_order':False,'shape':(+2,(3))}"
        }) {
      for (int version = 1; version <= 3; version++) {
        Tensor read = Npy.read(npy(header, version, data));
        assertEquals(Tensor.of(new float[] {1, 2, 3, 4, 5, 6}, 2, 3), read, header);
      }
    }
    String fortran = "{'shape': (2, 3), 'fortran_order': True, 'descr': '|i1'}";
    assertEquals(Tensor.of(new float[] {1, 3, 5, 2, 4, 6}, 2, 3), Npy.read(npy(fortran, 1, data)));
  }

  @Test
  void wrongHeadersAreRefusedByName() throws IOException {
    String[][] headers = {
      {"{'descr': '|u1', 'shape': (6,)}", "has an npy header without the key 'fortran_order'"},
      {
        "{'descr': '|u1', 'fortran_order': False, 'shape': (6,), 'x\\'\\n': 1}"
            .replace("\\n", "\t"),
        "has an npy header with the key 'x'\\t' that is none of descr, fortran_order and shape"
      },
      {
        "{'descr': '|u1', 'fortran_order': False, 'shape': (6)}",
        "has an npy header whose shape is no tuple of whole numbers"
      },
      {
        "{'descr': '|u1', 'fortran_order': 0, 'shape': (6,)}",
        "has an npy header whose fortran_order is neither True nor False"
      },
      {
        "{'descr': [('a', '<f4'), ('b', '|u1', (2,))], 'fortran_order': False, 'shape': (6,)}",
        "holds records of several fields, but must hold plain numbers"
      },
      {
        "{'descr': '|O', 'fortran_order': False, 'shape': (6,)}",
        "holds elements of type '|O', but must hold floats of 2, 4 or 8 bytes, integers or bools"
      },
      {
        "{'descr': '|u1', 'fortran_order': False, 'shape': (99999999999999999999L, -1)}",
        "has a shape that no array can have: (99999999999999999999, -1)"
      },
      {"(1, 2)", "has an npy header that is no dict: '(1, 2)'"},
      {
        "{'descr'",
        "has an npy header that is not understood (at character 8 ':' was expected, but its end"
            + " found): '{'descr''"
      },
      {
        "(".repeat(60_000),
        "has an npy header that is not understood (at character 100 less depth was expected, but"
            + " '(' found): '"
            + "(".repeat(60)
            + "…'"
      },
    };
    for (String[] header : headers) {
      Path file = npy(header[0], 1, new byte[6]);
      assertSentence(InvalidFileException.class, file + " " + header[1], () -> Npy.read(file));
    }
    Path file = npy("{}", 4);
    assertSentence(
        InvalidFileException.class,
        file + " is of the npy version 4.0, but those that are known are 1.0, 2.0 and 3.0",
        () -> Npy.read(file));
  }

  /** FD-12: unsigned numbers are, and 64 bits are rounded once, never by way of a double. */
  @Test
  void wholeNumbersOfAllSizes() throws IOException {
    long[] values = {
      Long.MIN_VALUE,
      1,
      0x20000010_00000001L, // just above a tie of floats, which is a tie of doubles
      0x80000080_00000001L,
      0x80000080_00000000L, // a tie: to even
      0x80000180_00000000L,
      -1,
      -0x20000010_00000001L
    };
    for (boolean big : new boolean[] {false, true}) {
      ByteBuffer bytes = ByteBuffer.allocate(8 * values.length);
      bytes.order(big ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
      Arrays.stream(values).forEach(bytes::putLong);
      float[] unsigned = read(big ? ">u8" : "<u8", values.length, bytes.array());
      float[] signed = read(big ? ">i8" : "<i8", values.length, bytes.array());
      for (int i = 0; i < values.length; i++) {
        String text = Long.toUnsignedString(values[i]);
        assertEquals(new BigDecimal(text).floatValue(), unsigned[i], text);
        assertEquals(BigDecimal.valueOf(values[i]).floatValue(), signed[i], "" + values[i]);
      }
    }
    assertArrayEquals(new float[] {255, 0, 128}, read("|u1", 3, (byte) -1, (byte) 0, (byte) -128));
    assertArrayEquals(new float[] {-1, 0}, read("i1", 2, (byte) -1, (byte) 0));
    assertArrayEquals(new float[] {1, 0, 1}, read("|b1", 3, (byte) 1, (byte) 0, (byte) 2));
    assertArrayEquals(
        new float[] {65_280, 1}, read(">u2", 2, (byte) -1, (byte) 0, (byte) 0, (byte) 1));
    byte[] large = {0, 0, 0, 0, 0, 0, 0, -128};
    Path file = npy("{'descr':'<u8','fortran_order':False,'shape':(1,)}", 1, large);
    assertSentence(
        InvalidFileException.class,
        file + " holds 9223372036854775808 at position 0, which is no int",
        () -> Npy.readInts(file));
  }

  @Test
  void floatsOfAllSizes() throws IOException {
    float[] halves = {1, -2, 0x1p-24f, 65504, Float.POSITIVE_INFINITY, Float.NaN, -0f};
    int[] bits = {0x3c00, 0xc000, 1, 0x7bff, 0x7c00, 0x7e00, 0x8000};
    for (boolean big : new boolean[] {false, true}) {
      ByteOrder order = big ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
      ByteBuffer bytes = ByteBuffer.allocate(2 * bits.length).order(order);
      Arrays.stream(bits).forEach(half -> bytes.putShort((short) half));
      Bits.assertSame("f2", halves, read(big ? ">f2" : "<f2", bits.length, bytes.array()));
    }
    ByteBuffer doubles = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN);
    byte[] tie = doubles.putDouble(1 + 0x1p-24 + 0x1p-52).putDouble(0x1p-150).array();
    assertArrayEquals(new float[] {1 + 0x1p-23f, 0}, read("<f8", 2, tie));
    byte[] large = doubles.clear().putDouble(1).putDouble(-1e300).array();
    String said = said(InvalidFileException.class, () -> read("<f8", 2, large));
    assertTrue(said.endsWith("holds -1.0E300 at position 1, which is too large for a float"), said);
  }
}
