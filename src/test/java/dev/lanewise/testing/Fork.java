package dev.lanewise.testing;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Runs a main class of ours in a VM of its own, on the class path. */
public final class Fork {
  /** The Vector API's module, as a user of the class path adds it. */
  public static final String VECTORS = "--add-modules=jdk.incubator.vector";

  private static final long SECONDS = 180;

  private Fork() {}

  /** What a run printed and how it ended. */
  public record Result(int exitCode, String out, String err) {
    /** Standard error without the VM's own warnings. */
    public String complaints() {
      return err.lines()
          .filter(line -> !line.startsWith("WARNING: "))
          .collect(Collectors.joining("\n"));
    }
  }

  /** Runs a main class with flags of the VM and arguments. */
  public static Result java(List<String> flags, String mainClass, String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(flags);
    command.add("-cp");
    command.add(classPath());
    command.add(mainClass);
    command.addAll(List.of(arguments));
    Path out = null;
    Path err = null;
    try {
      out = Files.createTempFile("lanewise", ".out");
      err = Files.createTempFile("lanewise", ".err");
      Process process =
          new ProcessBuilder(command)
              .redirectOutput(out.toFile())
              .redirectError(err.toFile())
              .start();
      process.getOutputStream().close();
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
    } finally {
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
        + Path.of("target", "test-classes").toAbsolutePath();
  }

  private static String read(Path file) throws IOException {
    return Files.readString(file, StandardCharsets.UTF_8);
  }

  private static void delete(Path file) {
    if (file != null) {
      try {
        Files.deleteIfExists(file);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
