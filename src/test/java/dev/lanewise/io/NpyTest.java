package dev.lanewise.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Tensor;
import dev.lanewise.testing.Bits;
import java.io.IOException;
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
    refused(changed(whole, "descr", "describe"), "npy header that is not understood");
    refused("{}".getBytes(StandardCharsets.UTF_8), "does not begin as an npy file does");
    Path floats = FILES.resolve("floats.npy");
    assertTrue(
        assertThrows(IOException.class, () -> Npy.readInts(floats))
            .getMessage()
            .endsWith("holds floats, but must hold integers"));
    assertTrue(
        assertThrows(IOException.class, () -> Npy.read(folder.resolve("none.npy")))
            .getMessage()
            .contains("there is no such file"));
  }

  private static byte[] changed(byte[] bytes, String from, String to) {
    return new String(bytes, StandardCharsets.ISO_8859_1)
        .replace(from, to)
        .getBytes(StandardCharsets.ISO_8859_1);
  }

  private void refused(byte[] bytes, String message) throws IOException {
    Path file = folder.resolve("bad.npy");
    Files.write(file, bytes);
    String said = assertThrows(InvalidFileException.class, () -> Npy.read(file)).getMessage();
    assertTrue(said.startsWith(file.toString()) && said.contains(message), said);
  }

  @Test
  void tablesOfNumbers() throws IOException {
    Path file = folder.resolve("table.csv");
    Files.writeString(file, "height,width\n1,2.5\n\n-3e2 , NaN\n");
    Tensor table = Csv.read(file);
    assertEquals(Shape.of(2, 2), table.shape());
    Bits.assertSame("table", new float[] {1, 2.5f, -300, Float.NaN}, table.data());
    Files.writeString(file, "1;2\n3;4;5\n");
    refusedTable(file, "has 3 numbers in line 2, but 2 in the first");
    Files.writeString(file, "1\t2\n3\tx\n");
    refusedTable(file, "has 'x' in line 2, where a number must stand");
    Files.writeString(file, "only,words\n");
    refusedTable(file, "holds no line of numbers");
  }

  private static void refusedTable(Path file, String message) {
    String said = assertThrows(InvalidFileException.class, () -> Csv.read(file)).getMessage();
    assertEquals(file + " " + message, said);
  }
}
