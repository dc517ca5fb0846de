package dev.lanewise.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lanewise.kernel.Kernel;
import dev.lanewise.kernel.support.VectorWidth;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import net.jqwik.api.lifecycle.LifecycleContext;
import net.jqwik.api.lifecycle.SkipExecutionHook;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Goes on every test class tagged "twin" (jqwik: {@code @AddLifecycleHook(Twin.class)}, Jupiter:
 * {@code @ExtendWith(Twin.class)}): skips it, with one printed line a VM, where this VM was asked
 * for a vector width that the machine lacks. Where a developer asked for it ({@code -Dwidth=…}) it
 * fails instead.
 */
public final class Twin implements SkipExecutionHook, ExecutionCondition {
  private static final AtomicBoolean TOLD = new AtomicBoolean();

  /**
   * Fails unless the kernel under test is the SIMD twin of the width that this VM was started for.
   * A run that fell back to anything else proves nothing.
   */
  public static void assertUnderTest(Kernel simd, int threads) {
    int asked = Integer.getInteger(VectorWidth.PROPERTY, VectorWidth.PREFERRED_BITS);
    int bits = asked == 0 ? VectorWidth.PREFERRED_BITS : asked;
    assertEquals(bits, simd.vectorBits(), simd.getClass() + ": vector bits");
    assertEquals(bits / 32, VectorWidth.FLOATS.length(), "lanes");
    assertEquals(threads, simd.threads(), simd.getClass() + ": threads");
  }

  private static Optional<String> reason() {
    String refusal = VectorWidth.refusal();
    if (refusal.isEmpty()) {
      return Optional.empty();
    }
    if (System.getProperty("width") != null) {
      throw new IllegalStateException(refusal);
    }
    if (TOLD.compareAndSet(false, true)) {
      System.out.println("Skipped all twin tests of this VM: " + refusal);
    }
    return Optional.of(refusal);
  }

  @Override
  public SkipResult shouldBeSkipped(LifecycleContext context) {
    return reason().map(SkipResult::skip).orElseGet(SkipResult::doNotSkip);
  }

  @Override
  public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
    return reason()
        .map(ConditionEvaluationResult::disabled)
        .orElseGet(() -> ConditionEvaluationResult.enabled("the machine has this width"));
  }
}
