package dev.lanewise.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lanewise.Main;
import dev.lanewise.testing.Fork;
import dev.lanewise.testing.SmallMnist;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * FR-33 and FR-30: more threads than processors and than rows, one processor, another language;
 * each run ends in time (a {@link Fork} has a limit) and with the same bytes.
 */
class ThreadsRunTest {
  @TempDir private static Path folder;

  @Test
  void sameWeightsWhateverTheProcessorsAndTheThreads() throws IOException {
    SmallMnist.write(folder, 120, 10);
    byte[] plain = weights(List.of(), "1");
    assertArrayEquals(plain, weights(List.of("-XX:ActiveProcessorCount=1"), "2"));
    assertArrayEquals(plain, weights(List.of("-XX:ActiveProcessorCount=2"), "16"));
    // FR-29: what is written does not depend on the language.
    assertArrayEquals(plain, weights(List.of("-Duser.language=de", "-Duser.country=DE"), "4"));
  }

  private static byte[] weights(List<String> flags, String threads) throws IOException {
    Path file = folder.resolve("weights");
    List<String> all = new ArrayList<>(flags);
    all.add(Fork.VECTORS);
    String train = "train --epochs 1 --batch-size 1 --threads " + threads + " --data";
    Fork.Result result =
        Fork.java(all, Main.class.getName(), Fork.words(train, folder, "--save", file));
    result.succeeded();
    assertEquals("", result.complaints());
    return Files.readAllBytes(file);
  }
}
