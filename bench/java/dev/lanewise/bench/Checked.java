package dev.lanewise.bench;

import dev.lanewise.testing.Fill;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.infra.BenchmarkParams;

/**
 * What every benchmark's state does before it is measured: the benchmark is called once with the
 * scalar twins and once with the implementation to be measured, from the same arrays; the value
 * that it returns and everything that it wrote must be equal. A wrong result is not measured.
 *
 * <p>The arrays are then filled once more, so that the measurement begins where the check did.
 */
@State(Scope.Benchmark)
public abstract class Checked {
  /**
   * How far an element of another implementation than our twins may be off, as a share of the
   * array's root mean square.
   */
  private static final double TOLERANCE = 1e-4;

  private final List<Object> arrays = new ArrayList<>();

  /** The name of the implementation to be measured. */
  abstract String impl();

  /** Makes the named implementation the one that the benchmark calls. */
  abstract void use(String implementation);

  /** Allocates and fills the arrays by {@link #input} and its like, and whatever else changes. */
  abstract void fill();

  /** Brings to the arrays what a library left outside Java's heap. */
  void collect() {}

  /** Builds the state and checks the implementation. */
  @Setup(Level.Trial)
  public void setUp(BenchmarkParams params) throws ReflectiveOperationException {
    if (!impl().equals("scalar")) {
      List<Object> expected = outcome("scalar", params.getBenchmark());
      compare(params.getBenchmark(), expected, outcome(impl(), params.getBenchmark()));
    }
    use(impl());
    refill();
  }

  private void refill() {
    arrays.clear();
    fill();
  }

  /** All arrays after a call, and the number that it returned, if it did. */
  private List<Object> outcome(String implementation, String benchmark)
      throws ReflectiveOperationException {
    use(implementation);
    refill();
    int dot = benchmark.lastIndexOf('.');
    Class<?> type = Class.forName(benchmark.substring(0, dot));
    for (Method method : type.getMethods()) {
      if (method.getName().equals(benchmark.substring(dot + 1))) {
        Object returned = method.invoke(newInstance(type), arguments(method));
        collect();
        List<Object> outcome = new ArrayList<>(arrays);
        if (returned instanceof Number) {
          outcome.add(returned);
        }
        return outcome;
      }
    }
    throw new NoSuchMethodException(benchmark);
  }

  private Object[] arguments(Method method) throws ReflectiveOperationException {
    Object[] arguments = new Object[method.getParameterCount()];
    for (int i = 0; i < arguments.length; i++) {
      Class<?> type = method.getParameterTypes()[i];
      arguments[i] = type.isInstance(this) ? this : newInstance(type);
    }
    return arguments;
  }

  private static Object newInstance(Class<?> type) throws ReflectiveOperationException {
    return type.getDeclaredConstructor().newInstance();
  }

  private void compare(String benchmark, List<Object> expected, List<Object> actual) {
    for (int i = 0; i < expected.size(); i++) {
      String what = benchmark + " by " + impl() + ": array " + i;
      if (expected.get(i) instanceof float[] floats) {
        compare(what, floats, (float[]) actual.get(i));
      } else if (expected.get(i) instanceof Float number) {
        compare(what, new float[] {number}, new float[] {(Float) actual.get(i)});
      } else if (expected.get(i) instanceof Double number) {
        compare(what, new float[] {number.floatValue()}, new float[] {toFloat(actual.get(i))});
      } else if (expected.get(i) instanceof int[] numbers
          ? !Arrays.equals(numbers, (int[]) actual.get(i))
          : !expected.get(i).equals(actual.get(i))) {
        throw new IllegalStateException(what + " differs from the scalar twin's");
      }
    }
  }

  private static float toFloat(Object number) {
    return ((Double) number).floatValue();
  }

  private void compare(String what, float[] expected, float[] actual) {
    boolean bits = impl().equals("simd");
    double squares = 0;
    for (float value : expected) {
      squares += (double) value * value;
    }
    double limit = TOLERANCE * Math.sqrt(squares / Math.max(1, expected.length));
    for (int e = 0; e < expected.length; e++) {
      if (bits
          ? Float.floatToIntBits(expected[e]) != Float.floatToIntBits(actual[e])
          : !(Math.abs(expected[e] - actual[e]) <= limit)) {
        throw new IllegalStateException(
            what + ", element " + e + " is " + actual[e] + ", the scalar twin's " + expected[e]);
      }
    }
  }

  /** An input of Gaussian values. */
  final float[] input(long seed, int n) {
    return kept(Fill.gaussian(seed, n));
  }

  /** An array of zeros, to be written. */
  final float[] output(int n) {
    return kept(new float[n]);
  }

  /** Takes part in the comparison. */
  final float[] kept(float[] array) {
    arrays.add(array);
    return array;
  }

  /** Takes part in the comparison. */
  final int[] kept(int[] array) {
    arrays.add(array);
    return array;
  }
}
