package dev.lanewise.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import dev.lanewise.kernel.Kernel;
import dev.lanewise.kernel.update.UpdateRule;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.runner.BenchmarkList;
import org.openjdk.jmh.runner.BenchmarkListEntry;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.format.OutputFormatFactory;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * Every benchmark is called once, at its smallest shape, in this VM; {@link Checked} refuses to
 * measure what differs from the scalar twin. And every kernel has a benchmark.
 */
class BenchmarksTest {
  /** What calls kernels, or implements them, and is no benchmark. */
  private static final Pattern IRRELEVANT =
      Pattern.compile(".*/(jmh_generated/.*|plain/.*|Simd.*|Scalar.*|.*Test.*)");

  @TestFactory
  Stream<DynamicTest> everyBenchmarkReturnsTheTwinsResult() {
    return benchmarks().stream()
        .map(BenchmarkListEntry::getUserClassQName)
        .distinct()
        .map(family -> DynamicTest.dynamicTest(family, () -> runOnce(family)));
  }

  /** The abstract methods of a kernel's interface are what its other methods come down to. */
  @Test
  void everyKernelHasABenchmark() {
    JavaClasses classes =
        new ClassFileImporter()
            .withImportOption(location -> !location.matches(IRRELEVANT))
            .importPackages("dev.lanewise.kernel", "dev.lanewise.bench");
    List<String> missing = new ArrayList<>();
    for (JavaClass family : classes) {
      if (family.isInterface()
          && family.isAssignableTo(Kernel.class)
          && !family.isEquivalentTo(Kernel.class)
          && family.getPackageName().startsWith("dev.lanewise.kernel")) {
        for (JavaMethod method : family.getMethods()) {
          if (method.getModifiers().contains(JavaModifier.ABSTRACT) && !measured(family, method)) {
            missing.add(family.getSimpleName() + "." + method.getName());
          }
        }
      }
    }
    assertEquals(List.of(), missing);
  }

  /** Whether a benchmark calls a method, or another of the interface that only passes it on. */
  private static boolean measured(JavaClass family, JavaMethod method) {
    return method.getCallsOfSelf().stream()
        .anyMatch(
            call -> {
              JavaClass caller = call.getOriginOwner();
              return caller.getPackageName().equals("dev.lanewise.bench")
                  || caller.isEquivalentTo(UpdateRule.class)
                  || (caller.equals(family)
                      && call.getOrigin() instanceof JavaMethod through
                      && measured(family, through));
            });
  }

  private static void runOnce(String family) {
    int calls = 0;
    for (BenchmarkListEntry benchmark : benchmarks()) {
      if (benchmark.getUserClassQName().equals(family)) {
        ChainedOptionsBuilder options =
            new OptionsBuilder()
                .include("^" + benchmark.getUsername().replace(".", "\\.") + "$")
                .mode(Mode.SingleShotTime)
                .forks(0)
                .warmupIterations(0)
                .measurementIterations(1)
                .measurementTime(TimeValue.NONE)
                .shouldFailOnError(true)
                .verbosity(VerboseMode.SILENT);
        smallest(benchmark, options);
        calls += run(options.build());
      }
    }
    assertTrue(calls > 0, family + " has no benchmark");
  }

  /** JMH hides what a benchmark threw. */
  private static int run(Options options) {
    try {
      return new Runner(options).run().size();
    } catch (RunnerException e) {
      Throwable hidden = e;
      while (hidden.getCause() != null || hidden.getSuppressed().length > 0) {
        hidden = hidden.getCause() != null ? hidden.getCause() : hidden.getSuppressed()[0];
      }
      throw new AssertionError(hidden.getMessage(), e);
    }
  }

  /** A shape is called by all implementations and all rules, by a team of two. */
  private static void smallest(BenchmarkListEntry benchmark, ChainedOptionsBuilder options) {
    Map<String, String[]> params = benchmark.getParams().orElse(Map.of());
    if (params.containsKey("threads")) {
      String[] all = params.get("threads");
      options.param("threads", all[all.length - 1]);
    }
    for (String size : List.of("shape", "kilobytes")) {
      if (params.containsKey(size)) {
        options.param(size, params.get(size)[0]);
      }
    }
    if (benchmark.getUsername().endsWith(".afterZeroGradients")) { // thousands of steps before it
      options.param("shape", "100").param("rule", "ADAM");
    }
  }

  private static List<BenchmarkListEntry> benchmarks() {
    return List.copyOf(
        BenchmarkList.defaultList()
            .getAll(
                OutputFormatFactory.createFormatInstance(System.out, VerboseMode.SILENT),
                List.of()));
  }
}
