package dev.lanewise.cases;

import dev.lanewise.testing.AtEveryWidth;
import dev.lanewise.testing.Calls;
import dev.lanewise.testing.Family;
import dev.lanewise.testing.KernelCase;
import dev.lanewise.testing.Repro;
import dev.lanewise.testing.Teams;
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
@AtEveryWidth
public abstract class FamilyTwins {
  /** The cases that a test is named after: those of {@code ReduceTwinTest} are ReduceCases. */
  private final Family family =
      Families.ALL.stream()
          .filter(
              one -> (one.component() + "TwinTest").equalsIgnoreCase(getClass().getSimpleName()))
          .findFirst()
          .orElseThrow();

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
