package dev.lanewise.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.Main;
import dev.lanewise.testing.Fork;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** All of MNIST in memory, training, validation and checkpoints within 256 MB of heap. */
class SmallHeapTest {
  @TempDir private Path folder;

  @Test
  void trainsWith256Megabytes() {
    Fork.Result result = train("-Xmx256m");
    assertEquals(0, result.exitCode(), result.err());
    assertEquals("", result.complaints());
    assertTrue(result.out().contains("Adam, 1 epoch in "), result.out());
  }

  @Test
  void tooLittleMemoryIsOneSentence() {
    Fork.Result result = train("-Xmx48m");
    assertEquals(1, result.exitCode(), result.err());
    assertEquals(
        "There is not enough memory: the VM may use 48 MB; a larger -Xmx or a smaller --batch-size"
            + " or --limit helps",
        result.complaints());
  }

  private Fork.Result train(String heap) {
    String train = "train --limit 6400 --epochs 1 --checkpoint";
    return Fork.java(
        List.of(Fork.VECTORS, heap),
        Main.class.getName(),
        Fork.words(train, folder.resolve("checkpoints"), "--save", folder.resolve("weights")));
  }
}
