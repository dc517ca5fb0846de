package dev.lanewise.kernel.pointwise;

import dev.lanewise.cases.ElementwiseCases;
import dev.lanewise.testing.FamilyTwins;
import dev.lanewise.testing.Twin;
import net.jqwik.api.Tag;
import net.jqwik.api.lifecycle.AddLifecycleHook;

@Tag("twin")
@AddLifecycleHook(Twin.class)
class ElementwiseTwinTest extends FamilyTwins {
  ElementwiseTwinTest() {
    super(new ElementwiseCases());
  }
}
