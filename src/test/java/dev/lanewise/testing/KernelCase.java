package dev.lanewise.testing;

import dev.lanewise.kernel.Kernels;

/**
 * Sizes, strides, offsets and content of some calls of one family's kernels: a record of numbers
 * from which all arrays are derived. The same record serves the twin test, the hashes and the
 * allocation test.
 */
public interface KernelCase {
  /** The size of the team that SIMD twins divide the calls among. */
  int threads();

  /** Makes the arrays, and what is to be called. */
  Calls calls(Kernels kernels);

  /** The SIMD twins that the case is about. */
  default Kernels simd() {
    return Teams.kernels(threads());
  }

  /** How often the SIMD twins make the calls, which give the same each time. */
  default int runs() {
    return 1;
  }
}
