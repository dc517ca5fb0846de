package dev.lanewise.train;

import dev.lanewise.io.Hdf5;
import dev.lanewise.io.InvalidFileException;
import dev.lanewise.io.Npz;
import dev.lanewise.io.Safetensors;
import dev.lanewise.io.Safetensors.TensorInfo;
import dev.lanewise.io.support.Names;
import dev.lanewise.nn.Sequential;
import dev.lanewise.tensor.Tensor;
import dev.lanewise.train.FileModule.FileTensor;
import dev.lanewise.train.ModelLayout.Part;
import dev.lanewise.train.ModelLayout.Wanted;
import dev.lanewise.train.WeightMatch.Fits;
import dev.lanewise.train.WeightMatch.Misfit;
import dev.lanewise.train.WeightMatch.Refusal;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/**
 * A model's weights as a safetensors file, with the names and layouts that a Keras user knows:
 * "conv2d/kernel" HWIO, "dense/kernel" in × out; or with PyTorch's. A name that ends with
 * .weights.h5 makes it Keras's own file of weights, "layers/conv2d/vars/0", which needs
 * io.jhdf:jhdf; .npz makes it NumPy's.
 *
 * <p>A file holds the weights of one step, and a load is never mixed with a step, though another
 * thread trains the model: whoever comes second waits ({@link Sequential#weightsLock}).
 */
public final class ModelFile {
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
    SequencedMap<String, Wanted> saved = saved(model, file, layout, names);
    ModelLayout laid = new ModelLayout(model, layout);
    // "pt" is what PyTorch's own tools ask for before they open a file.
    String format = layout == WeightLayout.PYTORCH ? "pt" : "lanewise";
    model.weightsLock().lock();
    try {
      model.checkWhole();
      SequencedMap<String, Tensor> tensors = new LinkedHashMap<>();
      saved.forEach((name, wanted) -> tensors.put(name, laid.stored(wanted)));
      if (KerasModel.isWeightsName(file)) {
        Hdf5.write(file, tensors);
      } else if (Npz.isName(file)) {
        Npz.write(file, tensors);
      } else {
        Safetensors.write(file, tensors, Map.of("format", format));
      }
    } finally {
      model.weightsLock().unlock();
    }
  }

  /** The names of the weights in a file, or a refusal of it. */
  private static SequencedMap<String, Wanted> saved(
      Sequential model, Path file, WeightLayout layout, WeightNames names)
      throws InvalidFileException {
    checkName(file);
    ModelLayout laid = new ModelLayout(model, layout);
    if (!KerasModel.isWeightsName(file)) {
      return new WeightNames.OfModel(laid, names).saved();
    }
    if (layout != WeightLayout.KERAS || !names.isEmpty()) {
      throw new IllegalArgumentException(
          file + " has Keras's layout and names: others are for safetensors and .npz");
    }
    SequencedMap<String, Wanted> saved = new LinkedHashMap<>();
    for (Part part : laid.parts()) {
      for (Wanted wanted : part.weights()) {
        saved.put("layers/%s/vars/%d".formatted(part, part.weights().indexOf(wanted)), wanted);
      }
    }
    return saved;
  }

  /**
   * Refuses a file's name that promises another format than the one that is written here
   * (model.keras, model.h5, model.pt), so that a training need not end for that to be seen.
   *
   * @param file where weights are to be saved
   * @throws IllegalArgumentException if it ends so: one sentence with its name
   */
  public static void checkName(Path file) {
    String name = String.valueOf(file.getFileName());
    int dot = name.lastIndexOf('.');
    String ending = name.substring(dot + 1).toLowerCase(Locale.ROOT);
    String format = dot < 0 ? null : format(ending);
    if (format != null && !KerasModel.isWeightsName(file)) {
      String right =
          format.equals("HDF5") ? "weights.h5" : ending.equals("npy") ? "npz" : "safetensors";
      throw new IllegalArgumentException(
          ("%s ends as files in %s do, but weights are saved as safetensors, .npz or Keras's"
                  + " .weights.h5: %s.%s would be a right name")
              .formatted(file, format, name.substring(0, dot), right));
    }
  }

  /** The format of weights other than safetensors that an ending stands for. */
  private static @Nullable String format(String ending) {
    return switch (ending) {
      case "keras" -> "Keras's format";
      case "h5", "hdf5", "hdf", "he5" -> "HDF5";
      case "pt", "pt2", "pth", "ptl" -> "PyTorch's format";
      case "bin" -> "PyTorch's format or raw bytes";
      case "ckpt" -> "TensorFlow's or PyTorch Lightning's format";
      case "pb" -> "TensorFlow's format";
      case "tflite" -> "TensorFlow Lite's format";
      case "npy" -> "NumPy's format of one array without a name";
      case "onnx" -> "ONNX";
      case "pkl", "pickle", "joblib" -> "Python's pickle";
      case "msgpack" -> "Flax's format";
      case "gguf" -> "GGUF";
      case "mlmodel" -> "Core ML's format";
      default -> null;
    };
  }

  /**
   * Refuses a file that a model cannot be saved to, before there is anything to save.
   *
   * @param model the model
   * @param file where it is to be saved
   * @param layout what weights without a name are called
   * @param names what the weights are called
   * @throws InvalidFileException if the names are not for this model, or two weights would get one
   *     name
   * @throws IllegalArgumentException if the file's name is refused, or promises another layout or
   *     other names: one sentence
   */
  public static void check(Sequential model, Path file, WeightLayout layout, WeightNames names)
      throws InvalidFileException {
    saved(model, file, layout, names);
  }

  /**
   * Reads a model's weights. If anything does not fit, no weight is touched.
   *
   * @param model the model, whose weights are replaced
   * @param file a file with the model's weights, under its names or those of Keras
   * @throws IOException if the file cannot be read, is no file of weights, or does not fit: one
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
   * @throws IOException if the file cannot be read, is no file of weights, or does not fit, or fits
   *     in more than one way: one sentence with the file's name
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
   * @throws IOException if the file cannot be read, is no file of weights, or does not fit, or fits
   *     in more than one way: one sentence with the file's name, or that of the names' file
   */
  public static void load(Sequential model, Path file, WeightLayout layout, WeightNames names)
      throws IOException {
    Path from = CheckpointFolder.fileAt(file);
    Stored stored = Stored.of(from);
    List<FileTensor> there = stored.tensors();
    ModelLayout laid = new ModelLayout(model, layout);
    Map<Wanted, FileTensor> found =
        switch (WeightMatch.of(laid, there, names)) {
          case Fits(Map<Wanted, FileTensor> tensors) -> tensors;
          case Refusal refusal -> throw refusal(model, from, there, laid, refusal);
        };
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
      Sequential model, Path file, List<FileTensor> there, ModelLayout laid, Refusal refusal)
      throws IOException {
    boolean checked =
        !KerasModel.isKeras(file)
            && !Npz.isName(file)
            && Safetensors.read(file, List.of()).checked();
    String words = refusal.words(laid, there);
    for (WeightLayout other : WeightLayout.values()) {
      ModelLayout otherwise = new ModelLayout(model, other);
      if (refusal instanceof Misfit
          && other != laid.layout()
          && !(WeightMatch.of(otherwise, there, WeightNames.none()) instanceof Misfit)) {
        List<String> own = otherwise.weights().stream().map(Wanted::name).toList();
        boolean ours = checked && there.stream().map(FileTensor::name).toList().containsAll(own);
        words =
            ("%s%s layout, but was read as %s: it has %s, where %s and the like are "
                    + "wanted; it fits with --layout %s (WeightLayout.%s)")
                .formatted(
                    ours ? "was saved by Lanewise in " : "has its weights in ",
                    other.library(),
                    laid.layout().library(),
                    Names.listed(there),
                    laid.weights().getFirst(),
                    other.name().toLowerCase(Locale.ROOT),
                    other);
      }
    }
    return new InvalidFileException(file.toString(), words);
  }

  /**
   * What a file offers a model.
   *
   * @param tensors its tensors, or if it is a checkpoint the weights of that
   * @param read them themselves if they are read already, or null
   */
  private record Stored(
      Path file, List<FileTensor> tensors, @Nullable SequencedMap<String, Tensor> read) {
    /** Reads what there is: of a checkpoint, whose checksum is over all of it, everything. */
    static Stored of(Path file) throws IOException {
      if (KerasModel.isKeras(file)) {
        return whole(file, KerasModel.tensors(file));
      }
      if (file.toString().toLowerCase(Locale.ROOT).endsWith(".npy")) {
        throw new InvalidFileException(
            file.toString(),
            "holds one array without a name, but weights are read from an .npz archive of arrays,"
                + " as numpy.savez writes it");
      }
      if (Npz.isName(file)) {
        return of(file, Npz.header(file));
      }
      Safetensors.Header header;
      try {
        header = Safetensors.header(file);
        if (CheckpointFolder.isNamedAsCheckpoint(file)) {
          // for its checksum: is what makes it a checkpoint damaged?
          Safetensors.read(file, List.of());
        }
      } catch (InvalidFileException damaged) {
        if (CheckpointFolder.isNamedAsCheckpoint(file)) {
          return ofCheckpoint(file); // which names the one before it
        }
        throw damaged;
      }
      if (Checkpoint.isCheckpoint(header.metadata())) {
        return ofCheckpoint(file);
      }
      return of(file, header.tensors());
    }

    private static Stored of(Path file, SequencedMap<String, TensorInfo> header) {
      List<FileTensor> tensors = new ArrayList<>();
      header.forEach((name, one) -> tensors.add(new FileTensor(name, one.shape(), one.dtype())));
      return new Stored(file, tensors, null);
    }

    private static Stored ofCheckpoint(Path file) throws IOException {
      return whole(file, CheckpointFolder.readAmongOthers(file).weights());
    }

    private static Stored whole(Path file, SequencedMap<String, Tensor> weights) {
      List<FileTensor> tensors = new ArrayList<>();
      weights.forEach(
          (name, one) -> tensors.add(new FileTensor(name, FileTensor.dims(one.shape()), "F32")));
      return new Stored(file, tensors, weights);
    }

    /** The tensors of these names; none of those that it does not have. */
    SequencedMap<String, Tensor> read(List<String> names) throws IOException {
      if (read != null) {
        return read;
      }
      return Npz.isName(file) ? Npz.read(file, names) : Safetensors.read(file, names).tensors();
    }
  }
}
