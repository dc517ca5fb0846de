package dev.lanewise.cli.support;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** What a report's text is, to the byte. */
class JsonReportTest {
  /** FR-29: numbers written in the default locale. */
  @Test
  void isTheSameInEveryLocale() throws IOException {
    Map<String, Object> report =
        JsonReport.object(
            "a",
            List.of(1, 0.1f, 0.1, 1e-7),
            "b",
            Map.of(),
            "c",
            List.of(),
            "d",
            Double.NaN,
            "e",
            Float.NEGATIVE_INFINITY,
            "left out",
            null,
            "f",
            new int[][] {{1, 2}, {3}},
            "g",
            List.of(JsonReport.object("h", "é \"\\\n", "i", Long.MIN_VALUE)));
    String expected =
        """
        {
          "a": [
            1,
            0.1,
            0.1,
            1.0E-7
          ],
          "b": {},
          "c": [],
          "d": "NaN",
          "e": "-Infinity",
          "f": [
            [
              1,
              2
            ],
            [
              3
            ]
          ],
          "g": [
            {
              "h": "é \\"\\\\\\n",
              "i": -9223372036854775808
            }
          ]
        }""";
    Locale before = Locale.getDefault();
    try {
      for (String tag : new String[] {"en-US", "de-DE", "ar-EG-u-nu-arab", "tr-TR"}) {
        Locale.setDefault(Locale.forLanguageTag(tag));
        assertEquals(expected, JsonReport.text(report));
      }
    } finally {
      Locale.setDefault(before);
    }
  }

  @Property(tries = 1000)
  void stringsComeBack(@ForAll String name, @ForAll String value) throws IOException {
    assertEquals(Map.of(name, value), JSON.std.mapFrom(JsonReport.text(Map.of(name, value))));
  }

  @Property(tries = 1000)
  void floatsComeBack(@ForAll int bits) throws IOException {
    float value = Float.intBitsToFloat(bits);
    String text = JsonReport.text(Map.of("a", value)).replaceAll("[\\s{}\"a:]", "");
    if (Float.isFinite(value)) {
      assertEquals(value, Float.parseFloat(text));
    }
  }

  /** A class path without the library: a sentence, before the run. */
  @Test
  void withoutTheLibraryAnOptionIsRefused() throws Exception {
    ClassLoader bare =
        new ClassLoader(getClass().getClassLoader()) {
          @Override
          protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (name.startsWith("com.fasterxml.")) {
              throw new ClassNotFoundException(name);
            }
            Class<?> known = findLoadedClass(name);
            if (known != null || !name.startsWith("dev.lanewise.")) {
              return known == null ? super.loadClass(name, resolve) : known;
            }
            String file = "/" + name.replace('.', '/') + ".class";
            try (InputStream in = JsonReport.class.getResourceAsStream(file)) {
              byte[] bytes = in.readAllBytes();
              return defineClass(name, bytes, 0, bytes.length);
            } catch (IOException e) {
              throw new ClassNotFoundException(name, e);
            }
          }
        };
    Method check = bare.loadClass(JsonReport.class.getName()).getMethod("check", String.class);
    Throwable refusal =
        assertThrows(InvocationTargetException.class, () -> check.invoke(null, "--json"))
            .getCause();
    assertEquals(UserException.class.getName(), refusal.getClass().getName(), refusal.toString());
    assertTrue(
        refusal
            .getMessage()
            .startsWith("--json needs com.fasterxml.jackson.jr:jackson-jr-objects: "),
        refusal.getMessage());
  }
}
