package dev.lanewise;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.equivalentTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.mapping;
import static java.util.stream.Collectors.toList;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import dev.lanewise.data.Mnist;
import dev.lanewise.graph.Op;
import dev.lanewise.io.InvalidFileException;
import dev.lanewise.kernel.parallel.Call;
import dev.lanewise.kernel.support.VectorWidth;
import dev.lanewise.nn.MnistCnn;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.lang.foreign.Linker;
import java.lang.foreign.SymbolLookup;
import java.security.SecureRandom;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;

/** Which class may depend on what. */
class ArchitectureTest {
  private static final JavaClasses MAIN_CLASSES =
      new ClassFileImporter()
          .importUrl(Main.class.getProtectionDomain().getCodeSource().getLocation());

  /** The layers, from the top; a package sees those of its own line and of the lines below it. */
  private static final List<List<String>> LAYERS =
      List.of(
          List.of("cli"),
          List.of("train", "onnx"),
          List.of("nn", "optim", "data", "io"),
          List.of("graph"),
          List.of("kernel", "tensor"));

  /** Functions whose last bit Java leaves open, as Math calls them. */
  private static final Set<String> INEXACT =
      Set.of(
          "acos", "asin", "atan", "atan2", "cbrt", "cos", "cosh", "exp", "expm1", "hypot", "log",
          "log10", "log1p", "pow", "sin", "sinh", "tan", "tanh");

  @Test
  void packagesSeeOnlyWhatLiesBelowThem() {
    for (int line = 0; line < LAYERS.size(); line++) {
      List<String> visible =
          LAYERS.subList(line, LAYERS.size()).stream().flatMap(List::stream).toList();
      for (String layer : LAYERS.get(line)) {
        keepsFrom(
            resideIn(List.of(layer)),
            resideInAPackage("dev.lanewise..").and(not(resideIn(visible))),
            "a layer sees what lies below it");
      }
    }
  }

  @Test
  void kernelsAndTensorsKnowNothingOfEachOther() {
    String why = "a kernel knows arrays, offsets and strides";
    keepsFrom(resideIn(List.of("kernel")), resideIn(List.of("tensor")), why);
    keepsFrom(resideIn(List.of("tensor")), resideIn(List.of("kernel")), why);
  }

  @Test
  void everyClassBelongsToALayer() {
    classes()
        .should()
        .resideInAPackage("dev.lanewise")
        .orShould()
        .resideInAnyPackage(patterns(LAYERS.stream().flatMap(List::stream).toList()))
        .check(MAIN_CLASSES);
  }

  @Test
  void packagesFormNoCycle() {
    check(slices().matching("dev.lanewise.(*)..").should().beFreeOfCycles());
    check(slices().matching("dev.lanewise.kernel.(**)").should().beFreeOfCycles());
    keepsFrom(
        resideInAPackage("dev.lanewise.io.support"),
        resideInAPackage("dev.lanewise.io").and(not(equivalentTo(InvalidFileException.class))),
        "formats use the parts; the one exception that users catch is theirs");
  }

  @Test
  void aFamilysPackageHasOneCall() {
    Map<String, List<String>> calls =
        MAIN_CLASSES.stream()
            .filter(each -> each.isAssignableTo(Call.class))
            .filter(each -> !each.getModifiers().contains(JavaModifier.ABSTRACT))
            .collect(groupingBy(JavaClass::getPackageName, mapping(JavaClass::getName, toList())));
    // Three contracts, whose arguments differ: of rows with their classes or targets (softmax and
    // losses), of rows with gamma and beta, and of columns with their statistics.
    assertEquals(3, calls.remove("dev.lanewise.kernel.loss").size());
    calls.forEach((where, which) -> assertEquals(1, which.size(), () -> where + ": " + which));
  }

  @Test
  void onlyTheCommandLineIsMadeForMnist() {
    keepsFrom(
        resideOutsideOfPackage("dev.lanewise.cli..")
            .and(not(belongToAnyOf(Mnist.class, MnistCnn.class))),
        belongToAnyOf(Mnist.class, MnistCnn.class),
        "the library is for any network and any data");
  }

  @Test
  void noPartOfTheCommandLineKnowsItsCommands() {
    keepsFrom(
        resideInAPackage("dev.lanewise.cli.*"),
        resideInAPackage("dev.lanewise.cli"),
        "commands use the parts");
    check(slices().matching("dev.lanewise.cli.(*)").should().beFreeOfCycles());
    keepsFrom(
        resideOutsideOfPackage("dev.lanewise.cli.."),
        resideInAnyPackage("com.fasterxml..", "picocli..", "org.knowm.."),
        "users of the kernels need no library");
  }

  @Test
  void aGraphKnowsNoOperationAndNoOperationARule() {
    keepsFrom(
        resideInAPackage("dev.lanewise.graph"),
        resideInAnyPackage("dev.lanewise.graph.op..", "dev.lanewise.graph.rewrite.."),
        "operations are added without a change of the graph");
    keepsFrom(
        resideInAPackage("dev.lanewise.graph.op.."),
        resideInAPackage("dev.lanewise.graph.rewrite.."),
        "rules are added without a change of operations");
  }

  @Test
  void aTrainingKnowsNoCallbackOfOurs() {
    keepsFrom(
        resideInAPackage("dev.lanewise.train"),
        resideIn(List.of("train.callback")),
        "a callback of ours is one like any other");
  }

  @Test
  void onlySpecialConvolutionsKnowPoolings() {
    keepsFrom(
        resideInAPackage("dev.lanewise.kernel.conv2d"),
        resideIn(List.of("kernel.pool")),
        "a gradient behind a pooling is a source of tiles like any other");
  }

  @Test
  void onlyRulesAskWhichOperationANodeIs() {
    check(
        noClasses()
            .that()
            .resideOutsideOfPackage("dev.lanewise.graph.rewrite..")
            .should(
                ArchCondition.from(
                    describe(
                        "ask whether an operation is one of some kind",
                        each ->
                            each.getInstanceofChecks().stream()
                                .anyMatch(asked -> asked.getRawType().isAssignableTo(Op.class)))))
            .because("what an operation is to a plan, Op's methods say"));
  }

  @Test
  void onlySimdTwinsAndTheVectorWidthUseVectors() {
    keepsFrom(
        not(named("Simd")).and(not(equivalentTo(VectorWidth.class))),
        resideInAPackage("jdk.incubator.vector.."),
        "all others must load where the Vector API is missing");
  }

  @Test
  void allVectorsOfFloatsHaveOneWidth() {
    Set<String> species =
        Set.of(
            "species_64",
            "species_128",
            "species_256",
            "species_512",
            "species_max",
            "species_preferred");
    check(
        noClasses()
            .that(not(equivalentTo(VectorWidth.class)))
            .should()
            .accessTargetWhere(use("jdk.incubator.vector.FloatVector", species))
            .orShould()
            .accessTargetWhere(use("jdk.incubator.vector.IntVector", species))
            .because("C2 leaves accumulators boxed where the API's methods have met two widths"));
    check(
        noClasses()
            .that(not(equivalentTo(VectorWidth.class)))
            .should()
            .accessTargetWhere(use("jdk.incubator.vector.VectorSpecies", Set.of("of")))
            .because("all species are those of VectorWidth"));
  }

  @Test
  void simdTwinsNeverUseScalarTwins() {
    keepsFrom(
        named("Simd"),
        named("Scalar"),
        "a test of equal bits would then compare the scalar twin with itself");
  }

  @Test
  void nothingIsDrawnFromJavasGenerators() {
    check(
        noClasses()
            .should()
            .dependOnClassesThat(
                belongToAnyOf(
                        Random.class,
                        SecureRandom.class,
                        SplittableRandom.class,
                        ThreadLocalRandom.class)
                    .or(resideInAPackage("java.util.random..")))
            .orShould()
            .accessTargetWhere(use("java.lang.Math", Set.of("random")))
            .orShould()
            .accessTargetWhere(use("java.util.Collections", Set.of("shuffle")))
            .because("the counter-based generator draws the same numbers on every machine"));
  }

  @Test
  void noFunctionLeavesItsLastBitOpen() {
    check(
        noClasses()
            .should()
            .accessTargetWhere(use("java.lang.Math", INEXACT))
            .orShould()
            .accessTargetWhere(use("jdk.incubator.vector.VectorOperators", INEXACT))
            .because("StrictMath and our own kernels return the same bits everywhere"));
  }

  @Test
  void noFloatingPointReductionLeavesItsOrderOpen() {
    DescribedPredicate<JavaAccess<?>> reduction =
        use("jdk.incubator.vector.FloatVector", Set.of("reducelanes"))
            .or(use("jdk.incubator.vector.DoubleVector", Set.of("reducelanes")));
    check(
        noClasses()
            .that(
                describe(
                    "call reduceLanes on floating-point lanes",
                    each -> each.getAccessesFromSelf().stream().anyMatch(reduction)))
            .should()
            .accessTargetWhere(use("jdk.incubator.vector.VectorOperators", Set.of("add", "mul")))
            .because("the 32 virtual lanes are folded in a fixed order"));
  }

  @Test
  void noUnsafeNoSerializationNoNativeCode() {
    check(
        noClasses()
            .should()
            .dependOnClassesThat(
                belongToAnyOf(
                        ObjectInputStream.class,
                        ObjectOutputStream.class,
                        Linker.class,
                        SymbolLookup.class)
                    .or(resideInAnyPackage("sun..", "jdk.internal..")))
            .orShould()
            .accessTargetWhere(use("java.lang.System", Set.of("load", "loadlibrary"))));
    check(methods().should().notHaveModifier(JavaModifier.NATIVE));
  }

  private static void keepsFrom(
      DescribedPredicate<JavaClass> these, DescribedPredicate<JavaClass> those, String why) {
    check(noClasses().that(these).should().dependOnClassesThat(those).because(why));
  }

  private static void check(ArchRule rule) {
    // A package that is still empty breaks no rule.
    rule.allowEmptyShould(true).check(MAIN_CLASSES);
  }

  private static DescribedPredicate<JavaClass> resideIn(List<String> layers) {
    return resideInAnyPackage(patterns(layers));
  }

  private static String[] patterns(List<String> layers) {
    return layers.stream().map(layer -> "dev.lanewise." + layer + "..").toArray(String[]::new);
  }

  /** Our classes whose name, or whose outermost class's name, starts with {@code prefix}. */
  private static DescribedPredicate<JavaClass> named(String prefix) {
    return resideInAPackage("dev.lanewise..")
        .and(
            describe(
                "are called " + prefix + "*",
                each ->
                    each.getName()
                        .substring(each.getPackageName().length() + 1)
                        .startsWith(prefix)));
  }

  /** Calls, reads and method references of {@code owner}'s members, named in lower case. */
  private static DescribedPredicate<JavaAccess<?>> use(String owner, Set<String> members) {
    return describe(
        "it is one of " + owner + "'s " + members,
        access ->
            access.getTargetOwner().getFullName().equals(owner)
                && members.contains(access.getTarget().getName().toLowerCase(Locale.ROOT)));
  }
}
