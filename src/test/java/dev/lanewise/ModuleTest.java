package dev.lanewise;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

/** How the tests are run. */
class ModuleTest {
  @Test
  void testsRunInsideTheNamedModule() {
    assertEquals("dev.lanewise", ModuleTest.class.getModule().getName());
  }

  /** The build has properties that leave vector widths out; only its profiles may set them. */
  @Test
  void noTwinTestIsLeftOutSilently() {
    for (String skip : List.of("widths.skip", "widest.skip")) {
      assertEquals(
          "false",
          System.getProperty(skip, "false"),
          () ->
              "-D%s would leave twin tests out and say nothing: name tests by -Dtest, a width by -Dwidth"
                  .formatted(skip));
    }
  }
}
