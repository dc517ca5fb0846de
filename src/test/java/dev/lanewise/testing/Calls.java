package dev.lanewise.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lanewise.kernel.Kernels;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Calls of kernels with their arrays, ready to be made as often as one likes. */
public final class Calls {
  private static final Kernels SCALAR = Kernels.scalar();
  private static final int UNTOUCHED = 0x7abcdef1;

  private final Map<String, Runnable> calls = new LinkedHashMap<>();
  private final Map<String, Guarded> written = new LinkedHashMap<>();
  private final Map<String, Supplier<?>> values = new LinkedHashMap<>();
  private final Map<String, Supplier<float[]>> hashed = new LinkedHashMap<>();
  private final List<Runnable> checks = new ArrayList<>();

  /** Makes a case's calls with both twins, and fails unless they do the same, and no more. */
  public static void assertTwins(KernelCase one) {
    Kernels simd = one.simd();
    Twin.assertUnderTest(simd, one.threads());
    Calls expected = one.calls(SCALAR).run();
    expected.check();
    Calls actual = one.calls(simd);
    for (int i = 0; i < one.runs(); i++) {
      actual.run();
    }
    assertEquals(expected.written.keySet(), actual.written.keySet());
    expected.written.forEach(
        (name, of) -> Bits.assertSame(name, of.values(), actual.written.get(name).values()));
    expected.values.forEach(
        (name, of) -> assertEquals(of.get(), actual.values.get(name).get(), name));
    actual.check();
  }

  /** Adds a call, which must allocate nothing. */
  public Calls add(String name, Runnable call) {
    calls.put(name, call);
    return this;
  }

  /** A stretch that is read and must stay as it is. */
  public Guarded in(String name, Guarded stretch) {
    float[] before = stretch.array.clone();
    checks.add(() -> Bits.assertSame(name + ", an input,", before, stretch.array));
    return stretch;
  }

  /** A stretch that is written: the twins' bits, which are hashed, and nothing beside it. */
  public Guarded out(String name, Guarded stretch) {
    hashed.put(name, stretch::values);
    return also(name, stretch);
  }

  /** The same without the hash. */
  public Guarded also(String name, Guarded stretch) {
    written.put(name, stretch);
    checks.add(() -> stretch.assertIntact(name));
    return stretch;
  }

  /** Whole numbers that are written from an offset on: the twins' ones, which are hashed. */
  public int[] ints(String name, int n, int offset) {
    int[] array = new int[offset + n + 40];
    Arrays.fill(array, UNTOUCHED);
    Supplier<int[]> ints = () -> Arrays.copyOfRange(array, offset, offset + n);
    equal(name, () -> Arrays.toString(ints.get()));
    hashed.put(name, () -> FixedInputs.floats(ints.get()));
    checks.add(
        () -> {
          for (int i = 0; i < array.length; i++) {
            boolean outside = i < offset || i >= offset + n;
            assertEquals(outside, array[i] == UNTOUCHED, name + ": element " + (i - offset));
          }
        });
    return array;
  }

  /** Another result that the twins must have in common. */
  public Calls equal(String name, Supplier<?> value) {
    values.put(name, value);
    return this;
  }

  /** Something that has the same bits as an output, by either twin. */
  public Calls same(String what, Supplier<float[]> expected, Supplier<float[]> actual) {
    checks.add(() -> Bits.assertSame(what, expected.get(), actual.get()));
    return this;
  }

  /** The form for whole arrays of a call: what it gives has the same bits as an output. */
  public Calls arrays(String call, Guarded expected, Consumer<float[]> form) {
    float[] array = new float[expected.length];
    String name = call + " of arrays";
    return add(name, () -> form.accept(array)).same(name, expected::values, () -> array);
  }

  /** Something else that must hold after the calls. */
  public void check(Runnable check) {
    checks.add(check);
  }

  /** Holds that at most half of an output's elements are zeros. */
  public void dense(String name, Guarded stretch) {
    checks.add(() -> Bits.assertNotMostlyZero(name, stretch.values()));
  }

  /** Makes all calls, in the order in which they were added. */
  public Calls run() {
    calls.values().forEach(Runnable::run);
    return this;
  }

  /** The calls by their names. */
  public Map<String, Runnable> byName() {
    return calls;
  }

  /** What was written, to be hashed. */
  public float[][] outputs() {
    return hashed.values().stream().map(Supplier::get).toArray(float[][]::new);
  }

  private void check() {
    checks.forEach(Runnable::run);
  }
}
