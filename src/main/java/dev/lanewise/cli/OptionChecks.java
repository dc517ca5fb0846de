package dev.lanewise.cli;

import dev.lanewise.cli.support.UserException;
import dev.lanewise.data.Dataset;
import org.jspecify.annotations.Nullable;

/** Checks that commands share. */
final class OptionChecks {
  private OptionChecks() {}

  /** Refuses a number below 1. */
  static void atLeastOne(String option, int value) {
    if (value < 1) {
      throw UserException.wrongOption(option + " is " + value + ", but must be at least 1");
    }
  }

  /** The first images, as --limit says; all if it is not given. */
  static Dataset limited(Dataset images, @Nullable Integer most) {
    if (most == null) {
      return images;
    }
    if (most < 1 || most > images.count()) {
      throw UserException.wrongOption(
          "--limit is "
              + most
              + ", but must be from 1 to "
              + images.count()
              + ", the number of training images");
    }
    return images.limit(most);
  }
}
