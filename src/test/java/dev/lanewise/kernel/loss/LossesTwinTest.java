package dev.lanewise.kernel.loss;

import dev.lanewise.cases.LossesCases;
import dev.lanewise.testing.FamilyTwins;
import dev.lanewise.testing.Twin;
import net.jqwik.api.Tag;
import net.jqwik.api.lifecycle.AddLifecycleHook;

@Tag("twin")
@AddLifecycleHook(Twin.class)
class LossesTwinTest extends FamilyTwins {
  LossesTwinTest() {
    super(new LossesCases());
  }
}
