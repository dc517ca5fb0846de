package dev.lanewise.kernel;

/**
 * What every kernel twin says about itself.
 *
 * <p>A kernel exists twice: a scalar twin that defines the result, and a SIMD twin that returns the
 * same bits ({@code Float.floatToIntBits}) for every shape, offset, vector width and team size.
 */
public interface Kernel {
  /**
   * Returns the width in bits of the vectors this twin computes with, 0 for a scalar twin.
   *
   * @return 0, 64, 128, 256 or 512
   */
  int vectorBits();

  /**
   * Returns the number of threads that this twin's work is divided among.
   *
   * @return at least 1; always 1 for a scalar twin
   */
  int threads();
}
