package dev.lanewise.io.support;

import static dev.lanewise.testing.Refusals.assertSentence;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lanewise.testing.Folders;
import dev.lanewise.testing.Fork;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The one writer of all files: FD-31, FD-34, and links, pipes and other writers. */
class AtomicFileTest {
  @TempDir private Path folder;

  private static void write(Path file, String text) throws IOException {
    AtomicFile.write(file, out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
  }

  private static Set<PosixFilePermission> mode(Path file) throws IOException {
    return Files.getPosixFilePermissions(file);
  }

  /** FD-31: whatever lies beside the file under a name like that of new content. */
  @Test
  void nothingForeignIsTouched() throws IOException {
    Path file = folder.resolve("w");
    for (String name : List.of("w.tmp", "w~", "w.0123456789abcdef.tmp", ".w.tmp")) {
      Files.writeString(folder.resolve(name), "mine " + name);
    }
    write(file, "new");
    assertEquals("new", Files.readString(file));
    assertEquals(
        List.of(".w.tmp", "w", "w.0123456789abcdef.tmp", "w.tmp", "w~"),
        Folders.names(folder),
        "what is there");
    for (String name : List.of("w.tmp", "w~", "w.0123456789abcdef.tmp", ".w.tmp")) {
      assertEquals("mine " + name, Files.readString(folder.resolve(name)));
    }
    // A folder there, or a link to a file, a folder or nothing.
    Files.delete(folder.resolve("w.tmp"));
    Files.createDirectories(folder.resolve("w.tmp").resolve("full"));
    write(file, "newer");
    assertEquals("newer", Files.readString(file));
    Path victim = Files.writeString(folder.resolve("victim"), "untouched");
    Files.createSymbolicLink(folder.resolve("v.tmp"), victim);
    write(folder.resolve("v"), "v");
    assertEquals("untouched", Files.readString(victim));
    assertTrue(Files.isSymbolicLink(folder.resolve("v.tmp")));
  }

  /** FD-31: an output that has the name which another's new content had. */
  @Test
  void aFileMayBeCalledLikeAnothersNewContent() throws IOException {
    write(folder.resolve("a.tmp"), "weights");
    write(folder.resolve("a"), "results");
    assertEquals("weights", Files.readString(folder.resolve("a.tmp")));
    assertEquals("results", Files.readString(folder.resolve("a")));
  }

  /** FD-34: a replaced file keeps its permissions, a new one follows the umask. */
  @Test
  @DisabledOnOs(OS.WINDOWS)
  void theModeIsKept() throws IOException {
    for (String text : List.of("rw-r-----", "rw-------", "rw-rw-rw-", "rwxr-x--x")) {
      Path file = Files.writeString(folder.resolve("file"), "old");
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(text));
      Set<PosixFilePermission> whileWriting = new java.util.HashSet<>();
      AtomicFile.write(
          file,
          out -> {
            out.write('x');
            whileWriting.addAll(mode(folder.resolve(unfinished())));
          });
      assertEquals(text, PosixFilePermissions.toString(mode(file)));
      assertTrue(mode(file).containsAll(whileWriting), "wider while it was written");
      Files.delete(file);
    }
    Path plain = Files.createFile(folder.resolve("plain"));
    write(folder.resolve("new"), "new");
    assertEquals(mode(plain), mode(folder.resolve("new")));
    // Behind a link, and owner and group.
    Path private1 = Files.writeString(folder.resolve("private"), "old");
    Files.setPosixFilePermissions(private1, PosixFilePermissions.fromString("rw-r-----"));
    Path link = Files.createSymbolicLink(folder.resolve("link"), private1);
    Object owner = Files.getAttribute(private1, "unix:uid");
    if (owner.equals(0)) {
      owner = 12345;
      Files.setAttribute(private1, "unix:uid", owner);
      Files.setAttribute(private1, "unix:gid", 23456);
    }
    Object group = Files.getAttribute(private1, "unix:gid");
    write(link, "new");
    assertEquals("rw-r-----", PosixFilePermissions.toString(mode(private1)));
    assertEquals(owner, Files.getAttribute(private1, "unix:uid"));
    assertEquals(group, Files.getAttribute(private1, "unix:gid"));
  }

  private String unfinished() throws IOException {
    return Folders.names(folder).stream()
        .filter(name -> name.matches("file" + AtomicFile.UNFINISHED))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void aLinkStaysAndItsFileIsReplaced() throws IOException {
    Path elsewhere = Files.createDirectory(folder.resolve("elsewhere"));
    Path file = Files.writeString(elsewhere.resolve("file"), "old");
    Path link = Files.createSymbolicLink(folder.resolve("link"), Path.of("elsewhere", "file"));
    Path chain = Files.createSymbolicLink(folder.resolve("chain"), Path.of("link"));
    write(chain, "new");
    assertEquals("new", Files.readString(file));
    assertTrue(Files.isSymbolicLink(link) && Files.isSymbolicLink(chain));
    // A link to what is not there yet.
    Path dangling =
        Files.createSymbolicLink(folder.resolve("dangling"), Path.of("elsewhere", "later"));
    write(dangling, "later");
    assertTrue(Files.isSymbolicLink(dangling));
    assertTrue(Files.isRegularFile(elsewhere.resolve("later"), LinkOption.NOFOLLOW_LINKS));
    assertEquals("later", Files.readString(dangling));
    Path lost = Files.createSymbolicLink(folder.resolve("lost"), Path.of("no", "file"));
    assertSentence(
        IOException.class,
        lost + " cannot be written: there is no folder " + folder.resolve("no"),
        () -> write(lost, "x"));
    Path circle = Files.createSymbolicLink(folder.resolve("circle"), Path.of("circle"));
    assertSentence(
        IOException.class,
        circle + " cannot be written: its links lead round in a circle",
        () -> write(circle, "x"));
    Path toFolder = Files.createSymbolicLink(folder.resolve("to-folder"), elsewhere);
    assertSentence(
        IOException.class,
        toFolder + " cannot be written: it is no regular file",
        () -> write(toFolder, "x"));
  }

  @Test
  void aFailureLeavesTheOldFileAndNothingElse() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "old");
    IOException full =
        assertThrows(
            IOException.class,
            () ->
                AtomicFile.write(
                    file,
                    out -> {
                      out.write('x');
                      throw new IOException("no room");
                    }));
    assertEquals(file + " cannot be written: no room", full.getMessage());
    assertThrows(
        OutOfMemoryError.class,
        () ->
            AtomicFile.write(
                file,
                out -> {
                  throw new OutOfMemoryError("none left");
                }));
    assertEquals("old", Files.readString(file));
    assertEquals(List.of("file"), Folders.names(folder));
  }

  /** A rename asks for the folder's permissions alone, a user means the file's. */
  @Test
  @DisabledOnOs(OS.WINDOWS)
  void aFileThatMayNotBeWrittenIsNotReplaced() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "old");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("r--r--r--"));
    assumeTrue(!Files.isWritable(file), "root may write everything");
    assertSentence(
        IOException.class, file + " cannot be written: access denied", () -> write(file, "new"));
    assertEquals("old", Files.readString(file));
  }

  @Test
  void anInterruptStaysPending() throws IOException {
    Path file = folder.resolve("file");
    Thread.currentThread().interrupt();
    write(file, "whole");
    assertTrue(Thread.interrupted());
    assertEquals("whole", Files.readString(file));
  }

  @Test
  void aNameMayBeAsLongAsTheSystemAllows() throws IOException {
    for (String letter : List.of("a", "ü", "\ud83d\ude00")) {
      int bytes = letter.getBytes(StandardCharsets.UTF_8).length;
      Path file;
      try {
        file = folder.resolve("x" + letter.repeat(254 / bytes));
        Files.createFile(file);
      } catch (IOException | IllegalArgumentException unmappable) {
        assumeTrue(false, "such a name cannot be given here: " + unmappable);
        return;
      }
      write(file, letter);
      assertEquals(letter, Files.readString(file));
    }
    assertEquals(3, Folders.names(folder).size());
  }

  /** Of 630 reads 240 were damaged when two wrote to one name. */
  @Test
  void manyThreadsAndProgramsLeaveAFileWhole() throws Exception {
    Path file = folder.resolve("file");
    WritingProgram.write(file, '0');
    Map<Character, Integer> seen = new HashMap<>();
    try (ExecutorService pool = Executors.newFixedThreadPool(3);
        Fork.Running a = program(file, "a", 60);
        Fork.Running b = program(file, "b", 60)) {
      List<Future<Void>> threads = new ArrayList<>();
      for (char letter : new char[] {'c', 'd', 'e'}) {
        threads.add(pool.submit(writer(file, letter)));
      }
      while (a.isAlive() || b.isAlive() || !threads.stream().allMatch(Future::isDone)) {
        String text = Files.readString(file);
        assertEquals(WritingProgram.LENGTH, text.length());
        char letter = text.charAt(0);
        assertTrue(text.chars().allMatch(c -> c == letter), "a mixture");
        seen.merge(letter, 1, Integer::sum);
      }
      for (Future<Void> thread : threads) {
        thread.get();
      }
      assertEquals(0, a.await().exitCode(), a.await().err());
      assertEquals(0, b.await().exitCode(), b.await().err());
    } catch (ExecutionException failed) {
      throw new AssertionError(failed.getCause());
    }
    assertTrue(seen.size() >= 3, "seen: " + seen);
    assertEquals(List.of("file"), Folders.names(folder));
  }

  private static Callable<Void> writer(Path file, char letter) {
    return () -> {
      for (int i = 0; i < 60; i++) {
        WritingProgram.write(file, letter);
      }
      return null;
    };
  }

  private static Fork.Running program(Path file, String letter, int times) {
    return Fork.start(
        List.of(), WritingProgram.class.getName(), file.toString(), letter, times + "");
  }

  /** What is given opened is written to, behind what stands there already, and never replaced. */
  @Test
  @DisabledOnOs(OS.WINDOWS)
  void standardOutputIsWrittenDirectly() throws IOException {
    Path link = Files.createSymbolicLink(folder.resolve("link"), Path.of("/dev/stdout"));
    for (String path : List.of("/dev/stdout", "/dev/fd/1", "/dev/../dev/fd/1", link + "")) {
      try (Fork.Running run = program(Path.of(path), "y", 2)) {
        Fork.Result result = run.await();
        assertEquals(0, result.exitCode(), result.err());
        assertEquals("<" + "y".repeat(2 * WritingProgram.LENGTH) + ">", result.out(), path);
      }
    }
    Path file = folder.resolve("three");
    List<String> redirected = List.of("sh", "-c", "exec \"$@\" 3>\"" + file + "\"", "sh");
    try (Fork.Running run =
        Fork.start(redirected, List.of(), WritingProgram.class.getName(), "/dev/fd/3", "z", "2")) {
      Fork.Result result = run.await();
      assertEquals(0, result.exitCode(), result.err());
    }
    assertEquals("z".repeat(2 * WritingProgram.LENGTH), Files.readString(file));
    assertEquals(List.of("link", "three"), Folders.names(folder));
    Path none = Path.of("/dev/fd/987");
    String message = assertThrows(IOException.class, () -> write(none, "x")).getMessage();
    assertTrue(String.valueOf(message).startsWith(none + " cannot be written: "), message);
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void pipesAndDevicesAreWrittenDirectly() throws Exception {
    write(Path.of("/dev/null"), "nowhere");
    assertFalse(Files.isRegularFile(Path.of("/dev/null")));
    Path pipe = folder.resolve("pipe");
    assumeTrue(
        Fork.limited(new ProcessBuilder("mkfifo", pipe + "").start()).waitFor() == 0, "no pipes");
    try (ExecutorService pool = Executors.newSingleThreadExecutor()) {
      Future<String> read = pool.submit(() -> Files.readString(pipe));
      WritingProgram.write(pipe, 'p');
      assertEquals("p".repeat(WritingProgram.LENGTH), read.get());
    }
    assertEquals(List.of("pipe"), Folders.names(folder));
    if (Files.exists(Path.of("/dev/full"))) {
      assertSentence(
          IOException.class,
          "/dev/full cannot be written: No space left on device",
          () -> write(Path.of("/dev/full"), "x"));
    }
  }
}
