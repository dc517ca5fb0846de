package dev.lanewise.nn;

import dev.lanewise.nn.Sequential.Placed;
import java.util.List;
import java.util.Locale;

/** Keras's table of a model. */
final class Summary {
  private static final int LAYER = 33;
  private static final int SHAPE = 24;
  private static final int COUNT = 15;

  private Summary() {}

  static String of(Sequential model, List<Placed> layers) {
    StringBuilder text = new StringBuilder("Model: \"sequential\"\n");
    rule(text, "┏", "━", "┳", "┓");
    row(text, "┃", "Layer (type)", "Output Shape", "Param #");
    rule(text, "┡", "━", "╇", "┩");
    for (int i = 0; i < layers.size(); i++) {
      Placed layer = layers.get(i);
      if (i > 0) {
        rule(text, "├", "─", "┼", "┤");
      }
      long count = layer.variables().stream().mapToLong(v -> v.values().length).sum();
      row(
          text,
          "│",
          layer.name() + " (" + layer.layer().kind() + ")",
          layer.output().batched().toString(),
          String.format(Locale.ROOT, "%,d", count));
    }
    rule(text, "└", "─", "┴", "┘");
    total(text, "Total", model.parameters());
    total(text, "Trainable", model.trainableParameters());
    total(text, "Non-trainable", model.parameters() - model.trainableParameters());
    return text.toString();
  }

  private static void total(StringBuilder text, String what, long count) {
    text.append(String.format(Locale.ROOT, " %s params: %,d (%s)\n", what, count, bytes(count)));
  }

  /** The memory that floats take, as Keras rounds it. */
  private static String bytes(long count) {
    double size = count * (double) Float.BYTES;
    String[] units = {"B", "KB", "MB", "GB"};
    int unit = 0;
    while (size >= 1024 && unit < units.length - 1) {
      size /= 1024;
      unit++;
    }
    return String.format(Locale.ROOT, "%.2f %s", size, units[unit]);
  }

  private static void rule(
      StringBuilder text, String left, String line, String cross, String right) {
    text.append(left)
        .append(line.repeat(LAYER))
        .append(cross)
        .append(line.repeat(SHAPE))
        .append(cross)
        .append(line.repeat(COUNT))
        .append(right)
        .append('\n');
  }

  private static void row(
      StringBuilder text, String bar, String layer, String shape, String count) {
    text.append(
        String.format(
            Locale.ROOT,
            "%1$s %2$-"
                + (LAYER - 2)
                + "s %1$s %3$-"
                + (SHAPE - 2)
                + "s %1$s %4$"
                + (COUNT - 2)
                + "s %1$s\n",
            bar,
            layer,
            shape,
            count));
  }
}
