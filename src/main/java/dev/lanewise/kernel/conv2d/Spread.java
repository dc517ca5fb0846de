package dev.lanewise.kernel.conv2d;

/** Room for the gradient of a pooling's input, for calls that have no way without it. */
final class Spread {
  private float[] array = new float[0];

  float[] room(int elements) {
    if (array.length < elements) {
      array = new float[elements];
    }
    return array;
  }
}
