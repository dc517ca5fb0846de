package dev.lanewise.kernel;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.Attributes;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Hot loops that must stay compilation units of their own. */
class InliningTest {
  /** C2's FreqInlineSize: a longer method is inlined nowhere. */
  private static final int INLINED_UP_TO = 325;

  @ParameterizedTest
  @CsvSource({
    "pointwise/SimdPointwise, dropout",
    "conv2d/special/SimdPooledTaps, row",
    "matmul/SimdPackB, copy",
    "support/SimdTranspose, square",
  })
  void aLoopIsTooLongToBeInlined(String type, String method) throws IOException {
    int length = codeLength(type, method);
    assertTrue(length > INLINED_UP_TO, type + "." + method + " has only " + length + " bytecodes");
  }

  private static int codeLength(String type, String method) throws IOException {
    try (InputStream in = InliningTest.class.getResourceAsStream(type + ".class")) {
      assertTrue(in != null, "no class file of " + type);
      ClassModel model = ClassFile.of().parse(in.readAllBytes());
      return model.methods().stream()
          .filter(m -> m.methodName().equalsString(method))
          .mapToInt(m -> m.findAttribute(Attributes.code()).orElseThrow().codeLength())
          .findFirst()
          .orElseThrow();
    }
  }
}
