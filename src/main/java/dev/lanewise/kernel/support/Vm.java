package dev.lanewise.kernel.support;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.lang.management.ManagementFactory;
import org.jspecify.annotations.Nullable;

/** What can be asked of a HotSpot VM about itself. */
public final class Vm {
  private Vm() {}

  /** Whether this VM is HotSpot: whether it has HotSpot's flags. */
  public static boolean isHotSpot() {
    return flag("UseCompiler") != null;
  }

  /** Whether the optimizing compiler runs: compilation is on and not stopped before C2's level. */
  public static boolean optimizes() {
    return isSet("UseCompiler")
        && (!isSet("TieredCompilation") || "4".equals(flag("TieredStopAtLevel")));
  }

  /** Whether a boolean flag is set; false where there is no such flag. */
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
