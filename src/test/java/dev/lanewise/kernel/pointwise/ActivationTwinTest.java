package dev.lanewise.kernel.pointwise;

import dev.lanewise.cases.ActivationCases;
import dev.lanewise.testing.FamilyTwins;
import dev.lanewise.testing.Twin;
import net.jqwik.api.Tag;
import net.jqwik.api.lifecycle.AddLifecycleHook;

@Tag("twin")
@AddLifecycleHook(Twin.class)
class ActivationTwinTest extends FamilyTwins {
  ActivationTwinTest() {
    super(new ActivationCases());
  }
}
