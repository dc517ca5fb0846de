package dev.lanewise.kernel.pointwise;

import dev.lanewise.cases.DropoutCases;
import dev.lanewise.testing.FamilyTwins;
import dev.lanewise.testing.Twin;
import net.jqwik.api.Tag;
import net.jqwik.api.lifecycle.AddLifecycleHook;

@Tag("twin")
@AddLifecycleHook(Twin.class)
class DropoutTwinTest extends FamilyTwins {
  DropoutTwinTest() {
    super(new DropoutCases());
  }
}
