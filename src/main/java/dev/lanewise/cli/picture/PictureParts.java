package dev.lanewise.cli.picture;

import dev.lanewise.cli.picture.Picture.Box;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** The connected parts of a drawing, and which of them are the digit. */
final class PictureParts {
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
  private final float threshold;

  /** The number of each pixel's part; 0 if it belongs to none. */
  private final int[] labels;

  private final List<Part> parts = new ArrayList<>();

  /** A connected part: its number, outline and ink. */
  private record Part(int label, Box box, int pixels, double mass, boolean onEdge) {
    double weight() {
      return onEdge ? ON_EDGE * mass : mass;
    }
  }

  /** Finds the parts that lie above a threshold. */
  PictureParts(Picture ink, float threshold) {
    this.ink = ink;
    this.threshold = threshold;
    labels = new int[ink.values().length];
    int[] stack = new int[labels.length];
    for (int at = 0; at < labels.length; at++) {
      if (isOpen(at)) {
        parts.add(fill(at, parts.size() + 1, stack));
      }
    }
  }

  private boolean isOpen(int at) {
    return labels[at] == 0 && ink.values()[at] > threshold;
  }

  private Part fill(int start, int label, int[] stack) {
    Box box = ink.box(start);
    int pixels = 0;
    double mass = 0;
    int open = 0;
    stack[open++] = start;
    labels[start] = label;
    int[] near = new int[8];
    while (open > 0) {
      int at = stack[--open];
      pixels++;
      mass += ink.values()[at];
      box = box.and(ink.box(at));
      int count = neighbours(at, near);
      for (int i = 0; i < count; i++) {
        if (isOpen(near[i])) {
          labels[near[i]] = label;
          stack[open++] = near[i];
        }
      }
    }
    boolean onEdge =
        box.left() == 0
            || box.top() == 0
            || box.right() == ink.width() - 1
            || box.bottom() == ink.height() - 1;
    return new Part(label, box, pixels, mass, onEdge);
  }

  /** Finds the pixels around one, at most eight, and returns how many there are. */
  private int neighbours(int at, int[] out) {
    int x = at % ink.width();
    int y = at / ink.width();
    int count = 0;
    for (int toY = Math.max(0, y - 1); toY <= Math.min(ink.height() - 1, y + 1); toY++) {
      for (int toX = Math.max(0, x - 1); toX <= Math.min(ink.width() - 1, x + 1); toX++) {
        if (toX != x || toY != y) {
          out[count++] = toY * ink.width() + toX;
        }
      }
    }
    return count;
  }

  /**
   * The digit: the part with the most ink, and what lies no farther from it than a seventh of its
   * size or than the other part is long, again and again; with the fainter pixels around them.
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
    int[] near = new int[8];
    return ink.map(
        at -> {
          boolean keep = kept[labels[at]];
          if (labels[at] == 0) {
            int count = neighbours(at, near);
            keep = IntStream.range(0, count).anyMatch(i -> kept[labels[near[i]]]);
          }
          return keep ? ink.values()[at] : 0;
        });
  }

  /** What belongs to a part that reaches the edge; all else is 0. */
  Picture onEdge() {
    return ink.map(
        at -> labels[at] > 0 && parts.get(labels[at] - 1).onEdge() ? ink.values()[at] : 0);
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
        if (line.width() > 3 && line.height() > 3 && lined(part, line)) {
          return Optional.of(box.within(SHEET_BORDER / 2));
        }
      }
    }
    return Optional.empty();
  }

  /** Whether nearly all pixels of a rectangle's edge belong to a part. */
  private boolean lined(Part part, Box line) {
    int[] edge = Picture.edge(line.width(), line.height());
    long own =
        IntStream.of(edge)
            .map(
                at ->
                    (line.top() + at / line.width()) * ink.width()
                        + line.left()
                        + at % line.width())
            .filter(at -> labels[at] == part.label())
            .count();
    return own >= SHEET_LINED * edge.length;
  }
}
