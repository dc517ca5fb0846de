package dev.lanewise.matrix;

import com.sun.management.HotSpotDiagnosticMXBean;
import dev.lanewise.kernel.Kernels;
import dev.lanewise.kernel.math.Fma;
import dev.lanewise.kernel.parallel.Team;
import dev.lanewise.testing.Twins;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;

/**
 * A program of its own: computes the {@link FixedCases} in the VM that it finds itself in, says
 * what kind of VM that is, and compares with the hashes that are checked in.
 *
 * <p>Arguments: "simd" or "scalar", "small" or "all", the team sizes ("1,2,3,7"), and how often all
 * is repeated, so that code is met interpreted, compiled by C1 and by C2. "scalar all 1 1 print"
 * prints the file anew.
 */
public final class KernelHashes {
  private static final String FILE = "/hashes.txt";

  private KernelHashes() {}

  /** Prints facts and differences. */
  public static void main(String[] args) {
    boolean simd = args[0].equals("simd");
    boolean all = args[1].equals("all");
    int repeats = Integer.parseInt(args[3]);
    if (args.length > 4) {
      hashes(Kernels.scalar(), true).forEach((name, hash) -> System.out.println(name + " " + hash));
      return;
    }
    HotSpotDiagnosticMXBean vm = ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
    System.out.println("mode " + System.getProperty("java.vm.info"));
    System.out.println("fma " + Fma.HARDWARE);
    System.out.println("tier " + vm.getVMOption("TieredStopAtLevel").getValue());
    int compared = 0;
    List<String> wrong = new ArrayList<>();
    for (String size : args[2].split(",", -1)) {
      try (Team team = Team.of(Integer.parseInt(size))) {
        Kernels kernels = simd ? Twins.simd(team) : Kernels.scalar();
        System.out.println("bits " + kernels.vectorBits() + " threads " + kernels.threads());
        for (int i = 0; i < repeats; i++) {
          Map<String, String> got = hashes(kernels, all);
          wrong.addAll(differences(got, "team of " + size + ", repeat " + i));
          compared += got.size();
        }
      }
    }
    wrong.forEach(System.out::println);
    System.out.println("compared " + compared + " different " + wrong.size());
  }

  /** What differs from the file, in words. */
  static List<String> differences(Map<String, String> got, String where) {
    Map<String, String> expected = expected();
    List<String> wrong = new ArrayList<>();
    got.forEach(
        (name, hash) -> {
          if (!hash.equals(expected.get(name))) {
            wrong.add(
                name + " is " + hash + ", expected " + expected.get(name) + " (" + where + ")");
          }
        });
    return wrong;
  }

  /** The hash of each case's outputs by its name. */
  static Map<String, String> hashes(Kernels kernels, boolean all) {
    Map<String, String> hashes = new LinkedHashMap<>();
    for (FixedCases.Case one : FixedCases.all()) {
      if (all || !one.large()) {
        CRC32C crc = new CRC32C();
        byte[] word = new byte[4];
        for (float[] output : one.call().apply(kernels)) {
          for (float value : output) {
            int bits = Float.floatToIntBits(value); // all NaNs are one
            word[0] = (byte) bits;
            word[1] = (byte) (bits >> 8);
            word[2] = (byte) (bits >> 16);
            word[3] = (byte) (bits >> 24);
            crc.update(word, 0, 4);
          }
        }
        hashes.put(one.name(), String.format("%08x", crc.getValue()));
      }
    }
    return hashes;
  }

  /** The file: a name and a hash a line. */
  public static Map<String, String> expected() {
    Map<String, String> hashes = new LinkedHashMap<>();
    try (InputStream in = KernelHashes.class.getResourceAsStream(FILE)) {
      if (in == null) {
        throw new IllegalStateException("missing test resource " + FILE);
      }
      BufferedReader lines =
          new BufferedReader(new InputStreamReader(in, StandardCharsets.US_ASCII));
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        String[] words = line.split(" ", -1);
        hashes.put(words[0], words[1]);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return hashes;
  }
}
