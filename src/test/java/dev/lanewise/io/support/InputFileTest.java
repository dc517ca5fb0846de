package dev.lanewise.io.support;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import org.junit.jupiter.api.Test;

class InputFileTest {
  /** What the JDK throws, also where it gives no reason. */
  @Test
  void areNeverMissing() {
    assertEquals("access denied", InputFile.reason(new AccessDeniedException("x")));
    assertEquals(
        "too many links", InputFile.reason(new FileSystemException("x", null, "too many links")));
    assertEquals(
        "the system reports FileSystemException", InputFile.reason(new FileSystemException("x")));
    assertEquals("Input/output error", InputFile.reason(new IOException("Input/output error")));
    assertEquals(
        "the system reports IOException", InputFile.reason(new IOException((String) null)));
    assertEquals(
        "Permission denied",
        InputFile.reason(new FileNotFoundException("a (1).tmp (Permission denied)")));
  }
}
