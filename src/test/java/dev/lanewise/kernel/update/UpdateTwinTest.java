package dev.lanewise.kernel.update;

import dev.lanewise.cases.FamilyTwins;
import dev.lanewise.cases.UpdateCases.Kind;
import dev.lanewise.cases.UpdateCases.Steps;
import dev.lanewise.testing.Calls;
import dev.lanewise.testing.Repro;
import net.jqwik.api.Example;

class UpdateTwinTest extends FamilyTwins {
  /** Every rule, at every small length, with every kind of values. */
  @Example
  void everyRuleAtSmallLengths() {
    for (UpdateRule rule : UpdateRule.values()) {
      for (Kind kind : Kind.values()) {
        for (int n = 0; n <= 66; n++) {
          Steps steps = new Steps(rule, n, n % 5, n % 7, 1, kind, true, n + 1);
          Repro.run(getClass(), steps, Calls::assertTwins);
        }
      }
    }
  }
}
