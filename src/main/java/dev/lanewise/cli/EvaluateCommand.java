package dev.lanewise.cli;

import dev.lanewise.cli.support.JsonReport;
import dev.lanewise.cli.support.Machine;
import dev.lanewise.cli.support.Png;
import dev.lanewise.cli.support.Terminal;
import dev.lanewise.cli.support.TextTable;
import dev.lanewise.cli.support.UserException;
import dev.lanewise.data.Dataset;
import dev.lanewise.data.Labels;
import dev.lanewise.data.Samples;
import dev.lanewise.kernel.Kernels;
import dev.lanewise.kernel.parallel.Team;
import dev.lanewise.kernel.reduce.Reduce;
import dev.lanewise.train.Evaluation;
import dev.lanewise.train.Trainer;
import java.awt.Color;
import java.awt.Font;
import java.awt.FontMetrics;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Evaluates saved weights on the test set. */
@Command(
    name = "evaluate",
    description =
        "Evaluates saved weights on the test set: accuracy, loss, the confusion matrix with each"
            + " class's precision and recall, and a picture of the worst-misread images.")
final class EvaluateCommand implements Callable<Integer> {
  static final String WORST = "worst-misread.png";

  @Mixin private final WeightsOptions weights = new WeightsOptions();
  @Mixin private final CommonOptions.Data data = new CommonOptions.Data();
  @Mixin private final CommonOptions.Machine machine = new CommonOptions.Machine();

  @Option(
      names = "--worst",
      paramLabel = "FILE",
      converter = RunFiles.OutputConverter.class,
      description =
          "File for the picture of the 25 worst-misread images (default: "
              + WORST
              + ", if it can be written).")
  private @Nullable Path worst;

  @Option(names = "--no-worst", description = "Draws no picture.")
  private boolean noWorst;

  @Option(
      names = "--json",
      paramLabel = "FILE",
      converter = RunFiles.OutputConverter.class,
      description = "Writes accuracy, loss, the confusion matrix and each class's figures as JSON.")
  private @Nullable Path json;

  @Mixin private final CommonOptions.Output output = new CommonOptions.Output();

  @Override
  public Integer call() {
    machine.apply();
    RunFiles files = new RunFiles();
    weights.addTo(files);
    data.addTo(files);
    files.writesReport("--json", json);
    Path picture = noWorst ? null : picture(files);
    PrintStream out = files.console();
    try (Team team = machine.team()) {
      Kernels kernels = machine.kernels(team, System.err);
      Trainer trainer = weights.trainer(kernels);
      Dataset test = data.load().test();
      Evaluation result = trainer.evaluate(test);
      String accuracy = String.format(Locale.ROOT, "%.4f", result.accuracy());
      out.printf(
          Locale.ROOT,
          "%d images: accuracy %s, loss %.4f%n",
          test.count(),
          output.bold(accuracy),
          result.loss());
      if (!(test.targets() instanceof Labels labels)) {
        return Lanewise.OK;
      }
      Confusion confusion =
          new Confusion(labels, trainer.predict(test.samples()), kernels.reduce());
      if (!output.isQuiet()) {
        out.println();
        out.print(confusion.table(Terminal.widthOf(out)));
        out.println();
      }
      Path file = json;
      if (file != null) {
        JsonReport.write(file, report(test.count(), result, confusion, kernels));
      }
      if (picture != null) {
        draw(test, confusion, picture, out);
      }
    } catch (IOException | IllegalArgumentException e) {
      throw UserException.failed(e);
    }
    return Lanewise.OK;
  }

  /** Where the picture goes; a default that cannot be written is left out, with a note. */
  private @Nullable Path picture(RunFiles files) {
    Path asked = worst;
    if (asked != null) {
      files.writes("--worst", asked);
      return asked;
    }
    Path otherwise = Path.of(WORST);
    try {
      files.writes("the default", otherwise);
      return otherwise;
    } catch (UserException refused) {
      System.err.println(
          "Note: no picture of the worst-misread images will be drawn: " + refused.getMessage());
      return null;
    }
  }

  private Map<String, Object> report(
      int images, Evaluation result, Confusion confusion, Kernels kernels) {
    return JsonReport.object(
        "weights", weights.file().toString(),
        "data", data.description(),
        "versions", JsonReport.versions(),
        "machine", JsonReport.machine(kernels),
        "images", images,
        "accuracy", result.accuracy(),
        "loss", result.loss(),
        "errors", confusion.errors(),
        "confusion", confusion.matrix(),
        "classes", confusion.figures());
  }

  private void draw(Dataset test, Confusion confusion, Path file, PrintStream out)
      throws IOException {
    List<Confusion.Misread> images = confusion.worst(MisreadPicture.MOST);
    if (images.isEmpty()) {
      out.println("No image was misread");
      return;
    }
    if (Machine.canDraw(false)) {
      MisreadPicture.write(file, test.samples(), images);
      if (!output.isQuiet()) {
        out.println(
            "The " + images.size() + " worst of " + confusion.errors() + " misread: " + file);
      }
    }
  }

  /** The confusion matrix: which classes a model predicted for which true classes. */
  static final class Confusion {
    /**
     * An image that was misread.
     *
     * @param image its number
     * @param truth its class
     * @param read what was read
     * @param probability how sure the model was of that
     */
    record Misread(int image, int truth, int read, float probability) {}

    private final int classes;
    private final int[][] counts;
    private final List<Misread> misread = new ArrayList<>();

    /** Counts predictions, one row of probabilities an image. */
    Confusion(Labels labels, float[] probabilities, Reduce reduce) {
      classes = probabilities.length / labels.count();
      counts = new int[classes][classes];
      for (int i = 0; i < labels.count(); i++) {
        int truth = labels.label(i);
        int read = reduce.argMax(classes, probabilities, i * classes);
        counts[truth][read]++;
        if (read != truth) {
          misread.add(new Misread(i, truth, read, probabilities[i * classes + read]));
        }
      }
    }

    /** How many images were misread. */
    int errors() {
      return misread.size();
    }

    /** The images that the model was surest of and wrong, the surest first. */
    List<Misread> worst(int most) {
      return misread.stream()
          .sorted(
              Comparator.comparingDouble((Misread one) -> -one.probability())
                  .thenComparingInt(Misread::image))
          .limit(most)
          .toList();
    }

    /** Of what was read as a class, the share that is of it; NaN where nothing was. */
    double precision(int c) {
      int all = IntStream.range(0, classes).map(truth -> counts[truth][c]).sum();
      return all == 0 ? Double.NaN : counts[c][c] / (double) all;
    }

    /** Of a class's images, the share that was read as it; NaN where there is none. */
    double recall(int c) {
      int all = IntStream.of(counts[c]).sum();
      return all == 0 ? Double.NaN : counts[c][c] / (double) all;
    }

    /**
     * A row a true class, a column a class that was read; behind them precision and recall; in
     * blocks that are at most so wide.
     */
    String table(int width) {
      List<String> header = new ArrayList<>(List.of("true\\read"));
      for (int c = 0; c < classes; c++) {
        header.add(Integer.toString(c));
      }
      header.addAll(List.of("precision", "recall"));
      TextTable table = new TextTable(header);
      for (int truth = 0; truth < classes; truth++) {
        List<String> row = new ArrayList<>(List.of(Integer.toString(truth)));
        for (int read = 0; read < classes; read++) {
          row.add(counts[truth][read] == 0 ? "." : Integer.toString(counts[truth][read]));
        }
        row.add(share(precision(truth)));
        row.add(share(recall(truth)));
        table.row(row);
      }
      return table.text(width);
    }

    /** The matrix, a row a true class, as reports have it. */
    int[][] matrix() {
      return counts;
    }

    /** Each class's figures, as reports have them. */
    List<Map<String, Object>> figures() {
      return IntStream.range(0, classes)
          .mapToObj(
              c ->
                  JsonReport.object(
                      "class", c,
                      "images", IntStream.of(counts[c]).sum(),
                      "precision", precision(c),
                      "recall", recall(c)))
          .toList();
    }

    private static String share(double share) {
      return Double.isNaN(share) ? "-" : String.format(Locale.ROOT, "%.4f", share);
    }
  }

  /** The worst-misread images in one PNG, each with its true and its read class. */
  static final class MisreadPicture {
    static final int COLUMNS = 5;
    static final int MOST = COLUMNS * COLUMNS;

    private static final int ZOOM = 5;
    private static final int CAPTION = 44;
    private static final int GAP = 14;
    private static final Color RED = new Color(0xB00020);
    private static final Font FONT = new Font(Font.SANS_SERIF, Font.PLAIN, 16);

    private MisreadPicture() {}

    static void write(Path file, Samples samples, List<Confusion.Misread> worst)
        throws IOException {
      Png.write(file, draw(samples, worst));
    }

    static BufferedImage draw(Samples samples, List<Confusion.Misread> worst) {
      int high = samples.shape().dim(0);
      int wide = samples.shape().dim(1);
      int cellWidth = wide * ZOOM + GAP;
      int cellHeight = high * ZOOM + CAPTION + GAP;
      int rows = Math.max(1, Math.ceilDiv(worst.size(), COLUMNS));
      BufferedImage picture =
          new BufferedImage(
              COLUMNS * cellWidth + GAP, rows * cellHeight + GAP, BufferedImage.TYPE_INT_RGB);
      Graphics2D graphics = picture.createGraphics();
      graphics.setColor(Color.WHITE);
      graphics.fillRect(0, 0, picture.getWidth(), picture.getHeight());
      graphics.setRenderingHint(
          RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
      graphics.setFont(FONT);
      float[] pixels = new float[high * wide];
      for (int i = 0; i < worst.size(); i++) {
        Confusion.Misread one = worst.get(i);
        int left = GAP + i % COLUMNS * cellWidth;
        int top = GAP + i / COLUMNS * cellHeight;
        samples.gather(new int[] {one.image()}, 0, 1, pixels, 0);
        for (int p = 0; p < pixels.length; p++) {
          float value = Math.clamp(pixels[p], 0f, 1f);
          graphics.setColor(new Color(value, value, value));
          graphics.fillRect(left + p % wide * ZOOM, top + p / wide * ZOOM, ZOOM, ZOOM);
        }
        int middle = left + wide * ZOOM / 2;
        int below = top + high * ZOOM;
        center(graphics, Color.BLACK, "true " + one.truth(), middle, below + 17);
        String read =
            String.format(Locale.ROOT, "read %d (%.1f %%)", one.read(), 100 * one.probability());
        center(graphics, RED, read, middle, below + 36);
      }
      graphics.dispose();
      return picture;
    }

    private static void center(Graphics2D graphics, Color color, String text, int x, int y) {
      FontMetrics metrics = graphics.getFontMetrics();
      graphics.setColor(color);
      graphics.drawString(text, x - metrics.stringWidth(text) / 2, y);
    }
  }
}
