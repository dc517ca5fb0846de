package dev.lanewise.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.testing.Program;
import dev.lanewise.testing.SmallMnist;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * FD-31 and FD-32: outputs are held against each other and against every input, by what they are,
 * before anything is read, trained or written.
 */
class RunFilesTest {
  @TempDir private Path folder;

  private Path weights;
  private Path linked;
  private Path hard;

  @BeforeEach
  void write() throws IOException {
    SmallMnist.write(folder, 10, 10);
    weights = Files.writeString(folder.resolve("in.safetensors"), "the only copy");
    linked = Files.createSymbolicLink(folder.resolve("link"), weights);
    hard = Files.createLink(folder.resolve("hard"), weights);
  }

  private static String refused(String... arguments) {
    return Program.run(arguments).refused(2);
  }

  private String file(String name) {
    return folder.resolve(name).toString();
  }

  @Test
  void anOutputIsNoInput() throws IOException {
    String load = weights.toString();
    assertEquals(
        "--worst is " + load + ", but --load reads that file, and it would be lost",
        refused("evaluate", "--load", load, "--worst", load));
    for (Path same :
        List.of(linked, hard, folder.resolve("../" + folder.getFileName() + "/hard"))) {
      assertEquals(
          "--worst is %s, but --load reads that file (as %s), and it would be lost"
              .formatted(same, load),
          refused("evaluate", "--load", load, "--worst", same.toString()));
    }
    assertEquals("the only copy", Files.readString(weights));
    // One of the data's files, by a link to it.
    Path images = folder.resolve("train-images-idx3-ubyte");
    byte[] before = Files.readAllBytes(images);
    Path link = Files.createSymbolicLink(folder.resolve("results"), images);
    for (Path output : List.of(images, link)) {
      for (String option : List.of("--json", "--save")) {
        String complaint = refused("train", "--data", folder + "", option, output + "");
        assertTrue(
            complaint.startsWith(option + " is " + output + ", but --data reads that file"),
            complaint);
      }
    }
    assertArrayEquals(before, Files.readAllBytes(images));
    // The folder itself is no input: results may lie beside the data.
    String complaint =
        refused("train", "--data", folder + "", "--json", file("new.json"), "--limit", "0");
    assertTrue(complaint.startsWith("--limit is 0"), complaint);
  }

  @Test
  void outputsAreDifferentFiles() throws IOException {
    String one = " is one file, but they must be two";
    assertEquals(
        "--json is " + linked + " and --save is " + hard + ", which" + one,
        refused("train", "--json", linked + "", "--save", hard + ""));
    // Neither is there: a link to the other's place, and another way to the folder.
    Path dangling = Files.createSymbolicLink(folder.resolve("dangling"), Path.of("later"));
    assertTrue(refused("train", "--json", dangling + "", "--save", file("later")).endsWith(one));
    Path around = Files.createSymbolicLink(folder.resolve("around"), folder);
    assertTrue(
        refused("train", "--json", around.resolve("x") + "", "--save", file("x")).endsWith(one));
    // A plot's name within its folder.
    assertEquals(
        "--plots and --json are both " + file("plots/loss.png") + ", but must be two files",
        refused("train", "--plots", file("plots"), "--json", file("plots/loss.png")));
    assertEquals(
        "--json and --save are both /dev/stdout, but must be two files",
        refused("train", "--json", "-", "--save", "-"));
    assertTrue(refused("train", "--json", "-", "--save", "/dev/fd/1").endsWith(one));
    assertFalse(Files.exists(folder.resolve("later")));
  }

  /** A file with a checkpoint's name would be removed with the old checkpoints. */
  @Test
  void noOutputLiesAmongCheckpoints() throws IOException {
    Path kept = folder.resolve("kept");
    String name = kept.resolve("step-000000010.safetensors").toString();
    Files.createDirectory(kept);
    assertEquals(
        "--save is "
            + name
            + ", but a file of that name in that folder is a checkpoint of --checkpoint",
        refused("train", "--checkpoint", kept + "", "--save", name));
    Files.writeString(Path.of(name), "a checkpoint");
    assertTrue(refused("train", "--resume", kept + "", "--json", name).endsWith("of --resume"));
    assertTrue(
        refused("train", "--resume", name, "--json", name)
            .contains("but --resume reads that file"));
    assertEquals(
        "--json is " + file("new") + ", but that is --checkpoint's folder",
        refused("train", "--checkpoint", file("new"), "--json", file("new")));
    assertEquals("a checkpoint", Files.readString(Path.of(name)));
  }

  @Test
  void comparisonsDoNotReplaceTheData() throws IOException {
    Path out = Files.createDirectory(folder.resolve("out"));
    Path labels = folder.resolve("t10k-labels-idx1-ubyte");
    Files.createLink(out.resolve("compare.csv"), labels);
    String complaint = refused("compare", "--data", folder + "", "--out", out + "");
    assertTrue(
        complaint.startsWith("--out is " + out.resolve("compare.csv") + ", but --data reads"),
        complaint);
    Files.delete(out.resolve("compare.csv"));
    Files.createDirectory(out.resolve("training-cost.png"));
    assertEquals(
        "--out is " + out.resolve("training-cost.png") + ", but that is no regular file",
        refused("compare", "--data", folder + "", "--out", out + ""));
  }

  /** What would fail at the end only. */
  @Test
  @DisabledOnOs(OS.WINDOWS)
  void whatCannotBeWrittenIsRefusedBefore() throws IOException {
    Path lost = Files.createSymbolicLink(folder.resolve("lost"), Path.of("no", "file"));
    assertEquals(
        "--save is " + lost + ", but there is no folder " + folder.resolve("no"),
        refused("train", "--save", lost + ""));
    Path circle = Files.createSymbolicLink(folder.resolve("circle"), Path.of("circle"));
    assertEquals(
        "--save is " + circle + ", but its links lead round in a circle",
        refused("train", "--save", circle + ""));
    String complaint = refused("train", "--save", file("x".repeat(300)));
    assertTrue(complaint.endsWith(", but it cannot be written: File name too long"), complaint);
    assertEquals(
        "--json is /dev/fd/987, but it cannot be written",
        refused("train", "--json", "/dev/fd/987"));
    Files.createDirectory(folder.resolve("plots"));
    Files.createDirectory(folder.resolve("plots").resolve("accuracy.png"));
    assertEquals(
        "--plots is " + file("plots/accuracy.png") + ", but that is no regular file",
        refused("train", "--plots", file("plots")));
  }
}
