package dev.lanewise.data;

import dev.lanewise.io.support.InputFile;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The four files of a data set in MNIST's form, wherever the archives and libraries that people
 * have them from put them, and whatever these call them.
 *
 * @param trainImages images to train on
 * @param trainLabels their labels
 * @param testImages images to test with
 * @param testLabels their labels
 */
record MnistFiles(Path trainImages, Path trainLabels, Path testImages, Path testLabels) {
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

    @Nullable MnistFiles files() {
      Path trainImages = file("train", IMAGES);
      Path trainLabels = file("train", LABELS);
      Path testImages = testFile(IMAGES);
      Path testLabels = testFile(LABELS);
      return trainImages == null || trainLabels == null || testImages == null || testLabels == null
          ? null
          : new MnistFiles(trainImages, trainLabels, testImages, testLabels);
    }

    FileNotFoundException incomplete() {
      String test = prefix.isEmpty() ? "t10k" : "test";
      String missing =
          file("train", IMAGES) == null
              ? "train-" + IMAGES
              : file("train", LABELS) == null
                  ? "train-" + LABELS
                  : test + "-" + (testFile(IMAGES) == null ? IMAGES : LABELS);
      return new FileNotFoundException(
          folder + " holds no file " + prefix + missing + ", with or without .gz");
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
   * @param place a folder that holds the files, or where torchvision keeps them below it; or such a
   *     folder and what all names begin with: "gzip/emnist-digits"
   * @throws FileNotFoundException if a file is missing, or if there are several data sets: one
   *     sentence that says which
   * @throws IOException if a folder cannot be read
   */
  static MnistFiles find(Path place) throws IOException {
    List<Candidate> candidates = Files.isDirectory(place) ? below(place) : named(place);
    if (candidates.isEmpty() && !Files.isDirectory(place)) {
      throw new FileNotFoundException(
          place + " is no folder, but should be one that holds the four files of MNIST");
    }
    List<Candidate> whole = candidates.stream().filter(each -> each.files() != null).toList();
    // Files under their plain names in the folder itself need not be told from others.
    if (whole.size() > 1 && !whole.getFirst().equals(new Candidate(place, ""))) {
      throw new FileNotFoundException(
          place
              + " holds several data sets, of which one must be named: "
              + whole.stream().map(Candidate::toString).collect(Collectors.joining(", ")));
    }
    if (!whole.isEmpty()) {
      return Objects.requireNonNull(whole.getFirst().files());
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
