package dev.lanewise.kernel;

import dev.lanewise.kernel.math.Fma;
import dev.lanewise.kernel.support.VectorWidth;
import dev.lanewise.kernel.support.Vm;

/**
 * Which twins this VM should compute with, and why: the one place that refuses the SIMD twins.
 *
 * @param simd whether the SIMD twins serve
 * @param reason one sentence: why the SIMD twins are refused, or what they run on
 */
public record KernelChoice(boolean simd, String reason) {
  /** The module that the SIMD twins need. */
  static final String MODULE = "jdk.incubator.vector";

  /**
   * Looks at this VM and at the system property {@code lanewise.vectorBits}.
   *
   * <p>The SIMD twins are refused, in this order, if scalar twins are asked for (vectorBits 0), the
   * Vector API's module is missing, the VM is not HotSpot, its optimizing compiler C2 is off, or
   * the processor has no fused multiply-add: without any of these they would run many times slower
   * than the scalar twins, or not at all.
   *
   * @return the choice and its reason
   * @throws IllegalStateException if {@code lanewise.vectorBits} is no width, or wider than this
   *     machine's vectors: one sentence
   */
  public static KernelChoice now() {
    if ("0".equals(System.getProperty("lanewise.vectorBits"))) {
      return new KernelChoice(false, "scalar kernels were asked for (vectorBits 0)");
    }
    if (ModuleLayer.boot().findModule(MODULE).isEmpty()) {
      return refused(
          "the module "
              + MODULE
              + " is missing: add --add-modules "
              + MODULE
              + " to the java command");
    }
    if (!Vm.isHotSpot()) {
      return refused("this VM is not HotSpot: " + System.getProperty("java.vm.name"));
    }
    if (!Vm.optimizes()) {
      return refused(
          "the VM's optimizing compiler C2 is off (-Xint, TieredStopAtLevel or the like)");
    }
    if (!Fma.HARDWARE) {
      return refused("fused multiply-add is not available in hardware (or switched off)");
    }
    VectorWidth.require();
    return new KernelChoice(true, VectorWidth.describe());
  }

  private static KernelChoice refused(String why) {
    return new KernelChoice(false, "scalar kernels serve, many times slower, since " + why);
  }
}
