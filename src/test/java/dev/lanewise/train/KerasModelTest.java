package dev.lanewise.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import dev.lanewise.data.FloatSamples;
import dev.lanewise.graph.Variable;
import dev.lanewise.io.Hdf5;
import dev.lanewise.io.InvalidFileException;
import dev.lanewise.io.Safetensors;
import dev.lanewise.kernel.Kernels;
import dev.lanewise.nn.Activation;
import dev.lanewise.nn.ActivationFunction;
import dev.lanewise.nn.BatchNormalization;
import dev.lanewise.nn.Conv2D;
import dev.lanewise.nn.Dense;
import dev.lanewise.nn.Dropout;
import dev.lanewise.nn.Flatten;
import dev.lanewise.nn.LayerNormalization;
import dev.lanewise.nn.Loss;
import dev.lanewise.nn.MaxPooling2D;
import dev.lanewise.nn.Sequential;
import dev.lanewise.optim.Sgd;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Tensor;
import dev.lanewise.testing.Bits;
import dev.lanewise.testing.Memory;
import dev.lanewise.testing.Mutation;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SequencedMap;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that Keras wrote are the models that they were. */
class KerasModelTest {
  /** Made by kerasmodels.py, which lies there. */
  private static final Path FOLDER = Path.of("src/test/resources/interop");

  private static final double CLOSE = 2e-6;

  @TempDir Path folder;

  private static float[] predict(Sequential model, Tensor x) {
    Shape sample = Shape.of(model.inputShape().dims());
    return new Trainer(model, new Sgd(), Loss.MEAN_SQUARED_ERROR, Kernels.scalar(), 1)
        .predict(FloatSamples.of(x.data(), sample));
  }

  @ParameterizedTest
  @ValueSource(strings = {"digits", "chain", "table"})
  void givesKerassOutputs(String name) throws IOException {
    Map<String, Tensor> known =
        Safetensors.read(FOLDER.resolve(name + "-keras.safetensors")).tensors();
    float[] y = Objects.requireNonNull(known.get("y")).data();
    Sequential model = KerasModel.load(FOLDER.resolve(name + ".keras"));
    float[] got = predict(model, Objects.requireNonNull(known.get("x")));
    assertEquals(y.length, got.length);
    double most = 0;
    for (int i = 0; i < y.length; i++) {
      most = Math.max(most, Math.abs(y[i] - got[i]) / Math.max(1, Math.abs(y[i])));
    }
    System.out.println("Keras's " + name + ": largest difference " + most);
    assertTrue(most <= CLOSE, name + ": " + most);
  }

  private static Sequential digits() {
    return new Sequential(
        5,
        Shape.of(28, 28, 1),
        new Conv2D(2, 3, ActivationFunction.RELU),
        new Conv2D(4, 3, ActivationFunction.RELU),
        new MaxPooling2D(2),
        new Dropout(0.25),
        new Flatten(),
        new Dense(4, ActivationFunction.RELU),
        new Dropout(0.5),
        new Dense(10, ActivationFunction.SOFTMAX));
  }

  @Test
  void layersAreTheSame() throws IOException {
    Sequential model = KerasModel.load(FOLDER.resolve("digits.keras"));
    assertEquals(digits().layers().toString(), model.layers().toString());
    assertEquals(digits().inputShape(), model.inputShape());
    Sequential chain = KerasModel.load(FOLDER.resolve("chain.keras"));
    assertTrue(chain.layers().contains(new Activation(ActivationFunction.GELU)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"digits.weights.h5", "old.weights.h5", "digits.keras"})
  void weightsAloneAreReadIntoAModel(String file) throws IOException {
    Sequential model = digits();
    ModelFile.load(model, FOLDER.resolve(file));
    Sequential whole = KerasModel.load(FOLDER.resolve("digits.keras"));
    for (int i = 0; i < model.variables().size(); i++) {
      Bits.assertSame(file, whole.variables().get(i).values(), model.variables().get(i).values());
    }
  }

  private static Sequential layers(long seed) {
    return new Sequential(
        seed,
        Shape.of(6, 6, 2),
        new Conv2D(4, 3, ActivationFunction.RELU),
        new BatchNormalization(),
        new Flatten(),
        new LayerNormalization(),
        new Dense(64, ActivationFunction.RELU),
        new Dense(64, ActivationFunction.RELU),
        new Dense(64, ActivationFunction.SOFTMAX));
  }

  /** Two layers of one shape do not change places, nor weights of one layer. */
  @Test
  void weightsAreWrittenAsKerasReadsThem() throws IOException {
    Sequential model = layers(1);
    for (Variable variable : model.variables()) {
      for (int i = 0; i < variable.values().length; i++) {
        variable.values()[i] += i;
      }
    }
    model.variables().getLast().values()[0] = Float.intBitsToFloat(0x7fc12345);
    Path file = folder.resolve("ours.weights.h5");
    ModelFile.save(model, file);
    byte[] bytes = Files.readAllBytes(file);
    Sequential read = layers(2);
    ModelFile.load(read, file);
    for (int i = 0; i < read.variables().size(); i++) {
      Variable one = model.variables().get(i);
      Bits.assertSame(one.name(), one.values(), read.variables().get(i).values());
    }
    Map<String, Tensor> there = Hdf5.read(file);
    Map<String, Integer> vars =
        Map.of(
            "conv2d",
            2,
            "batch_normalization",
            4,
            "layer_normalization",
            2,
            "dense",
            2,
            "dense_1",
            2,
            "dense_2",
            2);
    Set<String> wanted = new HashSet<>();
    vars.forEach(
        (layer, n) ->
            IntStream.range(0, n)
                .forEach(i -> wanted.add("layers/%s/vars/%d".formatted(layer, i))));
    assertEquals(wanted, there.keySet());
    float nan = Objects.requireNonNull(there.get("layers/dense_2/vars/1")).data()[0];
    assertEquals(0x7fc00000, Float.floatToRawIntBits(nan));
    Thread.currentThread().interrupt();
    ModelFile.save(model, file);
    assertTrue(Thread.interrupted());
    assertArrayEquals(bytes, Files.readAllBytes(file), "another time");
  }

  /** Where the library is not, a sentence says so. */
  @Test
  void aMissingLibraryIsNamed() throws Exception {
    URL own = Hdf5.class.getProtectionDomain().getCodeSource().getLocation();
    try (URLClassLoader without = new URLClassLoader(new URL[] {own}, null)) {
      Class<?> hdf5 = without.loadClass("dev.lanewise.io.Hdf5");
      Path file = folder.resolve("none.weights.h5");
      Method write = hdf5.getMethod("write", Path.class, SequencedMap.class);
      Method read = hdf5.getMethod("read", Path.class);
      for (Executable call :
          List.<Executable>of(
              () -> write.invoke(null, file, new LinkedHashMap<>()),
              () -> read.invoke(null, FOLDER.resolve("digits.weights.h5")))) {
        Throwable thrown = assertThrows(InvocationTargetException.class, call).getCause();
        assertInstanceOf(IllegalStateException.class, thrown);
        assertTrue(String.valueOf(thrown.getMessage()).startsWith("HDF5 needs io.jhdf:jhdf: "));
      }
      assertFalse(Files.exists(file));
    }
  }

  private static String refusal(Path file) {
    return String.valueOf(
        assertThrows(InvalidFileException.class, () -> KerasModel.load(file)).getMessage());
  }

  @ParameterizedTest
  @CsvSource({
    "'\"class_name\": \"Dropout\"', '\"class_name\": \"GaussianNoise\"', "
        + "layer 'dropout' (GaussianNoise) is none: such layers are not known",
    "channels_last, channels_first, 'data_format is channels_first, but only channels_last'",
    "'\"activation\": \"softmax\"', '\"activation\": \"relu6\"', activation relu6 is not known",
    "'\"rate\": 0.25', '\"rate\": 0.25, \"wet\": true', 'has the setting wet = true, which is not'",
    "'\"units\": 4', '\"units\": 5', 'the weights of dense/vars/0 should be (576, 5)'",
    "'\"padding\": \"valid\"', '\"padding\": \"causal\"', padding causal is not known",
    "'\"class_name\": \"Sequential\"', '\"class_name\": \"MyModel\"', it is a MyModel",
    "'\"units\": 4', '\"units\": [', 'is damaged: its config.json: at character'",
  })
  void whatIsNotKnownIsNamed(String part, String other, String said) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    byte[] whole = Files.readAllBytes(FOLDER.resolve("digits.keras"));
    try (ZipInputStream in = new ZipInputStream(new ByteArrayInputStream(whole));
        ZipOutputStream out = new ZipOutputStream(bytes)) {
      for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
        out.putNextEntry(new ZipEntry(entry.getName()));
        byte[] content = in.readAllBytes();
        if (entry.getName().equals("config.json")) {
          String text = new String(content, StandardCharsets.UTF_8);
          assertTrue(text.contains(part), part);
          content = text.replace(part, other).getBytes(StandardCharsets.UTF_8);
        }
        out.write(content);
      }
    }
    Path file = Files.write(folder.resolve("other.keras"), bytes.toByteArray());
    String message = refusal(file);
    assertTrue(message.contains(said), message);
  }

  @Test
  void branchesAndOtherFilesAreRefused() throws IOException {
    Path text = Files.writeString(folder.resolve("text.keras"), "no model");
    assertTrue(refusal(text).contains("but should be a Keras model (.keras)"), refusal(text));
    Path weights = FOLDER.resolve("digits.weights.h5");
    assertTrue(refusal(weights).contains("has no config.json"), refusal(weights));
  }

  /** Each is refused in one sentence, or is read; neither takes much memory. */
  @ParameterizedTest
  @ValueSource(strings = {"digits.weights.h5", "chain.keras"})
  void damagedFilesTakeLittleMemory(String name) throws IOException {
    byte[] whole = Files.readAllBytes(FOLDER.resolve(name));
    Path file = folder.resolve(name);
    int read = 0;
    for (int seed = 0; seed < 500; seed++) {
      byte[] bytes = Mutation.of(whole, seed);
      Files.write(file, bytes);
      long before = Memory.allocated();
      try {
        if (name.endsWith(".keras")) {
          KerasModel.load(file);
        } else {
          ModelFile.load(digits(), file);
        }
        read++;
      } catch (IOException expected) {
        String message = String.valueOf(expected.getMessage());
        assertTrue(message.startsWith(file + " ") && message.lines().count() == 1, message);
      } catch (RuntimeException | Error undocumented) {
        fail("seed " + seed, undocumented);
      }
      long taken = Memory.allocated() - before;
      assertTrue(taken < (4 << 20) + 20L * bytes.length, seed + ": " + taken);
    }
    System.out.println(read + " of 500 damaged " + name + " are read still");
  }
}
