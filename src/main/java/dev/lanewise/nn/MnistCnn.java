package dev.lanewise.nn;

import dev.lanewise.tensor.Shape;

/**
 * The convolutional network that this project trains on MNIST: Conv2D 32 3×3 ReLU, MaxPooling 2×2,
 * Dropout 0.25, Flatten, Dense 256 ReLU, Dropout 0.5, Dense 10 softmax.
 */
public final class MnistCnn {
  private MnistCnn() {}

  /**
   * Builds the network for images of 28×28 pixels and 10 classes.
   *
   * @param seed what its first weights depend on
   * @return the model, 1,387,594 weights
   */
  public static Sequential create(long seed) {
    return create(seed, Shape.of(28, 28, 1));
  }

  /**
   * Builds the network's layers for images of another size, and 10 classes.
   *
   * @param seed what its first weights depend on
   * @param image the shape of an image
   * @return the model
   */
  public static Sequential create(long seed, Shape image) {
    return new Sequential(
        seed,
        image,
        new Conv2D(32, 3, ActivationFunction.RELU),
        new MaxPooling2D(2),
        new Dropout(0.25),
        new Flatten(),
        new Dense(256, ActivationFunction.RELU),
        new Dropout(0.5),
        new Dense(10, ActivationFunction.SOFTMAX));
  }
}
