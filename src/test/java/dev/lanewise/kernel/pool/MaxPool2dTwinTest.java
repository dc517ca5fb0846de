package dev.lanewise.kernel.pool;

import dev.lanewise.cases.MaxPoolCases;
import dev.lanewise.testing.FamilyTwins;
import dev.lanewise.testing.Twin;
import net.jqwik.api.Tag;
import net.jqwik.api.lifecycle.AddLifecycleHook;

@Tag("twin")
@AddLifecycleHook(Twin.class)
class MaxPool2dTwinTest extends FamilyTwins {
  MaxPool2dTwinTest() {
    super(new MaxPoolCases());
  }
}
