package dev.lanewise.bench.suite;

import java.time.Duration;
import java.util.Locale;

/** Figures as texts, with the digits that they deserve. */
final class Figures {
  static final String NONE = "–";

  /** What marks a figure whose error is above 10 %. */
  static final String NOISY = " ⚠";

  private Figures() {}

  /** Three significant digits, without an exponent. */
  static String three(double value) {
    if (Double.isNaN(value)) {
      return NONE;
    }
    double size = Math.abs(value);
    int digits = size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3;
    return String.format(Locale.ROOT, "%." + digits + "f", value);
  }

  static String time(double seconds) {
    if (Double.isNaN(seconds)) {
      return NONE;
    }
    if (seconds < 1e-6) {
      return three(seconds * 1e9) + " ns";
    }
    if (seconds < 1e-3) {
      return three(seconds * 1e6) + " µs";
    }
    return seconds < 1 ? three(seconds * 1e3) + " ms" : three(seconds) + " s";
  }

  /** A share as a percentage, without digits behind the point above 10 %. */
  static String percent(double share) {
    if (Double.isNaN(share)) {
      return NONE;
    }
    return String.format(Locale.ROOT, share < 0.0995 ? "%.1f %%" : "%.0f %%", share * 100);
  }

  static String times(double ratio) {
    return Double.isNaN(ratio) ? NONE : three(ratio) + " ×";
  }

  /** The rate's number, its interval in percent and the mark of noise. */
  static String rate(Row row) {
    return three(row.rate())
        + (Double.isNaN(row.relativeError()) ? "" : " ± " + percent(row.relativeError()))
        + (row.noisy() ? NOISY : "");
  }

  static String rateWithError(Row row) {
    return three(row.rate())
        + " "
        + row.unit()
        + " ± "
        + percent(row.relativeError())
        + (row.noisy() ? NOISY : "");
  }

  static String bytes(double allocated) {
    return Double.isNaN(allocated)
        ? NONE
        : String.format(Locale.ROOT, "%.0f", Math.max(0, allocated));
  }

  static String minutes(Duration time) {
    long seconds = Math.round(time.toMillis() / 1000.0);
    return seconds < 100 ? seconds + " s" : Math.round(seconds / 60.0) + " min";
  }
}
