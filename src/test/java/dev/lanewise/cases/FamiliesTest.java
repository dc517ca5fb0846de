package dev.lanewise.cases;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import dev.lanewise.graph.DrawnOperations;
import dev.lanewise.kernel.Kernel;
import dev.lanewise.kernel.Kernels;
import dev.lanewise.matrix.KernelHashes;
import dev.lanewise.testing.Family;
import dev.lanewise.testing.Measured;
import dev.lanewise.testing.Teams;
import dev.lanewise.testing.Twins;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Every component of {@link Kernels} has what a family must have, or it is said what it lacks. */
class FamiliesTest {
  private static final JavaClasses OPERATIONS =
      new ClassFileImporter().importPackages("dev.lanewise.graph.op");
  private static final Set<String> DRAWN = DrawnOperations.classes();

  /** What optimizers make of gradients is no part of random graphs: tests of optimizers have it. */
  private static final Set<String> OPTIMIZERS = Set.of("update", "elementwise");

  @TestFactory
  Stream<DynamicTest> nothingIsMissing() {
    return Twins.families()
        .map(
            component ->
                DynamicTest.dynamicTest(
                    component.getName(),
                    () -> assertEquals(List.of(), lacks(component, Families.ALL))));
  }

  private static List<String> lacks(RecordComponent component, List<Family> families) {
    String name = component.getName();
    String type = component.getType().getSimpleName();
    List<String> lacks = new ArrayList<>();
    families.stream()
        .filter(family -> family.component().equals(name))
        .findFirst()
        .ifPresentOrElse(
            family -> cases(component, family, lacks),
            () -> lacks.add(name + " has no cases: Families must name its " + type + "Cases"));
    try {
      Class.forName("dev.lanewise.bench." + type + "Bench");
    } catch (ClassNotFoundException none) {
      lacks.add(name + " has no benchmark: there must be a " + type + "Bench");
    }
    agreement(component, lacks);
    operation(component, lacks);
    return lacks;
  }

  private static void cases(RecordComponent component, Family family, List<String> lacks) {
    String name = component.getName();
    if (family.drawn().isEmpty()) {
      lacks.add(name + " has no drawn cases for its twin test");
    }
    if (family.production(1).isEmpty()) {
      lacks.add(name + " has no cases of the sizes of networks");
    }
    long small = family.fixed().stream().filter(one -> !one.large()).count();
    if (small < 10 || small == family.fixed().size()) {
      lacks.add(name + " has " + small + " small cases to be hashed, but ten and a large one must");
    }
    if (family.fixed().stream()
        .anyMatch(one -> !KernelHashes.expected().containsKey(one.name() + "-1"))) {
      lacks.add(name + " has no hashes: hashes.txt must have lines of its fixed cases");
    }
    Set<Method> called = new HashSet<>();
    Kernels recording = recording(called);
    for (Measured one : family.measured()) {
      one.of().apply(one.sizes()[0]).calls(recording).run();
    }
    Set<String> missing = new TreeSet<>();
    for (Method method : component.getType().getMethods()) {
      boolean counts =
          !Modifier.isStatic(method.getModifiers()) && method.getDeclaringClass() != Kernel.class;
      if (counts && !called.contains(method)) {
        missing.add(method.getName() + Arrays.toString(method.getParameterTypes()));
      }
    }
    if (!missing.isEmpty()) {
      lacks.add(name + " has methods that no measured case calls: " + missing);
    }
  }

  /** A set of kernels with one family of another team is refused by that family's name. */
  private static void agreement(RecordComponent component, List<String> lacks) {
    String name = component.getName();
    Kernel other = Twins.family(Teams.kernels(3), component);
    String said = "";
    try {
      Twins.with(Teams.kernels(2), name, other);
    } catch (IllegalArgumentException refused) {
      said = String.valueOf(refused.getMessage());
    }
    if (!said.contains(name + " has ")) {
      lacks.add(name + " may have another team than matmul: Kernels' constructor must compare it");
    }
  }

  /** Operations of graphs that call the family: random graphs must draw one of them. */
  private static void operation(RecordComponent component, List<String> lacks) {
    String contract = component.getType().getName();
    List<String> operations =
        OPERATIONS.stream()
            .filter(
                operation ->
                    operation.getDirectDependenciesFromSelf().stream()
                        .anyMatch(use -> use.getTargetClass().getName().equals(contract)))
            .map(JavaClass::getName)
            .toList();
    boolean drawn =
        operations.stream()
            .anyMatch(op -> DRAWN.stream().anyMatch(one -> outer(one).equals(outer(op))));
    if (!operations.isEmpty() && !drawn && !OPTIMIZERS.contains(component.getName())) {
      lacks.add(
          component.getName() + " is in no random graph: RandomGraph must draw " + operations);
    }
  }

  private static String outer(String name) {
    return name.replaceAll("\\$.*", "");
  }

  /** The scalar twins behind proxies that note what is called. */
  private static Kernels recording(Set<Method> called) {
    Kernels scalar = Kernels.scalar();
    Kernels recording = scalar;
    for (RecordComponent family : Twins.families().toList()) {
      Object twin = Twins.family(scalar, family);
      InvocationHandler noting =
          (proxy, method, arguments) -> {
            called.add(method);
            try {
              return method.invoke(twin, arguments);
            } catch (InvocationTargetException e) {
              throw e.getCause();
            }
          };
      Class<?> type = family.getType();
      Object proxy = Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, noting);
      recording = Twins.with(recording, family.getName(), (Kernel) proxy);
    }
    return recording;
  }
}
