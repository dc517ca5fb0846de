package dev.lanewise.kernel.reduce;

import dev.lanewise.cases.BlasCases;
import dev.lanewise.testing.FamilyTwins;
import dev.lanewise.testing.Twin;
import net.jqwik.api.Tag;
import net.jqwik.api.lifecycle.AddLifecycleHook;

@Tag("twin")
@AddLifecycleHook(Twin.class)
class BlasTwinTest extends FamilyTwins {
  BlasTwinTest() {
    super(new BlasCases());
  }
}
