package dev.lanewise.kernel.pointwise;

import dev.lanewise.cases.NonlinearCases;
import dev.lanewise.testing.FamilyTwins;
import dev.lanewise.testing.Twin;
import net.jqwik.api.Tag;
import net.jqwik.api.lifecycle.AddLifecycleHook;

@Tag("twin")
@AddLifecycleHook(Twin.class)
class NonlinearTwinTest extends FamilyTwins {
  NonlinearTwinTest() {
    super(new NonlinearCases());
  }
}
