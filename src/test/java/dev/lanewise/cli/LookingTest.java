package dev.lanewise.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.cli.EvaluateCommand.Confusion;
import dev.lanewise.cli.picture.DigitImage;
import dev.lanewise.cli.support.Plot;
import dev.lanewise.cli.support.Terminal;
import dev.lanewise.data.ByteSamples;
import dev.lanewise.data.Dataset;
import dev.lanewise.data.FloatSamples;
import dev.lanewise.data.Labels;
import dev.lanewise.data.Mnist;
import dev.lanewise.kernel.reduce.ScalarReduce;
import dev.lanewise.tensor.Shape;
import dev.lanewise.testing.Fork;
import dev.lanewise.testing.SmallMnist;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pictures in and out: predict, evaluate's picture and matrix, train's plots. */
class LookingTest {
  private static final int SIDE = 28;

  @TempDir private static Path folder;

  private static Mnist mnist;

  @BeforeAll
  static void trainALittle() throws IOException {
    mnist = Mnist.load();
    SmallMnist.write(folder, 1500, 100);
    String train = "train -q --epochs 2 --batch-size 16 --data";
    Fork.Result result = run(train, folder, "--save", file("weights"), "--plots", file("plots"));
    result.succeeded();
    assertTrue(result.out().matches("Adam, 2 epochs in [^\\n]*\\R"), result.out());
  }

  private static Fork.Result run(Object... parts) {
    return Fork.lanewise(parts);
  }

  private static Path file(String name) {
    return folder.resolve(name);
  }

  /** An image of the test set, grey, white on black. */
  private static BufferedImage digit(int number) {
    ByteSamples samples = (ByteSamples) mnist.test().samples();
    BufferedImage image = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_BYTE_GRAY);
    for (int i = 0; i < SIDE * SIDE; i++) {
      int grey = samples.bytes()[samples.position(number) + i] & 255;
      image.getRaster().setSample(i % SIDE, i / SIDE, 0, grey);
    }
    return image;
  }

  /** Black on white, larger, and not in the middle: a scan. */
  private static BufferedImage scan(BufferedImage digit) {
    BufferedImage page = new BufferedImage(260, 330, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = page.createGraphics();
    graphics.setColor(Color.WHITE);
    graphics.fillRect(0, 0, 260, 330);
    BufferedImage inverted = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < SIDE * SIDE; i++) {
      int grey = 255 - digit.getRaster().getSample(i % SIDE, i / SIDE, 0);
      inverted.setRGB(i % SIDE, i / SIDE, new Color(grey, grey, grey).getRGB());
    }
    graphics.setRenderingHint(
        RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BILINEAR);
    graphics.drawImage(inverted, 30, 90, 200, 200, null);
    graphics.dispose();
    return page;
  }

  private static Optional<float[]> digit(BufferedImage image) {
    return DigitImage.of(image);
  }

  private static void write(BufferedImage image, String name) throws IOException {
    assertTrue(ImageIO.write(image, "png", file(name).toFile()));
  }

  @Test
  void anImageOf28By28IsTakenAsItIs() throws IOException {
    write(digit(0), "seven.png");
    float[] read = DigitImage.read(file("seven.png"), note -> {});
    float[] expected = mnist.test().samples().slice(0, 1).toArray();
    assertArrayEquals(expected, read);
    BufferedImage inverted = digit(0);
    for (int i = 0; i < SIDE * SIDE; i++) {
      int grey = inverted.getRaster().getSample(i % SIDE, i / SIDE, 0);
      inverted.getRaster().setSample(i % SIDE, i / SIDE, 0, 255 - grey);
    }
    assertArrayEquals(expected, digit(inverted).orElseThrow(), 1e-6f);
  }

  @Test
  void otherSizesAreScaledAndCentred() {
    float[] image = digit(scan(digit(0))).orElseThrow();
    double mass = 0;
    double x = 0;
    double y = 0;
    int wide = 0;
    int high = 0;
    for (int i = 0; i < image.length; i++) {
      mass += image[i];
      x += image[i] * (i % SIDE + 0.5);
      int row = i / SIDE;
      y += image[i] * (row + 0.5);
      if (image[i] > 0.2) {
        wide = Math.max(wide, Math.abs(2 * (i % SIDE) + 1 - SIDE));
        high = Math.max(high, Math.abs(2 * (i / SIDE) + 1 - SIDE));
      }
    }
    assertEquals(SIDE / 2.0, x / mass, 0.75);
    assertEquals(SIDE / 2.0, y / mass, 0.75);
    assertTrue(high >= 16 && high <= 26, "high " + high);
    assertTrue(wide <= 26, "wide " + wide);
    float[] own = mnist.test().samples().slice(0, 1).toArray();
    double likeness = 0;
    double squares = 0;
    double ownSquares = 0;
    for (int i = 0; i < own.length; i++) {
      likeness += own[i] * image[i];
      squares += image[i] * image[i];
      ownSquares += own[i] * own[i];
    }
    double cosine = likeness / Math.sqrt(squares * ownSquares);
    assertTrue(cosine > 0.55, "likeness " + cosine);
  }

  @Test
  void predictReadsDigitsOfAllForms() throws IOException {
    List<Object> quiet = new ArrayList<>(List.of("predict --quiet --load", file("weights")));
    int[] truths = new int[20];
    for (int i = 0; i < truths.length; i++) {
      truths[i] = ((Labels) mnist.test().targets()).label(i);
      write(i % 2 == 0 ? digit(i) : scan(digit(i)), "digit" + i + ".png");
      quiet.add(file("digit" + i + ".png"));
    }
    Fork.Result result = run(quiet.toArray()).succeeded();
    String[] lines = result.out().strip().split("\\R", -1);
    assertEquals(truths.length, lines.length);
    int right = 0;
    for (int i = 0; i < truths.length; i++) {
      right += Integer.parseInt(lines[i]) == truths[i] ? 1 : 0;
    }
    assertTrue(right >= 17, right + " of 20 were read right");
    Fork.Result one = run("predict --load", file("weights"), file("digit0.png"));
    String[] said = one.out().strip().split("\\R", -1);
    assertTrue(said[0].matches(".*digit0\\.png: 7, probability 0\\.\\d{4}"), said[0]);
    assertTrue(said[1].matches("  0: 0\\.\\d{4} 1: .* 9: \\d\\.\\d{4}"), said[1]);
    assertFalse(one.out().contains("\u001b"), "colours in a pipe");
  }

  @Test
  void predictRefusesWhatIsNoImage() throws IOException {
    Path weights = file("weights");
    Files.writeString(file("text.png"), "no image");
    assertEquals(
        file("text.png") + " is no image that can be read (PNG, JPEG, GIF, BMP, TIFF or WBMP)",
        run("predict --load", weights, file("text.png")).refused(1));
    assertEquals(
        file("none.png") + " cannot be read: there is none",
        run("predict --load", weights, file("none.png")).refused(1));
    Fork.Result missing = run("predict --load", weights);
    assertEquals(2, missing.exitCode());
    assertTrue(missing.complaints().contains("IMAGE"), missing.complaints());
  }

  @Test
  void trainDrawsLossAndAccuracy() throws IOException {
    for (String name : new String[] {TrainResults.LOSS, TrainResults.ACCURACY}) {
      BufferedImage plot = ImageIO.read(file("plots").resolve(name).toFile());
      assertEquals(Plot.WIDTH, plot.getWidth());
      boolean colored = false;
      for (int i = 0; i < plot.getWidth() * plot.getHeight() && !colored; i++) {
        int rgb = plot.getRGB(i % plot.getWidth(), i / plot.getWidth());
        colored = (rgb & 0xFFFFFF) == 0xD55E00; // the line of the validation
      }
      assertTrue(colored, name + " has no line");
    }
  }

  @Test
  void pytorchLayoutGoesOutAndComesIn() throws IOException {
    Path torch = file("torch.safetensors");
    Fork.Result trained =
        run("train --limit 64 --epochs 1 -q --layout pytorch --data", folder, "--save", torch);
    trained.succeeded();
    Fork.Result evaluated =
        run("evaluate -q --no-worst --layout pytorch --data", folder, "--load", torch);
    String accuracy = trained.out().replaceAll("(?s).*validation accuracy (\\S+),.*", "$1");
    assertTrue(
        evaluated.out().matches("100 images: accuracy " + accuracy + ", loss .*\\R"),
        evaluated.out() + trained.out());
    Fork.Result other = run("evaluate --no-worst --data", folder, "--load", torch);
    assertTrue(other.complaints().contains("saved by Lanewise in PyTorch's"), other.complaints());
    assertTrue(other.complaints().contains("--layout pytorch"), other.complaints());
  }

  @Test
  void confusionCountsPrecisionAndRecall() {
    Labels labels = Labels.of(new int[] {0, 0, 0, 1, 1, 2}, 3);
    float[] probabilities = {
      0.9f, 0.1f, 0, 0.2f, 0.8f, 0, 0.5f, 0.4f, 0.1f, 0.6f, 0.4f, 0, 0.1f, 0.7f, 0.2f, 0.1f, 0.9f, 0
    };
    Confusion confusion = new Confusion(labels, probabilities, new ScalarReduce());
    assertEquals(3, confusion.errors());
    assertEquals(2, confusion.matrix()[0][0]);
    assertEquals(1, confusion.matrix()[0][1]);
    assertEquals(2.0 / 3, confusion.recall(0), 1e-12);
    assertEquals(1.0 / 3, confusion.precision(1), 1e-12);
    assertTrue(Double.isNaN(confusion.precision(2)));
    assertEquals(0, confusion.recall(2));
    List<Confusion.Misread> worst = confusion.worst(2);
    assertEquals(new Confusion.Misread(5, 2, 1, 0.9f), worst.get(0));
    assertEquals(new Confusion.Misread(1, 0, 1, 0.8f), worst.get(1));
    assertEquals(
        """
        true\\read  0  1  2  precision  recall
        0          2  1  .     0.6667  0.6667
        1          1  1  .     0.3333  0.5000
        2          .  1  .          -  0.0000
        """,
        confusion.table(Terminal.UNLIMITED));
  }

  @Test
  void thePictureShowsTheImagesThemselves() {
    Dataset data =
        new Dataset(
            FloatSamples.of(mnist.test().samples().slice(0, 8).toArray(), Shape.of(28, 28, 1)),
            mnist.test().targets().slice(0, 8));
    List<Confusion.Misread> worst = new ArrayList<>();
    for (int i = 0; i < 7; i++) {
      worst.add(new Confusion.Misread(i, 1, 2, 0.5f));
    }
    BufferedImage picture = EvaluateCommand.MisreadPicture.draw(data.samples(), worst);
    assertEquals(2 * (28 * 5 + 44 + 14) + 14, picture.getHeight());
    float[] sixth = data.samples().slice(5, 6).toArray();
    for (int i = 0; i < sixth.length; i++) {
      int x = 14 + i % 28 * 5 + 2;
      int y = 14 + (28 * 5 + 44 + 14) + i / 28 * 5 + 2;
      assertEquals(sixth[i] * 255, picture.getRGB(x, y) & 255, 0.51, "pixel " + i);
    }
  }

  @Test
  void wrongPathsAreRefusedBeforeTheWork() throws IOException {
    Files.writeString(file("occupied"), "");
    assertEquals(
        "--plots is " + file("occupied") + ", but that is no folder",
        run("train --plots", file("occupied")).refused(2));
    String worst = run("evaluate --load x --worst", file("no").resolve("a.png")).refused(2);
    assertTrue(worst.startsWith("--worst is "), worst);
  }
}
