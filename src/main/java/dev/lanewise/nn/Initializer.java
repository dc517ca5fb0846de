package dev.lanewise.nn;

import dev.lanewise.kernel.math.CounterRandom;
import dev.lanewise.tensor.Shape;
import java.util.Arrays;

/** Gives a variable its first values. */
public sealed interface Initializer {
  /** Zeros: the default for biases. */
  Initializer ZEROS = new Zeros();

  /** Glorot's uniform rule: the default for weights. */
  Initializer GLOROT_UNIFORM = new GlorotUniform();

  /**
   * Fills an array.
   *
   * @param values takes the values
   * @param shape their shape: dense weights in × out, convolution weights HWIO
   * @param key a random key that belongs to this variable
   */
  void fill(float[] values, Shape shape, long key);

  /** All values +0. */
  record Zeros() implements Initializer {
    @Override
    public void fill(float[] values, Shape shape, long key) {
      Arrays.fill(values, 0f);
    }
  }

  /**
   * Uniform over [−limit, limit) with limit = √(6 / (fanIn + fanOut)) (X. Glorot and Y. Bengio,
   * 2010). For dense weights the fans are inputs and outputs; for a convolution both are multiplied
   * by the kernel's pixels. Value i is limit · (2u − 1), computed in double and rounded once, u
   * being {@link CounterRandom#uniform} of index i.
   */
  record GlorotUniform() implements Initializer {
    @Override
    public void fill(float[] values, Shape shape, long key) {
      int rank = shape.rank();
      double pixels = 1;
      for (int i = 0; i < rank - 2; i++) {
        pixels *= shape.dim(i);
      }
      double fanIn = pixels * shape.dim(Math.max(0, rank - 2));
      double fanOut = pixels * shape.dim(rank - 1);
      double limit = Math.sqrt(6 / (fanIn + fanOut));
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) (limit * (2.0 * CounterRandom.uniform(key, i) - 1));
      }
    }
  }
}
