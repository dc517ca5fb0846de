package dev.lanewise.kernel;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.kernel.pointwise.SimdPointwise;
import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.Attributes;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import org.junit.jupiter.api.Test;

/** Hot loops that must stay compilation units of their own. */
class InliningTest {
  /** C2's FreqInlineSize: a longer method is inlined nowhere. */
  private static final int INLINED_UP_TO = 325;

  @Test
  void dropoutsLoopIsTooLongToBeInlined() throws IOException {
    assertLonger(SimdPointwise.class, "dropout");
  }

  private static void assertLonger(Class<?> owner, String method) throws IOException {
    int length = codeLength(owner, method);
    assertTrue(
        length > INLINED_UP_TO,
        owner.getSimpleName() + "." + method + " has only " + length + " bytecodes");
  }

  private static int codeLength(Class<?> owner, String method) throws IOException {
    try (InputStream in = owner.getResourceAsStream(owner.getSimpleName() + ".class")) {
      assertTrue(in != null, "no class file of " + owner);
      ClassModel model = ClassFile.of().parse(in.readAllBytes());
      return model.methods().stream()
          .filter(m -> m.methodName().equalsString(method))
          .mapToInt(m -> m.findAttribute(Attributes.code()).orElseThrow().codeLength())
          .findFirst()
          .orElseThrow();
    }
  }
}
