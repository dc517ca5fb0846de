package dev.lanewise.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.testing.Fork;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.spi.ToolProvider;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The script that starts the program, with a java that only says how it was called. */
@DisabledOnOs(OS.WINDOWS)
class LauncherTest {
  private static final Path PROGRAM = Path.of("src", "main", "program");
  private static final String TOOLS = "/usr/local/bin:/usr/bin:/bin";

  /**
   * Says its version as java does, and else its name, its locale and its arguments, line by line.
   */
  private static final String FAKE =
      """
      #!/bin/sh
      if [ "$1" = -XshowSettings:properties ]; then
        echo "    java.home = somewhere" >&2
        echo "    java.specification.version = VERSION" >&2
        exit
      fi
      echo "$0"
      echo "locale ${LC_ALL:-none}"
      for word; do echo "$word"; done
      """;

  @TempDir private Path folder;
  private Path program;

  private record Result(int exitCode, List<String> out, String err) {}

  @BeforeEach
  void install() throws IOException {
    program = installed(folder.resolve("program"));
  }

  private static Path installed(Path home) throws IOException {
    Files.createDirectories(home.resolve("lib"));
    Path bin = Files.createDirectories(home.resolve("bin"));
    Files.copy(PROGRAM.resolve("vm.args"), bin.resolve("vm.args"));
    Path script = PROGRAM.resolve("lanewise");
    return Files.copy(script, bin.resolve("lanewise"), StandardCopyOption.COPY_ATTRIBUTES);
  }

  /** Makes a java of a version, without the file "release" that a JDK has; returns its home. */
  private Path java(String name, String version) throws IOException {
    Path home = folder.resolve(name);
    Path java = Files.createDirectories(home.resolve("bin")).resolve("java");
    Files.writeString(java, FAKE.replace("VERSION", version));
    assertTrue(java.toFile().setExecutable(true));
    return home;
  }

  private static String bin(Path home) {
    return home.resolve("bin").toString();
  }

  private Result run(Map<String, String> environment, String... command) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
    builder.environment().clear();
    builder.environment().put("PATH", TOOLS);
    builder.environment().putAll(environment);
    Path err = folder.resolve("err");
    Process process = Fork.limited(builder.redirectError(err.toFile()).start());
    process.getOutputStream().close();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    int exitCode = process.onExit().join().exitValue();
    return new Result(exitCode, out.lines().toList(), Files.readString(err));
  }

  private Result start(Map<String, String> environment, String... arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of(program.toString()));
    command.addAll(Arrays.asList(arguments));
    return run(environment, command.toArray(String[]::new));
  }

  private static String after(String flag, Result result) {
    int at = result.out().indexOf(flag);
    assertTrue(at >= 0 && at + 1 < result.out().size(), result.toString());
    return result.out().get(at + 1);
  }

  private Map<String, String> withJava(String name, String value) throws IOException {
    return Map.of("JAVA_HOME", java("jdk", "25").toString(), name, value);
  }

  /** FD-26: cd prints where it went if CDPATH sent it there. */
  @Test
  void settingsOfCdDoNotLeakIn() throws IOException {
    Map<String, String> environment = withJava("CDPATH", ".:" + folder);
    for (String word : List.of("program/bin/lanewise", "./program/bin/lanewise")) {
      Result result = run(environment, "sh", "-c", word + " info \"a  b\"");
      assertEquals("", result.err());
      assertEquals(folder.toRealPath().resolve("program/lib") + "", after("--module-path", result));
      List<String> last = result.out().subList(result.out().size() - 3, result.out().size());
      assertEquals(List.of("dev.lanewise/dev.lanewise.Main", "info", "a  b"), last);
    }
  }

  /** FD-26: a module path ends at a colon, so the folder is named by its descriptor. */
  @Test
  @EnabledOnOs(OS.LINUX)
  void aFolderWithAColonIsNamedByItsDescriptor() throws IOException {
    program = installed(folder.resolve("co:lon"));
    Files.createFile(folder.resolve("co:lon/lib/found"));
    Path home = java("jdk", "nothing");
    Files.writeString(home.resolve("release"), "JAVA_VERSION=\"25\"\n");
    Files.writeString(
        home.resolve("bin/java"),
        """
        #!/bin/sh
        while [ "$1" != --module-path ]; do shift; done
        ls "$2/"
        """);
    Result result = start(Map.of("JAVA_HOME", home + ""));
    assertEquals("", result.err());
    assertEquals(List.of("found"), result.out());
  }

  /** FD-27: without a locale, or with one that the system lacks, names beyond ASCII are lost. */
  @ParameterizedTest
  @CsvSource({
    "NONE,,C.UTF-8", "LANG,C,C.UTF-8", "LC_ALL,C,C.UTF-8",
    "LC_CTYPE,POSIX,C.UTF-8", "LANG,xx_XX.UTF-8,C.UTF-8", "LANG,C.UTF-8,none",
    "LC_ALL,C.UTF-8,C.UTF-8"
  })
  @EnabledOnOs(OS.LINUX)
  void namesBeyondAsciiNeedALocale(String variable, String value, String expected)
      throws IOException {
    Result result = start(withJava(variable, value == null ? "" : value));
    assertEquals("locale " + expected, result.out().get(1), result.toString());
  }

  /** FD-28: the java of jenv, asdf, mise or Nix is a script far from any JDK. */
  @ParameterizedTest
  @ValueSource(strings = {"25", "26"})
  void aVersionManagersScriptIsAsked(String version) throws IOException {
    Path shims = java("shims", version);
    Result result = start(Map.of("PATH", bin(shims) + File.pathSeparator + TOOLS));
    assertEquals(shims.resolve("bin/java") + "", result.out().getFirst(), result.toString());
  }

  /** FD-28: a JAVA_HOME without the file "release", as some packages have it. */
  @Test
  void aJavaHomeWithoutReleaseIsAsked() throws IOException {
    Path home = java("home with blanks", "25");
    Result result = start(Map.of("JAVA_HOME", home + ""));
    assertEquals(home.resolve("bin/java") + "", result.out().getFirst(), result.toString());
  }

  @ParameterizedTest
  @ValueSource(strings = {"17", "1.8"})
  void anOldJavaIsPassedOver(String version) throws IOException {
    Path old = java("old", version);
    Path shims = java("shims", "25");
    String path = bin(shims) + File.pathSeparator + TOOLS;
    Result result = start(Map.of("JAVA_HOME", old + "", "PATH", path));
    assertEquals(shims.resolve("bin/java") + "", result.out().getFirst(), result.toString());
  }

  /** FD-28: with a file "release" nothing is started only to be asked. */
  @Test
  void aRuntimeWithItsReleaseIsNotAsked() throws IOException {
    Path home = java("jdk", "nothing");
    Files.writeString(home.resolve("release"), "JAVA_VERSION=\"25.0.3\"\n");
    Result result = start(Map.of("JAVA_HOME", home + ""));
    assertEquals(home.resolve("bin/java") + "", result.out().getFirst(), result.toString());
  }

  /** FD-28: a value of a flag may hold a blank, and nothing in it is run. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "-Xmx1g   -Xss2m | -Xmx1g;-Xss2m",
        "'-Da=x y' -Db=1 | -Da=x y;-Db=1",
        "-Da=\"x y\" | -Da=x y",
        "-Da=\"it's\" '-Db=say \"so\"' | -Da=it's;-Db=say \"so\"",
        "-Da=$(touch$IFS./ran) | -Da=$(touch$IFS./ran)",
        "-Da=';touch ran' | -Da=;touch ran",
        "-Da=*;-Db=\\ | -Da=*;-Db=\\"
      })
  void flagsMayHoldBlanks(String flags, String expected) throws IOException {
    Result result = start(withJava("LANEWISE_JAVA_OPTS", flags));
    assertEquals("", result.err());
    int end = result.out().indexOf("--module-path");
    String ours = "@" + folder.toRealPath().resolve("program/bin/vm.args");
    assertEquals(ours + ";" + expected, String.join(";", result.out().subList(2, end)));
    assertFalse(Files.exists(folder.resolve("ran")));
  }

  @Test
  void aQuoteThatIsOpenIsOneSentence() throws IOException {
    Result result = start(withJava("LANEWISE_JAVA_OPTS", "-Da='x y"));
    assertEquals(1, result.exitCode());
    assertEquals("A quote (') in LANEWISE_JAVA_OPTS is not closed: -Da='x y", result.err().strip());
  }

  /** ZGC shares its large pages: asked for where the system shares none, it warns. */
  @ParameterizedTest
  @ValueSource(strings = {"LANEWISE_JAVA_OPTS", "JDK_JAVA_OPTIONS", "JAVA_TOOL_OPTIONS"})
  void noLargePagesForTheZGarbageCollector(String variable) throws IOException {
    String none = "-XX:-UseTransparentHugePages";
    Result other = start(withJava(variable, "-XX:+UseParallelGC"));
    assertFalse(other.out().contains(none), other.toString());
    Result zgc = start(withJava(variable, "-Xmx1g -XX:+UseZGC"));
    assertTrue(zgc.out().get(2).endsWith("vm.args") && zgc.out().get(3).equals(none), zgc + "");
  }

  /** Two collectors in the list of flags, and the VM does not start. */
  @ParameterizedTest
  @ValueSource(strings = {"LANEWISE_JAVA_OPTS", "JDK_JAVA_OPTIONS", "JAVA_TOOL_OPTIONS"})
  void theUsersGarbageCollectorTakesThePlaceOfTheSerialOne(String variable) throws IOException {
    String none = "-XX:-UseSerialGC";
    for (String collector : List.of("G1", "Parallel", "Z", "Shenandoah", "Epsilon")) {
      Result result = start(withJava(variable, "-XX:+Use" + collector + "GC"));
      assertTrue(result.out().contains(none), result.toString());
    }
    for (String flag : List.of("-XX:+UseSerialGC", "-XX:+UseStringDeduplication", "-Xmx1g")) {
      assertFalse(start(withJava(variable, flag)).out().contains(none), flag);
    }
  }

  @Test
  void missingLibrariesAreOneSentence() throws IOException {
    Files.delete(folder.resolve("program/lib"));
    Result result = start(Map.of());
    assertEquals(1, result.exitCode());
    assertEquals(1, result.err().lines().count(), result.err());
    assertTrue(result.err().startsWith("lanewise needs its libraries, but there is no folder "));
  }

  /** The script's flags, the module path and this JDK together, where all that is odd meets. */
  @Test
  @EnabledOnOs(OS.LINUX)
  void startsInAFolderOfAnyName() throws IOException {
    Path lib = folder.resolve("program/lib");
    for (Path from : modulesOnThePath()) {
      if (Files.isDirectory(from)) {
        String jar = lib.resolve("lanewise.jar").toString();
        String[] create = {"--create", "--no-compress", "--file", jar, "-C", from + "", "."};
        assertEquals(
            0, ToolProvider.findFirst("jar").orElseThrow().run(System.out, System.err, create));
      } else {
        Files.createSymbolicLink(lib.resolve(from.getFileName()), from);
      }
    }
    Map<String, String> environment =
        Map.of(
            "JAVA_HOME",
            System.getProperty("java.home"),
            "CDPATH",
            ".:/",
            "LANEWISE_JAVA_OPTS",
            "-XX:+UseZGC '-Dlanewise.test=a b'");
    // The shell makes the names: a VM without a locale could not.
    String commands =
        """
        odd="$(printf -- '-c o:l\\303\\266n')" &&
        mv program "./$odd" &&
        "$odd/bin/lanewise" info &&
        "$odd/bin/lanewise" evaluate --load "./$odd/$(printf 'zahl_\\303\\274.png')"
        """;
    Result result = run(environment, "sh", "-c", commands);
    assertEquals(1, result.exitCode(), result.toString());
    assertTrue(result.out().getFirst().startsWith("lanewise    "), result.toString());
    String complaint =
        String.join("\n", result.err().lines().filter(l -> !l.startsWith("WARNING: ")).toList());
    assertEquals("./-c o:lön/zahl_ü.png: there is no such file", complaint);
  }

  /** Where this VM found our classes and the libraries of the program. */
  private static List<Path> modulesOnThePath() {
    String all =
        System.getProperty("jdk.module.path", "")
            + File.pathSeparator
            + System.getProperty("java.class.path");
    return Arrays.stream(all.split(File.pathSeparator, -1))
        .filter(path -> path.matches(".*/((picocli|xchart|jackson)-[^/]*\\.jar|classes)"))
        .map(path -> Path.of(path).toAbsolutePath())
        .distinct()
        .toList();
  }
}
