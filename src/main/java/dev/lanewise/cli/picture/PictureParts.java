package dev.lanewise.cli.picture;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** The connected parts of a drawing, and which of them are the digit. */
final class PictureParts {
  /** The steps to the eight pixels around one. */
  static final int[][] NEIGHBOURS = {
    {-1, -1}, {0, -1}, {1, -1}, {-1, 0}, {1, 0}, {-1, 1}, {0, 1}, {1, 1}
  };

  /** Parts of less than this share of the largest one's ink are dust. */
  private static final double DUST = 0.005;

  /** As if a part on the edge had this share of its ink: a shadow or a table, perhaps. */
  private static final double ON_EDGE = 0.25;

  /** A gap of this share of the digit is within it, whatever comes behind it. */
  private static final double NEAR = 0.15;

  private static final int MOST = 1000;

  /** What a sheet is at least: of the picture, of its outline, and of a line within that. */
  private static final double SHEET_AREA = 0.2;

  private static final double SHEET_FILLED = 0.75;
  private static final double SHEET_LINED = 0.85;
  private static final double SHEET_BORDER = 0.06;

  private final Picture ink;
  private final int[] labels;
  private final List<Part> parts = new ArrayList<>();

  /** A connected part: its number, outline and ink. */
  private record Part(int label, Box box, int pixels, double mass, boolean onEdge) {
    double weight() {
      return onEdge ? ON_EDGE * mass : mass;
    }
  }

  /** An outline: the first and last columns and rows. */
  record Box(int left, int top, int right, int bottom) {
    int longest() {
      return Math.max(right - left, bottom - top) + 1;
    }

    int gap(Box other) {
      int across = Math.max(other.left - right, left - other.right);
      int down = Math.max(other.top - bottom, top - other.bottom);
      return Math.max(0, Math.max(across, down) - 1);
    }

    /** How many pixels it has. */
    int area() {
      return (right - left + 1) * (bottom - top + 1);
    }

    /** The outline of what lies within, a share of each side away from it. */
    Box within(double share) {
      int across = (int) Math.ceil(share * (right - left + 1));
      int down = (int) Math.ceil(share * (bottom - top + 1));
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

  /** Finds the parts that lie above a threshold. */
  PictureParts(Picture ink, float threshold) {
    this.ink = ink;
    labels = new int[ink.values().length];
    int[] stack = new int[labels.length];
    int next = 0;
    for (int at = 0; at < labels.length; at++) {
      if (labels[at] == 0 && ink.values()[at] > threshold) {
        parts.add(fill(at, ++next, threshold, stack));
      }
    }
  }

  private Part fill(int start, int label, float threshold, int[] stack) {
    int width = ink.width();
    int height = ink.height();
    int left = width;
    int top = height;
    int right = -1;
    int bottom = -1;
    int pixels = 0;
    double mass = 0;
    int open = 0;
    stack[open++] = start;
    labels[start] = label;
    while (open > 0) {
      int at = stack[--open];
      int x = at % width;
      int y = at / width;
      pixels++;
      mass += ink.values()[at];
      left = Math.min(left, x);
      top = Math.min(top, y);
      right = Math.max(right, x);
      bottom = Math.max(bottom, y);
      for (int[] step : NEIGHBOURS) {
        int toX = x + step[0];
        int toY = y + step[1];
        if (toX >= 0 && toX < width && toY >= 0 && toY < height) {
          int to = toY * width + toX;
          if (labels[to] == 0 && ink.values()[to] > threshold) {
            labels[to] = label;
            stack[open++] = to;
          }
        }
      }
    }
    boolean onEdge = left == 0 || top == 0 || right == width - 1 || bottom == height - 1;
    return new Part(label, new Box(left, top, right, bottom), pixels, mass, onEdge);
  }

  /**
   * The digit: the part with the most ink, and what lies no farther from it than a seventh of its
   * size or than the other part is long, again and again.
   *
   * @return the drawing without all else; without any part it is empty
   */
  Picture digit() {
    boolean[] kept = new boolean[parts.size() + 1];
    List<Part> others =
        new ArrayList<>(
            parts.stream().sorted(Comparator.comparingDouble(Part::weight).reversed()).toList());
    if (!others.isEmpty()) {
      Part main = others.removeFirst();
      kept[main.label()] = true;
      Box box = main.box();
      others.removeIf(part -> part.mass() < DUST * main.mass());
      boolean grows = true;
      while (grows) {
        grows = false;
        for (Part part : others.subList(0, Math.min(MOST, others.size()))) {
          double near = Math.max(NEAR * box.longest(), part.box().longest());
          if (!kept[part.label()] && box.gap(part.box()) <= near && !part.onEdge()) {
            kept[part.label()] = true;
            box = box.and(part.box());
            grows = true;
          }
        }
      }
    }
    return only(kept);
  }

  /**
   * A part that a drawing may lie on: of a fifth of the picture at least, not on its edge, filling
   * most of its outline and nearly all of a line along it.
   *
   * @return a rectangle within its outline
   */
  Optional<Box> sheet() {
    for (Part part : parts) {
      Box box = part.box();
      if (!part.onEdge()
          && box.area() >= SHEET_AREA * labels.length
          && part.pixels() >= SHEET_FILLED * box.area()) {
        Box line = box.within(SHEET_BORDER);
        if (line.right() - line.left() > 2 && line.bottom() - line.top() > 2 && lined(part, line)) {
          return Optional.of(box.within(SHEET_BORDER / 2));
        }
      }
    }
    return Optional.empty();
  }

  /** Whether nearly all pixels of a rectangle's edge belong to a part. */
  private boolean lined(Part part, Box line) {
    int wide = line.right() - line.left() + 1;
    int[] edge = Picture.edge(wide, line.bottom() - line.top() + 1);
    int own = 0;
    for (int at : edge) {
      int x = line.left() + at % wide;
      int y = line.top() + at / wide;
      own += labels[y * ink.width() + x] == part.label() ? 1 : 0;
    }
    return own >= SHEET_LINED * edge.length;
  }

  /** The kept parts with the fainter pixels around them. */
  private Picture only(boolean[] kept) {
    int width = ink.width();
    int height = ink.height();
    float[] out = new float[labels.length];
    for (int at = 0; at < out.length; at++) {
      boolean keep = kept[labels[at]];
      if (labels[at] == 0) {
        for (int[] step : NEIGHBOURS) {
          int x = at % width + step[0];
          int y = at / width + step[1];
          keep |= x >= 0 && x < width && y >= 0 && y < height && kept[labels[y * width + x]];
        }
      }
      out[at] = keep ? ink.values()[at] : 0;
    }
    return new Picture(width, height, out);
  }
}
