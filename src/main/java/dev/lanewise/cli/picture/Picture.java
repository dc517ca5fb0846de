package dev.lanewise.cli.picture;

import java.util.List;
import java.util.Optional;
import java.util.function.IntToDoubleFunction;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/**
 * A grey picture: brightness from 0, black, to 1, white, row by row.
 *
 * @param values width · height of them, which are not copied
 */
@SuppressWarnings("ArrayRecordComponent") // pictures are not compared
record Picture(int width, int height, float[] values) {
  /** Holds that there are as many values as pixels. */
  Picture {
    if (width < 1 || height < 1 || values.length != Math.multiplyExact(width, height)) {
      throw new IllegalArgumentException(
          "%s values are no picture of %s by %s".formatted(values.length, width, height));
    }
  }

  /** An outline: the first and last columns and rows. */
  record Box(int left, int top, int right, int bottom) {
    int width() {
      return right - left + 1;
    }

    int height() {
      return bottom - top + 1;
    }

    int longest() {
      return Math.max(width(), height());
    }

    /** How many pixels it has. */
    int area() {
      return width() * height();
    }

    /** How many columns or rows lie between it and another one. */
    int gap(Box other) {
      int across = Math.max(other.left - right, left - other.right);
      int down = Math.max(other.top - bottom, top - other.bottom);
      return Math.max(0, Math.max(across, down) - 1);
    }

    /** The outline of what lies within, a share of each side away from it. */
    Box within(double share) {
      int across = (int) Math.ceil(share * width());
      int down = (int) Math.ceil(share * height());
      return new Box(left + across, top + down, right - across, bottom - down);
    }

    Box and(Box other) {
      return new Box(
          Math.min(left, other.left),
          Math.min(top, other.top),
          Math.max(right, other.right),
          Math.max(bottom, other.bottom));
    }
  }

  float at(int x, int y) {
    return values[y * width + x];
  }

  /** A picture of the same size. */
  Picture with(float[] others) {
    return new Picture(width, height, others);
  }

  /** A rectangle of it. */
  Picture cut(Box box) {
    float[] out = new float[box.area()];
    for (int y = 0; y < box.height(); y++) {
      int from = (box.top + y) * width + box.left;
      System.arraycopy(values, from, out, y * box.width(), box.width());
    }
    return new Picture(box.width(), box.height(), out);
  }

  /** A picture of the same size, of a value for each pixel's number. */
  Picture map(IntToDoubleFunction value) {
    float[] out = new float[values.length];
    for (int at = 0; at < out.length; at++) {
      out[at] = (float) value.applyAsDouble(at);
    }
    return with(out);
  }

  /** The values of some pixels, by their numbers. */
  DoubleStream values(IntStream pixels) {
    return pixels.mapToDouble(at -> values[at]);
  }

  /** The numbers of all pixels. */
  IntStream pixels() {
    return IntStream.range(0, values.length);
  }

  /** The outline of a pixel. */
  Box box(int at) {
    int x = at % width;
    int y = at / width;
    return new Box(x, y, x, y);
  }

  /** Where what is brighter than a threshold lies; empty if nothing is. */
  Optional<Box> outline(float threshold) {
    return pixels().filter(at -> values[at] > threshold).mapToObj(this::box).reduce(Box::and);
  }

  /** The numbers of the pixels on the edge. */
  int[] edge() {
    return edge(width, height);
  }

  /** The numbers of the pixels on the edge of a picture of this size. */
  static int[] edge(int width, int height) {
    int[] edge = new int[width < 3 || height < 3 ? width * height : 2 * (width + height) - 4];
    int count = 0;
    for (int y = 0; y < height; y++) {
      boolean whole = y == 0 || y == height - 1;
      for (int x = 0; x < width; x += whole || width == 1 ? 1 : width - 1) {
        edge[count++] = y * width + x;
      }
    }
    return edge;
  }

  /** The middle one of some values, or 0 of none. */
  static double median(DoubleStream values) {
    double[] sorted = values.sorted().toArray();
    return sorted.length == 0 ? 0 : sorted[sorted.length / 2];
  }

  /**
   * The picture as it is to be looked at.
   *
   * @param orientation which of EXIF's eight ways the rows and columns lie in, 1 to 8
   */
  Picture upright(int orientation) {
    boolean turned = orientation >= 5;
    boolean fromRight = List.of(2, 3, 7, 8).contains(orientation);
    boolean fromBelow = List.of(3, 4, 6, 7).contains(orientation);
    int wide = turned ? height : width;
    int high = turned ? width : height;
    return new Picture(wide, high, new float[values.length])
        .map(
            at -> {
              int x = turned ? at / wide : at % wide;
              int y = turned ? at % wide : at / wide;
              return at(fromRight ? width - 1 - x : x, fromBelow ? height - 1 - y : y);
            });
  }
}
