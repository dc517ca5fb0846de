package dev.lanewise.io.support;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.testing.Folders;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** FD-32: one file under two names is one file, whether or not it is there. */
class OutputTargetTest {
  @TempDir private Path folder;

  private void assertSame(boolean expected, Path one, Path other) {
    assertEquals(expected, OutputTarget.same(one, other), one + " and " + other);
    assertEquals(expected, OutputTarget.same(other, one), other + " and " + one);
  }

  @Test
  void spellingsLinksAndHardLinks() throws IOException {
    Path sub = Files.createDirectory(folder.resolve("sub"));
    Path linked = Files.createSymbolicLink(folder.resolve("linked"), sub);
    for (boolean there : new boolean[] {false, true}) {
      Path file = sub.resolve("file");
      if (there) {
        Files.createFile(file);
        assertSame(true, Files.createLink(folder.resolve("hard"), file), file);
      }
      Path link = folder.resolve("link" + there);
      Files.createSymbolicLink(link, Path.of("sub", "file"));
      Path here = Path.of("").toAbsolutePath();
      for (Path same :
          List.of(
              file,
              link,
              linked.resolve("file"),
              sub.resolve(".").resolve("file"),
              sub.resolve("..").resolve("sub").resolve("file"),
              here.relativize(file.toAbsolutePath()))) {
        assertSame(true, file, same);
        assertSame(true, link, same);
        assertTrue(OutputTarget.isIn(linked, same), same.toString());
        assertFalse(OutputTarget.isIn(folder, same), same.toString());
      }
      assertSame(false, file, folder.resolve("file"));
      assertSame(false, file, sub.resolve("file2"));
      assertSame(false, file, sub.resolve("other").resolve("file"));
    }
    // Folders that are to be made.
    assertSame(true, folder.resolve("new/loss.png"), linked.resolve("../new/loss.png"));
    assertTrue(OutputTarget.isIn(folder.resolve("new"), folder.resolve("new/loss.png")));
  }

  /** Two names are told apart where the file system tells them apart, and only there. */
  @Test
  void lettersCase() throws IOException {
    Path lower = folder.resolve("probe");
    boolean folds = Files.exists(Files.createFile(lower).resolveSibling("PROBE"));
    Files.delete(lower);
    assertSame(folds, folder.resolve("results.json"), folder.resolve("Results.JSON"));
    assertEquals(List.of(), Folders.names(folder));
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void descriptorsAndDevices() {
    assertSame(true, Path.of("/dev/stdout"), Path.of("/dev/fd/1"));
    assertSame(true, Path.of("/dev/fd/7"), Path.of("/dev/fd/7"));
    assertSame(false, Path.of("/dev/fd/7"), Path.of("/dev/fd/8"));
    assertSame(false, Path.of("/dev/null"), Path.of("/dev/null"));
    assertSame(false, Path.of("/dev/stdout"), folder.resolve("x"));
  }
}
