package dev.lanewise.testing;

import java.util.List;
import java.util.function.BiFunction;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitrary;

/** What tests know of a kernel family: which cases there are, each written down once. */
public interface Family {
  /** The component of {@link dev.lanewise.kernel.Kernels} that the class is named after. */
  default String component() {
    String name = getClass().getSimpleName().replace("Cases", "");
    return Character.toLowerCase(name.charAt(0)) + name.substring(1);
  }

  /** Any case of each kind, for the twin test. */
  List<Drawn> drawn();

  /** The sizes of networks, which {@link Shapes} gives to the benchmarks too, on every team. */
  List<? extends KernelCase> production(int threads);

  /** Small cases in the order of the file of hashes, and large ones, which a team divides. */
  List<Fixed> fixed();

  /** Cases that call every method, for the allocation test. */
  List<Measured> measured();

  /**
   * A case whose outputs are hashed.
   *
   * @param name what the file calls the family
   * @param large whether it is divided over a team, and too much for slow modes
   */
  record Fixed(String name, boolean large, KernelCase of) {
    private static final int SMALL = 10;

    /** A case of each size; the first ten are small. */
    public static List<Fixed> of(
        String name, int[][] sizes, BiFunction<int[], Integer, KernelCase> of) {
      return of(name, List.of(sizes), of);
    }

    /** The same of sizes that are no numbers. */
    public static <S> List<Fixed> of(
        String name, List<S> sizes, BiFunction<S, Integer, KernelCase> of) {
      return IntStream.range(0, sizes.size())
          .mapToObj(i -> new Fixed(name, i >= SMALL, of.apply(sizes.get(i), i)))
          .toList();
    }
  }

  /**
   * A kind of cases.
   *
   * @param type the record, which a line of a failed test is read as
   * @param any any of them
   */
  record Drawn(Class<? extends Record> type, Arbitrary<? extends KernelCase> any) {
    /** The only kind of a family. */
    public static List<Drawn> of(
        Class<? extends Record> type, Arbitrary<? extends KernelCase> any) {
      return List.of(new Drawn(type, any));
    }
  }
}
