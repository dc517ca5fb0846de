package dev.lanewise.io.support;

/** Names from files in messages. */
public final class Names {
  private static final int LONGEST = 60;

  private Names() {}

  /** A name in quotes, on one line and not endlessly long, whatever a file calls its things. */
  public static String quoted(String name) {
    StringBuilder out = new StringBuilder("'");
    int shown = Math.min(name.length(), LONGEST);
    for (int i = 0; i < shown; i++) {
      char c = name.charAt(i);
      boolean printable =
          !Character.isISOControl(c) && c != '\u2028' && c != '\u2029' && !Character.isSurrogate(c);
      out.append(printable ? c : '?');
    }
    return out.append(shown < name.length() ? "…'" : "'").toString();
  }
}
