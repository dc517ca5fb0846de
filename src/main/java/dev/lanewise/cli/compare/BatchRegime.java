package dev.lanewise.cli.compare;

import dev.lanewise.cli.support.CommandLineFaults;
import dev.lanewise.cli.support.UserException;
import dev.lanewise.io.support.Names;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** How many images' gradients make a step. */
public enum BatchRegime {
  /** All of them. */
  FULL(0),
  /** One. */
  SINGLE(1),
  /** A batch. */
  MINI(3);

  /** The most images whose activations are in memory at a time in a full-batch step. */
  static final int SLICE = 250;

  /** Below this a slice is too small for the kernels to be fast. */
  private static final int SMALLEST_SLICE = 25;

  private final int color;

  BatchRegime(int color) {
    this.color = color;
  }

  /** The number of its colour in plots. */
  int color() {
    return color;
  }

  /** Reads the values of --descent. */
  public static List<BatchRegime> parse(List<String> names) {
    List<BatchRegime> kinds = new ArrayList<>();
    for (String name : names) {
      BatchRegime kind;
      try {
        kind = valueOf(name.strip().toUpperCase(Locale.ROOT));
      } catch (IllegalArgumentException unknown) {
        throw UserException.wrongOption(
            "--descent has %s, but takes full, single and mini%s"
                .formatted(
                    Names.quoted(name),
                    CommandLineFaults.hint(name, List.of("full", "single", "mini"))));
      }
      if (kinds.contains(kind)) {
        throw UserException.wrongOption("--descent names " + kind.label() + " twice");
      }
      kinds.add(kind);
    }
    return kinds;
  }

  String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** What legends and tables call it. */
  String words(int batch) {
    return switch (this) {
      case FULL -> "full batch";
      case SINGLE -> "single images";
      case MINI -> "mini-batches of " + batch;
    };
  }

  /**
   * The images of a step of the network.
   *
   * @param images of an epoch
   * @param batchSize of mini-batches
   */
  int batch(int images, int batchSize) {
    return switch (this) {
      case FULL -> slice(images);
      case SINGLE -> 1;
      case MINI -> Math.min(batchSize, images);
    };
  }

  /**
   * The size of the equal slices that a full batch is cut into, so that memory does not grow with
   * it: the mean of their mean gradients is the mean over all images only if none is smaller.
   */
  static int slice(int images) {
    if (images <= SLICE) {
      return images;
    }
    int size = SLICE;
    while (images % size != 0) {
      size--;
    }
    if (size < SMALLEST_SLICE) {
      throw UserException.wrongOption(
          ("a full batch of %s images cannot be cut into equal slices of %s to %s images: take a"
                  + " multiple of %s as --limit")
              .formatted(images, SMALLEST_SLICE, SLICE, SLICE));
    }
    return size;
  }
}
