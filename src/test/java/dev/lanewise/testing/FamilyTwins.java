package dev.lanewise.testing;

import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Both twins of a family have the same bits: what each family's twin test inherits. */
public abstract class FamilyTwins {
  private final Family family;

  protected FamilyTwins(Family family) {
    this.family = family;
  }

  /** One case of each kind. */
  @Provide
  protected Arbitrary<List<KernelCase>> cases() {
    List<Arbitrary<KernelCase>> kinds = new ArrayList<>();
    family.drawn().forEach(kind -> kinds.add(kind.any().map(one -> one)));
    return Combinators.combine(kinds).as(List::copyOf);
  }

  @Property(edgeCases = EdgeCasesMode.NONE)
  void twinsHaveTheSameBits(@ForAll("cases") List<KernelCase> cases) {
    cases.forEach(one -> Repro.run(getClass(), (Record) one, each -> Calls.assertTwins(one)));
  }

  @Example
  void productionSizes() {
    for (int threads : Teams.sizes()) {
      for (KernelCase one : family.production(threads)) {
        Repro.run(getClass(), (Record) one, each -> Calls.assertTwins(one));
      }
    }
  }

  @Example
  void repeat() {
    family
        .drawn()
        .forEach(kind -> Repro.repeat(kind.type(), one -> Calls.assertTwins((KernelCase) one)));
  }
}
