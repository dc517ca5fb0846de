package dev.lanewise.data;

import dev.lanewise.io.InvalidFileException;
import dev.lanewise.io.support.InputFile;
import dev.lanewise.kernel.support.Check;
import dev.lanewise.tensor.Shape;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Reads the files that MNIST and its kin come in: IDX of unsigned bytes, plain or gzip (of one or
 * several members, padded with zeros or not), whatever their names.
 *
 * <p>A file that is cut off, damaged, too long, of another kind or at odds with its fellow is
 * refused with an {@link InvalidFileException} whose one sentence names it. What a header announces
 * is held against the file's size before memory is taken.
 */
public final class Idx {
  private Idx() {}

  /**
   * Reads images: magic number 0x803 (count, height, width) or 0x804 (and channels).
   *
   * @param file the file
   * @return the images, of shape (height, width, channels)
   * @throws InvalidFileException if the file is not a whole IDX file of images
   * @throws IOException if it cannot be read
   */
  public static ByteSamples images(Path file) throws IOException {
    return images(content(file, imageReader(file.toString())));
  }

  /**
   * Reads images from a stream, up to its end.
   *
   * @param name what the stream is called in messages
   * @param in the stream, which the caller closes
   * @return the images, of shape (height, width, channels)
   * @throws InvalidFileException if the stream is not a whole IDX file of images
   * @throws IOException if it cannot be read
   */
  public static ByteSamples images(String name, InputStream in) throws IOException {
    return images(imageReader(name).read(in, -1));
  }

  /**
   * Reads labels: magic number 0x801.
   *
   * @param file the file
   * @param classes the number of classes; labels are from 0 to {@code classes} − 1
   * @return the labels
   * @throws InvalidFileException if the file is not a whole IDX file of labels, or holds one that
   *     is no class
   * @throws IOException if it cannot be read
   */
  public static Labels labels(Path file, int classes) throws IOException {
    Check.atLeast("classes", classes, 1);
    return labels(file.toString(), content(file, labelReader(file.toString())), classes);
  }

  /**
   * Reads labels from a stream, up to its end.
   *
   * @param name what the stream is called in messages
   * @param in the stream, which the caller closes
   * @param classes the number of classes; labels are from 0 to {@code classes} − 1
   * @return the labels
   * @throws InvalidFileException if the stream is not a whole IDX file of labels, or holds one that
   *     is no class
   * @throws IOException if it cannot be read
   */
  public static Labels labels(String name, InputStream in, int classes) throws IOException {
    Check.atLeast("classes", classes, 1);
    return labels(name, labelReader(name).read(in, -1), classes);
  }

  /**
   * Reads images and their labels.
   *
   * @param images the file of the images
   * @param labels the file of the labels
   * @param classes the number of classes; labels are from 0 to {@code classes} − 1
   * @return a data set
   * @throws InvalidFileException if one of the files is not what it should be, or if there are not
   *     as many labels as images
   * @throws IOException if one of them cannot be read
   */
  public static Dataset dataset(Path images, Path labels, int classes) throws IOException {
    return dataset(images.toString(), images(images), labels.toString(), labels(labels, classes));
  }

  static Dataset dataset(String imagesFile, ByteSamples images, String labelsFile, Labels labels)
      throws InvalidFileException {
    if (images.count() != labels.count()) {
      throw new InvalidFileException(
          labelsFile,
          "holds %s labels, but %s holds %s images"
              .formatted(labels.count(), imagesFile, images.count()));
    }
    return new Dataset(images, labels);
  }

  private static IdxReader imageReader(String name) {
    return new IdxReader(name, "images", 3, 4);
  }

  private static IdxReader labelReader(String name) {
    return new IdxReader(name, "labels", 1, 1);
  }

  private static IdxReader.Content content(Path file, IdxReader reader) throws IOException {
    if (Files.isDirectory(file)) {
      throw new InvalidFileException(file.toString(), "is a directory, not an IDX file");
    }
    return InputFile.read(
        file,
        () -> {
          try (InputStream in = Files.newInputStream(file)) {
            // A pipe has no size.
            return reader.read(in, Files.isRegularFile(file) ? Files.size(file) : -1);
          }
        });
  }

  private static ByteSamples images(IdxReader.Content content) {
    int[] dims = content.dims();
    Shape shape = Shape.of(dims[1], dims[2], dims.length == 4 ? dims[3] : 1);
    return ByteSamples.of(content.bytes(), shape);
  }

  private static Labels labels(String name, IdxReader.Content content, int classes)
      throws InvalidFileException {
    byte[] bytes = content.bytes();
    int[] labels = new int[bytes.length];
    for (int i = 0; i < labels.length; i++) {
      labels[i] = bytes[i] & 255;
      if (labels[i] >= classes) {
        throw new InvalidFileException(
            name,
            "holds the label %s at position %s, but labels must be from 0 to %s"
                .formatted(labels[i], i, classes - 1));
      }
    }
    return Labels.of(labels, classes);
  }
}
