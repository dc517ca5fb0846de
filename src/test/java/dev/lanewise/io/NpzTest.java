package dev.lanewise.io;

import static dev.lanewise.testing.Refusals.said;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Tensor;
import dev.lanewise.testing.Bits;
import dev.lanewise.testing.Mutation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SequencedMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Archives of arrays that NumPy 1.24 wrote (by arrays.py, which lies beside them), and ours. */
class NpzTest {
  private static final Path FILES = Path.of("src/test/resources/formats");
  private static final List<String> FLOATS = List.of("dense/kernel", "dense/bias", "matrix");

  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"arrays.npz", "arrays-compressed.npz"})
  void readsWhatNumpyWrote(String name) throws IOException {
    Path file = FILES.resolve(name);
    StringBuilder header = new StringBuilder();
    Npz.header(file).forEach((array, info) -> header.append(array + " " + info + "; "));
    assertEquals(
        "dense/kernel F32 (3, 4); dense/bias F64 (4,); matrix F16 (2, 3); steps I64 (1,); "
            + "text <U2 (2,); ",
        header.toString());
    Map<String, Tensor> read = Npz.read(file, FLOATS);
    assertEquals(FLOATS, List.copyOf(read.keySet()));
    float[] eighths = new float[12];
    for (int i = 0; i < 12; i++) {
      eighths[i] = i / 8f;
    }
    assertEquals(Tensor.of(eighths, 3, 4), read.get("dense/kernel"));
    assertEquals(Tensor.of(new float[] {0, 1, 2, 3, 4, 5}, 2, 3), read.get("matrix"));
    assertEquals(0.34558418f, Objects.requireNonNull(read.get("dense/bias")).data()[0]);
    assertEquals(Tensor.of(new float[] {7}, 1), Npz.read(file, List.of("steps")).get("steps"));
    String said = said(InvalidFileException.class, () -> Npz.read(file, List.of("text")));
    assertTrue(said.startsWith(file + " ('text.npy') holds elements of type '<U2'"), said);
    assertTrue(Npz.read(file, List.of("nothing")).isEmpty());
  }

  @Test
  void readsWhatItWrote() throws IOException {
    SequencedMap<String, Tensor> arrays = new LinkedHashMap<>();
    arrays.put(
        "z/kernel", Tensor.of(new float[] {1, -0f, Float.NaN, Float.MIN_VALUE, 3, 4}, 1, 2, 3));
    arrays.put("größe", Tensor.of(new float[] {Float.POSITIVE_INFINITY}, 1));
    arrays.put("none", new Tensor(Shape.of(0, 3), new float[0]));
    Path file = folder.resolve("a.npz");
    Npz.write(file, arrays);
    Map<String, Tensor> read = Npz.read(file, arrays.keySet());
    assertEquals(List.copyOf(arrays.keySet()), List.copyOf(read.keySet()));
    arrays.forEach(
        (name, array) -> {
          Tensor other = Objects.requireNonNull(read.get(name));
          assertEquals(array.shape(), other.shape());
          Bits.assertSame(name, array.data(), other.data());
        });
    byte[] bytes = Files.readAllBytes(file);
    assertEquals(0x41, bytes[12], "February 1, for every archive");
    Npz.write(file, arrays);
    assertArrayEquals(bytes, Files.readAllBytes(file));
  }

  private Path zip(Object... namesAndBytes) throws IOException {
    Path file = folder.resolve("made.npz");
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
      for (int i = 0; i < namesAndBytes.length; i += 2) {
        zip.putNextEntry(new ZipEntry((String) namesAndBytes[i]));
        zip.write((byte[]) namesAndBytes[i + 1]);
      }
    }
    return file;
  }

  private static byte[] npy(String shape, int bytes) {
    String header = "{'descr': '<f4', 'fortran_order': False, 'shape': " + shape + "}\n";
    byte[] npy = new byte[10 + header.length() + bytes];
    byte[] start = ("?NUMPY\1\0" + (char) header.length() + "\0" + header).getBytes(US_ASCII);
    System.arraycopy(start, 0, npy, 0, start.length);
    npy[0] = (byte) 0x93;
    return npy;
  }

  private static void refused(Path file, String array, String problem) {
    String said = said(InvalidFileException.class, () -> Npz.read(file, List.of(array)));
    assertTrue(said.startsWith(file + problem), said);
  }

  @Test
  void whatIsDamagedIsNamed() throws IOException {
    byte[] two = npy("(2,)", 8);
    Path twice = zip("a.npy", two, "b.npy", two);
    String text = Files.readString(twice, ISO_8859_1).replace("b.npy", "a.npy");
    refused(Files.writeString(twice, text, ISO_8859_1), "a", " ('a.npy') is there twice");
    refused(zip("a.npy", npy("(2,)", 7)), "a", " ('a.npy') announces 2 elements of 4 bytes, but 7");
    refused(zip("a.npy", npy("(2,)", 9)), "a", " ('a.npy') announces 2 elements of 4 bytes, but 9");
    refused(zip("a.npy", new byte[0]), "a", " ('a.npy') is empty");
    assertEquals(
        Tensor.of(new float[2], 2), Npz.read(zip("a.npy", two, "b", two), List.of("a")).get("a"));
    byte[] bytes = Files.readAllBytes(FILES.resolve("arrays.npz"));
    Path file = folder.resolve("made.npz");
    bytes[200] ^= 1;
    refused(Files.write(file, bytes), "matrix", " is damaged: invalid entry CRC");
    refused(Files.write(file, new byte[] {1, 0, 1}), "a", " is damaged, or not an npz archive");
    refused(
        Files.writeString(file, "text"), "a", " is text that begins with 'text', but should be");
  }

  /** A file that boasts takes what its bytes do, and one that is packed what is asked for. */
  @Test
  void littleMemoryIsTaken() throws IOException {
    byte[] boast = npy("(500000000,)", 100);
    assertEquals(
        false,
        Mutation.readOrRefused(
            Files.readAllBytes(zip("a.npy", boast)), file -> Npz.read(file, List.of("a"))));
    byte[] packed =
        Files.readAllBytes(zip("a.npy", npy("(10000000,)", 40_000_000), "b.npy", npy("(2,)", 8)));
    assertTrue(packed.length < 100_000);
    assertTrue(
        Mutation.readOrRefused(
            packed,
            file -> {
              assertEquals(2, Npz.header(file).size());
              assertEquals(
                  2, Objects.requireNonNull(Npz.read(file, List.of("b")).get("b")).data().length);
            }));
    int read = 0;
    for (String name : List.of("arrays.npz", "arrays-compressed.npz")) {
      byte[] whole = Files.readAllBytes(FILES.resolve(name));
      for (int seed = 0; seed < 500; seed++) {
        read +=
            Mutation.readOrRefused(
                    Mutation.of(whole, seed),
                    file -> {
                      Npz.header(file);
                      Npz.read(file, FLOATS);
                    })
                ? 1
                : 0;
      }
    }
    System.out.println(read + " of 1,000 damaged npz files are read still");
    assertTrue(read < 500, read + " are read");
  }
}
