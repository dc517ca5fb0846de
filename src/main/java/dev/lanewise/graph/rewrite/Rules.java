package dev.lanewise.graph.rewrite;

import dev.lanewise.graph.Plan;
import dev.lanewise.graph.Rule;
import java.util.List;

/** The rules that make plans fast. */
public final class Rules {
  private static final List<Rule> ALL =
      List.of(
          new ReluGradientBeforeMaxPool(),
          new DropoutReluGradient(),
          new PooledGradient(),
          new BiasRelu(),
          new Fusion());

  private Rules() {}

  /**
   * Returns all rules.
   *
   * @return in the order in which a {@link Plan} tries them
   */
  public static List<Rule> all() {
    return ALL;
  }
}
