package dev.lanewise.train;

/**
 * How weights lie in a file, and what they are called there.
 *
 * <p>A file that is read may have other names than those that are written. Its tensors belong
 * together where their names differ in the last part only (PyTorch's modules, Keras's layers), and
 * each module becomes the layer whose shapes it has. If all modules have the names of the model's
 * layers, those count. Otherwise the way that is the only one by shapes is taken, whatever the
 * names; or the only one in which modules whose names differ in a number first (0, 2, 10; fc1, fc2;
 * features.3; dense, dense_1) come in the order of these numbers. If more than one is left, the
 * file is refused, and {@link WeightNames} settle it. What all names begin with ("model.",
 * "sequential_1/"), "module." and "_orig_mod." count for nothing. Tensors that surely are no
 * weights (counters, an optimizer's arrays, states of random numbers) are left out; any other that
 * the model has no place for is a reason to refuse the file.
 */
public enum WeightLayout {
  /**
   * As in Keras and in Lanewise itself: kernels of convolutions HWIO, of dense layers in × out,
   * names such as {@code conv2d/kernel} and {@code dense_1/bias}. What is read may have Keras's
   * paths ({@code sequential_1/conv2d_3/kernel}, {@code layers/conv2d/vars/0}, {@code
   * dense/bias:0}).
   */
  KERAS("Keras's"),
  /**
   * As in PyTorch: kernels of convolutions OIHW, of dense layers out × in, names such as {@code
   * conv2d.weight} and {@code dense_1.bias}. The inputs of a dense layer behind a Flatten are in
   * the order of an image with channels first, as PyTorch flattens it. A batch normalization's
   * moving averages are {@code running_mean} and {@code running_var}; what PyTorch counts beside
   * them is not written, and left out where it is read.
   */
  PYTORCH("PyTorch's");

  private final String library;

  WeightLayout(String library) {
    this.library = library;
  }

  /** Whose layout it is. */
  String library() {
    return library;
  }
}
