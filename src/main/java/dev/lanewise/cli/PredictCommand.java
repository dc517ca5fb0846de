package dev.lanewise.cli;

import dev.lanewise.cli.picture.DigitImage;
import dev.lanewise.cli.picture.PictureFile;
import dev.lanewise.cli.support.JsonReport;
import dev.lanewise.cli.support.UserException;
import dev.lanewise.data.FloatSamples;
import dev.lanewise.kernel.Kernels;
import dev.lanewise.kernel.parallel.Team;
import dev.lanewise.nn.Loss;
import dev.lanewise.nn.Sequential;
import dev.lanewise.optim.Sgd;
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
    },
    mixinStandardHelpOptions = true,
    versionProvider = VersionProvider.class,
    sortOptions = false)
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

  @Mixin private final MachineOptions machine = new MachineOptions();

  @Option(
      names = "--json",
      paramLabel = "FILE",
      converter = OutputFile.Converter.class,
      description =
          "Writes the digit and the ten probabilities of each image, or what is wrong with it, as JSON.")
  private @Nullable Path json;

  @Mixin private final OutputOptions output = new OutputOptions();

  PredictCommand() {}

  @Override
  public Integer call() {
    machine.apply();
    RunFiles files = new RunFiles();
    weights.addTo(files);
    files.reads("IMAGE", images).writesReport("--json", json);
    System.setProperty("java.awt.headless", "true"); // reading an image needs no display
    try (Team team = machine.team()) {
      Kernels kernels = machine.kernels(team, System.err);
      Sequential model = weights.model();
      List<Prediction> predictions = predict(model, kernels);
      print(predictions, files.console());
      Path file = json;
      if (file != null) {
        JsonReport.write(file, report(predictions, kernels));
      }
      boolean all = predictions.stream().allMatch(Digit.class::isInstance);
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

  /** An image: whether a digit was read from it, and what there is to say about it. */
  private record Opened(Path file, boolean read, List<String> sentences) {}

  /** Reads an image, adds its digit to others, and says at once what is wrong with it. */
  private static Opened open(Path file, List<float[]> digits) {
    List<String> sentences = new ArrayList<>();
    try {
      float[] digit =
          DigitImage.read(
              file,
              note -> {
                sentences.add(note);
                complain("Note: " + note);
              });
      digits.add(digit);
      return new Opened(file, true, sentences);
    } catch (IOException failed) {
      String sentence = String.valueOf(failed.getMessage());
      complain(sentence);
      return new Opened(file, false, List.of(sentence));
    }
  }

  private static void complain(String sentence) {
    System.err.println(sentence);
  }

  private List<Prediction> predict(Sequential model, Kernels kernels) {
    List<float[]> digits = new ArrayList<>();
    List<Opened> all = images.stream().map(file -> open(file, digits)).toList();
    int size = DigitImage.SIDE * DigitImage.SIDE;
    float[] pixels = new float[Math.multiplyExact(digits.size(), size)];
    for (int i = 0; i < digits.size(); i++) {
      System.arraycopy(digits.get(i), 0, pixels, i * size, size);
    }
    float[] probabilities = new float[0];
    if (!digits.isEmpty()) {
      Trainer trainer =
          new Trainer(model, new Sgd(), Loss.SPARSE_CATEGORICAL_CROSSENTROPY, kernels, 0);
      probabilities =
          trainer.predict(FloatSamples.of(pixels, Shape.of(DigitImage.SIDE, DigitImage.SIDE, 1)));
    }
    int classes = digits.isEmpty() ? 0 : probabilities.length / digits.size();
    List<Prediction> predictions = new ArrayList<>();
    int row = 0;
    for (Opened one : all) {
      String name = one.file().toString();
      if (!one.read()) {
        predictions.add(new Failure(name, one.sentences().getLast()));
        continue;
      }
      List<Float> own = new ArrayList<>();
      for (int c = 0; c < classes; c++) {
        own.add(probabilities[row * classes + c]);
      }
      int best = kernels.reduce().argMax(classes, probabilities, row * classes);
      predictions.add(new Digit(name, own, best, one.sentences()));
      row++;
    }
    return predictions;
  }

  private void print(List<Prediction> predictions, PrintStream out) {
    for (Prediction prediction : predictions) {
      if (output.isQuiet()) {
        out.println(
            switch (prediction) {
              case Digit digit -> Integer.toString(digit.digit());
              case Failure failure -> NO_DIGIT;
            });
      } else if (prediction instanceof Digit digit) {
        print(digit, out);
      }
    }
  }

  private void print(Digit digit, PrintStream out) {
    out.printf(
        Locale.ROOT,
        "%s: %s, probability %.4f%n",
        digit.file(),
        output.bold(Integer.toString(digit.digit())),
        digit.probability());
    StringBuilder all = new StringBuilder(" ");
    for (int c = 0; c < digit.probabilities().size(); c++) {
      all.append(String.format(Locale.ROOT, " %d: %.4f", c, digit.probabilities().get(c)));
    }
    out.println(all);
  }

  private Map<String, Object> report(List<Prediction> predictions, Kernels kernels) {
    return JsonReport.object(
        "weights", weights.file().toString(),
        "versions", JsonReport.versions(),
        "machine", JsonReport.machine(kernels),
        "images", predictions.stream().map(Prediction::members).toList());
  }

  /** The result for one picture. */
  private sealed interface Prediction {
    /** What reports say of it. */
    Map<String, Object> members();
  }

  /**
   * A digit was read.
   *
   * @param file the picture's file, as the user named it
   * @param probabilities each digit's
   * @param digit the one with the greatest
   * @param notes what was odd about the picture
   */
  private record Digit(String file, List<Float> probabilities, int digit, List<String> notes)
      implements Prediction {
    float probability() {
      return probabilities.get(digit);
    }

    @Override
    public Map<String, Object> members() {
      return JsonReport.object(
          "file", file,
          "digit", digit,
          "probability", probability(),
          "probabilities", probabilities,
          "notes", notes.isEmpty() ? null : notes);
    }
  }

  /**
   * No digit was read.
   *
   * @param file the picture's file, as the user named it
   * @param error why, in a sentence
   */
  private record Failure(String file, String error) implements Prediction {
    @Override
    public Map<String, Object> members() {
      return JsonReport.object("file", file, "error", error);
    }
  }
}
