package dev.lanewise.testing;

import dev.lanewise.graph.Variable;
import dev.lanewise.nn.Sequential;

/** What tests do with models. */
public final class Models {
  private Models() {}

  /** Fails unless two models have the same weights, to the bit. */
  public static void assertSame(String what, Sequential expected, Sequential actual) {
    for (int i = 0; i < expected.variables().size(); i++) {
      Variable variable = expected.variables().get(i);
      float[] values = actual.variables().get(i).values();
      Bits.assertSame(what + ": " + variable.name(), variable.values(), values);
    }
  }
}
