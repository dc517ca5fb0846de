package dev.lanewise.kernel;

import dev.lanewise.kernel.math.Fma;
import dev.lanewise.kernel.math.Vm;
import dev.lanewise.kernel.support.VectorWidth;

/**
 * Which twins this VM should compute with, and why: the one place that refuses the SIMD twins.
 *
 * @param simd whether the SIMD twins serve
 * @param reason why the SIMD twins are refused, or what they run on: to be read on its own or
 *     behind "since"
 */
public record KernelChoice(boolean simd, String reason) {
  /** The module that the SIMD twins need. */
  static final String MODULE = "jdk.incubator.vector";

  /**
   * Looks at this VM and at the system property {@code lanewise.vectorBits}.
   *
   * <p>The SIMD twins are refused, in this order, if scalar twins are asked for (vectorBits 0), the
   * Vector API's module is missing, the VM is not HotSpot, its optimizing compiler C2 is off,
   * replaced or told not to compile vectors, or the processor has no fused multiply-add: they would
   * run many times slower than the scalar twins, or not at all.
   *
   * @return the choice and its reason
   * @throws IllegalStateException if {@code lanewise.vectorBits} is no width, or wider than this
   *     machine's vectors: one sentence
   */
  public static KernelChoice now() {
    if ("0".equals(System.getProperty("lanewise.vectorBits"))) {
      return refused("lanewise.vectorBits is 0, the wish for scalar kernels");
    }
    if (ModuleLayer.boot().findModule(MODULE).isEmpty()) {
      return refused(
          "the module %s is missing: add --add-modules %s to the java command"
              .formatted(MODULE, MODULE));
    }
    if (!Vm.isHotSpot()) {
      return refused("this VM is not HotSpot: " + System.getProperty("java.vm.name"));
    }
    if (!Vm.optimizes()) {
      return refused(
          "the VM's optimizing compiler C2 is off (-Xint, TieredStopAtLevel, CompilationMode or the"
              + " like)");
    }
    if (Vm.hasForeignCompiler()) {
      return refused(
          "another compiler stands in the place of the VM's own C2 (-XX:+UseJVMCICompiler)");
    }
    if (!Vm.knowsVectors()) {
      return refused(
          "the VM's compiler C2 is told not to compile vectors (-XX:-EnableVectorSupport or"
              + " MaxVectorSize)");
    }
    if (!Fma.HARDWARE) {
      return refused("fused multiply-add is not available in hardware (or switched off)");
    }
    VectorWidth.require();
    return new KernelChoice(true, VectorWidth.describe());
  }

  /**
   * Says that the scalar twins serve where the SIMD twins are refused.
   *
   * @return one sentence, for a warning
   */
  public String fallback() {
    return "scalar kernels serve, many times slower, since " + reason;
  }

  private static KernelChoice refused(String why) {
    return new KernelChoice(false, why);
  }
}
