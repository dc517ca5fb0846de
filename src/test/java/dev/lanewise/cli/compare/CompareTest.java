package dev.lanewise.cli.compare;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.jr.ob.JSON;
import dev.lanewise.cli.support.Plot;
import dev.lanewise.testing.Folders;
import dev.lanewise.testing.Fork;
import dev.lanewise.testing.Program;
import dev.lanewise.testing.SmallMnist;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The command compare from its arguments to its files. */
class CompareTest {
  @TempDir private static Path folder;

  @BeforeAll
  static void writeImages() throws IOException {
    SmallMnist.write(folder, 600, 50);
  }

  private static Fork.Result compare(Path out, String more) {
    Fork.Result result = Fork.lanewise("compare --data", folder, "--out", out, more).succeeded();
    assertEquals("", result.complaints());
    return result;
  }

  private static void assertPlot(Path file) throws IOException {
    BufferedImage image = ImageIO.read(file.toFile());
    assertEquals(Plot.WIDTH, image.getWidth(), file::toString);
    assertEquals(Plot.HEIGHT, image.getHeight(), file::toString);
    int[] pixels = image.getRGB(0, 0, Plot.WIDTH, Plot.HEIGHT, null, 0, Plot.WIDTH);
    long colours = java.util.Arrays.stream(pixels).distinct().count();
    assertTrue(colours > 20, () -> file + " has " + colours + " colours");
  }

  /** The table of one optimizer: the cells of its row. */
  private static String[] row(String markdown, String label) {
    String line =
        markdown.lines().filter(l -> l.startsWith("| " + label + " |")).findFirst().orElseThrow();
    return line.substring(2, line.length() - 2).split(" \\| ", -1);
  }

  @Test
  void comparesOptimizersOverSeeds() throws IOException {
    Path out = folder.resolve("made/by/it");
    Fork.Result result =
        compare(
            out,
            "--optimizers adam;sgd:momentum=0.9,nesterov=true;sgd:lr=1e30 --epochs=2 --seed=4"
                + " --seeds=2 --limit=200");
    assertTrue(result.out().contains("Adam, seed 5 (run 4 of 6)"), result.out());
    assertTrue(result.out().contains(Comparison.WARM_UP), result.out());

    Map<String, Object> json = JSON.std.mapFrom(Files.readString(out.resolve("compare.json")));
    List<?> runs = (List<?>) json.get("runs");
    assertEquals(6, runs.size());
    Map<?, ?> first = (Map<?, ?>) runs.getFirst();
    Map<?, ?> second = (Map<?, ?>) runs.get(3);
    assertEquals("adam", first.get("optimizer"));
    assertEquals(4, first.get("seed"));
    assertEquals(5, second.get("seed"));
    double one = accuracy(first);
    double two = accuracy(second);

    String markdown = Files.readString(out.resolve("compare.md"));
    String[] adam = row(markdown, "Adam");
    String range =
        String.format(
            java.util.Locale.ROOT,
            "%.4f<br>%.4f–%.4f",
            (one + two) / 2,
            Math.min(one, two),
            Math.max(one, two));
    assertEquals(range, adam[2]); // accuracy at epochs 1 and 2, loss at epochs 1 and 2, time
    assertEquals(6, adam.length);
    // The diverging one has no figures, and the reason stands below.
    assertEquals("–", row(markdown, "SGD lr=1e30")[2]);
    assertTrue(markdown.contains("SGD lr=1e30, seed 4: the loss is "), markdown);
    assertTrue(result.out().contains("0.9893"), result.out());
    assertTrue(markdown.contains("cannot be held against"), markdown);

    List<String> csv = Files.readAllLines(out.resolve("compare.csv"));
    assertEquals(
        "optimizer,seed,epoch,train_seconds,val_seconds,loss,accuracy,val_loss,val_accuracy,"
            + "total_seconds",
        csv.getFirst());
    assertTrue(csv.get(3).startsWith("\"sgd:momentum=0.9,nesterov=true\",4,1,"), csv.get(3));
    assertEquals(Double.toString(one), csv.get(2).split(",", -1)[8]);
    assertPlot(out.resolve("training-cost.png"));
    assertPlot(out.resolve("validation-accuracy.png"));
    assertEquals(5, Folders.names(out).size());

    // A run of compare is a run of train: the same seed, the same bits.
    Path trained = folder.resolve("train.json");
    String train = "train --epochs=2 --limit=200 --seed=5 --data";
    Fork.lanewise(train, folder, "--json", trained).succeeded();
    assertEquals(two, accuracy(JSON.std.mapFrom(Files.readString(trained))));
  }

  private static double accuracy(Map<?, ?> run) {
    Map<?, ?> last = (Map<?, ?>) ((List<?>) run.get("epochs")).getLast();
    return ((Number) last.get("val_accuracy")).doubleValue();
  }

  @Test
  void comparesKindsOfDescent() throws IOException {
    Path out = folder.resolve("descent");
    Fork.Result result =
        compare(out, "--descent full,single,mini --epochs=2 --limit=600 --batch-size=50");
    String markdown = Files.readString(out.resolve("descent.md"));
    String[] full = row(markdown, "full batch");
    assertEquals("600", full[1]);
    assertEquals("1", full[2]);
    String[] single = row(markdown, "single images");
    assertEquals("1", single[1]);
    assertEquals("600", single[2]);
    assertEquals("12", row(markdown, "mini-batches of 50")[2]);
    // Two steps leave the cost of full batches almost where it was; single images' jumps far more.
    assertTrue(Double.parseDouble(single[7]) > 10 * Double.parseDouble(full[7]), markdown);
    List<String> csv = Files.readAllLines(out.resolve("descent.csv"));
    assertEquals(1 + 2 + 2 * 600 + 2 * 12, csv.size());
    Map<String, Object> json = JSON.std.mapFrom(Files.readString(out.resolve("descent.json")));
    assertEquals(3, ((List<?>) json.get("runs")).size());
    assertPlot(out.resolve("descent-cost.png"));
    assertPlot(out.resolve("descent-time.png"));
    assertTrue(result.out().contains("learning rate 0.01 for all"), result.out());
  }

  /** FD-09: one that diverges is marked in every file, and the others have their figures. */
  @Test
  void aKindOfDescentThatDivergesIsMarked() throws IOException {
    Path out = folder.resolve("diverging");
    Fork.Result result =
        compare(out, "--descent=mini --optimizers=sgd:lr=1e30 --epochs=2 --limit=128");
    String markdown = Files.readString(out.resolve("descent.md"));
    String[] mini = row(markdown, "mini-batches of 64");
    for (int i = 5; i < mini.length; i++) {
      assertEquals("–", mini[i], markdown);
    }
    assertTrue(markdown.contains("- mini-batches of 64: the loss is NaN in epoch "), markdown);
    assertFalse(result.out().contains("NaN |"), result.out());
    Map<String, Object> json = JSON.std.mapFrom(Files.readString(out.resolve("descent.json")));
    Map<?, ?> run = (Map<?, ?>) ((List<?>) json.get("runs")).getFirst();
    assertTrue(String.valueOf(run.get("ended")).startsWith("the loss is NaN in epoch "), markdown);
    assertPlot(out.resolve("descent-cost.png"));
  }

  /** No loss but the last validation's tells it: a run of one step whose update spoils all. */
  @Test
  void oneThatDivergesWithItsLastUpdateIsMarked() throws IOException {
    Path out = folder.resolve("last");
    String spoiling = "sgd:lr=3e38,weight_decay=10";
    compare(out, "--optimizers=sgd;" + spoiling + " --epochs=1 --limit=50");
    String markdown = Files.readString(out.resolve("compare.md"));
    assertEquals("–", row(markdown, "SGD lr=3e38,weight_decay=10")[1], markdown);
    assertTrue(Double.parseDouble(row(markdown, "SGD")[1]) > 0, markdown);
    String said = "the training diverged in epoch 1: the validation loss is NaN";
    assertTrue(markdown.contains("SGD lr=3e38,weight_decay=10, seed 1: " + said + "."), markdown);
    Map<String, Object> json = JSON.std.mapFrom(Files.readString(out.resolve("compare.json")));
    Map<?, ?> run = (Map<?, ?>) ((List<?>) json.get("runs")).get(1);
    assertEquals(said, run.get("ended"));
    assertFalse(((Map<?, ?>) ((List<?>) json.get("runs")).getFirst()).containsKey("ended"));
  }

  @Test
  void slicesOfAFullBatchAreEqual() {
    assertEquals(250, BatchRegime.slice(2000));
    assertEquals(200, BatchRegime.slice(600));
    assertEquals(199, BatchRegime.slice(199));
    assertEquals(250, BatchRegime.slice(60_000));
  }

  @Test
  void noDifferenceIsOneWithinTheRangeOfSeeds() {
    assertFalse(OptimizerComparison.Tables.differ(over(0.50, 0.51), over(0.50, 0.52)));
    assertTrue(OptimizerComparison.Tables.differ(over(0.50, 0.51), over(0.60, 0.61)));
    assertFalse(OptimizerComparison.Tables.differ(over(0.50, 0.51), over(0.50, 0.70)));
  }

  private static DoubleSummaryStatistics over(double... seeds) {
    return Arrays.stream(seeds).summaryStatistics();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--epochs 0 | --epochs is 0, but must be at least 1",
        "--seeds 0 | --seeds is 0, but must be at least 1",
        "--limit 601 | --limit is 601, but must be from 1 to 600, the number of training images",
        "--optimizers adam;lbfgs | --optimizers cannot be used: there is no optimizer 'lbfgs'; there",
        "--optimizers sgd;sgd | --optimizers names SGD twice",
        "--optimizers sgd; | --optimizers cannot be used: there is no optimizer ''; there are",
        "--descent half | --descent has 'half', but takes full, single and mini",
        "--descent full,full | --descent names full twice",
        "--descent full --optimizers sgd;adam | --descent takes one optimizer, but --optimizers has 2",
        "--descent full --seeds 2 | --descent takes one seed, but --seeds is 2",
        "--descent full --limit 509 | a full batch of 509 images cannot be cut into equal slices of 25",
        "--out /dev/null | --out is /dev/null, but that is no folder",
        "--out /dev/null/x | --out is /dev/null/x, but that folder cannot be made"
      })
  void refusalsAreOneSentenceAndExitCode2(String options, String sentence) {
    String complaint =
        Program.run(Fork.words("compare --data", folder, options.strip())).refused(2);
    assertTrue(complaint.startsWith(sentence), complaint);
  }
}
