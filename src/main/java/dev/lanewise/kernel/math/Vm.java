package dev.lanewise.kernel.math;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.lang.management.ManagementFactory;
import org.jspecify.annotations.Nullable;

/**
 * What can be asked of a HotSpot VM about itself; the arithmetic and the choice of twins depend on
 * it.
 */
public final class Vm {
  private Vm() {}

  /**
   * Whether this VM is HotSpot.
   *
   * @return whether it has HotSpot's flags
   */
  public static boolean isHotSpot() {
    return flag("UseCompiler") != null;
  }

  /**
   * Whether the VM compiles up to its highest level: compilation is on, and neither stopped below
   * that level nor left to the quick compiler alone.
   *
   * @return whether kernels get to be machine code that is worth it
   */
  public static boolean optimizes() {
    return isSet("UseCompiler")
        && (!isSet("TieredCompilation") || "4".equals(flag("TieredStopAtLevel")))
        && !"quick-only".equals(flag("CompilationMode"));
  }

  /**
   * Whether a compiler plugged in by JVMCI, such as Graal's, stands in C2's place.
   *
   * @return whether the VM was told to use one
   */
  public static boolean hasForeignCompiler() {
    return isSet("UseJVMCICompiler");
  }

  /**
   * Whether C2 turns the Vector API's methods into vector instructions. It does unless told not to,
   * or told to use none of two floats: the first flag is experimental, and cannot be read while
   * experimental flags are locked.
   *
   * @return whether nothing forbids it
   */
  public static boolean knowsVectors() {
    String bytes = flag("MaxVectorSize");
    return !"false".equals(flag("EnableVectorSupport"))
        && (bytes == null || Long.parseLong(bytes) >= 2 * Float.BYTES);
  }

  /**
   * Whether a boolean flag is set.
   *
   * @param name the flag's, as {@code -XX:} spells it
   * @return its value; false where there is no such flag
   */
  public static boolean isSet(String name) {
    return Boolean.parseBoolean(flag(name));
  }

  /** The value of a flag; null where the VM is not HotSpot or has no such flag. */
  private static @Nullable String flag(String name) {
    try {
      HotSpotDiagnosticMXBean bean =
          ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
      return bean == null ? null : bean.getVMOption(name).getValue();
    } catch (IllegalArgumentException noSuchFlag) {
      return null;
    }
  }
}
