package dev.lanewise.cli;

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
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Reads digits from image files. */
@Command(
    name = "predict",
    description = {
      "Reads digits from image files with saved weights.",
      "An image is 28 by 28 pixels or of any size: it is then cropped, scaled and centred as MNIST's"
          + " are. If its edge is bright, it is inverted."
    },
    mixinStandardHelpOptions = true,
    versionProvider = VersionProvider.class,
    sortOptions = false)
final class PredictCommand implements Callable<Integer> {
  @Mixin private final WeightsOptions weights = new WeightsOptions();

  @Parameters(
      arity = "1..*",
      paramLabel = "IMAGE",
      description = "PNG files, or others that Java reads (JPEG, GIF, BMP).")
  private List<Path> images = List.of();

  @Mixin private final MachineOptions machine = new MachineOptions();
  @Mixin private final OutputOptions output = new OutputOptions();

  PredictCommand() {}

  @Override
  public Integer call() {
    machine.apply();
    System.setProperty("java.awt.headless", "true"); // reading an image needs no display
    try (Team team = machine.team()) {
      Kernels kernels = machine.kernels(team, System.err);
      Sequential model = weights.model();
      int size = DigitImage.SIDE * DigitImage.SIDE;
      List<float[]> digits = new ArrayList<>();
      for (Path file : images) {
        digits.add(DigitImage.read(file));
      }
      float[] pixels = new float[Math.multiplyExact(digits.size(), size)];
      for (int i = 0; i < digits.size(); i++) {
        System.arraycopy(digits.get(i), 0, pixels, i * size, size);
      }
      Trainer trainer =
          new Trainer(model, new Sgd(), Loss.SPARSE_CATEGORICAL_CROSSENTROPY, kernels, 0);
      float[] probabilities =
          trainer.predict(FloatSamples.of(pixels, Shape.of(DigitImage.SIDE, DigitImage.SIDE, 1)));
      print(kernels, probabilities);
    } catch (IOException | IllegalArgumentException e) {
      throw UserException.failed(e);
    } catch (NoClassDefFoundError missing) {
      throw UserException.failed(
          "Images cannot be read without the module java.desktop (--add-modules java.desktop): "
              + missing.getMessage()
              + " is missing");
    }
    return Lanewise.OK;
  }

  private void print(Kernels kernels, float[] probabilities) {
    PrintStream out = OutputOptions.out();
    int classes = probabilities.length / images.size();
    for (int i = 0; i < images.size(); i++) {
      int best = kernels.reduce().argMax(classes, probabilities, i * classes);
      if (output.isQuiet()) {
        out.println(best);
        continue;
      }
      out.printf(
          Locale.ROOT,
          "%s: %s, probability %.4f%n",
          images.get(i),
          output.bold(Integer.toString(best)),
          probabilities[i * classes + best]);
      StringBuilder all = new StringBuilder(" ");
      for (int c = 0; c < classes; c++) {
        all.append(String.format(Locale.ROOT, " %d: %.4f", c, probabilities[i * classes + c]));
      }
      out.println(all);
    }
  }
}
