package dev.lanewise.cli.support;

import java.io.IOException;
import java.lang.module.ModuleDescriptor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/** Names of the machine and of what runs on it. */
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
}
