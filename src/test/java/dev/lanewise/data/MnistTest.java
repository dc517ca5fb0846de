package dev.lanewise.data;

import static dev.lanewise.testing.Refusals.assertSentence;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lanewise.io.InvalidFileException;
import dev.lanewise.tensor.Shape;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.CRC32;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MnistTest {
  private static final String[] FILES = {
    "train-images-idx3-ubyte", "train-labels-idx1-ubyte",
    "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"
  };

  @TempDir Path folder;

  private static InputStream resource(String file) {
    return MnistTest.class
        .getClassLoader()
        .getResourceAsStream("META-INF/lanewise/mnist/" + file + ".gz");
  }

  /** The well-known digits: the first training images are 5 0 4 1 9, the first test ones 7 2 1. */
  @Test
  void loadsTheEmbeddedDigits() throws IOException {
    Mnist mnist = Mnist.load();
    assertEquals(60_000, mnist.train().count());
    assertEquals(10_000, mnist.test().count());
    assertEquals(Shape.of(28, 28, 1), mnist.train().samples().shape());
    Labels train = (Labels) mnist.train().targets();
    Labels test = (Labels) mnist.test().targets();
    assertArrayEquals(new int[] {5, 0, 4, 1, 9}, first(train, 5));
    assertArrayEquals(new int[] {7, 2, 1}, first(test, 3));
    assertEquals(10, train.classes());
    // How many images of each digit there are.
    assertArrayEquals(
        new int[] {5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949}, histogram(train));
    assertArrayEquals(
        new int[] {980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009}, histogram(test));
    // The mean grey value that everybody normalizes with: 0.1307.
    long sum = 0;
    byte[] bytes = ((ByteSamples) mnist.train().samples()).bytes();
    for (byte value : bytes) {
      sum += value & 255;
    }
    assertEquals(0.1307, sum / 255.0 / bytes.length, 5e-5);
  }

  private static int[] first(Labels labels, int n) {
    int[] result = new int[n];
    for (int i = 0; i < n; i++) {
      result[i] = labels.label(i);
    }
    return result;
  }

  private static int[] histogram(Labels labels) {
    int[] counts = new int[labels.classes()];
    for (int i = 0; i < labels.count(); i++) {
      counts[labels.label(i)]++;
    }
    return counts;
  }

  @Test
  void loadsFromAFolderInAnySpelling() throws IOException {
    Files.copy(resource(FILES[0]), folder.resolve(FILES[0] + ".gz"));
    Files.copy(resource(FILES[1]), folder.resolve("train-labels.idx1-ubyte.gz"));
    try (InputStream in = new GZIPInputStream(resource(FILES[2]))) {
      Files.copy(in, folder.resolve("t10k-images.idx3-ubyte"));
    }
    try (InputStream in = new GZIPInputStream(resource(FILES[3]))) {
      Files.copy(in, folder.resolve(FILES[3]));
    }
    Mnist fromFolder = Mnist.load(folder);
    Mnist embedded = Mnist.load();
    assertEquals(checksum(embedded.train()), checksum(fromFolder.train()));
    assertEquals(checksum(embedded.test()), checksum(fromFolder.test()));
  }

  private static long checksum(Dataset data) {
    CRC32 crc = new CRC32();
    crc.update(((ByteSamples) data.samples()).bytes());
    for (int i = 0; i < data.count(); i++) {
      crc.update(((Labels) data.targets()).label(i));
    }
    return crc.getValue();
  }

  private void write(String file, int magic, int[] dims, byte... values) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(4 + 4 * dims.length + values.length).putInt(magic);
    for (int dim : dims) {
      buffer.putInt(dim);
    }
    Files.write(folder.resolve(file), buffer.put(values).array());
  }

  @Test
  void namesWhatIsMissingOrDoesNotFit() throws IOException {
    Path nowhere = folder.resolve("nowhere");
    assertSentence(
        FileNotFoundException.class,
        nowhere + " is no folder, but should be one that holds the four files of MNIST",
        () -> Mnist.load(nowhere));
    write(FILES[0], 0x803, new int[] {2, 1, 2}, new byte[4]);
    write(FILES[1], 0x801, new int[] {2}, new byte[2]);
    write(FILES[3], 0x801, new int[] {2}, new byte[2]);
    assertSentence(
        FileNotFoundException.class,
        folder + " holds no file t10k-images-idx3-ubyte, with or without .gz",
        () -> Mnist.load(folder));
    write(FILES[2], 0x803, new int[] {2, 2, 2}, new byte[8]);
    assertSentence(
        InvalidFileException.class,
        folder.resolve(FILES[2])
            + " holds images of shape (2, 2, 1), but "
            + folder.resolve(FILES[0])
            + " has (1, 2, 1)",
        () -> Mnist.load(folder));
    write(FILES[2], 0x803, new int[] {3, 1, 2}, new byte[6]);
    assertSentence(
        InvalidFileException.class,
        folder.resolve(FILES[3])
            + " holds 2 labels, but "
            + folder.resolve(FILES[2])
            + " holds 3 images",
        () -> Mnist.load(folder));
    write(FILES[2], 0x803, new int[] {2, 1, 2}, new byte[4]);
    assertEquals(2, Mnist.load(folder).test().count());
  }
}
