package dev.lanewise.cli.picture;

import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.font.GlyphVector;
import java.awt.geom.AffineTransform;
import java.awt.geom.Rectangle2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import javax.imageio.ImageIO;

/**
 * Writes the pictures of src/test/resources/digits: ten digits in six fonts, in ten ways that
 * people draw, scan and photograph them. Run by hand, with the fonts of DejaVu:
 *
 * <pre>java -cp … dev.lanewise.cli.picture.DigitSets src/test/resources/digits</pre>
 */
public final class DigitSets {
  static final List<String> NAMES =
      List.of(
          "white",
          "transparent",
          "colored",
          "paper200",
          "paper185",
          "gradient",
          "speck",
          "28-black-on-white",
          "28-white-on-black",
          "exif");

  /** A segment of one field, the orientation. */
  private static final String EXIF =
      "ffe10022"
          + "457869660000"
          + "4d4d002a00000008"
          + "0001"
          + "011200030000000100000000"
          + "00000000";

  private static final int EXIF_ORIENTATION = 29;
  private static final int SIDE = 100;
  private static final int INK = 40;

  private DigitSets() {}

  public static void main(String[] args) throws IOException {
    System.setProperty("java.awt.headless", "true");
    ImageIO.setUseCache(false);
    SequencedMap<String, Font> fonts = new LinkedHashMap<>();
    fonts.put("sans", new Font("DejaVu Sans", Font.PLAIN, 1));
    fonts.put("sans-bold", new Font("DejaVu Sans", Font.BOLD, 1));
    fonts.put("sans-oblique", new Font("DejaVu Sans", Font.ITALIC, 1));
    fonts.put("serif", new Font("DejaVu Serif", Font.PLAIN, 1));
    fonts.put("condensed", new Font("DejaVu Sans Condensed", Font.PLAIN, 1));
    fonts.put("mono", new Font("DejaVu Sans Mono", Font.PLAIN, 1));
    for (Font font : fonts.values()) {
      if (!font.getFamily().startsWith("DejaVu")) {
        throw new IllegalStateException("there is no font DejaVu, but " + font.getFamily());
      }
    }
    write(Path.of(args[0]), fonts);
  }

  /** Writes all sets, each into a folder of its own, a file named digit-font. */
  static void write(Path folder, Map<String, Font> fonts) throws IOException {
    for (String set : NAMES) {
      Path own = Files.createDirectories(folder.resolve(set));
      int number = 0;
      for (Map.Entry<String, Font> font : fonts.entrySet()) {
        for (int digit = 0; digit < 10; digit++) {
          boolean jpeg = set.equals("gradient") || set.equals("exif");
          String name = digit + "-" + font.getKey() + (jpeg ? ".jpg" : ".png");
          Files.write(own.resolve(name), picture(set, digit, font.getValue(), number++));
        }
      }
    }
  }

  private static byte[] picture(String set, int digit, Font font, int number) throws IOException {
    Color black = Color.BLACK;
    Color white = Color.WHITE;
    Color ink = new Color(INK, INK, INK);
    int grey = BufferedImage.TYPE_BYTE_GRAY;
    return switch (set) {
      case "white" -> png(drawn(paper(SIDE, SIDE, grey, white), digit, font, 72, 0, 0, black));
      case "transparent" -> {
        BufferedImage page = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_INT_ARGB);
        yield png(drawn(page, digit, font, 72, 0, 0, black));
      }
      case "colored" -> {
        BufferedImage page = paper(200, 150, BufferedImage.TYPE_INT_RGB, new Color(0xF0C060));
        int right = 40 - number % 5 * 20;
        int down = 25 - number % 4 * 15;
        yield png(drawn(page, digit, font, 36, right, down, new Color(0x203878)));
      }
      case "paper200" -> png(drawn(paper(SIDE, SIDE, grey, grey(200)), digit, font, 72, 0, 0, ink));
      case "paper185" ->
          png(drawn(paper(SIDE, SIDE, grey, grey(185)), digit, font, 60, -8, 5, ink));
      case "gradient" -> jpeg(drawn(gradient(), digit, font, 72, 0, 0, ink), 1);
      case "speck" -> {
        BufferedImage page = drawn(paper(160, 160, grey, white), digit, font, 72, 0, 0, black);
        Graphics2D graphics = page.createGraphics();
        graphics.setColor(black);
        graphics.fillOval(number % 2 == 0 ? 6 : 146, number % 4 < 2 ? 5 : 148, 7, 6);
        graphics.dispose();
        yield png(page);
      }
      case "28-black-on-white", "28-white-on-black" -> {
        boolean dark = set.equals("28-white-on-black");
        BufferedImage page = paper(28, 28, grey, dark ? black : white);
        int size = 15 + number % 3 * 6;
        int right = 2 - number % 5;
        yield png(drawn(page, digit, font, size, right, number % 4 - 2, dark ? white : black));
      }
      case "exif" -> {
        int orientation = number % 8 + 1;
        BufferedImage upright = drawn(paper(120, 80, grey, white), digit, font, 72, 0, 0, black);
        yield jpeg(stored(upright, orientation), orientation);
      }
      default -> throw new IllegalArgumentException(set);
    };
  }

  private static Color grey(int level) {
    return new Color(level, level, level);
  }

  private static BufferedImage paper(int width, int height, int type, Color color) {
    BufferedImage paper = new BufferedImage(width, height, type);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        set(paper, x, y, color);
      }
    }
    return paper;
  }

  /** A grey picture's sample itself: Java would convert a colour to linear light. */
  private static void set(BufferedImage image, int x, int y, Color color) {
    if (image.getType() == BufferedImage.TYPE_BYTE_GRAY) {
      image.getRaster().setSample(x, y, 0, color.getRed());
    } else {
      image.setRGB(x, y, color.getRGB());
    }
  }

  /** Light from the left: 235 to 165. */
  private static BufferedImage gradient() {
    BufferedImage paper = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_BYTE_GRAY);
    for (int y = 0; y < SIDE; y++) {
      for (int x = 0; x < SIDE; x++) {
        paper.getRaster().setSample(x, y, 0, 235 - 70 * x / (SIDE - 1));
      }
    }
    return paper;
  }

  /** Lays a digit on a picture, in its middle and so many pixels from it. */
  private static BufferedImage drawn(
      BufferedImage on, int digit, Font font, int size, int right, int down, Color ink) {
    BufferedImage cover =
        new BufferedImage(on.getWidth(), on.getHeight(), BufferedImage.TYPE_INT_ARGB);
    Graphics2D graphics = cover.createGraphics();
    graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
    GlyphVector glyph =
        font.deriveFont((float) size)
            .createGlyphVector(graphics.getFontRenderContext(), Integer.toString(digit));
    Rectangle2D box = glyph.getOutline().getBounds2D();
    graphics.transform(
        AffineTransform.getTranslateInstance(
            on.getWidth() / 2.0 + right - box.getCenterX(),
            on.getHeight() / 2.0 + down - box.getCenterY()));
    graphics.setColor(ink);
    graphics.fill(glyph.getOutline());
    graphics.dispose();
    for (int y = 0; y < on.getHeight(); y++) {
      for (int x = 0; x < on.getWidth(); x++) {
        int part = cover.getRGB(x, y) >>> 24;
        if (on.getType() == BufferedImage.TYPE_INT_ARGB) {
          on.setRGB(x, y, (part << 24) | (ink.getRGB() & 0xFFFFFF));
        } else if (on.getType() == BufferedImage.TYPE_BYTE_GRAY) {
          int ground = on.getRaster().getSample(x, y, 0);
          on.getRaster().setSample(x, y, 0, mixed(part, ink.getRed(), ground));
        } else {
          Color ground = new Color(on.getRGB(x, y));
          on.setRGB(
              x,
              y,
              new Color(
                      mixed(part, ink.getRed(), ground.getRed()),
                      mixed(part, ink.getGreen(), ground.getGreen()),
                      mixed(part, ink.getBlue(), ground.getBlue()))
                  .getRGB());
        }
      }
    }
    return on;
  }

  private static int mixed(int part, int ink, int ground) {
    return Math.round((part * ink + (255 - part) * ground) / 255f);
  }

  /** A picture's rows and columns as a camera that is held that way stores them. */
  static BufferedImage stored(BufferedImage upright, int orientation) {
    boolean turned = orientation >= 5;
    int wide = turned ? upright.getHeight() : upright.getWidth();
    int high = turned ? upright.getWidth() : upright.getHeight();
    BufferedImage out = new BufferedImage(wide, high, upright.getType());
    for (int y = 0; y < upright.getHeight(); y++) {
      for (int x = 0; x < upright.getWidth(); x++) {
        int fromRight = upright.getWidth() - 1 - x;
        int fromBottom = upright.getHeight() - 1 - y;
        // By the standard's words: which side of what is seen row 0 and column 0 are.
        int row =
            switch (orientation) {
              case 1, 2 -> y; // top
              case 3, 4 -> fromBottom;
              case 5, 8 -> x; // left
              default -> fromRight;
            };
        int column =
            switch (orientation) {
              case 1, 4 -> x; // left
              case 2, 3 -> fromRight;
              case 5, 6 -> y; // top
              default -> fromBottom;
            };
        out.getRaster()
            .setDataElements(column, row, upright.getRaster().getDataElements(x, y, null));
      }
    }
    return out;
  }

  private static byte[] png(BufferedImage image) throws IOException {
    return encoded(image, "png");
  }

  public static byte[] encoded(BufferedImage image, String format) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    if (!ImageIO.write(image, format, out)) {
      throw new IOException("this Java writes no " + format);
    }
    return out.toByteArray();
  }

  /** A JPEG that says how it is to be turned. */
  static byte[] jpeg(BufferedImage image, int orientation) throws IOException {
    byte[] plain = encoded(image, "jpg");
    if (orientation == 1) {
      return plain;
    }
    byte[] exif = HexFormat.of().parseHex(EXIF);
    exif[EXIF_ORIENTATION] = (byte) orientation;
    // Before or behind JFIF's own segment of 18 bytes: there are cameras that do the one or the
    // other.
    int place = orientation % 2 == 0 ? 2 : 20;
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(plain, 0, place);
    out.write(exif);
    out.write(plain, place, plain.length - place);
    return out.toByteArray();
  }
}
