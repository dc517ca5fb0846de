package dev.lanewise.testing;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.function.Executable;

/** Arguments that are refused, with one sentence. */
public final class Refusals {
  private Refusals() {}

  /** Fails unless a call is refused with a sentence that contains {@code part}. */
  public static void refused(String part, Executable call) {
    String said = assertThrows(IllegalArgumentException.class, call).getMessage();
    assertTrue(said.contains(part), said);
    assertFalse(said.contains("\n"), said);
  }
}
