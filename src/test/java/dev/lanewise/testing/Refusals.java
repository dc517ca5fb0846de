package dev.lanewise.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.function.Executable;

/** Arguments that are refused, with one sentence. */
public final class Refusals {
  private Refusals() {}

  /** Fails unless a call is refused with exactly this sentence. */
  public static void assertSentence(String sentence, Executable call) {
    assertSentence(IllegalArgumentException.class, sentence, call);
  }

  /** Fails unless a call throws this, with exactly this sentence. */
  public static void assertSentence(
      Class<? extends Throwable> type, String sentence, Executable call) {
    assertEquals(sentence, assertThrows(type, call).getMessage());
  }

  /** The one line with which a call is refused. */
  public static String said(Class<? extends Throwable> type, Executable call) {
    String said = String.valueOf(assertThrows(type, call).getMessage());
    assertFalse(said.contains("\n"), said);
    return said;
  }

  /** Fails unless a call is refused with a sentence that contains {@code part}. */
  public static void refused(String part, Executable call) {
    String said = said(IllegalArgumentException.class, call);
    assertTrue(said.contains(part), said);
  }
}
