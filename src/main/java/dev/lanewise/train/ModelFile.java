package dev.lanewise.train;

import dev.lanewise.io.InvalidFileException;
import dev.lanewise.io.Safetensors;
import dev.lanewise.nn.Sequential;
import dev.lanewise.tensor.Tensor;
import dev.lanewise.train.ModelLayout.Wanted;
import dev.lanewise.train.WeightMatch.Fits;
import dev.lanewise.train.WeightMatch.Misfit;
import dev.lanewise.train.WeightMatch.Outcome;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SequencedMap;

/**
 * A model's weights as a safetensors file, with the names and layouts that a Keras user knows:
 * "conv2d/kernel" HWIO, "dense/kernel" in × out; or with PyTorch's.
 *
 * <p>A file holds the weights of one step, and a load is never mixed with a step, though another
 * thread trains the model: whoever comes second waits ({@link Sequential#weightsLock}).
 */
public final class ModelFile {
  /** Endings of names that stand for other formats of weights than safetensors. */
  private static final Map<String, String> FORMATS =
      Map.ofEntries(
          Map.entry("keras", "Keras's format"),
          Map.entry("h5", "HDF5"),
          Map.entry("hdf5", "HDF5"),
          Map.entry("hdf", "HDF5"),
          Map.entry("he5", "HDF5"),
          Map.entry("pt", "PyTorch's format"),
          Map.entry("pt2", "PyTorch's format"),
          Map.entry("pth", "PyTorch's format"),
          Map.entry("ptl", "PyTorch's format"),
          Map.entry("bin", "PyTorch's format or raw bytes"),
          Map.entry("ckpt", "TensorFlow's or PyTorch Lightning's format"),
          Map.entry("pb", "TensorFlow's format"),
          Map.entry("tflite", "TensorFlow Lite's format"),
          Map.entry("npy", "NumPy's format"),
          Map.entry("npz", "NumPy's format"),
          Map.entry("onnx", "ONNX"),
          Map.entry("pkl", "Python's pickle"),
          Map.entry("pickle", "Python's pickle"),
          Map.entry("joblib", "Python's pickle"),
          Map.entry("msgpack", "Flax's format"),
          Map.entry("gguf", "GGUF"),
          Map.entry("mlmodel", "Core ML's format"));

  private ModelFile() {}

  /**
   * Writes a model's weights; the file appears whole or not at all.
   *
   * @param model the model
   * @param file where to write
   * @throws IOException if it cannot be written
   * @throws IllegalArgumentException if the file's name is refused; see {@link #checkName}
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
   * @throws IllegalArgumentException if the file's name is refused; see {@link #checkName}
   * @throws IllegalStateException if a step failed midway; see {@link Sequential#checkWhole}
   */
  public static void save(Sequential model, Path file, WeightLayout layout) throws IOException {
    save(model, file, layout, WeightNames.none());
  }

  /**
   * Writes a model's weights as another library keeps them, under names of one's own; the file
   * appears whole or not at all.
   *
   * @param model the model
   * @param file where to write
   * @param layout how the weights are to lie, and what those without a name are called
   * @param names what the weights are called
   * @throws InvalidFileException if the names are not for this model, or two weights would get one
   *     name; nothing is written then
   * @throws IOException if it cannot be written
   * @throws IllegalArgumentException if the file's name is refused; see {@link #checkName}
   * @throws IllegalStateException if a step failed midway; see {@link Sequential#checkWhole}
   */
  public static void save(Sequential model, Path file, WeightLayout layout, WeightNames names)
      throws IOException {
    checkName(file);
    ModelLayout laid = new ModelLayout(model, layout);
    // "pt" is what PyTorch's own tools ask for before they open a file.
    String format = layout == WeightLayout.PYTORCH ? "pt" : "lanewise";
    model.weightsLock().lock();
    try {
      model.checkWhole();
      SequencedMap<String, Tensor> tensors = new LinkedHashMap<>();
      new NamedWeights(laid, names)
          .saved()
          .forEach((name, wanted) -> tensors.put(name, laid.stored(wanted)));
      Safetensors.write(file, tensors, Map.of("format", format));
    } finally {
      model.weightsLock().unlock();
    }
  }

  /**
   * Refuses a file's name that promises another format than the one that is written here
   * (model.keras, weights.h5, model.pt), so that a training need not end for that to be seen.
   *
   * @param file where weights are to be saved
   * @throws IllegalArgumentException if it ends so: one sentence with its name
   */
  public static void checkName(Path file) {
    Path last = file.getFileName();
    String name = last == null ? "" : last.toString();
    int dot = name.lastIndexOf('.');
    String format = FORMATS.get(name.substring(dot + 1).toLowerCase(Locale.ROOT));
    if (dot >= 0 && format != null) {
      throw new IllegalArgumentException(
          ("%s ends as files in %s do, but weights are saved as safetensors: "
                  + "%s.safetensors would be a right name")
              .formatted(file, format, name.substring(0, dot)));
    }
  }

  /**
   * Refuses names that a model cannot be saved under, before there is anything to save.
   *
   * @param model the model
   * @param layout what weights without a name are called
   * @param names what the weights are called
   * @throws InvalidFileException if the names are not for this model, or two weights would get one
   *     name
   */
  public static void checkNames(Sequential model, WeightLayout layout, WeightNames names)
      throws InvalidFileException {
    new NamedWeights(new ModelLayout(model, layout), names).saved();
  }

  /**
   * Reads a model's weights. If anything does not fit, no weight is touched.
   *
   * @param model the model, whose weights are replaced
   * @param file a file with the model's weights, under its names or those of Keras
   * @throws IOException if the file cannot be read, is no safetensors file, or does not fit: one
   *     sentence with the file's name
   */
  public static void load(Sequential model, Path file) throws IOException {
    load(model, file, WeightLayout.KERAS);
  }

  /**
   * Reads a model's weights as another library keeps them. If anything does not fit, no weight is
   * touched.
   *
   * @param model the model, whose weights are replaced
   * @param file a file with the model's weights; {@link WeightLayout} says how they are found
   * @param layout how the weights lie in it, and what they are called
   * @throws IOException if the file cannot be read, is no safetensors file, or does not fit, or
   *     fits in more than one way: one sentence with the file's name
   */
  public static void load(Sequential model, Path file, WeightLayout layout) throws IOException {
    load(model, file, layout, WeightNames.none());
  }

  /**
   * Reads a model's weights as another library keeps them, some or all of them under names that are
   * given. If anything does not fit, no weight is touched.
   *
   * <p>A {@link Checkpoint} of a training gives its {@link Checkpoint#weights}, those that the
   * training would have left if it had ended there; a folder of checkpoints stands for its newest.
   *
   * @param model the model, whose weights are replaced
   * @param file a file with the model's weights, or a folder of checkpoints; {@link WeightLayout}
   *     says how those without a name are found
   * @param layout how the weights lie in it, and what they are called
   * @param names which of the file's names are which of the model's
   * @throws IOException if the file cannot be read, is no safetensors file, or does not fit, or
   *     fits in more than one way: one sentence with the file's name, or that of the names' file
   */
  public static void load(Sequential model, Path file, WeightLayout layout, WeightNames names)
      throws IOException {
    Path from = CheckpointFolder.fileAt(file);
    StoredWeights stored = StoredWeights.of(from);
    List<FileTensor> there = stored.tensors();
    ModelLayout laid = new ModelLayout(model, layout);
    Outcome outcome = WeightMatch.of(laid, there, names);
    if (!(outcome instanceof Fits(Map<Wanted, FileTensor> found))) {
      throw refusal(model, from, there, laid, outcome);
    }
    List<String> needed = found.values().stream().map(FileTensor::name).toList();
    SequencedMap<String, Tensor> read = stored.read(needed);
    SequencedMap<Wanted, float[]> values = new LinkedHashMap<>();
    found.forEach(
        (wanted, match) -> {
          Tensor tensor = read.get(match.name());
          if (tensor != null && tensor.shape().equals(wanted.shape())) {
            values.put(wanted, laid.values(wanted, tensor));
          }
        });
    if (values.size() < found.size()) {
      throw new InvalidFileException(from.toString(), "was written to while it was read");
    }
    model.weightsLock().lock();
    try {
      values.forEach(
          (wanted, to) -> System.arraycopy(to, 0, wanted.variable().values(), 0, to.length));
      model.weightsReplaced();
    } finally {
      model.weightsLock().unlock();
    }
  }

  /** Says why; a damaged file is called that, before anything that it seems to hold. */
  private static IOException refusal(
      Sequential model, Path file, List<FileTensor> there, ModelLayout laid, Outcome outcome)
      throws IOException {
    boolean checked = Safetensors.read(file, List.of()).checked();
    WeightMisfit sentences = new WeightMisfit(file.toString(), there);
    if (outcome instanceof Misfit) {
      for (WeightLayout other : WeightLayout.values()) {
        ModelLayout otherwise = new ModelLayout(model, other);
        if (other != laid.layout()
            && !(WeightMatch.of(otherwise, there, WeightNames.none()) instanceof Misfit)) {
          List<String> own = otherwise.weights().stream().map(Wanted::name).toList();
          boolean ours = checked && there.stream().map(FileTensor::name).toList().containsAll(own);
          return sentences.otherLayout(laid, other, ours);
        }
      }
    }
    return sentences.of(laid, outcome);
  }
}
