package dev.lanewise.train;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;

/** Endings of files' names that stand for other formats of weights than safetensors. */
final class ForeignFormat {
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

  private ForeignFormat() {}

  /**
   * Refuses a name that ends as another format's files do, in any case.
   *
   * @throws IllegalArgumentException if it does: one sentence
   */
  static void check(Path file) {
    Path last = file.getFileName();
    String name = last == null ? "" : last.toString();
    int dot = name.lastIndexOf('.');
    String format = FORMATS.get(name.substring(dot + 1).toLowerCase(Locale.ROOT));
    if (dot >= 0 && format != null) {
      throw new IllegalArgumentException(
          file
              + " ends as files in "
              + format
              + " do, but weights are saved as safetensors: "
              + name.substring(0, dot)
              + ".safetensors would be a right name");
    }
  }
}
