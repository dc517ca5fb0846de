package dev.lanewise.testing;

import dev.lanewise.kernel.Kernel;
import dev.lanewise.kernel.KernelChoice;
import dev.lanewise.kernel.Kernels;
import dev.lanewise.kernel.parallel.Team;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Sets of kernels that tests and benchmarks need beside those of {@link Kernels}. */
public final class Twins {
  private Twins() {}

  /** The SIMD twins over a team, without asking whether this VM should run them. */
  public static Kernels simd(Team team) {
    return Kernels.of(new KernelChoice(true, "they are under test"), team);
  }

  /** The kernel families, as all tests find them. */
  public static Stream<RecordComponent> families() {
    return Arrays.stream(Kernels.class.getRecordComponents());
  }

  /** A family's kernels. */
  public static Kernel family(Kernels kernels, RecordComponent family) {
    try {
      return (Kernel) family.getAccessor().invoke(kernels);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The same kernels, but another in the place of every family that it implements. */
  public static Kernels with(Kernels kernels, Kernel other) {
    return with(kernels, family -> family.getType().isInstance(other), other);
  }

  /** The same kernels, but another in one family's place. */
  public static Kernels with(Kernels kernels, String component, Kernel other) {
    return with(kernels, family -> family.getName().equals(component), other);
  }

  private static Kernels with(Kernels kernels, Predicate<RecordComponent> which, Kernel other) {
    Class<?>[] types = families().map(RecordComponent::getType).toArray(Class<?>[]::new);
    Object[] twins =
        families().map(one -> which.test(one) ? other : family(kernels, one)).toArray();
    try {
      return Kernels.class.getConstructor(types).newInstance(twins);
    } catch (InvocationTargetException refused) {
      throw (RuntimeException) refused.getCause();
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }
}
