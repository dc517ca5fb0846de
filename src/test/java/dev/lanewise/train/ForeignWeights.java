package dev.lanewise.train;

import static dev.lanewise.testing.Refusals.said;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.io.InvalidFileException;
import dev.lanewise.nn.ActivationFunction;
import dev.lanewise.nn.Dense;
import dev.lanewise.nn.Layer;
import dev.lanewise.nn.Sequential;
import dev.lanewise.tensor.Shape;
import dev.lanewise.testing.SafetensorsMaker;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Networks, files of weights for them that others could have made, and what is said of these. */
final class ForeignWeights {
  private ForeignWeights() {}

  /** Dense layers of these widths; the first is that of the input. */
  static Sequential dense(int... widths) {
    Layer[] layers = new Layer[widths.length - 1];
    for (int i = 0; i < layers.length; i++) {
      layers[i] = new Dense(widths[i + 1], ActivationFunction.LINEAR);
    }
    return new Sequential(1, Shape.of(widths[0]), layers);
  }

  /** A file of PyTorch's with linear modules "name in out", whose weights are 1, 2, 3 … each. */
  static Path linear(Path folder, String... modules) throws IOException {
    SafetensorsMaker maker = new SafetensorsMaker();
    for (int i = 0; i < modules.length; i++) {
      String[] parts = modules[i].split(" ", -1);
      int in = Integer.parseInt(parts[1]);
      int out = Integer.parseInt(parts[2]);
      maker.linear(parts[0], i + 1, in, out);
    }
    return maker.write(folder.resolve("linear.safetensors"));
  }

  static String refused(Sequential model, Path file, WeightLayout layout) {
    List<float[]> before = model.variables().stream().map(v -> v.values().clone()).toList();
    String said = said(InvalidFileException.class, () -> ModelFile.load(model, file, layout));
    for (int i = 0; i < before.size(); i++) {
      assertArrayEquals(before.get(i), model.variables().get(i).values());
    }
    assertTrue(said.startsWith(file + " "), said);
    assertTrue(said.length() < 1500 + 3 * file.toString().length(), said);
    return said;
  }

  static void assertSays(String said, String... parts) {
    for (String part : parts) {
      assertTrue(said.contains(part), () -> "'" + part + "' is not in: " + said);
    }
  }
}
