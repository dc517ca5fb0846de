package dev.lanewise.kernel.update;

import dev.lanewise.cases.UpdateCases;
import dev.lanewise.cases.UpdateCases.Kind;
import dev.lanewise.cases.UpdateCases.Steps;
import dev.lanewise.testing.Calls;
import dev.lanewise.testing.FamilyTwins;
import dev.lanewise.testing.Repro;
import dev.lanewise.testing.Twin;
import net.jqwik.api.Example;
import net.jqwik.api.Tag;
import net.jqwik.api.lifecycle.AddLifecycleHook;

@Tag("twin")
@AddLifecycleHook(Twin.class)
class UpdateTwinTest extends FamilyTwins {
  UpdateTwinTest() {
    super(new UpdateCases());
  }

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
