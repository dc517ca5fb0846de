package dev.lanewise.io.support;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.io.support.LiteralReader.Json;
import dev.lanewise.io.support.LiteralReader.SyntaxException;
import java.util.List;
import org.junit.jupiter.api.Test;

class LiteralReaderTest {
  @Test
  void readsAnObject() throws SyntaxException {
    Json reader = new Json(" { \"a\" : [ 1 , 2 ] , \"\\u00e9\" : \"b\" } ");
    reader.expect('{');
    assertTrue(reader.next(true, '}'));
    assertEquals("a", reader.name());
    reader.expect('[');
    assertTrue(reader.next(true, ']'));
    assertEquals(1, reader.count());
    assertTrue(reader.next(false, ']'));
    assertEquals(2, reader.count());
    assertFalse(reader.next(false, ']'));
    assertTrue(reader.next(false, '}'));
    assertEquals("é", reader.name());
    assertEquals("b", reader.string());
    assertFalse(reader.next(false, '}'));
    reader.end();
  }

  @Test
  void readsEscapes() throws SyntaxException {
    assertEquals(
        "a\"\\/\b\f\n\r\té😀b",
        new Json("\"a\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\ud83D\\uDe00b\"").string());
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
      assertThrows(SyntaxException.class, () -> new Json(text).string(), text);
    }
  }

  @Test
  void readsWholeNumbers() throws SyntaxException {
    assertEquals(0, new Json(" 0").count());
    assertEquals(Long.MAX_VALUE, new Json("9223372036854775807").count());
    for (String text : List.of("", "-1", "01", "1.0", "1e3", "9223372036854775808", "+1", "x")) {
      assertThrows(SyntaxException.class, () -> new Json(text).count(), text);
    }
  }
}
