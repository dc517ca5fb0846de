package dev.lanewise.matrix;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.kernel.math.Fma;
import dev.lanewise.kernel.support.VectorWidth;
import dev.lanewise.testing.Fork;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * FR-32: the same bits from every kind of VM: other instruction sets, compilers and team sizes,
 * each in a VM of its own, which says what it is; one that ran as anything else fails.
 */
@Tag("thorough")
class MatrixTest {
  /**
   * A kind of VM.
   *
   * @param flags its flags, with spaces
   * @param twin "simd" or "scalar"
   * @param cases "small" or "all"
   * @param teams team sizes
   * @param repeats how often all is computed
   * @param bits the vector width that must be in use; 0: that which the machine prefers
   * @param says what the VM's description must say
   */
  record Mode(
      String flags, String twin, String cases, String teams, int repeats, int bits, String says) {}

  private static final String FMA = "fma true";
  private static final String NO_FMA = "fma false";

  static List<Mode> modes() {
    boolean x86 = System.getProperty("os.arch").toLowerCase(Locale.ROOT).matches("amd64|x86_64");
    List<Mode> modes = new ArrayList<>();
    // Interpreted, then C1's code, then C2's.
    modes.add(new Mode("", "simd", "small", "1,2,3,7", 400, 0, "mixed mode"));
    modes.add(new Mode("", "simd", "all", "1,2,3,7", 10, 0, FMA));
    modes.add(new Mode("-XX:-TieredCompilation", "simd", "small", "2", 400, 0, "mixed mode"));
    modes.add(new Mode("-XX:TieredStopAtLevel=1", "simd", "small", "1,2", 3, 0, "tier 1"));
    modes.add(new Mode("-Xint", "simd", "small", "1,2", 1, 0, "interpreted mode"));
    modes.add(new Mode("", "scalar", "all", "1", 10, -1, FMA));
    modes.add(new Mode("-Xint", "scalar", "small", "1", 1, -1, "interpreted mode"));
    modes.add(new Mode("-XX:TieredStopAtLevel=1", "scalar", "all", "1", 2, -1, "tier 1"));
    modes.add(new Mode("-XX:-UseFMA", "scalar", "all", "1", 2, -1, NO_FMA));
    for (int bits : new int[] {64, 128, 256, 512}) {
      if (bits <= VectorWidth.MACHINE_BITS) {
        String flag = "-Dlanewise.vectorBits=" + bits;
        modes.add(new Mode(flag, "simd", "small", "1,3", 400, bits, FMA));
        modes.add(
            new Mode(
                flag + " -XX:MaxVectorSize=" + Math.max(8, bits / 8),
                "simd",
                "all",
                "2",
                2,
                bits,
                FMA));
      }
    }
    if (x86) {
      modes.add(new Mode("-XX:UseAVX=2", "simd", "all", "1,2,3,7", 20, 256, FMA));
      modes.add(new Mode("-XX:UseAVX=1", "simd", "all", "1,2,3,7", 20, 128, FMA));
      // Without FMA a vector's is Java's own emulation, element by element.
      modes.add(new Mode("-XX:UseAVX=0", "simd", "small", "1,2", 2, 128, NO_FMA));
      modes.add(new Mode("-XX:UseAVX=0", "scalar", "all", "1", 2, -1, NO_FMA));
    }
    return modes;
  }

  @ParameterizedTest
  @MethodSource("modes")
  void sameBits(Mode mode) {
    Assumptions.assumeTrue(
        Fma.HARDWARE || !mode.says().equals(FMA), "this machine has no fused multiply-add");
    List<String> flags = new ArrayList<>(List.of(Fork.VECTORS));
    flags.addAll(mode.flags().isEmpty() ? List.of() : List.of(mode.flags().split(" ", -1)));
    long began = System.nanoTime();
    Fork.Result result =
        Fork.java(
            flags,
            KernelHashes.class.getName(),
            mode.twin(),
            mode.cases(),
            mode.teams(),
            Integer.toString(mode.repeats()));
    assertEquals(0, result.exitCode(), result.err());
    List<String> lines = result.out().lines().toList();
    String[] teams = mode.teams().split(",", -1);
    boolean all = mode.cases().equals("all");
    long cases = FixedCases.all().stream().filter(one -> all || !one.large()).count();
    assertEquals(
        "compared " + cases * mode.repeats() * teams.length + " different 0",
        lines.getLast(),
        result.out());
    assertTrue(lines.subList(0, 3).toString().contains(mode.says()), result.out());
    int bits = mode.bits() < 0 ? 0 : mode.bits() == 0 ? VectorWidth.PREFERRED_BITS : mode.bits();
    for (int i = 0; i < teams.length; i++) {
      assertEquals("bits " + bits + " threads " + teams[i], lines.get(3 + i), result.out());
    }
    System.out.printf(Locale.ROOT, "%4.0f s  %s%n", (System.nanoTime() - began) / 1e9, mode);
  }
}
