package dev.lanewise.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.io.Npy;
import dev.lanewise.io.Npz;
import dev.lanewise.nn.ActivationFunction;
import dev.lanewise.nn.Dense;
import dev.lanewise.nn.Flatten;
import dev.lanewise.nn.MnistCnn;
import dev.lanewise.nn.Sequential;
import dev.lanewise.onnx.Onnx;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Tensor;
import dev.lanewise.testing.Fork;
import dev.lanewise.testing.Program;
import dev.lanewise.train.ModelFile;
import dev.lanewise.train.WeightLayout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command convert. */
class ConvertTest {
  @TempDir Path folder;

  @BeforeEach
  void writeWeights() throws IOException {
    ModelFile.save(MnistCnn.create(1), file("keras.safetensors"));
  }

  private Path file(String name) {
    return folder.resolve(name);
  }

  private void convert(String in, String out, String... more) {
    Fork.Result run = run(in, out, more);
    assertEquals(0, run.exitCode(), run.err());
  }

  private Fork.Result run(String in, String out, String... more) {
    Stream<String> files = Stream.of("convert", file(in).toString(), file(out).toString());
    return Program.run(Stream.concat(files, Arrays.stream(more)).toArray(String[]::new));
  }

  private void assertSame(String one, String other) throws IOException {
    assertArrayEquals(Files.readAllBytes(file(one)), Files.readAllBytes(file(other)));
  }

  @Test
  void weightsGoToPyTorchsLayoutAndBack() throws IOException {
    convert("keras.safetensors", "pytorch.safetensors", "--layout", "pytorch");
    ModelFile.save(MnistCnn.create(1), file("expected.safetensors"), WeightLayout.PYTORCH);
    assertSame("expected.safetensors", "pytorch.safetensors");
    convert("pytorch.safetensors", "back.safetensors", "--load-layout", "pytorch");
    assertSame("keras.safetensors", "back.safetensors");
  }

  @Test
  void namesAreThoseOfEitherFile() throws IOException {
    Path names = Files.writeString(file("names.txt"), "z = conv2d\ny = dense\nx = dense_1\n");
    convert("keras.safetensors", "named.safetensors", "--names", names.toString());
    convert("named.safetensors", "back.safetensors", "--load-names", names.toString());
    assertSame("keras.safetensors", "back.safetensors");
  }

  @Test
  void anEndingMakesItOnnx() throws IOException {
    convert("keras.safetensors", "model.onnx", "--onnx-images", "nhwc");
    Onnx.write(MnistCnn.create(1), file("expected.onnx"), Onnx.Images.NHWC);
    assertSame("expected.onnx", "model.onnx");
  }

  @Test
  void onnxComesBack() throws IOException {
    for (String order : List.of("nchw", "nhwc")) {
      convert("keras.safetensors", "model.onnx", "--onnx-images", order);
      convert("model.onnx", "back.safetensors");
      assertSame("keras.safetensors", "back.safetensors");
    }
    Shape image = Shape.of(28, 28, 1);
    Sequential other =
        new Sequential(1, image, new Flatten(), new Dense(10, ActivationFunction.LINEAR));
    Onnx.write(other, file("other.onnx"));
    Fork.Result refused = run("other.onnx", "other.safetensors");
    assertEquals(1, refused.exitCode());
    String sentence = "is not the model whose weights this program converts: it has no weights";
    assertTrue(refused.err().contains(sentence + " conv2d/kernel"), refused.err());
  }

  @Test
  void kerassOwnWeightsGoAndComeBack() throws IOException {
    convert("keras.safetensors", "model.weights.h5");
    convert("model.weights.h5", "back.safetensors");
    assertSame("keras.safetensors", "back.safetensors");
    Fork.Result other = run("keras.safetensors", "torch.weights.h5", "--layout", "pytorch");
    assertEquals(2, other.exitCode());
    assertTrue(other.err().contains("has Keras's layout and names"), other.err());
    assertFalse(Files.exists(file("torch.weights.h5")));
  }

  @Test
  void npzIsInEitherLayout() throws IOException {
    convert("keras.safetensors", "keras.npz");
    convert("keras.npz", "torch.npz", "--layout", "pytorch");
    assertEquals(
        Shape.of(256, 5408),
        Npz.read(file("torch.npz"), List.of("dense.weight")).get("dense.weight").shape());
    convert("torch.npz", "back.safetensors", "--load-layout", "pytorch");
    assertSame("keras.safetensors", "back.safetensors");
    Fork.Result one = run("keras.safetensors", "one.npy");
    assertEquals(2, one.exitCode());
    String expected = "NumPy's format of one array without a name do, but weights are saved as";
    assertTrue(one.err().contains(expected) && one.err().contains("one.npz would be"), one.err());
    Npy.write(file("one.npy"), Tensor.of(new float[2], 2));
    Fork.Result in = run("one.npy", "back.safetensors");
    assertEquals(1, in.exitCode());
    assertTrue(in.err().contains("one.npy holds one array without a name, but"), in.err());
    Fork.Result other = run("torch.npz", "back.safetensors");
    assertTrue(other.err().contains("it fits with --layout pytorch"), other.err());
  }

  @Test
  void wrongFilesAreRefusedAndNothingIsWritten() {
    Fork.Result same = run("keras.safetensors", "keras.safetensors");
    assertEquals(2, same.exitCode());
    assertTrue(same.err().contains("IN reads that file, and it would be lost"), same.err());
    Fork.Result keras = run("keras.safetensors", "model.keras");
    assertEquals(2, keras.exitCode());
    assertTrue(keras.err().startsWith("OUT: "), keras.err());
    Fork.Result missing = run("nothing.safetensors", "model.onnx");
    assertEquals(1, missing.exitCode());
    assertTrue(missing.err().contains("there is no such file"), missing.err());
    assertFalse(Files.exists(file("model.onnx")));
  }
}
