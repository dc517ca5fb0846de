package dev.lanewise.cli;

import dev.lanewise.cli.support.UserException;
import dev.lanewise.data.FloatSamples;
import dev.lanewise.data.Samples;
import dev.lanewise.graph.Variable;
import dev.lanewise.io.InvalidFileException;
import dev.lanewise.kernel.Kernels;
import dev.lanewise.nn.Activation;
import dev.lanewise.nn.ActivationFunction;
import dev.lanewise.nn.Layer;
import dev.lanewise.nn.Loss;
import dev.lanewise.nn.Sequential;
import dev.lanewise.onnx.OnnxModel;
import dev.lanewise.optim.Sgd;
import dev.lanewise.tensor.Shape;
import dev.lanewise.train.Trainer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A model of an ONNX file that tells digits apart.
 *
 * @param file the file
 * @param weights its weights
 * @param model the model, whose output is probabilities
 */
record OnnxInput(Path file, List<Variable> weights, Sequential model) {
  private static final Shape IMAGE = Shape.of(28, 28, 1);
  private static final int CLASSES = 10;
  private static final int TRIED = 4;
  private static final float CLOSE = 1e-5f;

  /** Reads a model; what gives no probabilities is taken to give logits. */
  static OnnxInput read(Path file) throws IOException {
    try {
      OnnxModel read = OnnxModel.load(file);
      LayoutOptions.checkFinite(read.variables(), file);
      List<Layer> layers = new ArrayList<>(List.of(read.layer()));
      if (!read.givesProbabilities()) {
        layers.add(new Activation(ActivationFunction.SOFTMAX));
      }
      Sequential model = new Sequential(0, IMAGE, layers);
      if (!model.outputShape().equals(Shape.of(CLASSES))) {
        throw new InvalidFileException(
            file.toString(),
            "gives %s for an image, but should give one number for each of %d digits"
                .formatted(model.outputShape(), CLASSES));
      }
      return new OnnxInput(file, read.variables(), model);
    } catch (IllegalArgumentException wrong) {
      throw new InvalidFileException(
          file.toString(), "cannot be run with images of 28 × 28 pixels: " + wrong.getMessage());
    } catch (IllegalStateException missing) {
      throw UserException.failed(String.valueOf(missing.getMessage()));
    }
  }

  /** Asks the model. */
  Trainer trainer(Kernels kernels) {
    return trainer(model, kernels);
  }

  private static Trainer trainer(Sequential asked, Kernels kernels) {
    return new Trainer(asked, new Sgd(), Loss.SPARSE_CATEGORICAL_CROSSENTROPY, kernels, 0);
  }

  /** Puts the weights into a model of the same names, which must then predict the same. */
  void into(Sequential other) throws IOException {
    for (Variable variable : other.variables()) {
      Variable from =
          weights.stream()
              .filter(one -> one.name().equals(variable.name()))
              .filter(one -> one.shape().equals(variable.shape()))
              .findFirst()
              .orElseThrow(() -> refused("it has no weights " + variable));
      System.arraycopy(from.values(), 0, variable.values(), 0, from.values().length);
    }
    float[] pixels = new float[TRIED * IMAGE.elements()];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = i * 37 % 256 / 255f;
    }
    Samples samples = FloatSamples.of(pixels, IMAGE);
    float[] wanted = trainer(model, Kernels.scalar()).predict(samples);
    float[] got = trainer(other, Kernels.scalar()).predict(samples);
    for (int i = 0; i < got.length; i++) {
      if (Math.abs(got[i] - wanted[i]) > CLOSE) {
        throw refused("with its weights this one predicts otherwise");
      }
    }
  }

  private InvalidFileException refused(String reason) {
    return new InvalidFileException(
        file.toString(), "is not the model whose weights this program converts: " + reason);
  }
}
