package dev.lanewise.cli.support;

import java.io.IOException;
import java.lang.module.ModuleDescriptor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/** Names of the machine and of what runs on it, and whether it can draw. */
public final class Machine {
  private static final Path CPU_INFO = Path.of("/proc/cpuinfo");

  private Machine() {}

  /** The processor's name where the system tells it, else its architecture. */
  public static String processor() {
    String architecture = System.getProperty("os.arch");
    if (!Files.isReadable(CPU_INFO)) {
      return architecture;
    }
    try (Stream<String> lines = Files.lines(CPU_INFO)) {
      Optional<String> model = lines.filter(line -> line.startsWith("model name")).findFirst();
      return model
          .map(line -> line.substring(line.indexOf(':') + 1).strip() + " (" + architecture + ")")
          .orElse(architecture);
    } catch (IOException unreadable) {
      return architecture;
    }
  }

  /** The Java runtime's version and vendor. */
  public static String java() {
    return System.getProperty("java.vm.name")
        + " "
        + System.getProperty("java.runtime.version")
        + ", "
        + System.getProperty("java.vendor");
  }

  /** This program's version: that of the module, or of the jar on the class path. */
  public static String version() {
    ModuleDescriptor module = Machine.class.getModule().getDescriptor();
    String version =
        module == null
            ? Machine.class.getPackage().getImplementationVersion()
            : module.rawVersion().orElse(null);
    return version == null ? "development" : version;
  }

  /**
   * Whether pictures can be drawn; one line on standard error says why if they cannot. Asked before
   * the work whose result is to be drawn.
   *
   * @param lines whether lines are to be plotted, which needs a library
   */
  public static boolean canDraw(boolean lines) {
    System.setProperty("java.awt.headless", "true"); // a picture needs no display
    String reason;
    try {
      if (lines) {
        Plot.tryOut();
      } else {
        Png.tryOut();
      }
      return true;
    } catch (NoClassDefFoundError missing) {
      reason =
          "that needs %sthe module java.desktop: %s is missing"
              .formatted(lines ? "org.knowm.xchart:xchart and " : "", missing.getMessage());
    } catch (IOException | RuntimeException | LinkageError | InternalError failed) {
      reason = "this Java cannot draw text (it needs fontconfig and a font): " + failed;
    }
    System.err.println("Note: no picture will be drawn, since " + reason);
    return false;
  }
}
