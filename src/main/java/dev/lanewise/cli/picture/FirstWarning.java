package dev.lanewise.cli.picture;

import javax.imageio.ImageReader;
import javax.imageio.event.IIOReadWarningListener;

/**
 * The first warning that a reader of pictures gives; about colour profiles, which do not count,
 * none.
 */
final class FirstWarning implements IIOReadWarningListener {
  private String text = "";

  FirstWarning() {}

  /** The warning, on one line; empty without one. */
  String text() {
    return text;
  }

  @Override
  public void warningOccurred(ImageReader source, String warning) {
    if (text.isEmpty() && !warning.contains("profile")) {
      text = warning.strip().replaceAll("\\s+", " ");
    }
  }
}
