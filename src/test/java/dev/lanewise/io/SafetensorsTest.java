package dev.lanewise.io;

import static dev.lanewise.testing.Refusals.assertSentence;
import static dev.lanewise.testing.Refusals.said;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.io.Safetensors.Contents;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Tensor;
import dev.lanewise.testing.Bits;
import dev.lanewise.testing.Fill;
import dev.lanewise.testing.Folders;
import dev.lanewise.testing.Mutation;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SequencedMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class SafetensorsTest {
  @TempDir Path folder;

  private static SequencedMap<String, Tensor> weights() {
    SequencedMap<String, Tensor> tensors = new LinkedHashMap<>();
    tensors.put("conv2d/kernel", new Tensor(Shape.of(3, 3, 1, 2), Fill.gaussian(1, 18)));
    tensors.put("conv2d/bias", new Tensor(Shape.of(2), new float[] {-0f, 0.1f}));
    tensors.put("step", new Tensor(Shape.of(), new float[] {7}));
    tensors.put("nothing", new Tensor(Shape.of(0, 5), new float[0]));
    tensors.put("größe \"😀\"", new Tensor(Shape.of(1, 25), Fill.specials()));
    return tensors;
  }

  /** Two tensors and a text, put together by hand as the format's description has it. */
  private static byte[] handMade() {
    String header =
        "{\"__metadata__\":{\"format\":\"pt\"},"
            + "\"b\":{\"dtype\":\"F32\",\"shape\":[2,1],\"data_offsets\":[4,12]},"
            + "\"a\":{\"data_offsets\":[0,4],\"shape\":[],\"dtype\":\"F32\"}}    ";
    return bytes(header, HexFormat.of().parseHex("0000803f" + "000000c0" + "0000c07f"));
  }

  private static byte[] ourOwn = {};

  /** What we write; written once, since forcing a file to the disk takes long. */
  private static byte[] ourOwn() throws IOException {
    if (ourOwn.length == 0) {
      Path file = Files.createTempFile("lanewise", ".safetensors");
      Safetensors.write(file, weights(), Map.of("k", "v"));
      ourOwn = Files.readAllBytes(file);
      Files.delete(file);
    }
    return ourOwn;
  }

  private static byte[] bytes(String header, byte... data) {
    byte[] text = header.getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(8 + text.length + data.length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(text.length)
        .put(text)
        .put(data)
        .array();
  }

  @Test
  void readsAFileOfOtherTools() throws IOException {
    Contents contents = Safetensors.read(Files.write(folder.resolve("x"), handMade()));
    assertEquals(List.of("a", "b"), List.copyOf(contents.tensors().keySet()));
    assertEquals(Tensor.of(new float[] {1}), contents.tensors().get("a"));
    assertEquals(Tensor.of(new float[] {-2, Float.NaN}, 2, 1), contents.tensors().get("b"));
    assertEquals(Map.of("format", "pt"), contents.metadata());
    assertFalse(contents.checked());
    Contents empty = Safetensors.read(Files.write(folder.resolve("x"), bytes("{}")));
    assertTrue(empty.tensors().isEmpty() && empty.metadata().isEmpty());
  }

  /** Byte for byte what the format's description asks for; the checksum from another program. */
  @Test
  void writesWhatTheFormatAsksFor() throws IOException {
    SequencedMap<String, Tensor> tensors = new LinkedHashMap<>();
    tensors.put("w", Tensor.of(new float[] {1, Float.intBitsToFloat(0xffc12345)}, 1, 2));
    Path file = folder.resolve("w.safetensors");
    Safetensors.write(file, tensors, Map.of("k", "v\n"));
    String header =
        "{\"__metadata__\":{\"lanewise.crc32\":\"3e85c67a\",\"k\":\"v\\n\"},"
            + "\"w\":{\"dtype\":\"F32\",\"shape\":[1,2],\"data_offsets\":[0,8]}} ";
    byte[] expected = bytes(header, HexFormat.of().parseHex("0000803f" + "0000c07f"));
    assertArrayEquals(expected, Files.readAllBytes(file));
  }

  @Property(tries = 200)
  void roundTrip(@ForAll @Size(max = 4) List<Boolean> dims, @ForAll long seed) throws IOException {
    int[] shape = new int[dims.size()];
    for (int i = 0; i < shape.length; i++) {
      shape[i] = (int) Math.floorMod(seed >> (8 * i), 20L) + (dims.get(i) ? 1 : 0);
    }
    SequencedMap<String, Tensor> tensors = weights();
    int n = Shape.of(shape).elements();
    tensors.put("x" + seed, new Tensor(Shape.of(shape), Fill.withSpecials(seed, n, 0.2)));
    tensors.put("wide", new Tensor(Shape.of(n), Fill.wide(seed, n)));
    Map<String, String> metadata = Map.of("seed", Long.toString(seed), "", "\u0000");
    Path file = Files.createTempFile("lanewise", ".safetensors");
    try {
      Safetensors.write(file, tensors, metadata);
      Contents contents = Safetensors.read(file);
      assertEquals(metadata, contents.metadata());
      assertTrue(contents.checked());
      assertEquals(
          List.copyOf(tensors.keySet()).stream().sorted().toList(),
          contents.tensors().keySet().stream().sorted().toList());
      tensors.forEach(
          (name, tensor) -> {
            assertEquals(tensor.shape(), contents.tensors().get(name).shape());
            Bits.assertSame(name, tensor.data(), contents.tensors().get(name).data());
          });
      assertEquals(0, Files.size(file) % 4);
    } finally {
      Files.delete(file);
    }
  }

  /** More than one chunk, with a boundary inside a tensor. */
  @Test
  void roundTripOfLargeTensors() throws IOException {
    SequencedMap<String, Tensor> tensors = new LinkedHashMap<>();
    tensors.put("a", new Tensor(Shape.of(7, 5003), Fill.gaussian(1, 7 * 5003)));
    tensors.put("b", new Tensor(Shape.of(40_001), Fill.gaussian(2, 40_001)));
    Path file = folder.resolve("large");
    Safetensors.write(file, tensors, Map.of());
    assertEquals(tensors, Safetensors.read(file).tensors());
  }

  /** FR-29: files written on a German machine. */
  @Test
  void theLocaleDoesNotMatter() throws IOException {
    Path file = folder.resolve("x");
    Safetensors.write(file, weights(), Map.of("a", "b"));
    byte[] expected = Files.readAllBytes(file);
    Locale before = Locale.getDefault();
    try {
      for (String tag : new String[] {"de-DE", "ar-EG-u-nu-arab", "tr-TR"}) {
        Locale.setDefault(Locale.forLanguageTag(tag));
        Safetensors.write(file, weights(), Map.of("a", "b"));
        assertArrayEquals(expected, Files.readAllBytes(file), tag);
        assertEquals(weights(), Safetensors.read(file).tensors());
      }
    } finally {
      Locale.setDefault(before);
    }
  }

  private void refused(String message, byte[] bytes) throws IOException {
    Path file = Files.write(folder.resolve("bad"), bytes);
    assertSentence(InvalidFileException.class, file + " " + message, () -> Safetensors.read(file));
  }

  private static String tensor(String name, String dtype, String shape, String offsets) {
    return "\"%s\":{\"dtype\":\"%s\",\"shape\":[%s],\"data_offsets\":[%s]}"
        .formatted(name, dtype, shape, offsets);
  }

  @Test
  void refusesFilesThatAreNotWhole() throws IOException {
    byte[] whole = handMade();
    refused(
        "is empty (0 bytes), but a safetensors file begins with 8 bytes that hold the length of its"
            + " header",
        new byte[0]);
    refused(
        "is cut off (7 bytes), but a safetensors file begins with 8 bytes that hold the length of"
            + " its header",
        Arrays.copyOf(whole, 7));
    refused(
        "announces a header of 144 bytes, but only 92 follow; it is cut off or no safetensors file",
        Arrays.copyOf(whole, 100));
    refused(
        "announces a header of 18446744073709551615 bytes, but only 0 follow; it is cut off or no"
            + " safetensors file",
        HexFormat.of().parseHex("ffffffffffffffff"));
    refused(
        "holds 11 bytes behind its header, but its tensors take 12",
        Arrays.copyOf(whole, whole.length - 1));
    refused(
        "holds 13 bytes behind its header, but its tensors take 12",
        Arrays.copyOf(whole, whole.length + 1));
    Path file = folder.resolve("bad");
    for (int length = 0; length < whole.length; length++) {
      Files.write(file, Arrays.copyOf(whole, length));
      assertThrows(InvalidFileException.class, () -> Safetensors.read(file));
    }
  }

  @Test
  void refusesWrongHeaders() throws IOException {
    String a = tensor("a", "F32", "2", "0,8");
    byte[] data = new byte[16];
    refused(
        "gives its tensor 'b' bytes from 4 on, but those before it end at 8",
        bytes("{" + a + "," + tensor("b", "F32", "3", "4,16") + "}", data));
    refused(
        "gives its tensor 'b' bytes from 12 on, but those before it end at 8",
        bytes("{" + a + "," + tensor("b", "F32", "1", "12,16") + "}", data));
    refused(
        "gives its tensor 'a' bytes from 8 on, but those before it end at 0",
        bytes("{" + tensor("a", "F32", "2", "8,16") + "}", data));
    refused("holds 16 bytes behind its header, but its tensors take 8", bytes("{" + a + "}", data));
    refused(
        "holds 16 bytes behind its header, but its tensors take 1000",
        bytes("{" + tensor("a", "F32", "250", "0,1000") + "}", data));
    refused(
        "gives its tensor 'a' the bytes from 0 to 16, but F32 (3,) needs 12",
        bytes("{" + tensor("a", "F32", "3", "0,16") + "}", data));
    refused(
        "gives its tensor 'a' the bytes from 16 to 0, but F32 (4,) needs 16",
        bytes("{" + tensor("a", "F32", "4", "16,0") + "}", data));
    refused(
        "gives its tensor 'a' the bytes from 0 to 16, but F16 (4,) needs 8",
        bytes("{" + tensor("a", "F16", "4", "0,16") + "}", data));
    refused(
        "gives its tensor 'a' the bytes from 16 to 0",
        bytes("{" + tensor("a", "X9", "4", "16,0") + "}", data));
    refused("has 'a' twice in its header", bytes("{" + a + "," + a + "}", data));
    refused("has 'k' twice in its metadata", bytes("{\"__metadata__\":{\"k\":\"1\",\"k\":\"2\"}}"));
    refused("lacks shape for its tensor 'a'", bytes("{\"a\":{\"dtype\":\"F32\"}}"));
    refused("has 'x' at a wrong place of its tensor 'a'", bytes("{\"a\":{\"x\":1}}"));
    refused(
        "gives its tensor 'a' the bytes from 0 to 16, but F32 (65536, 65536) needs 17179869184",
        bytes("{" + tensor("a", "F32", "65536,65536", "0,16") + "}", data));
    refused(
        "gives its tensor 'a' the bytes from 0 to 16, but F32 (4294967300,) needs 17179869200",
        bytes("{" + tensor("a", "F32", "4294967300", "0,16") + "}", data));
    refused(
        "has a header that is wrong: at character 15 a whole number, not negative was expected, but"
            + " '-' found",
        bytes("{\"a\":{\"shape\":[-1]}}", data));
    refused("has a header that does not begin with '{'; it is no safetensors file", bytes(" {}"));
    refused(
        "has a header that is wrong: at character 2 its end was expected, but 'x' found",
        bytes("{}x"));
    refused(
        "has a header that is not UTF-8 text; it is damaged or no safetensors file",
        HexFormat.of().parseHex("0400000000000000" + "7b22ff22"));
    refused("has a header that does not begin with '{'; it is no safetensors file", bytes(""));
  }

  @Test
  void refusesWhatIsNoFile() throws IOException {
    Path missing = folder.resolve("missing");
    assertSentence(
        NoSuchFileException.class,
        missing + ": there is no such file",
        () -> Safetensors.read(missing));
    Path loop = Files.createSymbolicLink(folder.resolve("loop"), Path.of("loop"));
    String said = said(IOException.class, () -> Safetensors.read(loop));
    assertTrue(said.startsWith(loop + " cannot be read: "), said);
    assertThrows(InvalidFileException.class, () -> Safetensors.read(folder));
  }

  /** FR-28: a damaged checkpoint was loaded in part. Every bit of ours is held by the checksum. */
  @Test
  void everyFlippedBitIsNoticed() throws IOException {
    Path file = folder.resolve("x");
    Safetensors.write(file, weights(), Map.of("step", "12"));
    byte[] whole = Files.readAllBytes(file);
    int checksumEnd = 8 + "{\"__metadata__\":{\"lanewise.crc32\":\"".length();
    for (int bit = 0; bit < 8 * whole.length; bit += 5) { // each byte once or twice
      byte[] flipped = whole.clone();
      flipped[bit / 8] ^= (byte) (1 << (bit % 8));
      Files.write(file, flipped);
      try {
        Contents contents = Safetensors.read(file);
        // Only the checksum's own name can be spoilt: the file then holds no checksum.
        assertTrue(!contents.checked() && bit / 8 < checksumEnd, "bit " + bit);
        assertEquals(weights(), contents.tensors());
      } catch (InvalidFileException expected) {
        assertTrue(expected.getMessage().startsWith(file + " "));
      }
    }
  }

  @Property(tries = 2000)
  void mutations(@ForAll long seed, @ForAll boolean ours) throws IOException {
    byte[] damaged = Mutation.of(ours ? ourOwn() : handMade(), seed);
    Mutation.readOrRefused(damaged, Safetensors::read);
  }

  @Test
  void refusesNamesThatCannotBeWritten() throws IOException {
    Path file = Files.writeString(folder.resolve("x"), "old");
    SequencedMap<String, Tensor> reserved = new LinkedHashMap<>();
    reserved.put("__metadata__", Tensor.zeros(Shape.of(1)));
    SequencedMap<String, Tensor> half = new LinkedHashMap<>();
    half.put("\ud800", Tensor.zeros(Shape.of(1)));
    assertThrows(IllegalArgumentException.class, () -> Safetensors.write(file, reserved, Map.of()));
    assertThrows(IllegalArgumentException.class, () -> Safetensors.write(file, half, Map.of()));
    assertThrows(
        IllegalArgumentException.class,
        () -> Safetensors.write(file, weights(), Map.of(Safetensors.CHECKSUM, "1")));
    assertEquals("old", Files.readString(file));
  }

  @Test
  void replacesAFileAsAWhole() throws IOException {
    Path file = folder.resolve("x");
    Files.writeString(file, "old");
    Safetensors.write(file, weights(), Map.of());
    assertEquals(weights(), Safetensors.read(file).tensors());
    Path link = Files.createSymbolicLink(folder.resolve("link"), file);
    SequencedMap<String, Tensor> other = new LinkedHashMap<>();
    other.put("a", Tensor.zeros(Shape.of(1)));
    Thread.currentThread().interrupt();
    Safetensors.write(link, other, Map.of());
    assertTrue(Thread.interrupted());
    assertTrue(Files.isSymbolicLink(link));
    assertEquals(other, Safetensors.read(file).tensors());
    assertEquals(List.of("link", "x"), Folders.names(folder));
  }

  @Test
  void saysWhyAFileCannotBeWritten() throws IOException {
    Path nowhere = folder.resolve("nowhere").resolve("x");
    assertSentence(
        IOException.class,
        nowhere + " cannot be written: there is no folder " + nowhere.getParent(),
        () -> Safetensors.write(nowhere, weights(), Map.of()));
    assertSentence(
        IOException.class,
        folder + " cannot be written: it is no regular file",
        () -> Safetensors.write(folder, weights(), Map.of()));
  }
}
