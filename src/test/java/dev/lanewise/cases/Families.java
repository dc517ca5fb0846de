package dev.lanewise.cases;

import dev.lanewise.kernel.Kernels;
import dev.lanewise.testing.Family;
import java.util.List;

/** Every kernel family's cases, in the order of the file of hashes. */
public final class Families {
  /** One for each component of {@link Kernels}. */
  public static final List<Family> ALL =
      List.of(
          new MatmulCases(),
          new Conv2dCases(),
          new MaxPool2dCases(),
          new ActivationCases(),
          new SoftmaxCases(),
          new DropoutCases(),
          new UpdateCases(),
          new ReduceCases(),
          new ElementwiseCases(),
          new AveragePool2dCases(),
          new NonlinearCases(),
          new LossesCases(),
          new BlasCases(),
          new NormalizationCases(),
          new BatchNormalizationCases());

  private Families() {}
}
