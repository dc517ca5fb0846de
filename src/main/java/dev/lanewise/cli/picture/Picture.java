package dev.lanewise.cli.picture;

import java.util.Arrays;
import java.util.Optional;

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

  /** Where what is brighter than a threshold lies; empty if nothing is. */
  Optional<Box> outline(float threshold) {
    int left = width;
    int top = height;
    int right = -1;
    int bottom = -1;
    for (int i = 0; i < values.length; i++) {
      if (values[i] > threshold) {
        left = Math.min(left, i % width);
        top = Math.min(top, i / width);
        right = Math.max(right, i % width);
        bottom = Math.max(bottom, i / width);
      }
    }
    return right < 0 ? Optional.empty() : Optional.of(new Box(left, top, right, bottom));
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

  /** Sorts some values, and returns the middle one. */
  static float median(float[] values) {
    Arrays.sort(values);
    return values[values.length / 2];
  }

  /**
   * The picture as it is to be looked at.
   *
   * @param orientation which of EXIF's eight ways the rows and columns lie in, 1 to 8
   */
  Picture upright(int orientation) {
    boolean turned = orientation >= 5;
    int wide = turned ? height : width;
    int high = turned ? width : height;
    float[] out = new float[values.length];
    for (int y = 0; y < high; y++) {
      for (int x = 0; x < wide; x++) {
        out[y * wide + x] =
            switch (orientation) {
              case 1 -> at(x, y);
              case 2 -> at(width - 1 - x, y);
              case 3 -> at(width - 1 - x, height - 1 - y);
              case 4 -> at(x, height - 1 - y);
              case 5 -> at(y, x);
              case 6 -> at(y, height - 1 - x);
              case 7 -> at(width - 1 - y, height - 1 - x);
              case 8 -> at(width - 1 - y, x);
              default -> throw new IllegalArgumentException("orientation " + orientation);
            };
      }
    }
    return new Picture(wide, high, out);
  }
}
