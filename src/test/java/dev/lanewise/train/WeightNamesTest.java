package dev.lanewise.train;

import static dev.lanewise.testing.Refusals.said;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.io.InvalidFileException;
import dev.lanewise.io.Safetensors;
import dev.lanewise.nn.Sequential;
import dev.lanewise.testing.SafetensorsMaker;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** FD-19: a file of names settles what names and shapes leave open. */
class WeightNamesTest {
  @TempDir private Path folder;

  /** Three layers of one shape: up is 1, down 2, mid 3; and a head of another shape, 4. */
  private Path weights(WeightLayout layout, String... more) throws IOException {
    SafetensorsMaker maker = new SafetensorsMaker();
    String[] modules = {"up", "down", "mid"};
    boolean torch = layout == WeightLayout.PYTORCH;
    String kernel = torch ? ".weight" : "/kernel";
    String bias = torch ? ".bias" : "/bias";
    for (int i = 0; i < 3; i++) {
      maker.fill(modules[i] + bias, i + 1, 4).fill(modules[i] + kernel, i + 1, 4, 4);
    }
    maker.fill("head" + bias, 4, 2);
    maker.fill("head" + kernel, 4, torch ? new int[] {2, 4} : new int[] {4, 2});
    for (String name : more) {
      maker.fill(name, 9, 4, 4);
    }
    return maker.write(folder.resolve("weights.safetensors"));
  }

  private static Sequential model() {
    return ForeignWeights.dense(4, 4, 4, 4, 2);
  }

  private WeightNames names(String text) throws IOException {
    return WeightNames.read(Files.writeString(folder.resolve("names.txt"), text));
  }

  private static List<Float> loaded(Path file, WeightLayout layout, WeightNames names)
      throws IOException {
    Sequential model = model();
    ModelFile.load(model, file, layout, names);
    return model.variables().stream().map(variable -> variable.values()[0]).toList();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "up = dense_1\nmid = dense_2\ndown = dense\nhead = dense_3",
        "up=dense_1\nmid =dense_2", // the rest by shapes
        "\ufeff# names\r\n\r\n  up\t=\tdense_1   # the second\r\nmid = dense_2\r\n",
        "up.weight = dense_1/kernel\nup.bias = dense_1/bias\nmid = dense_2",
        "up.weight = dense_1.weight\nmid.bias = dense_2.bias", // and what lies beside them
        "up. = dense_1\nmid. = dense_2"
      })
  void namesSettle(String text) throws IOException {
    WeightLayout torch = WeightLayout.PYTORCH;
    List<Float> expected = List.of(2f, 2f, 1f, 1f, 3f, 3f, 4f, 4f);
    assertEquals(expected, loaded(weights(torch), torch, names(text)));
    String keras = text.replace(".weight =", "/kernel =").replace(".bias =", "/bias =");
    WeightNames same =
        names(keras.replace("dense_1.weight", "dense_1/kernel").replace("_2.", "_2/"));
    assertEquals(expected, loaded(weights(WeightLayout.KERAS), WeightLayout.KERAS, same));
  }

  @Test
  void weightsOfOneLayerMayComeFromAnywhere() throws IOException {
    Map<String, String> all =
        Map.of(
            "up.weight", "dense/kernel",
            "down.bias", "dense/bias",
            "down.weight", "dense_1/kernel",
            "up.bias", "dense_1/bias",
            "mid", "dense_2",
            "head", "dense_3");
    assertEquals(
        List.of(1f, 2f, 2f, 1f, 3f, 3f, 4f, 4f),
        loaded(weights(WeightLayout.PYTORCH), WeightLayout.PYTORCH, WeightNames.of(all)));
  }

  /** Once all has a name, the file may hold more; before that it may not. */
  @Test
  void whatIsNotNamedIsLeftOut() throws IOException {
    Path file = weights(WeightLayout.PYTORCH, "ema.weight", "ema.bias");
    String three = "up = dense\ndown = dense_1\nmid = dense_2\n";
    assertEquals(4f, loaded(file, WeightLayout.PYTORCH, names(three + "head = dense_3")).getLast());
    WeightNames some = names(three);
    String said = said(InvalidFileException.class, () -> loaded(file, WeightLayout.PYTORCH, some));
    assertTrue(said.contains("'ema.weight' (4, 4)"), said);
    assertFalse(said.contains("'up"), said);
  }

  /** Numbers decide among those that have no name. */
  @Test
  void theRestIsFound() throws IOException {
    Path file =
        new SafetensorsMaker()
            .linear("fc2", 2, 4, 4)
            .linear("fc1", 1, 4, 4)
            .linear("out", 3, 4, 4)
            .write(folder.resolve("weights.safetensors"));
    Sequential model = ForeignWeights.dense(4, 4, 4, 4);
    assertThrows(
        InvalidFileException.class, () -> ModelFile.load(model, file, WeightLayout.PYTORCH));
    ModelFile.load(model, file, WeightLayout.PYTORCH, names("out = dense_2"));
    assertEquals(1f, model.variables().get(0).values()[0]);
    assertEquals(2f, model.variables().get(2).values()[0]);
    assertEquals(3f, model.variables().get(4).values()[0]);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          up dense                           | 2 | 'up dense' is no line of names
          up =                               | 2 | is no line of names
          = dense                            | 2 | is no line of names
          up = dense;up = dense_1            | 3 | 'up' has an own line already
          up = dense;down = dense            | 3 | 'dense' is 'up' already
          up = dense;down.bias = dense/bias  | 3 | dense.bias has its name already, by 'up'
          up = dense_9                       | 2 | the model has no 'dense_9', but dense, dense_1
          up = dense/gamma                   | 2 | the model has no 'dense/gamma'
          upp = dense                        | 2 | has no 'upp', but 'up', 'down', 'mid' and 'head'
          up.gamma = dense/kernel            | 2 | has no 'up.gamma', but 'up.bias' (4,)
          up = dense/kernel                  | 2 | 'up' is a module with
          up.weight = dense                  | 2 | 'up.weight' (4, 4) is one tensor
          head = dense                       | 2 | 'head.weight' (2, 4) does not fit dense.weight (4, 4)
          up.bias = dense/kernel             | 2 | 'up.bias' (4,) does not fit dense.weight (4, 4)
          head.bias = dense_3/bias;up.weight = dense_3/kernel | 3 | does not fit
          """)
  void aWrongLineIsNamed(String lines, int number, String reason) throws IOException {
    Path file = weights(WeightLayout.PYTORCH);
    String text = "# mine\n" + lines.replace(';', '\n');
    String said =
        said(InvalidFileException.class, () -> loaded(file, WeightLayout.PYTORCH, names(text)));
    String where = folder.resolve("names.txt") + ", line " + number + ": ";
    assertTrue(said.startsWith(where), said);
    assertTrue(said.contains(reason), said);
  }

  @Test
  void whatIsNoFileOfNamesIsRefused() throws IOException {
    Path file = folder.resolve("names.txt");
    String none = said(IOException.class, () -> WeightNames.read(file));
    assertTrue(none.contains("there is no such file"), none);
    assertThrows(IOException.class, () -> WeightNames.read(folder));
    Files.write(file, "up = größe".getBytes(StandardCharsets.ISO_8859_1));
    String said = said(InvalidFileException.class, () -> WeightNames.read(file));
    assertTrue(said.contains("UTF-8"), said);
    assertThrows(
        IllegalArgumentException.class, () -> WeightNames.of(Map.of("a", "dense", "b", "dense")));
  }

  @Test
  void weightsAreSavedUnderTheirNames() throws IOException {
    Path file = folder.resolve("saved.safetensors");
    WeightNames names = names("features.0 = dense\nscale = dense_1/bias");
    Sequential model = model();
    ModelFile.save(model, file, WeightLayout.PYTORCH, names);
    assertEquals(
        List.of(
            "features.0.weight",
            "features.0.bias",
            "dense_1.weight",
            "scale",
            "dense_2.weight",
            "dense_2.bias",
            "dense_3.weight",
            "dense_3.bias"),
        List.copyOf(Safetensors.read(file).tensors().keySet()));
    WeightNames twice = names("dense_1 = dense");
    String both =
        said(
            InvalidFileException.class,
            () -> ModelFile.check(model, file, WeightLayout.PYTORCH, twice));
    assertTrue(
        both.contains("both dense.weight and dense_1.weight would be saved as 'dense_1.weight'"));
    WeightNames foreign = names("a = conv2d");
    assertThrows(
        InvalidFileException.class, () -> ModelFile.save(model, file, WeightLayout.KERAS, foreign));
  }
}
