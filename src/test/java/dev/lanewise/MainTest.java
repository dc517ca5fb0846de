package dev.lanewise;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class MainTest {
  @Test
  void testsRunInsideTheNamedModule() {
    assertEquals("dev.lanewise", MainTest.class.getModule().getName());
  }
}
