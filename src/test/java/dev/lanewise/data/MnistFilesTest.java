package dev.lanewise.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** FD-22: where archives and libraries put the four files, and what they call them. */
class MnistFilesTest {
  private static final String[] FILES = {
    "train-images-idx3-ubyte", "train-labels-idx1-ubyte",
    "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"
  };

  @TempDir private Path folder;

  /** Two images to train on and one to test with; {@code value} tells one set from another. */
  private static void write(Path file, int value) throws IOException {
    Files.createDirectories(file.getParent());
    int count = file.getFileName().toString().contains("train") ? 2 : 1;
    boolean images = file.getFileName().toString().contains("images");
    ByteBuffer bytes = ByteBuffer.allocate(images ? 16 + 4 * count : 8 + count);
    bytes.putInt(images ? 0x803 : 0x801).putInt(count);
    if (images) {
      bytes.putInt(2).putInt(2);
    }
    while (bytes.hasRemaining()) {
      bytes.put((byte) value);
    }
    Files.write(file, bytes.array());
  }

  private static void writeAll(Path place, int value) throws IOException {
    for (String file : FILES) {
      write(place.resolve(file), value);
    }
  }

  private static void loads(Path place, int value) throws IOException {
    Mnist mnist = Mnist.load(place);
    assertEquals(2, mnist.train().count());
    assertEquals(1, mnist.test().count());
    assertEquals(value, ((Labels) mnist.train().targets()).label(1));
    assertEquals(value, ((Labels) mnist.test().targets()).label(0));
    assertEquals(value, ((ByteSamples) mnist.test().samples()).bytes()[0]);
  }

  private static void missing(Path place, String message) {
    assertEquals(
        message, assertThrows(FileNotFoundException.class, () -> Mnist.load(place)).getMessage());
  }

  /** Four folders called like the files, the files in them, and four files with a dot. */
  @Test
  void kagglesArchive() throws IOException {
    for (String file : FILES) {
      write(folder.resolve(file).resolve(file), 3);
    }
    loads(folder, 3);
    for (String file : FILES) {
      write(folder.resolve(file.replace("-idx", ".idx")), 4);
    }
    loads(folder, 4);
    // Half of them unpacked in another way.
    Files.delete(folder.resolve("t10k-labels.idx1-ubyte"));
    Path dotted = folder.resolve("t10k-images.idx3-ubyte");
    Files.delete(dotted);
    Files.delete(folder.resolve(FILES[2]).resolve(FILES[2]));
    write(dotted.resolve(FILES[2]), 3);
    assertEquals(1, Mnist.load(folder).test().count());
    Files.delete(dotted.resolve(FILES[2]));
    missing(folder, folder + " holds no file t10k-images-idx3-ubyte, with or without .gz");
  }

  @Test
  void torchvisionsFolders() throws IOException {
    writeAll(folder.resolve("MNIST/raw"), 5);
    for (String place : new String[] {"", "MNIST", "MNIST/raw"}) {
      loads(folder.resolve(place), 5);
    }
    writeAll(folder.resolve("FashionMNIST/raw"), 6);
    loads(folder.resolve("FashionMNIST"), 6);
    missing(
        folder,
        folder
            + " holds several data sets, of which one must be named: "
            + folder.resolve("FashionMNIST/raw")
            + ", "
            + folder.resolve("MNIST/raw"));
    writeAll(folder, 7);
    loads(folder, 7);
  }

  @Test
  void emnistsNames() throws IOException {
    Path raw = folder.resolve("EMNIST/raw/gzip");
    for (String file : FILES) {
      write(raw.resolve("emnist-digits-" + file.replace("t10k", "test")), 8);
    }
    for (String place : new String[] {"", "EMNIST", "EMNIST/raw", "EMNIST/raw/gzip"}) {
      loads(folder.resolve(place), 8);
    }
    for (String file : FILES) {
      write(raw.resolve("emnist-mnist-" + file.replace("t10k", "test")), 9);
    }
    missing(
        raw,
        raw
            + " holds several data sets, of which one must be named: "
            + raw.resolve("emnist-digits")
            + ", "
            + raw.resolve("emnist-mnist"));
    loads(raw.resolve("emnist-mnist"), 9);
    loads(raw.resolve("emnist-digits"), 8);
    Files.delete(raw.resolve("emnist-mnist-test-labels-idx1-ubyte"));
    loads(raw, 8);
    missing(
        raw.resolve("emnist-mnist"),
        raw + " holds no file emnist-mnist-test-labels-idx1-ubyte, with or without .gz");
  }
}
