package dev.lanewise.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.jr.ob.JSON;
import dev.lanewise.Main;
import dev.lanewise.io.support.AtomicFile;
import dev.lanewise.testing.Folders;
import dev.lanewise.testing.Fork;
import dev.lanewise.testing.SmallMnist;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
    finished("--save", weights, "--json", json);
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

  /** A run that ends well. */
  private static Fork.Result finished(Object... more) {
    try (Fork.Running run = start(List.of(), more)) {
      return run.await().succeeded();
    }
  }

  private static Fork.Running start(List<String> before, Object... more) {
    String[] all = Fork.words("train --epochs 2 --batch-size 32 --data", images, List.of(more));
    return Fork.start(before, List.of(Fork.VECTORS, "-Xmx512m"), Main.class.getName(), all);
  }

  private List<Object> saving(int every) {
    return List.of("--checkpoint-every " + every + " --checkpoint", checkpoints());
  }

  private List<Object> resuming(int every) {
    return List.of("--checkpoint-every " + every + " --resume", checkpoints());
  }

  private Path checkpoints() {
    return folder.resolve("checkpoints");
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
      for (String file : Folders.names(checkpoints())) {
        Files.delete(checkpoints().resolve(file));
      }
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
      return "%d, after the first checkpoint %d, during a write %d; resumed %d"
          .formatted(all, afterFirst, duringWrite, resumed);
    }
  }

  /** Whether the run was killed; one that ended by itself is held against the straight one. */
  private boolean oneRun(SplittableRandom random, Kills kills, int chain, int attempt)
      throws IOException {
    String newest = newest();
    boolean before = !newest.isEmpty();
    Path weights = folder.resolve("weights.safetensors");
    Path json = folder.resolve("run.json");
    List<Object> how = before ? resuming(3) : saving(3);
    try (Fork.Running run = start(List.of(), how, "--save", weights, "--json", json)) {
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
          kills.afterFirst += newest().isEmpty() ? 0 : 1;
          kills.duringWrite += unfinished() > 0 ? 1 : 0;
          if (before) {
            assertTrue(resumedStep(result) > 0, result.out() + result.err());
            kills.resumed++;
          }
          return true;
        }
      }
      Fork.Result result = run.await().succeeded();
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
    return Folders.names(checkpoints(), "step-*" + AtomicFile.SUFFIX).size();
  }

  private String newest() throws IOException {
    List<String> steps = Folders.names(checkpoints(), "step-*.safetensors");
    return steps.isEmpty() ? "" : steps.getLast();
  }

  private static long resumedStep(Fork.Result result) {
    Matcher matcher = RESUMED.matcher(result.out());
    return matcher.find() ? Long.parseLong(matcher.group(1)) : 0;
  }

  @Test
  void ctrlCSavesACheckpointAndSaysHowToGoOn() throws IOException {
    Fork.Result interrupted = interrupted(saving(4));
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
    assertEquals(step, resumedStep(finished(resuming(100), "--threads 1 --save", weights)));
    assertArrayEquals(straightWeights, Files.readAllBytes(weights));
  }

  /** The same command would load weights again, which a training that is resumed must not. */
  @Test
  void ctrlCNamesTheOptionsThatAResumedTrainingDoesWithout() throws IOException {
    Path weights = Files.write(folder.resolve("weights.safetensors"), straightWeights);
    String said = interrupted(saving(4), "--load-layout keras --load", weights).complaints();
    assertTrue(
        said.endsWith(" in the place of --checkpoint and without --load, --load-layout"), said);
  }

  /** A run that is interrupted when it has saved its first checkpoint. */
  private Fork.Result interrupted(Object... more) throws IOException {
    try (Fork.Running run = start(List.of(), more)) {
      while (run.isAlive() && newest().isEmpty()) {
        sleepMillis(1);
      }
      run.signal(signal());
      return run.await();
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
      Path weights = images.resolve("full.safetensors"); // on another disk
      Path there = disk.resolve("c");
      Fork.Result result;
      try (Fork.Running run =
          start(before, "--checkpoint-every 8 --checkpoint", there, "--save", weights)) {
        result = run.await().succeeded();
      }
      List<String> notes = result.complaints().lines().toList();
      assertEquals(mounted ? 3 : 5, notes.size(), result.complaints());
      for (String note : notes) {
        assertTrue(note.startsWith("Note: " + there.resolve("step-")), note);
        assertTrue(note.contains(mounted ? "No space left on device" : "File too large"), note);
        assertTrue(note.contains("; the training goes on, and "), note);
      }
      assertArrayEquals(straightWeights, Files.readAllBytes(weights));
      assertEquals(List.of(), Folders.names(there, "*" + AtomicFile.SUFFIX));
      if (mounted) {
        assertTrue(
            notes.getLast().endsWith("step-000000016.safetensors stays the last checkpoint"));
        assertEquals(16, resumedStep(finished("--resume", there, "--save", weights)));
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
      return Fork.limited(process).onExit().join().exitValue() == 0;
    } catch (IOException missing) {
      return false;
    }
  }

  @Test
  void whatCannotBeResumedIsOneSentence() throws IOException {
    Path none = folder.resolve("none");
    refused(1, "--resume cannot go on: ", "there is no such folder", "--resume", none);
    refused(1, "--resume cannot go on: ", "there is no checkpoint in it", "--resume", folder);
    refused(2, "--checkpoint-every is 0, but", "at least 1", "--checkpoint-every 0");
    refused(2, "--checkpoint-every is 5, but", "to save into", "--checkpoint-every 5");
    Path file = Files.writeString(folder.resolve("file"), "x");
    refused(2, "--checkpoint is " + file, "no folder", "--checkpoint", file);
    refused(1, "--resume cannot go on: " + file, "before it)", "--resume", file);
    finished(saving(15));
    Path there = checkpoints();
    refused(1, "the checkpoint was made with the seed 1", "with 2", "--seed 2 --resume", there);
    refused(1, "the checkpoint stands at step 10 of", "at least 2", "--epochs=1 --resume", there);
    refused(1, there + " holds checkpoints of another", "empty folder", "--checkpoint", there);
    Path newest = checkpoints().resolve("step-000000030.safetensors");
    byte[] whole = Files.readAllBytes(newest);
    Files.write(newest, Arrays.copyOf(whole, whole.length / 2));
    Path older = checkpoints().resolve("step-000000015.safetensors");
    String offered = "(the checkpoint before it is whole: " + older + ")";
    refused(1, "--resume cannot go on: " + newest, offered, "--resume", there);
    Path weights = folder.resolve("weights.safetensors");
    assertEquals(15, resumedStep(finished("--resume", older, "--save", weights)));
    assertArrayEquals(straightWeights, Files.readAllBytes(weights));
  }

  private void refused(int exitCode, String start, String end, Object... more) {
    try (Fork.Running run = start(List.of(), more)) {
      Fork.Result result = run.await();
      assertEquals("", result.out());
      String complaint = result.refused(exitCode);
      assertTrue(complaint.startsWith(start) && complaint.endsWith(end), complaint);
    }
  }
}
