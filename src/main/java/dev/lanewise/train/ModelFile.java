package dev.lanewise.train;

import dev.lanewise.graph.Variable;
import dev.lanewise.io.Safetensors;
import dev.lanewise.nn.Sequential;
import dev.lanewise.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/**
 * A model's weights as a safetensors file, with the names and layouts that a Keras user knows:
 * "conv2d/kernel" HWIO, "dense/kernel" in × out.
 */
public final class ModelFile {
  private ModelFile() {}

  /**
   * Writes a model's weights; the file appears whole or not at all.
   *
   * @param model the model
   * @param file where to write
   * @throws IOException if it cannot be written
   * @throws IllegalStateException if a step failed midway; see {@link Sequential#checkWhole}
   */
  public static void save(Sequential model, Path file) throws IOException {
    save(model, file, WeightLayout.KERAS);
  }

  /**
   * Writes a model's weights as another library keeps them; the file appears whole or not at all.
   *
   * @param model the model
   * @param file where to write
   * @param layout how the weights are to lie, and what they are called
   * @throws IOException if it cannot be written
   * @throws IllegalStateException if a step failed midway; see {@link Sequential#checkWhole}
   */
  public static void save(Sequential model, Path file, WeightLayout layout) throws IOException {
    model.checkWhole();
    SequencedMap<String, Tensor> tensors = new LinkedHashMap<>();
    for (Variable variable : model.variables()) {
      tensors.put(variable.name(), variable.tensor());
    }
    boolean torch = layout == WeightLayout.PYTORCH;
    // "pt" is what PyTorch's own tools ask for before they open a file.
    Safetensors.write(
        file,
        torch ? new TorchLayout(model).tensors() : tensors,
        Map.of("format", torch ? "pt" : "lanewise"));
  }

  /**
   * Reads a model's weights. If anything does not fit, no weight is touched.
   *
   * @param model the model, whose weights are replaced
   * @param file a file with exactly the model's variables
   * @throws IOException if the file cannot be read, is no safetensors file, or holds other
   *     variables or shapes: one sentence with the file's name
   */
  public static void load(Sequential model, Path file) throws IOException {
    load(model, file, WeightLayout.KERAS);
  }

  /**
   * Reads a model's weights as another library keeps them. If anything does not fit, no weight is
   * touched.
   *
   * @param model the model, whose weights are replaced
   * @param file a file with exactly the model's variables
   * @param layout how the weights lie in it, and what they are called
   * @throws IOException if the file cannot be read, is no safetensors file, or holds other
   *     variables or shapes: one sentence with the file's name
   */
  public static void load(Sequential model, Path file, WeightLayout layout) throws IOException {
    SequencedMap<String, Tensor> tensors = Safetensors.read(file).tensors();
    if (layout == WeightLayout.PYTORCH) {
      tensors = new TorchLayout(model).ours(new LinkedHashMap<>(tensors));
    }
    List<Variable> variables = model.variables();
    List<Tensor> fitting = new ArrayList<>();
    for (Variable variable : variables) {
      fitting.add(fitting(variable, tensors.get(variable.name()), file));
    }
    if (tensors.size() != variables.size()) {
      throw new IOException(
          file + " has " + tensors.size() + " tensors, but the model has " + variables.size());
    }
    for (int i = 0; i < variables.size(); i++) {
      float[] values = fitting.get(i).data();
      System.arraycopy(values, 0, variables.get(i).values(), 0, values.length);
    }
    model.weightsReplaced();
  }

  private static Tensor fitting(Variable variable, @Nullable Tensor tensor, Path file)
      throws IOException {
    if (tensor == null) {
      throw new IOException(
          file + " has no tensor '" + variable.name() + "', which the model needs");
    }
    if (!tensor.shape().equals(variable.shape())) {
      throw new IOException(
          file
              + " has '"
              + variable.name()
              + "' of shape "
              + tensor.shape()
              + ", but the model needs "
              + variable.shape());
    }
    return tensor;
  }
}
