package dev.lanewise.nn;

import dev.lanewise.tensor.Shape;

/** Checks of the shapes and numbers that layers are given. */
final class Shapes {
  private Shapes() {}

  /** Refuses a shape that is not that of an image. */
  static void image(String layer, Shape input) {
    if (input.rank() != 3) {
      throw new IllegalArgumentException(
          layer + " takes images (height, width, channels), but was given " + input);
    }
  }

  /** Refuses the factor of a penalty that is negative or not finite. */
  static void penalty(double l2) {
    if (!(l2 >= 0 && l2 < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("l2 is " + l2 + ", but must be finite and not negative");
    }
  }

  /** Refuses what is added to a variance if it is no positive float. */
  static void epsilon(double epsilon) {
    if (!((float) epsilon > 0 && (float) epsilon < Float.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "epsilon is " + epsilon + ", but must be a positive number as a float");
    }
  }
}
