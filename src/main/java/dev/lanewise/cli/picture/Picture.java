package dev.lanewise.cli.picture;

/** A grey picture: brightness from 0, black, to 1, white, row by row. */
final class Picture {
  private final int width;
  private final int height;
  private final float[] values;

  /** Makes a picture of width · height values, which are not copied. */
  Picture(int width, int height, float[] values) {
    if (width < 1 || height < 1 || values.length != Math.multiplyExact(width, height)) {
      throw new IllegalArgumentException(
          values.length + " values are no picture of " + width + " by " + height);
    }
    this.width = width;
    this.height = height;
    this.values = values;
  }

  int width() {
    return width;
  }

  int height() {
    return height;
  }

  /** The values themselves, row by row. */
  float[] values() {
    return values;
  }

  float at(int x, int y) {
    return values[y * width + x];
  }

  /** A rectangle of it. */
  Picture cut(PictureParts.Box box) {
    int wide = box.right() - box.left() + 1;
    int high = box.bottom() - box.top() + 1;
    float[] out = new float[wide * high];
    for (int y = 0; y < high; y++) {
      System.arraycopy(values, (box.top() + y) * width + box.left(), out, y * wide, wide);
    }
    return new Picture(wide, high, out);
  }

  /** The numbers of the pixels on the edge. */
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

  /**
   * The picture as it is to be looked at.
   *
   * @param orientation which of EXIF's eight ways the rows and columns lie in, 1 to 8
   */
  Picture upright(int orientation) {
    if (orientation == 1) {
      return this;
    }
    boolean turned = orientation >= 5;
    int wide = turned ? height : width;
    int high = turned ? width : height;
    float[] out = new float[values.length];
    for (int y = 0; y < high; y++) {
      for (int x = 0; x < wide; x++) {
        out[y * wide + x] =
            switch (orientation) {
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
