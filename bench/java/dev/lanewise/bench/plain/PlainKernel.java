package dev.lanewise.bench.plain;

import dev.lanewise.kernel.Kernel;

/** Plain loops have no vectors of their own and use one thread. */
interface PlainKernel extends Kernel {
  @Override
  default int vectorBits() {
    return 0;
  }

  @Override
  default int threads() {
    return 1;
  }
}
