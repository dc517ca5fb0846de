package dev.lanewise.bench.suite;

import java.util.List;

/** Colours that people with any kind of colour vision tell apart. */
final class Palette {
  private static final List<String> PEERS =
      List.of("#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#7a5195");
  static final List<String> FAMILIES =
      List.of(
          "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#7a5195", "#222222");

  private Palette() {}

  /** The colour of an implementation, among the peers of a picture. */
  static String of(String impl, List<String> peers) {
    return switch (impl) {
      case Line.NO_AUTO_VECTORIZER -> "#c4c4c4";
      case Line.SCALAR -> "#8c8c8c";
      case Line.PLAIN -> "#e69f00";
      case Line.SIMD -> "#0072b2";
      default -> PEERS.get(Math.max(0, peers.indexOf(impl)) % PEERS.size());
    };
  }
}
