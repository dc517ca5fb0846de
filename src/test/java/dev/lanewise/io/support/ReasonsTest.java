package dev.lanewise.io.support;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import org.junit.jupiter.api.Test;

class ReasonsTest {
  /** What the JDK throws, also where it gives no reason. */
  @Test
  void areNeverMissing() {
    assertEquals("access denied", Reasons.of(new AccessDeniedException("x")));
    assertEquals(
        "too many links", Reasons.of(new FileSystemException("x", null, "too many links")));
    assertEquals(
        "the system reports FileSystemException", Reasons.of(new FileSystemException("x")));
    assertEquals("Input/output error", Reasons.of(new IOException("Input/output error")));
    assertEquals("the system reports IOException", Reasons.of(new IOException((String) null)));
    assertEquals(
        "Permission denied",
        Reasons.of(new FileNotFoundException("a (1).tmp (Permission denied)")));
  }
}
