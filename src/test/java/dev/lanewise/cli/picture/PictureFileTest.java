package dev.lanewise.cli.picture;

import static dev.lanewise.testing.Refusals.assertSentence;
import static dev.lanewise.testing.Refusals.said;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.data.ByteSamples;
import dev.lanewise.data.Mnist;
import dev.lanewise.testing.Memory;
import dev.lanewise.testing.Mutation;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.IndexColorModel;
import java.awt.image.WritableRaster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One digit in all kinds of files is one digit; what is no picture is a sentence. */
class PictureFileTest {
  private static final int SIDE = DigitImage.SIDE;

  /** A 3 with all kinds of grey: the digit of the report. */
  private static final int THREE = 18;

  @TempDir private static Path folder;

  private static byte[] grey;
  private static float[] expected;

  @BeforeAll
  static void load() throws IOException {
    ByteSamples samples = (ByteSamples) Mnist.load().test().samples();
    int from = samples.position(THREE);
    grey = Arrays.copyOfRange(samples.bytes(), from, from + SIDE * SIDE);
    expected = samples.slice(THREE, THREE + 1).toArray();
  }

  private static Path file(String name, byte[] bytes) throws IOException {
    return Files.write(folder.resolve(name), bytes);
  }

  private static float[] read(String name, byte[] bytes) throws IOException {
    return DigitImage.read(file(name, bytes), note -> assertEquals("", note, name));
  }

  /** Writes each pixel's bytes one behind the other. */
  private interface Pixel {
    int[] bytes(int value);
  }

  private static byte[][] rows(Pixel pixel) {
    byte[][] rows = new byte[SIDE][];
    for (int y = 0; y < SIDE; y++) {
      int size = pixel.bytes(0).length;
      rows[y] = new byte[SIDE * size];
      for (int x = 0; x < SIDE; x++) {
        int[] bytes = pixel.bytes(grey[y * SIDE + x] & 255);
        for (int i = 0; i < size; i++) {
          rows[y][x * size + i] = (byte) bytes[i];
        }
      }
    }
    return rows;
  }

  private static PngBytes png(int depth, int colorType) throws IOException {
    return PngBytes.header(SIDE, SIDE, depth, colorType);
  }

  private static SequencedMap<String, byte[]> forms() throws IOException {
    SequencedMap<String, byte[]> forms = new LinkedHashMap<>();
    byte[][] plain = rows(v -> new int[] {v});
    forms.put("l.png", png(8, PngBytes.GREY).pixels(plain));
    forms.put("la.png", png(8, PngBytes.GREY_ALPHA).pixels(rows(v -> new int[] {v, 255})));
    forms.put("16.png", png(16, PngBytes.GREY).pixels(rows(v -> new int[] {v, v})));
    forms.put(
        "la16.png", png(16, PngBytes.GREY_ALPHA).pixels(rows(v -> new int[] {v, v, 255, 255})));
    for (int key : new int[] {0, 7, 128, 254, 255}) {
      forms.put(
          "trns" + key + ".png",
          png(8, PngBytes.GREY).chunk("tRNS", (byte) 0, (byte) key).pixels(plain));
    }
    forms.put("rgb.png", png(8, PngBytes.RGB).pixels(rows(v -> new int[] {v, v, v})));
    forms.put(
        "rgb-trns.png",
        png(8, PngBytes.RGB).chunk("tRNS", new byte[6]).pixels(rows(v -> new int[] {v, v, v})));
    forms.put("rgb16.png", png(16, PngBytes.RGB).pixels(rows(v -> new int[] {v, v, v, v, v, v})));
    forms.put("rgba.png", png(8, PngBytes.RGB_ALPHA).pixels(rows(v -> new int[] {v, v, v, 255})));
    // Ink as opacity: white on nothing, and black on nothing.
    forms.put(
        "white-on-nothing.png",
        png(8, PngBytes.RGB_ALPHA).pixels(rows(v -> new int[] {255, 255, 255, v})));
    forms.put(
        "black-on-nothing.png", png(8, PngBytes.GREY_ALPHA).pixels(rows(v -> new int[] {0, v})));
    byte[] palette = new byte[3 * 256];
    byte[] opacity = new byte[256];
    Arrays.fill(opacity, (byte) 255);
    for (int i = 0; i < palette.length; i++) {
      palette[i] = (byte) (255 - i / 3);
    }
    byte[][] turned = rows(v -> new int[] {255 - v});
    forms.put("p.png", png(8, PngBytes.PALETTE).chunk("PLTE", palette).pixels(turned));
    forms.put(
        "p-trns.png",
        png(8, PngBytes.PALETTE).chunk("PLTE", palette).chunk("tRNS", opacity).pixels(turned));
    for (String format : new String[] {"bmp", "gif", "tiff"}) {
      forms.put("l." + format, DigitSets.encoded(image(), format));
    }
    forms.put("float.tiff", DigitSets.encoded(numbers(DataBuffer.TYPE_FLOAT, 1), "tiff"));
    forms.put("unit.tiff", DigitSets.encoded(numbers(DataBuffer.TYPE_FLOAT, 1 / 255f), "tiff"));
    forms.put("double.tiff", DigitSets.encoded(numbers(DataBuffer.TYPE_DOUBLE, 1), "tiff"));
    forms.put("int.tiff", DigitSets.encoded(numbers(DataBuffer.TYPE_INT, 1), "tiff"));
    forms.put("short.tiff", DigitSets.encoded(numbers(DataBuffer.TYPE_SHORT, 1), "tiff"));
    forms.put("ushort.tiff", DigitSets.encoded(numbers(DataBuffer.TYPE_USHORT, 257), "tiff"));
    return forms;
  }

  private static BufferedImage image() {
    byte[] levels = new byte[256];
    for (int i = 0; i < levels.length; i++) {
      levels[i] = (byte) i;
    }
    IndexColorModel model = new IndexColorModel(8, 256, levels, levels, levels);
    BufferedImage image = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_BYTE_INDEXED, model);
    image.getRaster().setDataElements(0, 0, SIDE, SIDE, grey);
    return image;
  }

  /** Grey of numbers of any type. */
  private static BufferedImage numbers(int type, float factor) {
    ComponentColorModel model =
        new ComponentColorModel(ColorSpace.getInstance(ColorSpace.CS_GRAY), false, false, 1, type);
    WritableRaster raster = model.createCompatibleWritableRaster(SIDE, SIDE);
    for (int i = 0; i < SIDE * SIDE; i++) {
      raster.setSample(i % SIDE, i / SIDE, 0, factor * (grey[i] & 255));
    }
    return new BufferedImage(model, raster, false, null);
  }

  /** FD-01, FD-51: a library's conversions have no part in it. */
  @Test
  void allFormsOfAFileGiveTheSamePixels() throws IOException {
    for (Map.Entry<String, byte[]> form : forms().entrySet()) {
      float tolerance = form.getKey().equals("unit.tiff") ? 1e-6f : 0;
      assertArrayEquals(expected, read(form.getKey(), form.getValue()), tolerance, form.getKey());
    }
  }

  /** FD-04: eight ways in JPEG, PNG and TIFF. */
  @Test
  void picturesAreTurnedAsTheySay() throws IOException {
    BufferedImage upright = new BufferedImage(48, 40, BufferedImage.TYPE_BYTE_GRAY);
    for (int i = 0; i < SIDE * SIDE; i++) {
      upright.getRaster().setSample(9 + i % SIDE, 5 + i / SIDE, 0, grey[i] & 255);
    }
    float[] whole = read("whole.png", DigitSets.encoded(upright, "png"));
    for (int orientation = 1; orientation <= 8; orientation++) {
      BufferedImage stored = DigitSets.stored(upright, orientation);
      byte[] exif =
          HexFormat.of()
              .parseHex("49492a0008000000" + "0100" + "120103000100000000000000" + "00000000");
      exif[18] = (byte) orientation;
      byte[][] rows = new byte[stored.getHeight()][];
      for (int y = 0; y < rows.length; y++) {
        rows[y] = (byte[]) stored.getRaster().getDataElements(0, y, stored.getWidth(), 1, null);
      }
      PngBytes png = PngBytes.header(stored.getWidth(), stored.getHeight(), 8, PngBytes.GREY);
      assertArrayEquals(
          whole, read("turned.png", png.chunk("eXIf", exif).pixels(rows)), "PNG " + orientation);
      // Other blocks, other losses.
      Path jpeg = file("turned.jpg", DigitSets.jpeg(stored, orientation));
      Picture turned = PictureFile.read(jpeg, note -> assertEquals("", note));
      assertEquals(upright.getWidth(), turned.width());
      double off = 0;
      for (int i = 0; i < turned.values().length; i++) {
        int sample = upright.getRaster().getSample(i % 48, i / 48, 0);
        off += Math.abs(turned.values()[i] - sample / 255f) / turned.values().length;
      }
      assertTrue(off < 0.02, "JPEG " + orientation + " is off by " + off);
      byte[] tiff = DigitSets.encoded(stored, "tiff");
      assertArrayEquals(
          whole, read("turned.tiff", oriented(tiff, orientation)), "TIFF " + orientation);
    }
  }

  /** Java's writer sets no orientation: a field that means nothing here, in its place. */
  private static byte[] oriented(byte[] tiff, int orientation) {
    boolean little = tiff[0] == 'I';
    int folder = number(tiff, 4, 4, little);
    int entries = number(tiff, folder, 2, little);
    byte[] out = Arrays.copyOf(tiff, tiff.length + 2 + 12 * (entries + 1) + 4);
    int place = tiff.length;
    put(out, 4, 4, place, little);
    put(out, place, 2, entries + 1, little);
    int from = folder + 2;
    int to = place + 2;
    boolean added = false;
    for (int i = 0; i < entries; i++, from += 12, to += 12) {
      if (!added && number(tiff, from, 2, little) > 274) {
        put(out, to, 2, 274, little);
        put(out, to + 2, 2, 3, little);
        put(out, to + 4, 4, 1, little);
        put(out, to + 8, 2, orientation, little);
        added = true;
        to += 12;
      }
      System.arraycopy(tiff, from, out, to, 12);
    }
    return out;
  }

  private static int number(byte[] bytes, int at, int count, boolean little) {
    int out = 0;
    for (int i = 0; i < count; i++) {
      out = (out << 8) | (bytes[little ? at + count - 1 - i : at + i] & 255);
    }
    return out;
  }

  private static void put(byte[] bytes, int at, int count, int value, boolean little) {
    for (int i = 0; i < count; i++) {
      bytes[little ? at + i : at + count - 1 - i] = (byte) (value >>> (8 * i));
    }
  }

  /** FD-05: width · height is looked at before memory is taken. */
  @Test
  void hugeClaimsAreRefusedAtOnce() throws IOException {
    for (int[] size : new int[][] {{20000, 20000}, {50000, 50000}, {1, 60_000_000}}) {
      byte[] png = PngBytes.header(size[0], size[1], 1, PngBytes.GREY).pixels(new byte[9][1]);
      long before = Memory.allocated();
      String said = said(IOException.class, () -> read("huge.png", png));
      assertTrue(Memory.allocated() - before < 10_000_000, "memory for " + size[0]);
      assertEquals(
          "%s is too large: %d by %d pixels, but at most 50 million are read"
              .formatted(folder.resolve("huge.png"), size[0], size[1]),
          said);
    }
    byte[] tiff = DigitSets.encoded(image(), "tiff");
    boolean little = tiff[0] == 'I';
    int at = number(tiff, 4, 4, little) + 2;
    while (number(tiff, at, 2, little) != 279) { // the bytes of each strip
      at += 12;
    }
    boolean one = number(tiff, at + 4, 4, little) == 1;
    put(tiff, one ? at + 8 : number(tiff, at + 8, 4, little), 4, 0x7fff_fff0, little);
    long before = Memory.allocated();
    IOException refused = assertThrows(IOException.class, () -> read("strip.tiff", tiff));
    assertTrue(refused.getMessage().contains("is no image that can be read"), refused.getMessage());
    assertTrue(Memory.allocated() - before < 10_000_000, "memory for a strip");
  }

  /** A cut JPEG is answered from what is left, with a note. */
  @Test
  void aCutPictureIsNotedOrRefused() throws IOException {
    BufferedImage large = new BufferedImage(112, 112, BufferedImage.TYPE_BYTE_GRAY);
    for (int i = 0; i < 112 * 112; i++) {
      int y = i / 112 / 4;
      large.getRaster().setSample(i % 112, i / 112, 0, 255 - (grey[y * SIDE + i % 112 / 4] & 255));
    }
    for (String format : new String[] {"jpg", "png", "gif", "bmp", "tiff"}) {
      byte[] whole = DigitSets.encoded(large, format);
      float[] all = read("whole." + format, whole);
      for (double part : new double[] {0.5, 0.8, 0.97}) {
        byte[] cut = Arrays.copyOf(whole, (int) (part * whole.length));
        Path file = file("cut." + format, cut);
        List<String> notes = new ArrayList<>();
        try {
          float[] read = DigitImage.read(file, notes::add);
          if (notes.isEmpty()) { // what was cut off is the end behind the pixels
            assertArrayEquals(all, read, format + " cut at " + part + " was read without a note");
            continue;
          }
          assertTrue(notes.getFirst().startsWith(file + " may be damaged: "), notes.getFirst());
        } catch (IOException refused) {
          assertTrue(refused.getMessage().startsWith(file + " "), refused.getMessage());
          assertFalse(format.equals("jpg"), refused.getMessage());
        }
      }
    }
  }

  /**
   * FD-06, FD-51: whatever stands in a file, it costs one sentence, and no memory of its choosing.
   */
  @Test
  void damagedPicturesAreSentences() throws IOException {
    SequencedMap<String, byte[]> forms = forms();
    forms.put("l.jpg", DigitSets.jpeg(image(), 6));
    for (Map.Entry<String, byte[]> form : forms.entrySet()) {
      for (int seed = 0; seed < 30; seed++) {
        Path file = file("damaged-" + form.getKey(), Mutation.of(form.getValue(), seed));
        long before = Memory.allocated();
        try {
          DigitImage.read(file, note -> assertFalse(note.contains("\n"), note));
        } catch (IOException refused) {
          String sentence = String.valueOf(refused.getMessage());
          assertTrue(sentence.startsWith(file + " "), sentence);
          assertFalse(sentence.endsWith("null"), sentence);
        }
        long taken = Memory.allocated() - before;
        assertTrue(taken < 2_000_000_000L, form.getKey() + " " + seed + ": " + taken + " bytes");
      }
    }
  }

  @Test
  void whatIsNoPictureIsNamed() throws IOException {
    assertRefused("webp", "RIFF\0\0\0\0WEBPVP8 ", "WebP");
    assertRefused("heic", "\0\0\0\u0018ftypheic\0\0\0\0", "HEIC");
    assertRefused("pdf", "%PDF-1.7\n", "PDF");
    assertRefused("pgm", "P5 28 28 255\n", "netpbm");
    assertRefused("page", "<!DOCTYPE html><html><body>404</body></html>", "an HTML page");
    assertRefused("pointer", "version https://git-lfs.github.com/spec/v1\n", "Git LFS pointer");
    assertRefused("empty", "", "is empty");
    IOException none =
        assertThrows(IOException.class, () -> DigitImage.read(folder.resolve("none"), note -> {}));
    assertEquals(folder.resolve("none") + " cannot be read: there is none", none.getMessage());
    assertThrows(IOException.class, () -> DigitImage.read(folder, note -> {}));
  }

  private static void assertRefused(String name, String content, String word) throws IOException {
    byte[] bytes = content.getBytes(java.nio.charset.StandardCharsets.ISO_8859_1);
    String said = said(IOException.class, () -> read(name, bytes));
    assertTrue(said.startsWith(folder.resolve(name) + " is ") && said.contains(word), said);
  }

  /** FD-07: where nothing is drawn there is no digit. */
  @Test
  void emptyPicturesHaveNoDigit() throws IOException {
    for (int[] size : new int[][] {{28, 28}, {1, 1}, {3, 1000}, {1000, 3}, {60, 40}, {2500, 3}}) {
      for (int level : new int[] {0, 1, 128, 254, 255}) {
        BufferedImage flat = new BufferedImage(size[0], size[1], BufferedImage.TYPE_BYTE_GRAY);
        int[] values = new int[size[0] * size[1]];
        Arrays.fill(values, level);
        flat.getRaster().setPixels(0, 0, size[0], size[1], values);
        byte[] png = DigitSets.encoded(flat, "png");
        assertSentence(
            IOException.class,
            folder.resolve("flat.png")
                + " shows no digit: nothing is drawn on it that stands out from its ground",
            () -> read("flat.png", png));
      }
    }
    BufferedImage clear = new BufferedImage(60, 40, BufferedImage.TYPE_INT_ARGB);
    byte[] png = DigitSets.encoded(clear, "png");
    assertThrows(IOException.class, () -> read("clear.png", png));
  }
}
