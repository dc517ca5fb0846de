package dev.lanewise.kernel.support;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** docs/architecture.md shows a register tile as it is generated. */
class TilesDocTest {
  private static final Path GENERATED = Path.of("target/generated-sources/tiles");

  @Test
  void showsATileAsItIsGenerated() throws IOException {
    String text = Files.readString(Path.of("docs/architecture.md"));
    String begin = "private static void panel2x2(";
    int at = text.indexOf(begin);
    assertTrue(at >= 0, "docs/architecture.md shows no " + begin);
    String tile = text.substring(at, text.indexOf("\n```", at)).indent(2);
    Path file = GENERATED.resolve("dev/lanewise/kernel/support/SimdPanelTiles.java");
    assertTrue(Files.readString(file).contains(tile), "not in " + file + ":\n" + tile);
  }
}
