package dev.lanewise.bench.suite;

import dev.lanewise.bench.suite.Row.Vm;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Which rows a suite measures. The tables below are all there is to choose. */
final class Selection {
  /** Rows of the quick suite. */
  static final List<Rule> QUICK =
      rules(
          "Matmul.sgemm threads=1 shape=512x512x512-NN|64x5408x256-NT",
          "Matmul.sgemm threads=2 shape=512x512x512-NN",
          "Conv2d.*");

  /** Rows of no suite: a call takes about a second or more. */
  static final List<Rule> TOO_SLOW =
      rules("Matmul.sgemm impl=plain|scalar shape=1024x1024x1024-NN|2048x2048x2048-NN");

  /** Rows whose SIMD twin is measured at every vector width of the machine, in the full suite. */
  static final List<Rule> WIDTHS = rules("Matmul.sgemm shape=512x512x512-NN");

  /** Implementations of one thread, whatever the parameter says. */
  private static final List<Rule> ONE_THREAD =
      rules(".* impl=scalar|plain|netlib|ejml threads=(?!1$).*");

  private static final int[] NARROWER = {256, 128};

  private final boolean full;
  private final int bits;
  private final int processors;

  Selection(boolean full, int bits, int processors) {
    this.full = full;
    this.bits = bits;
    this.processors = processors;
  }

  private static List<Rule> rules(String... texts) {
    return Stream.of(texts).map(Rule::of).toList();
  }

  /** The chosen rows in the order in which they are measured, roofs first. */
  List<Planned> choose(List<Planned> all) {
    List<Planned> chosen = new ArrayList<>();
    all.stream().filter(Selection::isRoof).forEach(roof -> chosen.addAll(roofs(roof)));
    for (Planned row : all) {
      if (!isRoof(row) && isWanted(row)) {
        chosen.addAll(variants(row));
      }
    }
    return chosen;
  }

  private boolean isWanted(Planned row) {
    return row.unmeasured().threads() <= processors
        && !Rule.any(TOO_SLOW, row)
        && !Rule.any(ONE_THREAD, row)
        && (full || Rule.any(QUICK, row));
  }

  private List<Planned> variants(Planned row) {
    List<Planned> variants = new ArrayList<>(List.of(row));
    String impl = row.unmeasured().impl();
    if (impl.equals("scalar")) {
      variants.add(row.with(new Vm(row.vm().bits(), false)));
    }
    if (full && impl.equals("simd") && Rule.any(WIDTHS, row)) {
      IntStream.of(NARROWER)
          .filter(width -> width < bits)
          .forEach(width -> variants.add(row.with(new Vm(width, true))));
    }
    return variants;
  }

  private static boolean isRoof(Planned row) {
    return row.unmeasured().family().equals("Roof");
  }

  /** The roofs have as many callers as a kernel has threads, if no parameter says how many. */
  private List<Planned> roofs(Planned roof) {
    if (roof.params().containsKey("threads")) {
      return roof.unmeasured().threads() <= processors ? List.of(roof) : List.of();
    }
    return IntStream.rangeClosed(1, Math.min(2, processors)).mapToObj(roof::calledBy).toList();
  }
}
