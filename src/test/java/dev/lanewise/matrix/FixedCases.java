package dev.lanewise.matrix;

import dev.lanewise.cases.Families;
import dev.lanewise.kernel.Kernels;
import dev.lanewise.testing.Family;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * The fixed cases of every family and some trainings, with fixed inputs, whose outputs' hashes are
 * checked in: what another processor, vector width, compiler or team size must reproduce.
 *
 * <p>Inputs come from our own generator, so that they are the same everywhere. Small cases take at
 * most some thousand operations, since they also run where fused multiply-add is emulated and where
 * nothing is compiled; large ones are divided over a team.
 */
public final class FixedCases {
  /**
   * One call.
   *
   * @param name the family and a number, "matmul-3"
   * @param large whether it is divided over a team, and too much for slow modes
   * @param call gives all outputs
   */
  public record Case(String name, boolean large, Function<Kernels, float[][]> call) {}

  private final List<Case> cases = new ArrayList<>();

  private FixedCases() {}

  /** All cases, in the order of the file of hashes. */
  public static List<Case> all() {
    FixedCases made = new FixedCases();
    for (Family family : Families.ALL) {
      for (Family.Fixed one : family.fixed()) {
        made.add(one.name(), one.large(), k -> one.of().calls(k).run().outputs());
      }
    }
    made.training();
    return made.cases;
  }

  private void add(String family, boolean large, Function<Kernels, float[][]> call) {
    long number = cases.stream().filter(c -> c.name().startsWith(family + "-")).count() + 1;
    cases.add(new Case(family + "-" + number, large, call));
  }

  /** Whole trainings: first weights, order, dropout, every gradient, an optimizer. */
  private void training() {
    String[] optimizers = {"adam", "sgd:momentum=0.9,nesterov=true,clipnorm=0.5", "adam"};
    for (int i = 0; i < optimizers.length; i++) {
      boolean large = i > 0;
      int side = i == 2 ? 28 : 8;
      int images = i == 2 ? 96 : 10;
      int seed = 1100 + i;
      String optimizer = optimizers[i];
      add("training", large, kernels -> FixedTrainings.run(kernels, seed, side, images, optimizer));
    }
    add("training", false, kernels -> FixedTrainings.normalized(kernels, 1103, 8, 10, "adam"));
  }
}
