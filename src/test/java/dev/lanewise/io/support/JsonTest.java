package dev.lanewise.io.support;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.jr.ob.JSON;
import dev.lanewise.io.support.JsonReader.SyntaxException;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class JsonTest {
  private static JsonWriter sample(boolean indented) {
    return new JsonWriter(indented)
        .object()
        .name("a")
        .array()
        .value(1)
        .value(0.1f)
        .value(0.1)
        .value(1e-7)
        .end()
        .name("b")
        .object()
        .end()
        .name("c")
        .array()
        .end()
        .name("d")
        .value(Double.NaN)
        .name("e")
        .value(Float.NEGATIVE_INFINITY)
        .name("f")
        .value(true)
        .end();
  }

  /** FR-29: numbers written in the default locale. */
  @Test
  void writesTheSameInEveryLocale() throws IOException {
    String expected =
        "{\"a\":[1,0.1,0.1,1.0E-7],\"b\":{},\"c\":[],\"d\":\"NaN\",\"e\":\"-Infinity\","
            + "\"f\":true}";
    Locale before = Locale.getDefault();
    try {
      for (String tag : new String[] {"en-US", "de-DE", "ar-EG-u-nu-arab", "tr-TR"}) {
        Locale.setDefault(Locale.forLanguageTag(tag));
        assertEquals(expected, sample(false).toString());
        assertEquals(JSON.std.mapFrom(expected), JSON.std.mapFrom(sample(true).toString()));
      }
    } finally {
      Locale.setDefault(before);
    }
  }

  @Test
  void indents() {
    assertEquals(
        """
        {
          "a": [
            1,
            {
              "b": 2
            }
          ]
        }""",
        new JsonWriter(true)
            .object()
            .name("a")
            .array()
            .value(1)
            .object()
            .name("b")
            .value(2)
            .end()
            .end()
            .end()
            .toString());
  }

  @Test
  void refusesMisuse() {
    assertThrows(IllegalStateException.class, () -> new JsonWriter(false).object().value(1));
    assertThrows(IllegalStateException.class, () -> new JsonWriter(false).array().name("x"));
    assertThrows(
        IllegalStateException.class, () -> new JsonWriter(false).object().name("x").name("y"));
    assertThrows(IllegalStateException.class, () -> new JsonWriter(false).object().name("x").end());
    assertThrows(IllegalStateException.class, () -> new JsonWriter(false).end());
    assertThrows(IllegalStateException.class, () -> new JsonWriter(false).value(1).value(2));
  }

  @Property(tries = 1000)
  void stringsComeBack(@ForAll String name, @ForAll String value) throws Exception {
    String text = new JsonWriter(false).object().name(name).value(value).end().toString();
    assertEquals(Map.of(name, value), JSON.std.mapFrom(text));
    if (!hasHalves(name) && !hasHalves(value)) {
      JsonReader reader = new JsonReader(text);
      reader.expect('{');
      assertTrue(reader.next(true, '}'));
      assertEquals(name, reader.name());
      assertEquals(value, reader.string());
      assertFalse(reader.next(false, '}'));
      reader.end();
    }
  }

  private static boolean hasHalves(String text) {
    return text.codePoints().anyMatch(c -> c >= 0xd800 && c <= 0xdfff);
  }

  @Property(tries = 1000)
  void floatsComeBack(@ForAll int bits) {
    float value = Float.intBitsToFloat(bits);
    if (Float.isFinite(value)) {
      assertEquals(value, Float.parseFloat(new JsonWriter(false).value(value).toString()));
    }
  }

  @Test
  void readsEscapes() throws SyntaxException {
    assertEquals(
        "a\"\\/\b\f\n\r\té😀b",
        new JsonReader("\"a\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\ud83D\\uDe00b\"").string());
  }

  @Test
  void refusesWrongStrings() {
    for (String text :
        List.of(
            "\"",
            "\"a",
            "\"a\\",
            "\"a\\\"",
            "\"\\x\"",
            "\"\\u12\"",
            "\"\\u12g4\"",
            "\"\\ud800\"",
            "\"\\udc00\\ud800\"",
            "\"a\nb\"",
            "\"\u0000\"",
            "'a'",
            "a",
            "")) {
      assertThrows(SyntaxException.class, () -> new JsonReader(text).string(), text);
    }
  }

  @Test
  void readsWholeNumbers() throws SyntaxException {
    assertEquals(0, new JsonReader(" 0").count());
    assertEquals(Long.MAX_VALUE, new JsonReader("9223372036854775807").count());
    for (String text : List.of("", "-1", "01", "1.0", "1e3", "9223372036854775808", "+1", "x")) {
      assertThrows(SyntaxException.class, () -> new JsonReader(text).count(), text);
    }
  }
}
