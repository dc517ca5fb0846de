package dev.lanewise.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.bytedeco.javacpp.Loader;

/** Functions of native libraries for which JavaCPP's presets have no method. */
@SuppressWarnings("restricted") // the benchmarks' VMs are started with --enable-native-access
final class Native {
  private Native() {}

  /** Forgets an environment variable, as far as native code is concerned. */
  static void unset(String variable) {
    Linker linker = Linker.nativeLinker();
    try (Arena arena = Arena.ofConfined()) {
      MethodHandle unsetenv =
          linker.downcallHandle(
              linker.defaultLookup().findOrThrow("unsetenv"),
              FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS));
      int ignored = (int) unsetenv.invokeExact(arena.allocateFrom(variable));
    } catch (Throwable e) {
      throw new IllegalStateException("unsetenv failed", e);
    }
  }

  /** A function of a library that JavaCPP has unpacked and loaded for a preset. */
  static MethodHandle function(
      Class<?> preset, String library, String name, FunctionDescriptor type) {
    Path folder = Path.of(Loader.load(preset)).getParent();
    try (Stream<Path> files = Files.list(folder)) {
      Path file =
          files
              .filter(each -> each.getFileName().toString().startsWith(library + ".so"))
              .findFirst()
              .orElseThrow(() -> new IllegalStateException("no " + library + " in " + folder));
      SymbolLookup lookup = SymbolLookup.libraryLookup(file, Arena.global());
      return Linker.nativeLinker().downcallHandle(lookup.findOrThrow(name), type);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Calls a function that takes an int. */
  static void call(Class<?> preset, String library, String name, int argument) {
    try {
      MethodHandle function =
          function(preset, library, name, FunctionDescriptor.ofVoid(ValueLayout.JAVA_INT));
      function.invokeExact(argument);
    } catch (Throwable e) {
      throw new IllegalStateException(name + " failed", e);
    }
  }

  /** Calls a function that returns a text. */
  static String text(Class<?> preset, String library, String name) {
    try {
      MethodHandle function =
          function(preset, library, name, FunctionDescriptor.of(ValueLayout.ADDRESS));
      MemorySegment text = (MemorySegment) function.invokeExact();
      return text.reinterpret(1000).getString(0);
    } catch (Throwable e) {
      throw new IllegalStateException(name + " failed", e);
    }
  }
}
