package dev.lanewise.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.jr.ob.JSON;
import dev.lanewise.Main;
import dev.lanewise.io.support.AtomicFile;
import dev.lanewise.testing.Fork;
import dev.lanewise.testing.SmallMnist;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The program is killed, interrupted, and deprived of its disk; nothing is lost. */
class CheckpointRunTest {
  private static final String MAIN = Main.class.getName();
  private static final int STEPS = 40; // two epochs of twenty
  private static final Pattern RESUMED = Pattern.compile("Resuming from step (\\d+) \\(epoch");

  @TempDir private static Path images;
  @TempDir private Path folder;

  private static byte[] straightWeights;
  private static List<?> straightEpochs;

  @BeforeAll
  static void trainStraight() throws IOException {
    SmallMnist.write(images, 640, 50);
    Path weights = images.resolve("straight.safetensors");
    Path json = images.resolve("straight.json");
    Fork.Result result;
    try (Fork.Running run = start(List.of("--save", weights + "", "--json", json + ""))) {
      result = run.await();
    }
    assertEquals(0, result.exitCode(), result.err());
    straightWeights = Files.readAllBytes(weights);
    straightEpochs = epochs(json);
  }

  /** Losses and accuracies of each epoch, without times. */
  private static List<?> epochs(Path json) throws IOException {
    List<?> epochs = (List<?>) JSON.std.mapFrom(Files.readString(json)).get("epochs");
    epochs.forEach(
        epoch -> ((Map<?, ?>) epoch).keySet().removeIf(key -> key.toString().endsWith("seconds")));
    assertEquals(2, epochs.size());
    return epochs;
  }

  private static Fork.Running start(List<String> more) {
    return start(List.of(), more);
  }

  private static Fork.Running start(List<String> before, List<String> more) {
    List<String> arguments =
        new ArrayList<>(
            List.of("train", "--data", images + "", "--epochs", "2", "--batch-size", "32"));
    arguments.addAll(more);
    return Fork.start(
        before, List.of(Fork.VECTORS, "-Xmx512m"), MAIN, arguments.toArray(String[]::new));
  }

  private List<String> saving(int every) {
    return List.of("--checkpoint", checkpoints() + "", "--checkpoint-every", every + "");
  }

  private List<String> resuming(int every) {
    return List.of("--resume", checkpoints() + "", "--checkpoint-every", every + "");
  }

  private Path checkpoints() {
    return folder.resolve("checkpoints");
  }

  private static int filesLike(Path where, String pattern) throws IOException {
    if (!Files.isDirectory(where)) {
      return 0;
    }
    int count = 0;
    try (DirectoryStream<Path> files = Files.newDirectoryStream(where, pattern)) {
      for (Path file : files) {
        assertTrue(file.startsWith(where));
        count++;
      }
    }
    return count;
  }

  private static void sleepMillis(long millis) {
    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(millis));
  }

  /** Chains of at most four kills each, until there are twenty. */
  @Test
  @Tag("thorough")
  void aTrainingThatIsKilledAgainAndAgainEndsWithTheSameBits() throws IOException {
    SplittableRandom random = new SplittableRandom(20260101);
    Kills kills = new Kills();
    for (int chain = 0; kills.all < 20; chain++) {
      clear();
      boolean killed = true;
      for (int attempt = 0; killed; attempt++) {
        killed = oneRun(random, kills, chain, attempt);
      }
    }
    System.out.println("Killed runs: " + kills);
    assertTrue(kills.all >= 20, kills.toString());
    assertTrue(kills.afterFirst >= 15, kills.toString());
    assertTrue(kills.duringWrite >= 3, kills.toString());
    assertTrue(kills.resumed >= 10, kills.toString());
  }

  private static final class Kills {
    int all;
    int afterFirst;
    int duringWrite;
    int resumed;

    @Override
    public String toString() {
      return all
          + ", after the first checkpoint "
          + afterFirst
          + ", during a write "
          + duringWrite
          + "; resumed "
          + resumed;
    }
  }

  private void clear() throws IOException {
    if (Files.isDirectory(checkpoints())) {
      try (DirectoryStream<Path> files = Files.newDirectoryStream(checkpoints())) {
        for (Path file : files) {
          Files.delete(file);
        }
      }
    }
  }

  /** Whether the run was killed; one that ended by itself is held against the straight one. */
  private boolean oneRun(SplittableRandom random, Kills kills, int chain, int attempt)
      throws IOException {
    boolean before = filesLike(checkpoints(), "step-*.safetensors") > 0;
    Path weights = folder.resolve("weights.safetensors");
    Path json = folder.resolve("run.json");
    List<String> more = new ArrayList<>(before ? resuming(3) : saving(3));
    more.addAll(List.of("--save", weights + "", "--json", json + ""));
    String newest = newest();
    try (Fork.Running run = start(more)) {
      if (attempt < 4) {
        boolean whileWriting = random.nextInt(3) == 0 || (kills.all >= 14 && kills.duringWrite < 3);
        if (chain == 1 && attempt == 0) {
          sleepMillis(random.nextLong(1000)); // before the first checkpoint
        } else {
          while (run.isAlive() && newest.equals(newest())) {
            sleepMillis(1);
          }
        }
        if (whileWriting) {
          while (run.isAlive() && unfinished() == 0) {
            Thread.onSpinWait();
          }
        } else {
          sleepMillis(random.nextLong(60));
        }
        if (run.isAlive()) {
          run.kill();
          Fork.Result result = run.await();
          assertNotEquals(0, result.exitCode());
          kills.all++;
          kills.afterFirst += filesLike(checkpoints(), "step-*.safetensors") > 0 ? 1 : 0;
          kills.duringWrite += unfinished() > 0 ? 1 : 0;
          if (before) {
            assertTrue(resumedStep(result) > 0, result.out() + result.err());
            kills.resumed++;
          }
          return true;
        }
      }
      Fork.Result result = run.await();
      assertEquals(0, result.exitCode(), result.err());
      if (before) {
        assertTrue(resumedStep(result) > 0, result.out());
      }
      assertArrayEquals(
          straightWeights, Files.readAllBytes(weights), "weights at the end of chain " + chain);
      assertEquals(straightEpochs, epochs(json), "results of chain " + chain);
      return false;
    }
  }

  private int unfinished() throws IOException {
    return filesLike(checkpoints(), "step-*" + AtomicFile.SUFFIX);
  }

  private String newest() throws IOException {
    String newest = "";
    if (Files.isDirectory(checkpoints())) {
      try (DirectoryStream<Path> files =
          Files.newDirectoryStream(checkpoints(), "step-*.safetensors")) {
        for (Path file : files) {
          String name = file.getFileName().toString();
          newest = name.compareTo(newest) > 0 ? name : newest;
        }
      }
    }
    return newest;
  }

  private static long resumedStep(Fork.Result result) {
    Matcher matcher = RESUMED.matcher(result.out());
    return matcher.find() ? Long.parseLong(matcher.group(1)) : 0;
  }

  @Test
  void ctrlCSavesACheckpointAndSaysHowToGoOn() throws IOException {
    Fork.Result interrupted;
    try (Fork.Running run = start(saving(4))) {
      while (run.isAlive() && newest().isEmpty()) {
        sleepMillis(1);
      }
      run.signal(signal());
      interrupted = run.await();
    }
    assertTrue(interrupted.exitCode() > 128, interrupted.exitCode() + interrupted.out());
    assertTrue(
        interrupted
            .complaints()
            .matches(
                "Interrupted after step \\d+ of epoch [12]; to go on, run the same command with"
                    + " --resume .*checkpoints in the place of --checkpoint"),
        interrupted.complaints());
    Matcher at = Pattern.compile("step (\\d+) of epoch (\\d)").matcher(interrupted.complaints());
    assertTrue(at.find());
    long step = Long.parseLong(at.group(1)) + STEPS / 2 * (Long.parseLong(at.group(2)) - 1);
    assertEquals(String.format("step-%09d.safetensors", step), newest());
    Path weights = folder.resolve("weights.safetensors");
    List<String> more = new ArrayList<>(resuming(100));
    more.addAll(List.of("--save", weights + "", "--threads", "1"));
    try (Fork.Running run = start(more)) {
      Fork.Result result = run.await();
      assertEquals(0, result.exitCode(), result.err());
      assertEquals(step, resumedStep(result));
    }
    assertArrayEquals(straightWeights, Files.readAllBytes(weights));
  }

  /** The same command would load weights again, which a training that is resumed must not. */
  @Test
  void ctrlCNamesTheOptionsThatAResumedTrainingDoesWithout() throws IOException {
    Path weights = Files.write(folder.resolve("weights.safetensors"), straightWeights);
    List<String> more = new ArrayList<>(saving(4));
    more.addAll(List.of("--load", weights + "", "--load-layout", "keras"));
    try (Fork.Running run = start(more)) {
      while (run.isAlive() && newest().isEmpty()) {
        sleepMillis(1);
      }
      run.signal(signal());
      String said = run.await().complaints();
      assertTrue(
          said.endsWith(" in the place of --checkpoint and without --load, --load-layout"), said);
    }
  }

  /** SIGINT, unless this VM was started with it ignored, as programs in the background are. */
  private static String signal() throws IOException {
    Path status = Path.of("/proc/self/status");
    boolean ignored =
        Files.exists(status)
            && Files.readAllLines(status).stream()
                .filter(line -> line.startsWith("SigIgn:"))
                .anyMatch(line -> (Long.parseUnsignedLong(line.substring(7).strip(), 16) & 2) != 0);
    return ignored ? "TERM" : "INT";
  }

  /**
   * A disk that has room for two checkpoints and a half: a tmpfs of its own where mounting is
   * allowed, else a limit on the size of files that is below a checkpoint's.
   */
  @Test
  void aFullDiskLosesNeitherTheOldCheckpointNorTheRun() throws IOException {
    Path disk = Files.createDirectory(folder.resolve("disk"));
    boolean mounted = command("mount", "-t", "tmpfs", "-o", "size=40m", "tmpfs", disk + "");
    System.out.println(
        "The full disk is " + (mounted ? "a tmpfs of 40 MB" : "a limit on the size of files"));
    try {
      List<String> before =
          mounted ? List.of() : List.of("bash", "-c", "ulimit -f 10000; exec \"$@\"", "bash");
      Fork.Result result;
      Path weights = images.resolve("full.safetensors"); // on another disk
      List<String> more =
          new ArrayList<>(List.of("--checkpoint", disk.resolve("c") + "", "--save", weights + ""));
      more.addAll(List.of("--checkpoint-every", "8"));
      try (Fork.Running run = start(before, more)) {
        result = run.await();
      }
      assertEquals(0, result.exitCode(), result.err());
      List<String> notes = result.complaints().lines().toList();
      assertEquals(mounted ? 3 : 5, notes.size(), result.complaints());
      for (String note : notes) {
        assertTrue(note.startsWith("Note: " + disk.resolve("c/step-")), note);
        assertTrue(note.contains(mounted ? "No space left on device" : "File too large"), note);
        assertTrue(note.contains("; the training goes on, and "), note);
      }
      assertArrayEquals(straightWeights, Files.readAllBytes(weights));
      assertEquals(0, filesLike(disk.resolve("c"), "*" + AtomicFile.SUFFIX));
      if (mounted) {
        assertTrue(
            notes.getLast().endsWith("step-000000016.safetensors stays the last checkpoint"));
        try (Fork.Running run =
            start(List.of("--resume", disk.resolve("c") + "", "--save", weights + ""))) {
          Fork.Result resumed = run.await();
          assertEquals(0, resumed.exitCode(), resumed.err());
          assertEquals(16, resumedStep(resumed));
        }
        assertArrayEquals(straightWeights, Files.readAllBytes(weights));
      }
    } finally {
      if (mounted) {
        assertTrue(command("umount", disk + ""), "umount " + disk);
      }
    }
  }

  private static boolean command(String... words) {
    try {
      Process process =
          new ProcessBuilder(words)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      return Fork.limited(process).waitFor() == 0;
    } catch (IOException missing) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  @Test
  void whatCannotBeResumedIsOneSentence() throws IOException {
    refused(1, "--resume cannot go on: ", "there is no such folder", "--resume", folder + "/none");
    refused(1, "--resume cannot go on: ", "there is no checkpoint in it", "--resume", folder + "");
    refused(2, "--checkpoint-every is 0, but", "at least 1", "--checkpoint-every", "0");
    refused(2, "--checkpoint-every is 5, but", "to save into", "--checkpoint-every", "5");
    Path file = Files.writeString(folder.resolve("file"), "x");
    refused(2, "--checkpoint is " + file, "no folder", "--checkpoint", file + "");
    refused(1, "--resume cannot go on: " + file, "before it)", "--resume", file + "");
    try (Fork.Running run = start(saving(15))) {
      assertEquals(0, run.await().exitCode());
    }
    String there = checkpoints() + "";
    refused(
        1, "the checkpoint was made with the seed 1", "with 2", "--resume", there, "--seed", "2");
    refused(
        1, "the checkpoint stands at step 10 of", "at least 2", "--resume", there, "--epochs=1");
    refused(1, there + " holds checkpoints of another", "empty folder", "--checkpoint", there);
    Path newest = checkpoints().resolve("step-000000030.safetensors");
    byte[] whole = Files.readAllBytes(newest);
    Files.write(newest, Arrays.copyOf(whole, whole.length / 2));
    Path older = checkpoints().resolve("step-000000015.safetensors");
    refused(
        1,
        "--resume cannot go on: " + newest,
        "(the checkpoint before it is whole: " + older + ")",
        "--resume",
        there);
    Path weights = folder.resolve("weights.safetensors");
    try (Fork.Running run = start(List.of("--resume", older + "", "--save", weights + ""))) {
      Fork.Result result = run.await();
      assertEquals(0, result.exitCode(), result.err());
      assertEquals(15, resumedStep(result));
    }
    assertArrayEquals(straightWeights, Files.readAllBytes(weights));
  }

  private void refused(int exitCode, String start, String end, String... more) {
    try (Fork.Running run = start(List.of(more))) {
      Fork.Result result = run.await();
      assertEquals(exitCode, result.exitCode(), result.err());
      assertEquals("", result.out());
      String complaint = result.complaints();
      assertEquals(1, complaint.lines().count(), complaint);
      assertTrue(complaint.startsWith(start) && complaint.endsWith(end), complaint);
    }
  }
}
