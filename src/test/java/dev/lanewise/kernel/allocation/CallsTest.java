package dev.lanewise.kernel.allocation;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lanewise.kernel.Kernel;
import dev.lanewise.kernel.Kernels;
import dev.lanewise.testing.Twins;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.lang.reflect.RecordComponent;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** The calls whose allocation is measured are calls of every method of every family. */
class CallsTest {
  @Test
  void everyKernelMethodIsAmongTheCalls() throws ReflectiveOperationException {
    Set<Method> called = new HashSet<>();
    Kernels recording = recording(called);
    for (Call call : KernelAllocation.calls()) {
      call.prepare().apply(recording).accept(1);
    }
    Set<String> missing = new TreeSet<>();
    for (RecordComponent family : Kernels.class.getRecordComponents()) {
      for (Method method : family.getType().getMethods()) {
        boolean counts =
            !Modifier.isStatic(method.getModifiers()) && method.getDeclaringClass() != Kernel.class;
        if (counts && !called.contains(method)) {
          missing.add(method.toString());
        }
      }
    }
    assertEquals(Set.of(), missing);
  }

  /** The scalar twins behind proxies that note what is called. */
  private static Kernels recording(Set<Method> called) throws ReflectiveOperationException {
    RecordComponent[] families = Kernels.class.getRecordComponents();
    Kernel[] proxies = new Kernel[families.length];
    Kernels scalar = Kernels.scalar();
    for (int i = 0; i < families.length; i++) {
      Object twin = families[i].getAccessor().invoke(scalar);
      Class<?> type = families[i].getType();
      proxies[i] =
          (Kernel)
              Proxy.newProxyInstance(
                  type.getClassLoader(),
                  new Class<?>[] {type},
                  (proxy, method, arguments) -> {
                    called.add(method);
                    try {
                      return method.invoke(twin, arguments);
                    } catch (InvocationTargetException e) {
                      throw e.getCause();
                    }
                  });
    }
    return Twins.with(scalar, proxies);
  }
}
