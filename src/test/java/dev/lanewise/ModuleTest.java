package dev.lanewise;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class ModuleTest {
  @Test
  void testsRunInsideTheNamedModule() {
    assertEquals("dev.lanewise", ModuleTest.class.getModule().getName());
  }
}
