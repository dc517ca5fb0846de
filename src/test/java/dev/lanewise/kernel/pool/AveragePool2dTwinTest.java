package dev.lanewise.kernel.pool;

import dev.lanewise.cases.AveragePoolCases;
import dev.lanewise.testing.FamilyTwins;
import dev.lanewise.testing.Twin;
import net.jqwik.api.Tag;
import net.jqwik.api.lifecycle.AddLifecycleHook;

@Tag("twin")
@AddLifecycleHook(Twin.class)
class AveragePool2dTwinTest extends FamilyTwins {
  AveragePool2dTwinTest() {
    super(new AveragePoolCases());
  }
}
