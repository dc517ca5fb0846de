package dev.lanewise.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Runs a main class of ours in a VM of its own, on the class path. */
public final class Fork {
  /** The Vector API's module, as a user of the class path adds it. */
  public static final String VECTORS = "--add-modules=jdk.incubator.vector";

  private static final long SECONDS = 180;

  private Fork() {}

  /** Kills a program that runs for minutes: its output ends then, and its exit code is not 0. */
  public static Process limited(Process process) {
    CompletableFuture<Process> _ =
        process
            .onExit()
            .orTimeout(SECONDS, TimeUnit.SECONDS)
            .whenComplete(
                (_, late) -> {
                  if (late != null) {
                    process.destroyForcibly();
                  }
                });
    return process;
  }

  /** What a run printed and how it ended. */
  public record Result(int exitCode, String out, String err) {
    /** Fails unless the program ended well. */
    public Result succeeded() {
      assertEquals(0, exitCode, this::toString);
      return this;
    }

    /** The one sentence with which the program ended; fails unless it had this exit code. */
    public String refused(int code) {
      assertEquals(code, exitCode, this::toString);
      assertEquals(1, complaints().lines().count(), this::toString);
      return complaints();
    }

    /** Standard error without the VM's own warnings. */
    public String complaints() {
      return err.lines()
          .filter(line -> !line.startsWith("WARNING: "))
          .collect(Collectors.joining("\n"));
    }
  }

  /**
   * The words of a command line: texts are cut at blanks, files are taken as they are; a list is
   * parts too.
   */
  public static String[] words(Object... parts) {
    return Arrays.stream(parts)
        .flatMap(
            part ->
                switch (part) {
                  case List<?> more -> Arrays.stream(words(more.toArray()));
                  case String text -> Arrays.stream(text.split(" "));
                  default -> Stream.of(part.toString());
                })
        .toArray(String[]::new);
  }

  /** Runs the program itself as its users do, with the Vector API; see {@link #words}. */
  public static Result lanewise(Object... parts) {
    return java(List.of(VECTORS), "dev.lanewise.Main", words(parts));
  }

  /** Runs a main class with flags of the VM and arguments. */
  public static Result java(List<String> flags, String mainClass, String... arguments) {
    try (Running running = start(flags, mainClass, arguments)) {
      return running.await();
    }
  }

  /** Starts a main class, to be watched, signalled and awaited. */
  public static Running start(List<String> flags, String mainClass, String... arguments) {
    return start(List.of(), flags, mainClass, arguments);
  }

  /** Starts a main class behind words that stand before java on the command line. */
  public static Running start(
      List<String> before, List<String> flags, String mainClass, String... arguments) {
    List<String> command = new ArrayList<>(before);
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(flags);
    command.add("-cp");
    command.add(classPath());
    command.add(mainClass);
    command.addAll(List.of(arguments));
    try {
      return new Running(command);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A program that was started and has perhaps not ended. */
  public static final class Running implements AutoCloseable {
    private final List<String> command;
    private final Path out;
    private final Path err;
    private final Process process;

    private Running(List<String> command) throws IOException {
      this.command = command;
      out = Files.createTempFile("lanewise", ".out");
      err = Files.createTempFile("lanewise", ".err");
      process =
          new ProcessBuilder(command)
              .redirectOutput(out.toFile())
              .redirectError(err.toFile())
              .start();
      process.getOutputStream().close();
    }

    public boolean isAlive() {
      return process.isAlive();
    }

    /** SIGKILL: nothing of the program runs any more. */
    public void kill() {
      process.destroyForcibly();
    }

    /** Sends a signal by name, "INT" for instance. */
    public void signal(String name) {
      try {
        limited(new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start())
            .onExit()
            .join();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    /** Waits for the end; a run of minutes fails. */
    public Result await() {
      try {
        boolean ended = process.waitFor(SECONDS, TimeUnit.SECONDS);
        if (!ended) {
          process.destroyForcibly();
        }
        assertTrue(ended, "did not end within " + SECONDS + " s: " + command);
        return new Result(process.exitValue(), read(out), read(err));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException(e);
      }
    }

    /** Kills it if it still runs, and removes what it printed. */
    @Override
    public void close() {
      process.destroyForcibly();
      delete(out);
      delete(err);
    }
  }

  /** All that this VM sees, as one class path. */
  private static String classPath() {
    return Stream.of("jdk.module.path", "java.class.path")
            .map(name -> System.getProperty(name, ""))
            .filter(path -> !path.isEmpty())
            .collect(Collectors.joining(File.pathSeparator))
        + File.pathSeparator
        + testClasses();
  }

  /** The folder of the test classes: a module is patched with it, and so no path names it. */
  private static Path testClasses() {
    try {
      return Path.of(Fork.class.getResource("/hashes.txt").toURI()).getParent();
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String read(Path file) throws IOException {
    return Files.readString(file, StandardCharsets.UTF_8);
  }

  private static void delete(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
