package dev.lanewise.bench.suite;

import java.util.Locale;

/**
 * Writes SVG. Pictures have a light background of their own, so that they read the same on light
 * and dark pages.
 */
final class Svg {
  static final String INK = "#222222";
  static final String FAINT = "#d5d5d5";
  static final String MUTED = "#5f5f5f";
  private static final String PAPER = "#fcfcfa";

  /** Where a text stands relative to its point. */
  enum Anchor {
    START,
    MIDDLE,
    END
  }

  private final StringBuilder out = new StringBuilder();

  Svg(double width, double height, String title) {
    add(
        "<svg xmlns='http://www.w3.org/2000/svg' width='%.0f' height='%.0f' viewBox='0 0 %.0f %.0f'"
            + " font-family='DejaVu Sans, Verdana, Arial, sans-serif' role='img'>",
        width, height, width, height);
    out.append("<title>").append(escaped(title)).append("</title>\n");
    add(
        "<rect width='%.0f' height='%.0f' rx='6' fill='%s' stroke='%s'/>",
        width, height, PAPER, FAINT);
    text(16, 26, title, 15, INK, Anchor.START);
  }

  /** The width of a text, roughly and rather too large: the reader's fonts are not known. */
  static double width(String text, double size) {
    return text.codePointCount(0, text.length()) * size * 0.62;
  }

  void rect(double x, double y, double width, double height, String fill) {
    add(
        "<rect x='%.1f' y='%.1f' width='%.1f' height='%.1f' fill='%s'/>",
        x, y, width, height, fill);
  }

  void line(double x1, double y1, double x2, double y2, String stroke, double width) {
    add(
        "<line x1='%.1f' y1='%.1f' x2='%.1f' y2='%.1f' stroke='%s' stroke-width='%.1f'/>",
        x1, y1, x2, y2, stroke, width);
  }

  void dot(double x, double y, double radius, String fill) {
    add(
        "<circle cx='%.1f' cy='%.1f' r='%.1f' fill='%s' stroke='%s' stroke-width='0.8'/>",
        x, y, radius, fill, PAPER);
  }

  void text(double x, double y, String text, double size, String fill, Anchor anchor) {
    turned(x, y, text, size, fill, anchor, 0);
  }

  /** A text, turned about its point by degrees. */
  void turned(
      double x, double y, String text, double size, String fill, Anchor anchor, double degrees) {
    add(
        "<text x='%.1f' y='%.1f' font-size='%.0f' fill='%s' text-anchor='%s'%s>",
        x,
        y,
        size,
        fill,
        anchor.name().toLowerCase(Locale.ROOT),
        degrees == 0
            ? ""
            : String.format(Locale.ROOT, " transform='rotate(%.1f %.1f %.1f)'", degrees, x, y));
    out.setLength(out.length() - 1);
    out.append(escaped(text)).append("</text>\n");
  }

  String end() {
    return out + "</svg>\n";
  }

  @SuppressWarnings("AnnotateFormatMethod") // that annotation is in a library of its own
  private void add(String format, Object... values) {
    out.append(String.format(Locale.ROOT, format, values)).append('\n');
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }
}
