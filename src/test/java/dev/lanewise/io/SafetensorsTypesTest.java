package dev.lanewise.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.io.Safetensors.Contents;
import dev.lanewise.io.Safetensors.TensorInfo;
import dev.lanewise.tensor.Tensor;
import dev.lanewise.testing.Bits;
import dev.lanewise.testing.SafetensorsMaker;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.MathContext;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** FD-20: checkpoints with tensors of other types than 32-bit floats. */
class SafetensorsTypesTest {
  @TempDir private Path folder;

  private static byte[] shorts(int... values) {
    ByteBuffer bytes = ByteBuffer.allocate(2 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    for (int value : values) {
      bytes.putShort((short) value);
    }
    return bytes.array();
  }

  private static byte[] doubles(double... values) {
    ByteBuffer bytes = ByteBuffer.allocate(8 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    for (double value : values) {
      bytes.putDouble(value);
    }
    return bytes.array();
  }

  private float[] read(String dtype, int count, byte[] bytes) throws IOException {
    Path file =
        new SafetensorsMaker().add("x", dtype, "" + count, bytes).write(folder.resolve("x"));
    Contents contents = Safetensors.read(file);
    assertTrue(contents.others().isEmpty());
    return contents.tensors().get("x").data();
  }

  /** Every finite half: sign, exponent and fraction put together as IEEE 754 defines them. */
  @Test
  void halvesWidenExactly() throws IOException {
    int[] bits = new int[1 << 16];
    for (int i = 0; i < bits.length; i++) {
      bits[i] = i;
    }
    float[] values = read("F16", bits.length, shorts(bits));
    for (int i = 0; i < bits.length; i++) {
      int exponent = (i >> 10) & 31;
      int fraction = i & 1023;
      double sign = i < 0x8000 ? 1 : -1;
      double expected =
          switch (exponent) {
            case 0 -> sign * fraction * 0x1p-24;
            case 31 -> fraction == 0 ? sign * Double.POSITIVE_INFINITY : Double.NaN;
            default -> sign * (1024 + fraction) * StrictMath.scalb(1.0, exponent - 25);
          };
      assertEquals(expected, values[i], "bits " + Integer.toHexString(i));
    }
  }

  @Test
  void brainFloatsWidenExactly() throws IOException {
    int[] bits = {0x3f80, 0x8000, 1, 0x7f7f, 0x7f80, 0xff80, 0x7fc0, 0xc049};
    float[] expected = {
      1,
      -0f,
      0x1p-133f,
      0x1.fep127f,
      Float.POSITIVE_INFINITY,
      Float.NEGATIVE_INFINITY,
      Float.NaN,
      -3.140625f
    };
    Bits.assertSame("BF16", expected, read("BF16", bits.length, shorts(bits)));
  }

  /** Ties, subnormal results and numbers just above a tie, held against exact arithmetic. */
  @Test
  void doublesAreRoundedOnce() throws IOException {
    double[] values = {
      0.1,
      1 + 0x1p-24, // a tie: to even
      1 + 0x1p-24 + 0x1p-52, // just above it
      1 + 3 * 0x1p-24,
      0x1p-149,
      0x1p-150, // half of the smallest: to zero
      0x1.0000000000001p-150,
      0x1.8p-149,
      -0.0,
      Float.MAX_VALUE,
      Double.MIN_VALUE
    };
    float[] read = read("F64", values.length, doubles(values));
    for (int i = 0; i < values.length; i++) {
      float exact = new BigDecimal(values[i], MathContext.UNLIMITED).floatValue();
      float expected = values[i] == 0 ? (float) values[i] : exact;
      assertEquals(
          Float.floatToIntBits(expected), Float.floatToIntBits(read[i]), values[i] + " at " + i);
    }
    float[] others =
        read("F64", 3, doubles(Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY));
    Bits.assertSame(
        "not finite",
        new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY},
        others);
    InvalidFileException tooLarge =
        assertThrows(InvalidFileException.class, () -> read("F64", 2, doubles(1, 1e300)));
    assertEquals(
        folder.resolve("x") + " holds 1.0E300 in its tensor 'x', which is too large for a float",
        tooLarge.getMessage());
  }

  /** The counter of every PyTorch model with batch normalization, and types of other programs. */
  @Test
  void tensorsOfOtherTypesAreNamedAndLeftAlone() throws IOException {
    Path file =
        new SafetensorsMaker()
            .add("bn.num_batches_tracked", "I64", "", new byte[8])
            .add("w", "F16", "2", shorts(0x3c00, 0xc000))
            .add("mask", "BOOL", "3", (byte) 1, (byte) 0, (byte) 1)
            .add("f8", "F8_E4M3", "2,1", (byte) 1, (byte) 2)
            .add("of the future", "Q5\\u001b", "7", (byte) 1)
            .add("v", "F32", "1", (byte) 0, (byte) 0, (byte) 0x80, (byte) 0x3f)
            .write(folder.resolve("mixed"));
    Contents contents = Safetensors.read(file);
    assertEquals(List.of("w", "v"), List.copyOf(contents.tensors().keySet()));
    assertEquals(Tensor.of(new float[] {1, -2}, 2), contents.tensors().get("w"));
    assertEquals(Tensor.of(new float[] {1}, 1), contents.tensors().get("v"));
    assertEquals(new TensorInfo("I64", List.of()), contents.others().get("bn.num_batches_tracked"));
    assertEquals("F8_E4M3 (2, 1)", contents.others().get("f8").toString());
    assertEquals("Q5\\u001b (7,)", contents.others().get("of the future").toString());
    assertEquals(4, contents.others().size());

    Safetensors.Header header = Safetensors.header(file);
    assertEquals(6, header.tensors().size());
    assertTrue(header.tensors().get("w").isFloat());
    assertFalse(header.tensors().get("mask").isFloat());

    Contents one = Safetensors.read(file, List.of("v"));
    assertEquals(List.of("v"), List.copyOf(one.tensors().keySet()));
    assertEquals(5, one.others().size());
    refused(file, "holds the tensor 'mask' as 'BOOL', but only F16, BF16, F32 and F64", "mask");
    refused(file, "has no tensor 'nowhere'", "w", "nowhere");
  }

  private static void refused(Path file, String problem, String... names) {
    String said =
        assertThrows(InvalidFileException.class, () -> Safetensors.read(file, List.of(names)))
            .getMessage();
    assertTrue(said.startsWith(file + " " + problem), said);
  }

  /** What is not asked for may overflow; the checksum is compared all the same. */
  @Test
  void onlyWhatIsAskedForIsLookedAt() throws IOException {
    Path file =
        new SafetensorsMaker()
            .add("large", "F64", "1", doubles(1e300))
            .add("w", "BF16", "1", shorts(0x3f80))
            .write(folder.resolve("x"));
    assertEquals(
        Tensor.of(new float[] {1}, 1), Safetensors.read(file, List.of("w")).tensors().get("w"));
    assertThrows(InvalidFileException.class, () -> Safetensors.read(file));

    SequencedMap<String, Tensor> tensors = new LinkedHashMap<>();
    tensors.put("a", Tensor.of(new float[] {1, 2}, 2));
    tensors.put("b", Tensor.of(new float[] {3}, 1));
    Path ours = folder.resolve("ours");
    Safetensors.write(ours, tensors, Map.of());
    assertTrue(Safetensors.read(ours, List.of("b")).checked());
    byte[] bytes = Files.readAllBytes(ours);
    bytes[bytes.length - 6] ^= 1; // in a, which is not asked for
    Files.write(ours, bytes);
    refused(ours, "is damaged: its checksum is ", "b");
  }
}
