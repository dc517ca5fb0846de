package dev.lanewise.cli;

import dev.lanewise.cli.support.Machine;
import dev.lanewise.kernel.KernelChoice;
import dev.lanewise.kernel.Kernels;
import dev.lanewise.kernel.math.Fma;
import dev.lanewise.kernel.parallel.Team;
import java.io.PrintStream;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Says what this machine and VM offer and what would be used of it. */
@Command(
    name = "info",
    mixinStandardHelpOptions = true,
    versionProvider = Lanewise.Version.class,
    description = "Shows what this machine offers and what the program uses.")
final class InfoCommand implements Callable<Integer> {
  @Mixin private final MachineOptions machine = new MachineOptions();

  InfoCommand() {}

  @Override
  public Integer call() {
    machine.apply();
    PrintStream out = OutputOptions.out();
    try (Team team = machine.team()) {
      Kernels kernels = machine.kernels(team, System.err);
      int bits = kernels.vectorBits();
      String twins = bits == 0 ? "scalar" : "SIMD, " + bits + " bits";
      int processors = Runtime.getRuntime().availableProcessors();
      out.println("lanewise    " + Machine.version());
      out.println("processor   " + Machine.processor());
      out.println("kernels     " + twins + ": " + KernelChoice.now().reason());
      out.println("fma         " + (Fma.HARDWARE ? "in hardware" : "emulated, exactly"));
      out.println("threads     " + kernels.threads() + " of " + processors + " processors");
      out.println("jdk         " + Machine.java());
    }
    return Lanewise.OK;
  }
}
