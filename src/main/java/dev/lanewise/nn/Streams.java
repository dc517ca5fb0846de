package dev.lanewise.nn;

/**
 * Who draws random numbers from which stream. A stream's number is part of the bit contract: change
 * one and every seeded run changes. The order of the images has stream −1.
 */
public final class Streams {
  private static final int FIRST_INITIALIZER = 1 << 16;

  private Streams() {}

  /**
   * Returns the stream of a layer's dropout; the step is that of the training.
   *
   * @param layer the layer's place in the model, from 0
   * @return the stream
   */
  public static int layer(int layer) {
    return layer;
  }

  /**
   * Returns the stream of a variable's initializer; the step is 0.
   *
   * @param variable the variable's place in the model, from 0
   * @return the stream
   */
  public static int initializer(int variable) {
    return FIRST_INITIALIZER + variable;
  }
}
