package dev.lanewise.testing;

import dev.lanewise.kernel.Kernel;
import dev.lanewise.kernel.KernelChoice;
import dev.lanewise.kernel.Kernels;
import dev.lanewise.kernel.parallel.Team;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;

/** Sets of kernels that tests and benchmarks need beside those of {@link Kernels}. */
public final class Twins {
  private Twins() {}

  /** The SIMD twins over a team, without asking whether this VM should run them. */
  public static Kernels simd(Team team) {
    return Kernels.of(new KernelChoice(true, "they are under test"), team);
  }

  /** The same kernels, but others in the place of every family that one of them implements. */
  public static Kernels with(Kernels kernels, Kernel... others) {
    RecordComponent[] families = Kernels.class.getRecordComponents();
    Class<?>[] types =
        Arrays.stream(families).map(RecordComponent::getType).toArray(Class<?>[]::new);
    Object[] twins = new Object[families.length];
    try {
      for (int i = 0; i < families.length; i++) {
        twins[i] = families[i].getAccessor().invoke(kernels);
        for (Kernel other : others) {
          twins[i] = types[i].isInstance(other) ? other : twins[i];
        }
      }
      return Kernels.class.getConstructor(types).newInstance(twins);
    } catch (InvocationTargetException refused) {
      throw (RuntimeException) refused.getCause();
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }
}
