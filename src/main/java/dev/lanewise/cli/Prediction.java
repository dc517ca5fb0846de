package dev.lanewise.cli;

import dev.lanewise.io.support.JsonWriter;
import java.util.List;

/** The result for one picture. */
sealed interface Prediction {
  /** The picture's file, as the user named it. */
  String file();

  /**
   * A digit was read.
   *
   * @param probabilities each digit's
   * @param digit the one with the greatest
   * @param notes what was odd about the picture
   */
  record Digit(String file, List<Float> probabilities, int digit, List<String> notes)
      implements Prediction {
    float probability() {
      return probabilities.get(digit);
    }
  }

  /**
   * No digit was read.
   *
   * @param error why, in a sentence
   */
  record Failure(String file, String error) implements Prediction {}

  /** Writes one as an object. */
  static void write(JsonWriter json, Prediction prediction) {
    json.object().name("file").value(prediction.file());
    switch (prediction) {
      case Failure failure -> json.name("error").value(failure.error());
      case Digit digit -> {
        json.name("digit").value(digit.digit());
        json.name("probability").value(digit.probability());
        json.name("probabilities").array();
        for (float probability : digit.probabilities()) {
          json.value(probability);
        }
        json.end();
        if (!digit.notes().isEmpty()) {
          json.name("notes").array();
          digit.notes().forEach(json::value);
          json.end();
        }
      }
    }
    json.end();
  }
}
