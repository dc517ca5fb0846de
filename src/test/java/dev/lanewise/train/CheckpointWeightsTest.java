package dev.lanewise.train;

import static dev.lanewise.testing.Refusals.said;
import static dev.lanewise.train.CheckpointTest.DATA;
import static dev.lanewise.train.CheckpointTest.STEPS;
import static dev.lanewise.train.CheckpointTest.model;
import static dev.lanewise.train.CheckpointTest.trainer;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.kernel.Kernels;
import dev.lanewise.nn.Sequential;
import dev.lanewise.testing.Bits;
import dev.lanewise.testing.Models;
import dev.lanewise.train.callback.Checkpoints;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A checkpoint as weights: what a run that was killed has learned is not lost. */
class CheckpointWeightsTest {
  private static final String EMA = "adam:use_ema=true,ema_momentum=0.9";

  @TempDir private Path folder;
  private Path newest;
  private Path older;

  @BeforeEach
  void train() throws IOException {
    Callback saving = new Checkpoints(folder, 0, null, note -> {});
    trainer(model(5), EMA, Kernels.scalar()).fit(DATA, new FitOptions(2, 16).withCallback(saving));
    List<Path> files = new CheckpointFolder(folder).files();
    newest = files.getFirst();
    older = files.getLast();
    assertEquals("step-00000000" + STEPS + ".safetensors", older.getFileName() + "");
  }

  private static Sequential straight(int epochs) {
    Sequential straight = model(5);
    trainer(straight, EMA, Kernels.scalar()).fit(DATA, new FitOptions(epochs, 16));
    return straight;
  }

  private static Sequential loaded(Path place) throws IOException {
    Sequential model = model(77);
    ModelFile.load(model, place);
    return model;
  }

  private static String refusal(Path place, WeightLayout layout) {
    Sequential model = model(77);
    float[] before = model.variables().getFirst().values().clone();
    String message = said(IOException.class, () -> ModelFile.load(model, place, layout));
    Bits.assertSame("after a refusal", before, model.variables().getFirst().values());
    return message;
  }

  /** With moving averages, as fit leaves them in the model. */
  @Test
  void aCheckpointIsTheModelOfATrainingThatEndsThere() throws IOException {
    Models.assertSame("the newest", straight(2), loaded(newest));
    Models.assertSame("the one before it", straight(1), loaded(older));
    Models.assertSame("the folder", straight(2), loaded(folder));
    Path renamed = Files.copy(newest, folder.resolve("renamed"));
    Models.assertSame("under another name", straight(2), loaded(renamed));
  }

  @Test
  void weightsUnderACheckpointsNameAreWeights() throws IOException {
    Path file = folder.resolve("step-000000099.safetensors");
    ModelFile.save(straight(1), file);
    Models.assertSame("weights", straight(1), loaded(file));
  }

  @Test
  void aDamagedOneNamesTheOneBeforeIt() throws IOException {
    byte[] whole = Files.readAllBytes(newest);
    int damaged = 0;
    for (long bit = 0; bit < 8L * whole.length; bit += 8 * 37 + 1) {
      byte[] flipped = whole.clone();
      flipped[(int) (bit / 8)] ^= (byte) (1 << (bit % 8));
      Files.write(newest, flipped);
      assertNames(refusal(folder, WeightLayout.KERAS));
      damaged++;
    }
    assertTrue(damaged > 50, damaged + " flips");
    // What tells that it is a checkpoint at all.
    byte[] disguised = whole.clone();
    disguised[new String(whole, StandardCharsets.ISO_8859_1).indexOf("lanewise.checkpoint")]++;
    Files.write(newest, disguised);
    assertNames(refusal(folder, WeightLayout.KERAS));
    for (int i = 0; i < 40; i++) {
      Files.write(newest, Arrays.copyOf(whole, whole.length * i / 40));
      assertNames(refusal(newest, WeightLayout.KERAS));
    }
    Files.write(older, new byte[9]);
    String none = refusal(folder, WeightLayout.KERAS);
    assertTrue(none.endsWith("(and there is no checkpoint before it)"), none);
  }

  private void assertNames(String message) {
    assertTrue(message.startsWith(newest + " "), message);
    assertTrue(message.endsWith("(the checkpoint before it is whole: " + older + ")"), message);
  }

  @Test
  void whatIsNoCheckpointOrLiesOtherwiseIsOneSentence() throws IOException {
    Path empty = Files.createDirectory(folder.resolve("empty"));
    assertTrue(refusal(empty, WeightLayout.KERAS).contains("there is no checkpoint in it"));
    String torch = refusal(newest, WeightLayout.PYTORCH);
    assertTrue(torch.contains("it fits with --layout keras"), torch);
  }
}
