package dev.lanewise.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.kernel.conv2d.Conv2dShape;
import dev.lanewise.kernel.matmul.Matmul;
import dev.lanewise.kernel.matmul.Transpose;
import dev.lanewise.kernel.pointwise.Activation;
import dev.lanewise.kernel.pointwise.Arithmetic;
import dev.lanewise.kernel.pointwise.Nonlinearity;
import dev.lanewise.kernel.pool.Pool2dShape;
import dev.lanewise.kernel.update.Moments;
import dev.lanewise.testing.Teams;
import dev.lanewise.testing.Twins;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Null in the place of each argument of each kernel method: both twins refuse it with the same
 * sentence, which names it, before anything is written. (A null consumer was no consumer to one
 * twin and an accident to the other; a null {@link Transpose} was a transpose to both.)
 */
class NullArgumentsTest {
  private static final Kernels SCALAR = Kernels.scalar();
  private static final Kernels SIMD = Twins.simd(Teams.of(2));
  private static final float CANARY = 0.25f;

  private static final TileSource SOURCE =
      SCALAR
          .maxPool2d()
          .unpooled(Pool2dShape.valid(1, 2, 2, 1, 2, 2), new float[1], 0, new int[1], 0);

  /** Arguments that may be null: the winners of a max-pooling, and what follows it. */
  private static final Set<String> OPTIONAL =
      Set.of("forward 5 int[]", "tiles 3 int[]", "tiles 5 TileConsumer");

  @TestFactory
  Stream<DynamicTest> everyKernelMethod() {
    return Twins.families()
        .flatMap(
            family ->
                methods(family)
                    .map(
                        method ->
                            DynamicTest.dynamicTest(
                                family.getName() + "." + signature(method),
                                () -> check(family, method))));
  }

  private static Stream<Method> methods(RecordComponent family) {
    return Arrays.stream(family.getType().getMethods())
        .filter(method -> method.getDeclaringClass() == family.getType())
        .filter(method -> !Modifier.isStatic(method.getModifiers()))
        .sorted(Comparator.comparing(NullArgumentsTest::signature));
  }

  private static String signature(Method method) {
    List<String> types =
        Arrays.stream(method.getParameterTypes()).map(Class::getSimpleName).toList();
    return method.getName() + "(" + String.join(", ", types) + ")";
  }

  private static void check(RecordComponent family, Method method) throws Exception {
    Object scalar = family.getAccessor().invoke(SCALAR);
    Object simd = family.getAccessor().invoke(SIMD);
    method.invoke(scalar, arguments(method)); // the refusals below are those of null alone
    method.invoke(simd, arguments(method));
    Set<String> sentences = new HashSet<>();
    for (int i = 0; i < method.getParameterCount(); i++) {
      Class<?> type = method.getParameterTypes()[i];
      String place = method.getName() + " " + i + " " + type.getSimpleName();
      if (type.isPrimitive() || OPTIONAL.contains(place)) {
        continue;
      }
      String expected = refusal(scalar, method, i);
      assertEquals(expected, refusal(simd, method, i), () -> "the SIMD twin, " + place);
      assertTrue(
          expected.matches("\\w+ is null, but must be given"), () -> place + ": " + expected);
      assertTrue(sentences.add(expected), () -> place + " has another's sentence: " + expected);
    }
  }

  private static String refusal(Object twin, Method method, int place) {
    Object[] arguments = arguments(method);
    arguments[place] = null;
    Object[] before = arguments(method);
    before[place] = null;
    Throwable thrown =
        assertThrows(InvocationTargetException.class, () -> method.invoke(twin, arguments))
            .getCause();
    assertEquals(NullPointerException.class, thrown.getClass(), thrown::toString);
    for (int i = 0; i < arguments.length; i++) {
      assertTrue(Objects.deepEquals(before[i], arguments[i]), "argument " + i + " was written to");
    }
    return String.valueOf(thrown.getMessage());
  }

  /** Sizes, offsets and leading dimensions of 1, in arrays that are large enough. */
  private static Object[] arguments(Method method) {
    return Arrays.stream(method.getParameterTypes())
        .map(NullArgumentsTest::argument)
        .toArray(Object[]::new);
  }

  private static Object argument(Class<?> type) {
    if (type == float[].class) {
      float[] array = new float[8];
      Arrays.fill(array, CANARY);
      return array;
    }
    return type == int.class
        ? (Object) 1
        : type == long.class
            ? (Object) 1L
            : type == float.class
                ? (Object) 0.5f
                : type == double.class
                    ? (Object) 0.5
                    : type == boolean.class ? (Object) false : reference(type);
  }

  private static Object reference(Class<?> type) {
    if (type == int[].class) {
      return new int[8];
    } else if (type == byte[].class) {
      return new byte[8];
    } else if (type == Transpose.class) {
      return Transpose.NO;
    } else if (type == Arithmetic.class) {
      return Arithmetic.SUBTRACT;
    } else if (type == Nonlinearity.class) {
      return Nonlinearity.SIGMOID;
    } else if (type == Activation.class) {
      return SCALAR.activation();
    } else if (type == Moments.class) {
      return Moments.of(0.5, 0.5);
    } else if (type == Conv2dShape.class) {
      return Conv2dShape.valid(1, 2, 2, 1, 1, 1, 1);
    } else if (type == Pool2dShape.class) {
      return Pool2dShape.valid(1, 2, 2, 1, 2, 2);
    } else if (type == TileConsumer.class) {
      return Matmul.NOTHING;
    } else if (type == TileSource.class) {
      return SOURCE;
    }
    throw new IllegalArgumentException("no argument of " + type);
  }

  @Test
  void nullFollowers() {
    String said =
        assertThrows(NullPointerException.class, () -> Matmul.NOTHING.andThen(null)).getMessage();
    assertEquals("next is null, but must be given", said);
  }
}
