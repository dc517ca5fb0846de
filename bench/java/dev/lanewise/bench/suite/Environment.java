package dev.lanewise.bench.suite;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/** Names and values that say where and how a suite was measured; they stand in its results. */
final class Environment {
  private static final Path CPU_INFO = Path.of("/proc/cpuinfo");

  private Environment() {}

  /** This machine, this virtual machine and the commit that is checked out here, now. */
  static Map<String, String> here(String suite, int vectorBits) {
    Map<String, String> said = new LinkedHashMap<>();
    said.put("suite", suite);
    said.put(
        "date",
        DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm 'UTC'", Locale.ROOT)
            .format(ZonedDateTime.now(ZoneOffset.UTC)));
    said.put("processor", processor());
    said.put("processors", Integer.toString(Runtime.getRuntime().availableProcessors()));
    said.put("system", System.getProperty("os.name") + " " + System.getProperty("os.version"));
    said.put(
        "jdk",
        System.getProperty("java.vm.name") + " " + System.getProperty("java.runtime.version"));
    said.put("vector width", vectorBits + " bits");
    said.put("commit", commit());
    return said;
  }

  private static String processor() {
    String architecture = System.getProperty("os.arch");
    if (!Files.isReadable(CPU_INFO)) {
      return architecture;
    }
    try (Stream<String> lines = Files.lines(CPU_INFO)) {
      List<String> info = lines.toList();
      String model = field(info, "model name");
      return model.isEmpty()
          ? architecture
          : model
              + " (family "
              + field(info, "cpu family")
              + ", model "
              + field(info, "model")
              + ", "
              + architecture
              + ")";
    } catch (IOException unreadable) {
      return architecture;
    }
  }

  private static String field(List<String> info, String name) {
    return info.stream()
        .filter(line -> line.matches(name + "\\s*:.*"))
        .map(line -> line.substring(line.indexOf(':') + 1).strip())
        .findFirst()
        .orElse("");
  }

  /** The commit's short name, with a word if the files differ from it. */
  private static String commit() {
    String name = git("rev-parse", "--short=12", "HEAD");
    if (name.isEmpty()) {
      return "unknown";
    }
    return git("status", "--porcelain", "--untracked-files=no").isEmpty()
        ? name
        : name + ", with changes";
  }

  private static String git(String... arguments) {
    try {
      Process process =
          new ProcessBuilder(Stream.concat(Stream.of("git"), Stream.of(arguments)).toList())
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return process.waitFor() == 0 ? said.strip() : "";
    } catch (IOException noGit) {
      return "";
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      return "";
    }
  }
}
