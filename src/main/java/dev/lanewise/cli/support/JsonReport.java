package dev.lanewise.cli.support;

import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.core.util.Separators;
import com.fasterxml.jackson.jr.ob.JSON;
import dev.lanewise.io.support.AtomicFile;
import dev.lanewise.kernel.Kernels;
import dev.lanewise.train.EpochResult;
import dev.lanewise.train.Evaluation;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reports in JSON: the same text in every locale, one value a line; numbers as short as they can be
 * read back exactly; infinities and NaN, which JSON does not have, as the strings "Infinity",
 * "-Infinity" and "NaN".
 *
 * <p>A report is made of maps, lists, strings and numbers. Only a class within touches Jackson.
 */
public final class JsonReport {
  private JsonReport() {}

  /** An object of names and values in turn; a value that is null is left out, with its name. */
  public static Map<String, Object> object(@Nullable Object... namesAndValues) {
    Map<String, Object> object = new LinkedHashMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      Object value = namesAndValues[i + 1];
      if (value != null) {
        object.put((String) namesAndValues[i], value);
      }
    }
    return object;
  }

  /** The versions of the program and of what runs it. */
  public static Map<String, Object> versions() {
    return object(
        "lanewise", Machine.version(),
        "java", System.getProperty("java.runtime.version"),
        "vm", System.getProperty("java.vm.name"));
  }

  /** What ran, asked of the kernels themselves, not of the options. */
  public static Map<String, Object> machine(Kernels kernels) {
    return object(
        "processor", Machine.processor(),
        "processors", Runtime.getRuntime().availableProcessors(),
        "kernels", kernels.vectorBits() == 0 ? "scalar" : "simd",
        "vector_bits", kernels.vectorBits(),
        "lanes", kernels.vectorBits() / Float.SIZE,
        "threads", kernels.threads());
  }

  /** An epoch's times and figures. */
  public static Map<String, Object> epoch(EpochResult result) {
    Evaluation validation = result.validation();
    return object(
        "train_seconds", result.trainSeconds(),
        "val_seconds", result.validationSeconds(),
        "loss", result.training().loss(),
        "accuracy", result.training().accuracy(),
        "val_loss", validation == null ? null : validation.loss(),
        "val_accuracy", validation == null ? null : validation.accuracy());
  }

  /** Writes a report to a file. */
  public static void write(Path file, Map<String, Object> report) throws IOException {
    String text = text(report) + "\n";
    AtomicFile.write(file, out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
  }

  /** Refuses an option whose file could not be written at the end, since a library is missing. */
  public static void check(String option) {
    try {
      text(Map.of());
    } catch (NoClassDefFoundError missing) {
      throw UserException.failed(
          "%s needs com.fasterxml.jackson.jr:jackson-jr-objects: %s is missing"
              .formatted(option, missing.getMessage()));
    } catch (IOException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  static String text(Map<String, Object> report) throws IOException {
    return Jackson.text(report);
  }

  /** Apart, so that the class above is loaded where the library is missing. */
  private static final class Jackson {
    private Jackson() {}

    static String text(Map<String, Object> report) throws IOException {
      DefaultIndenter lines = new DefaultIndenter("  ", "\n");
      Separators separators =
          Separators.createDefaultInstance()
              .withObjectFieldValueSpacing(Separators.Spacing.AFTER)
              .withObjectEmptySeparator("")
              .withArrayEmptySeparator("");
      return JSON.std
          .with(
              new DefaultPrettyPrinter(separators)
                  .withObjectIndenter(lines)
                  .withArrayIndenter(lines))
          .asString(report);
    }
  }
}
