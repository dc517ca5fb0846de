package dev.lanewise.cli;

import dev.lanewise.cli.picture.DigitImage;
import dev.lanewise.cli.picture.PictureFile;
import dev.lanewise.cli.support.JsonReport;
import dev.lanewise.cli.support.UserException;
import dev.lanewise.data.FloatSamples;
import dev.lanewise.kernel.Kernels;
import dev.lanewise.kernel.parallel.Team;
import dev.lanewise.tensor.Shape;
import dev.lanewise.train.Trainer;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Reads digits from image files. */
@Command(
    name = "predict",
    description = {
      "Reads digits from image files with saved weights.",
      "An image has any size, up to "
          + PictureFile.MOST_PIXELS / 1_000_000
          + " million pixels. Its background, bright or dark, is removed, and the digit is cropped,"
          + " scaled and centred like those of MNIST. An image of 28 by 28 pixels that has this form"
          + " already is used as it is.",
      "If an image cannot be read, or nothing is drawn on it, one sentence says so and the exit code"
          + " is 1; all other images are answered. With --quiet the line of such an image is '-'."
    })
final class PredictCommand implements Callable<Integer> {
  /** What --quiet prints where there is no digit. */
  private static final String NO_DIGIT = "-";

  @Mixin private final WeightsOptions weights = new WeightsOptions();

  @Parameters(
      arity = "1..*",
      paramLabel = "IMAGE",
      description =
          "PNG files, or others that Java reads (JPEG, GIF, BMP, TIFF); - is standard input.")
  private List<Path> images = List.of();

  @Mixin private final CommonOptions.Machine machine = new CommonOptions.Machine();

  @Option(
      names = "--json",
      paramLabel = "FILE",
      converter = RunFiles.OutputConverter.class,
      description =
          "Writes the digit and the ten probabilities of each image, or what is wrong with it, as JSON.")
  private @Nullable Path json;

  @Mixin private final CommonOptions.Output output = new CommonOptions.Output();

  @Override
  public Integer call() {
    machine.apply();
    RunFiles files = new RunFiles();
    weights.addTo(files);
    files.reads("IMAGE", images).writesReport("--json", json);
    System.setProperty("java.awt.headless", "true"); // reading an image needs no display
    try (Team team = machine.team()) {
      Kernels kernels = machine.kernels(team, System.err);
      List<Prediction> predictions = predict(weights.trainer(kernels), kernels);
      PrintStream out = files.console();
      predictions.forEach(prediction -> print(prediction, out));
      Path file = json;
      if (file != null) {
        JsonReport.write(file, report(predictions, kernels));
      }
      boolean all = predictions.stream().allMatch(one -> one.error() == null);
      return all ? Lanewise.OK : Lanewise.FAILED;
    } catch (IOException | IllegalArgumentException e) {
      throw UserException.failed(e);
    } catch (NoClassDefFoundError missing) {
      throw UserException.failed(
          "Images cannot be read without the module java.desktop (--add-modules java.desktop): "
              + missing.getMessage()
              + " is missing");
    }
  }

  /**
   * The result for one image.
   *
   * @param file its path, as the user named it
   * @param error why no digit was read, in a sentence; null if one was
   * @param notes what was odd about it
   * @param probabilities each digit's; none if no digit was read
   * @param digit the one with the greatest
   */
  private record Prediction(
      String file,
      @Nullable String error,
      List<String> notes,
      List<Float> probabilities,
      int digit) {
    Map<String, Object> members() {
      return error != null
          ? JsonReport.object("file", file, "error", error)
          : JsonReport.object(
              "file", file,
              "digit", digit,
              "probability", probabilities.get(digit),
              "probabilities", probabilities,
              "notes", notes.isEmpty() ? null : notes);
    }
  }

  private List<Prediction> predict(Trainer trainer, Kernels kernels) {
    Shape shape = Shape.of(DigitImage.SIDE, DigitImage.SIDE, 1);
    List<Prediction> predictions = new ArrayList<>();
    for (Path file : images) {
      List<String> notes = new ArrayList<>();
      String error = null;
      List<Float> probabilities = new ArrayList<>();
      int digit = 0;
      try {
        float[] pixels =
            DigitImage.read(
                file,
                note -> {
                  notes.add(note);
                  System.err.println("Note: " + note);
                });
        float[] read = trainer.predict(FloatSamples.of(pixels, shape));
        for (float probability : read) {
          probabilities.add(probability);
        }
        digit = kernels.reduce().argMax(read.length, read, 0);
      } catch (IOException failed) {
        error = String.valueOf(failed.getMessage());
        System.err.println(error);
      }
      predictions.add(new Prediction(file.toString(), error, notes, probabilities, digit));
    }
    return predictions;
  }

  private void print(Prediction prediction, PrintStream out) {
    String digit = Integer.toString(prediction.digit());
    if (output.isQuiet()) {
      out.println(prediction.error() == null ? digit : NO_DIGIT);
    } else if (prediction.error() == null) {
      List<Float> all = prediction.probabilities();
      out.printf(
          Locale.ROOT,
          "%s: %s, probability %.4f%n",
          prediction.file(),
          output.bold(digit),
          all.get(prediction.digit()));
      StringBuilder line = new StringBuilder(" ");
      for (int c = 0; c < all.size(); c++) {
        line.append(String.format(Locale.ROOT, " %d: %.4f", c, all.get(c)));
      }
      out.println(line);
    }
  }

  private Map<String, Object> report(List<Prediction> predictions, Kernels kernels) {
    return JsonReport.object(
        "weights", weights.file().toString(),
        "versions", JsonReport.versions(),
        "machine", JsonReport.machine(kernels),
        "images", predictions.stream().map(Prediction::members).toList());
  }
}
