package dev.lanewise.train;

import dev.lanewise.graph.Variable;
import dev.lanewise.io.Hdf5;
import dev.lanewise.io.InvalidFileException;
import dev.lanewise.io.support.FileFormat;
import dev.lanewise.io.support.InputFile;
import dev.lanewise.io.support.LiteralReader.Json;
import dev.lanewise.io.support.LiteralReader.SyntaxException;
import dev.lanewise.io.support.Names;
import dev.lanewise.nn.Layer;
import dev.lanewise.nn.Sequential;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Tensor;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SequencedMap;

/**
 * Models in Keras's own format, {@code .keras}: a Sequential, or a Functional that is a chain, of
 * the layers that {@code dev.lanewise.nn} has.
 *
 * <p>Needs io.jhdf:jhdf, which users of Lanewise add themselves.
 */
public final class KerasModel {
  private static final String CONFIG = "config.json";
  private static final String WEIGHTS = "model.weights.h5";

  /** Keras compresses nothing; other tools that pack such files again may. */
  private static final int MOST_UNPACKED = 16;

  private KerasModel() {}

  /**
   * Reads a model: its layers with their settings, and their weights. What a training needs and a
   * model does not (the optimizer, penalties, initializers) is left out.
   *
   * @param file a {@code .keras} file
   * @return the model
   * @throws InvalidFileException if it is none, or damaged, or has a layer or a setting that is not
   *     known here: one sentence that names the layer
   * @throws IOException if it cannot be read
   * @throws IllegalStateException if jhdf is missing
   */
  public static Sequential load(Path file) throws IOException {
    Map<String, byte[]> parts = parts(file);
    byte[] config = parts.get(CONFIG);
    if (config == null) {
      throw new InvalidFileException(file.toString(), "is no Keras model: it has no " + CONFIG);
    }
    try {
      Object root = Json.read(new String(config, StandardCharsets.UTF_8));
      List<KerasLayer> chain = KerasLayer.chain(root);
      Shape input = KerasLayer.input(root, chain);
      List<Layer> layers = new ArrayList<>();
      for (KerasLayer one : chain) {
        layers.add(one.layer());
      }
      checkSize(layers, input, parts.getOrDefault(WEIGHTS, config).length);
      Sequential model = new Sequential(0, input, layers);
      fill(model, chain, tensors(file, parts));
      return model;
    } catch (SyntaxException wrong) {
      throw new InvalidFileException(
          file.toString(), "is damaged: its " + CONFIG + ": " + wrong.getMessage());
    } catch (IllegalArgumentException wrong) {
      throw new InvalidFileException(file.toString(), "cannot be run: " + wrong.getMessage());
    }
  }

  /**
   * Returns whether a file's name ends with .keras.
   *
   * @param file the file
   * @return whether it does, in any case
   */
  public static boolean isName(Path file) {
    return file.toString().toLowerCase(Locale.ROOT).endsWith(".keras");
  }

  /** Whether a file's name is one that Keras gives to weights alone: it ends with .weights.h5. */
  static boolean isWeightsName(Path file) {
    return file.toString().toLowerCase(Locale.ROOT).endsWith(".weights.h5");
  }

  /** Whether a file's name is one of Keras's. */
  static boolean isKeras(Path file) {
    return isName(file) || file.toString().toLowerCase(Locale.ROOT).endsWith(".h5");
  }

  /** The arrays of a {@code .keras} or {@code .weights.h5} file by their paths. */
  static SequencedMap<String, Tensor> tensors(Path file) throws IOException {
    return tensors(file, parts(file));
  }

  private static SequencedMap<String, Tensor> tensors(Path file, Map<String, byte[]> parts)
      throws IOException {
    byte[] weights = parts.get(WEIGHTS);
    if (weights == null) {
      throw new InvalidFileException(file.toString(), "is no Keras model: it has no " + WEIGHTS);
    }
    return Hdf5.read(file, weights);
  }

  /** The files in the archive; of an HDF5 file itself. */
  private static Map<String, byte[]> parts(Path file) throws IOException {
    if (!isName(file)) {
      return Map.of(WEIGHTS, InputFile.bytes(file, "an HDF5 file"));
    }
    Map<String, byte[]> parts = new HashMap<>();
    InputFile.unzip(
        file,
        FileFormat.KERAS,
        (name, in, packed) -> {
          if (name.equals(CONFIG) || name.equals(WEIGHTS)) {
            long most = (long) MOST_UNPACKED * packed;
            for (byte[] part : parts.values()) {
              most -= part.length;
            }
            parts.put(name, in.readNBytes((int) Math.min(most, Integer.MAX_VALUE - 8)));
          }
        });
    return parts;
  }

  /** Refuses layers of more weights than the file can hold, before there is memory for them. */
  private static void checkSize(List<Layer> layers, Shape input, int bytes) {
    long elements = 0;
    Shape shape = input;
    for (Layer layer : layers) {
      for (Layer.Weight weight : layer.weights(shape)) {
        elements += weight.shape().elements();
      }
      shape = layer.outputShape(shape);
    }
    if (elements > bytes) {
      throw new IllegalArgumentException(
          "its layers have %d weights, but the file is too small for these".formatted(elements));
    }
  }

  private static void fill(
      Sequential model, List<KerasLayer> chain, SequencedMap<String, Tensor> tensors) {
    SequencedMap<String, Tensor> left = new LinkedHashMap<>();
    tensors.forEach(
        (name, tensor) -> {
          if (name.startsWith("layers/") || name.startsWith("_layer_checkpoint_dependencies/")) {
            left.put(name.substring(name.indexOf('/') + 1), tensor);
          }
        });
    Shape shape = model.inputShape();
    int next = 0;
    for (int i = 0; i < chain.size(); i++) {
      Layer layer = model.layers().get(i);
      int own = layer.weights(shape).size();
      for (int j = 0; j < (chain.get(i).hasBias() ? own : own - 1); j++) {
        Variable variable = model.variables().get(next + j);
        String name = model.layerNames().get(i) + "/vars/" + j;
        Tensor tensor = left.remove(name);
        if (tensor == null || !tensor.shape().equals(variable.shape())) {
          throw new IllegalArgumentException(
              "the weights of %s should be %s, but %s"
                  .formatted(
                      name,
                      variable.shape(),
                      tensor == null ? "there are none" : "are " + tensor.shape()));
        }
        System.arraycopy(tensor.data(), 0, variable.values(), 0, tensor.data().length);
      }
      next += own;
      shape = layer.outputShape(shape);
    }
    if (!left.isEmpty()) {
      throw new IllegalArgumentException(
          "no layer takes the weights %s".formatted(Names.listed(List.copyOf(left.keySet()))));
    }
  }
}
