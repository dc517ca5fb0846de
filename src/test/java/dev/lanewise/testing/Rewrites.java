package dev.lanewise.testing;

import dev.lanewise.graph.Rule;
import dev.lanewise.graph.rewrite.Rules;
import java.util.List;

/** How plans rewrite their graphs: not at all, or by all rules. The bits are the same. */
public enum Rewrites {
  NONE,
  ALL;

  public List<Rule> rules() {
    return this == ALL ? Rules.all() : List.of();
  }
}
