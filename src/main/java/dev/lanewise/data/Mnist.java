package dev.lanewise.data;

import dev.lanewise.io.InvalidFileException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The MNIST database of handwritten digits: 60,000 images to train on and 10,000 to test with, 28 ×
 * 28 grey values each, and 10 classes. Data sets in the same four files, such as Fashion-MNIST, are
 * read alike.
 *
 * @param train what a model is trained on
 * @param test what it has never seen
 */
public record Mnist(Dataset train, Dataset test) {
  /** The number of classes. */
  public static final int CLASSES = 10;

  private static final String RESOURCES = "META-INF/lanewise/mnist/";

  /**
   * Checks that both parts have images of one shape.
   *
   * @throws IllegalArgumentException if they have not
   */
  public Mnist {
    if (!train.samples().shape().equals(test.samples().shape())) {
      throw new IllegalArgumentException(
          "the training images have the shape %s, but the test images %s"
              .formatted(train.samples().shape(), test.samples().shape()));
    }
  }

  /**
   * Loads MNIST from the class path or module path, where the artifact of the library with the
   * classifier "data" puts it.
   *
   * @return both parts
   * @throws FileNotFoundException if the artifact is missing; the message says what to add
   * @throws InvalidFileException if one of its files is damaged
   * @throws IOException if one of them cannot be read
   */
  public static Mnist load() throws IOException {
    return new Mnist(part("train"), part("t10k"));
  }

  /**
   * Loads a data set of ten classes from a folder: the files train-images-idx3-ubyte,
   * train-labels-idx1-ubyte, t10k-images-idx3-ubyte and t10k-labels-idx1-ubyte, with or without
   * ".gz", and with a dot in the place of the hyphen before "idx" if you like.
   *
   * <p>Each may lie in a folder of its own name, as Kaggle's archive unpacks, and all of them where
   * torchvision puts them (MNIST/raw) below the folder. Names may begin with that of a data set and
   * have "test" for "t10k", as EMNIST's do (emnist-digits-train-images-idx3-ubyte); of several data
   * sets in a folder one is named with the folder: "gzip/emnist-digits". (EMNIST's files have the
   * rows and columns of its pictures exchanged; they are read as they stand.)
   *
   * @param folder where the files are
   * @return both parts
   * @throws FileNotFoundException if a file is missing, or if there are several data sets; the
   *     message says which
   * @throws InvalidFileException if one of the files is not what it should be, or does not fit the
   *     others
   * @throws IOException if one of them cannot be read
   */
  public static Mnist load(Path folder) throws IOException {
    // All four before the first is read: a missing one shall not take seconds to be noticed.
    MnistFiles files = MnistFiles.find(folder);
    Dataset train = Idx.dataset(files.trainImages(), files.trainLabels(), CLASSES);
    Dataset test = Idx.dataset(files.testImages(), files.testLabels(), CLASSES);
    if (!train.samples().shape().equals(test.samples().shape())) {
      throw new InvalidFileException(
          files.testImages().toString(),
          "holds images of shape %s, but %s has %s"
              .formatted(test.samples().shape(), files.trainImages(), train.samples().shape()));
    }
    return new Mnist(train, test);
  }

  /**
   * Finds the files that {@link #load(Path)} reads, without reading them.
   *
   * @param folder where the files are
   * @return training images and labels, test images and labels
   * @throws FileNotFoundException if a file is missing; the message says which
   * @throws IOException if a folder cannot be read
   */
  public static List<Path> files(Path folder) throws IOException {
    MnistFiles files = MnistFiles.find(folder);
    return List.of(
        files.trainImages(), files.trainLabels(), files.testImages(), files.testLabels());
  }

  private static Dataset part(String part) throws IOException {
    String imagesFile = part + "-images-idx3-ubyte.gz";
    String labelsFile = part + "-labels-idx1-ubyte.gz";
    try (InputStream images = open(imagesFile);
        InputStream labels = open(labelsFile)) {
      return Idx.dataset(
          imagesFile,
          Idx.images(imagesFile, images),
          labelsFile,
          Idx.labels(labelsFile, labels, CLASSES));
    }
  }

  private static InputStream open(String file) throws FileNotFoundException {
    InputStream in = open(Mnist.class.getClassLoader(), file);
    if (in == null) {
      in = open(Thread.currentThread().getContextClassLoader(), file);
    }
    if (in == null) {
      throw new FileNotFoundException(
          "MNIST is not on the class path or module path: add the dependency"
              + " dev.lanewise:lanewise with the classifier 'data', in the version of the library"
              + " (on the module path also --add-modules dev.lanewise.mnist)");
    }
    return in;
  }

  private static @Nullable InputStream open(@Nullable ClassLoader loader, String file) {
    return loader == null
        ? ClassLoader.getSystemResourceAsStream(RESOURCES + file)
        : loader.getResourceAsStream(RESOURCES + file);
  }
}
