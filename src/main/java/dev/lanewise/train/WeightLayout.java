package dev.lanewise.train;

/** How weights lie in a file, and what they are called there. */
public enum WeightLayout {
  /**
   * As in Keras and in Lanewise itself: kernels of convolutions HWIO, of dense layers in × out,
   * names such as {@code conv2d/kernel} and {@code dense_1/bias}.
   */
  KERAS,
  /**
   * As in PyTorch: kernels of convolutions OIHW, of dense layers out × in, names such as {@code
   * conv2d.weight} and {@code dense_1.bias}. The inputs of a dense layer behind a Flatten are in
   * the order of an image with channels first, as PyTorch flattens it.
   *
   * <p>A file that is read may have other names: if none of ours is in it, its modules ({@code
   * 0.weight}, {@code 3.weight}, {@code 10.weight}, or {@code conv1.weight}, {@code fc1.weight})
   * are taken in the natural order of their names and must fit the model's layers in their order.
   */
  PYTORCH
}
