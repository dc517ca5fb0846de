package dev.lanewise.cli;

import dev.lanewise.cli.support.UserException;
import dev.lanewise.data.FloatSamples;
import dev.lanewise.data.Samples;
import dev.lanewise.graph.Variable;
import dev.lanewise.io.InvalidFileException;
import dev.lanewise.kernel.Kernels;
import dev.lanewise.nn.Activation;
import dev.lanewise.nn.ActivationFunction;
import dev.lanewise.nn.Dense;
import dev.lanewise.nn.Flatten;
import dev.lanewise.nn.Layer;
import dev.lanewise.nn.Loss;
import dev.lanewise.nn.Sequential;
import dev.lanewise.onnx.Onnx;
import dev.lanewise.onnx.OnnxModel;
import dev.lanewise.optim.Sgd;
import dev.lanewise.tensor.Shape;
import dev.lanewise.train.KerasModel;
import dev.lanewise.train.Trainer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A whole model of a file, as ONNX or of Keras, that tells digits apart.
 *
 * @param file the file
 * @param weights its weights
 * @param model the model, whose output is probabilities
 */
record ModelInput(Path file, List<Variable> weights, Sequential model) {
  private static final Shape IMAGE = Shape.of(28, 28, 1);
  private static final int CLASSES = 10;
  private static final int TRIED = 4;
  private static final float CLOSE = 1e-5f;

  /** Reads a model; what gives no probabilities is taken to give logits. */
  static ModelInput read(Path file) throws IOException {
    try {
      ModelInput read = KerasModel.isName(file) ? ofKeras(file) : ofOnnx(file);
      LayoutOptions.checkFinite(read.weights(), file);
      Sequential model = read.model();
      if (!model.outputShape().equals(Shape.of(CLASSES))) {
        throw new InvalidFileException(
            file.toString(),
            "gives %s for an image, but should give one number for each of %d digits"
                .formatted(model.outputShape(), CLASSES));
      }
      return read;
    } catch (IllegalArgumentException wrong) {
      throw new InvalidFileException(
          file.toString(), "cannot be run with images of 28 × 28 pixels: " + wrong.getMessage());
    } catch (IllegalStateException missing) {
      throw UserException.failed(String.valueOf(missing.getMessage()));
    }
  }

  /** Whether a file is a whole model by its name. */
  static boolean isName(Path file) {
    return Onnx.isName(file) || KerasModel.isName(file);
  }

  private static ModelInput ofOnnx(Path file) throws IOException {
    OnnxModel read = OnnxModel.load(file);
    List<Layer> layers = new ArrayList<>(List.of(read.layer()));
    if (!read.givesProbabilities()) {
      layers.add(new Activation(ActivationFunction.SOFTMAX));
    }
    return new ModelInput(file, read.variables(), new Sequential(0, IMAGE, layers));
  }

  /** Rows of pixels are flattened images, too. */
  private static ModelInput ofKeras(Path file) throws IOException {
    Sequential read = KerasModel.load(file);
    List<Layer> layers = new ArrayList<>(read.layers());
    Shape input = read.inputShape();
    if (input.rank() < 3 && input.elements() == IMAGE.elements()) {
      if (input.rank() == 2 && layers.getFirst() instanceof Flatten) {
        layers.removeFirst();
      }
      layers.addFirst(new Flatten());
    }
    boolean probabilities =
        layers.getLast().equals(new Activation(ActivationFunction.SOFTMAX))
            || (layers.getLast() instanceof Dense dense
                && dense.activation() == ActivationFunction.SOFTMAX);
    if (!probabilities) {
      layers.add(new Activation(ActivationFunction.SOFTMAX));
    }
    Sequential model = new Sequential(0, IMAGE, layers);
    for (int i = 0; i < read.variables().size(); i++) {
      float[] from = read.variables().get(i).values();
      System.arraycopy(from, 0, model.variables().get(i).values(), 0, from.length);
    }
    return new ModelInput(file, model.variables(), model);
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
