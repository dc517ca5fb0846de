package dev.lanewise.data;

import dev.lanewise.io.InvalidFileException;
import dev.lanewise.io.support.InputFile;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
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
    List<Path> files = files(folder);
    Dataset train = Idx.dataset(files.get(0), files.get(1), CLASSES);
    Dataset test = Idx.dataset(files.get(2), files.get(3), CLASSES);
    if (!train.samples().shape().equals(test.samples().shape())) {
      throw new InvalidFileException(
          files.get(2).toString(),
          "holds images of shape %s, but %s has %s"
              .formatted(test.samples().shape(), files.get(0), train.samples().shape()));
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
    return FourFiles.find(folder);
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

  /**
   * The four files of a data set in MNIST's form, wherever the archives and libraries that people
   * have them from put them, and whatever these call them: images to train on, their labels, images
   * to test with, their labels.
   */
  private static final class FourFiles {
    private static final String IMAGES = "images-idx3-ubyte";
    private static final String LABELS = "labels-idx1-ubyte";

    /** What EMNIST and QMNIST put before a name, such as "emnist-digits-". */
    private static final Pattern NAME =
        Pattern.compile("(|.+-)(train|t10k|test)-(images[-.]idx3|labels[-.]idx1)-ubyte(\\.gz)?");

    /**
     * A set of files that have their folder and the beginning of their names in common.
     *
     * @param folder where they are
     * @param prefix "" or what their names begin with
     */
    private record Candidate(Path folder, String prefix) {
      /** The file of a part, in the first spelling that there is; null if it is missing. */
      @Nullable Path file(String part, String kind) {
        List<String> names =
            Stream.of("-idx", ".idx")
                .map(idx -> prefix + part + "-" + kind.replace("-idx", idx))
                .flatMap(name -> Stream.of(name, name + ".gz"))
                .toList();
        // Archives unpack to folders that are called like the files in them.
        Stream<Path> within =
            names.stream().flatMap(outer -> names.stream().map(folder.resolve(outer)::resolve));
        return Stream.concat(names.stream().map(folder::resolve), within)
            .filter(file -> Files.exists(file) && !Files.isDirectory(file))
            .findFirst()
            .orElse(null);
      }

      @Nullable Path testFile(String kind) {
        Path file = file("t10k", kind);
        return file == null ? file("test", kind) : file;
      }

      /** The four files, null for each that is missing. */
      List<@Nullable Path> files() {
        return Arrays.asList(
            file("train", IMAGES), file("train", LABELS), testFile(IMAGES), testFile(LABELS));
      }

      FileNotFoundException incomplete() {
        int missing = files().indexOf(null);
        String part = missing < 2 ? "train-" : prefix.isEmpty() ? "t10k-" : "test-";
        String file = prefix + part + (missing % 2 == 0 ? IMAGES : LABELS);
        return new FileNotFoundException(
            folder + " holds no file " + file + ", with or without .gz");
      }

      /** How a user names this one. */
      @Override
      public String toString() {
        return prefix.isEmpty()
            ? folder.toString()
            : folder.resolve(prefix.substring(0, prefix.length() - 1)).toString();
      }
    }

    /**
     * Finds the files.
     *
     * @param place a folder that holds the files, or where torchvision keeps them below it; or such
     *     a folder and what all names begin with: "gzip/emnist-digits"
     * @throws FileNotFoundException if a file is missing, or if there are several data sets: one
     *     sentence that says which
     * @throws IOException if a folder cannot be read
     */
    static List<Path> find(Path place) throws IOException {
      List<Candidate> candidates = Files.isDirectory(place) ? below(place) : named(place);
      if (candidates.isEmpty() && !Files.isDirectory(place)) {
        throw new FileNotFoundException(
            place + " is no folder, but should be one that holds the four files of MNIST");
      }
      List<Candidate> whole =
          candidates.stream().filter(each -> !each.files().contains(null)).toList();
      // Files under their plain names in the folder itself need not be told from others.
      if (whole.size() > 1 && !whole.getFirst().equals(new Candidate(place, ""))) {
        throw new FileNotFoundException(
            place
                + " holds several data sets, of which one must be named: "
                + whole.stream().map(Candidate::toString).collect(Collectors.joining(", ")));
      }
      if (!whole.isEmpty()) {
        return whole.getFirst().files().stream().map(Objects::requireNonNull).toList();
      }
      throw (candidates.isEmpty() ? new Candidate(place, "") : candidates.getFirst()).incomplete();
    }

    private static List<Candidate> below(Path folder) throws IOException {
      List<Path> places = new ArrayList<>(List.of(folder));
      for (Path each : list(folder)) {
        // torchvision: MNIST/raw, and for EMNIST's archive EMNIST/raw/gzip
        if (each.endsWith("raw") || each.endsWith("gzip")) {
          places.add(each);
        }
        places.add(each.resolve("raw"));
        places.add(each.resolve("raw").resolve("gzip"));
        places.add(each.resolve("gzip"));
      }
      List<Candidate> candidates = new ArrayList<>();
      for (Path place : places) {
        TreeSet<String> prefixes = new TreeSet<>();
        if (Files.isDirectory(place)) {
          for (Path file : list(place)) {
            Matcher name = NAME.matcher(file.getFileName().toString());
            if (name.matches()) {
              prefixes.add(name.group(1));
            }
          }
        }
        prefixes.forEach(prefix -> candidates.add(new Candidate(place, prefix)));
      }
      return candidates;
    }

    private static List<Candidate> named(Path place) {
      Path name = place.getFileName();
      Path folder = place.resolveSibling("");
      Candidate candidate = new Candidate(folder, name + "-");
      boolean there = candidate.file("train", IMAGES) != null || candidate.testFile(IMAGES) != null;
      return there ? List.of(candidate) : List.of();
    }

    private static List<Path> list(Path folder) throws IOException {
      try (Stream<Path> files = Files.list(folder)) {
        return files.sorted().toList();
      } catch (IOException e) {
        throw new IOException(folder + " cannot be read: " + InputFile.reason(e), e);
      }
    }
  }
}
