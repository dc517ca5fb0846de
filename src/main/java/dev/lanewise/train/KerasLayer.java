package dev.lanewise.train;

import dev.lanewise.io.support.Names;
import dev.lanewise.nn.Activation;
import dev.lanewise.nn.ActivationFunction;
import dev.lanewise.nn.AveragePooling2D;
import dev.lanewise.nn.BatchNormalization;
import dev.lanewise.nn.Conv2D;
import dev.lanewise.nn.Dense;
import dev.lanewise.nn.Dropout;
import dev.lanewise.nn.ELU;
import dev.lanewise.nn.Flatten;
import dev.lanewise.nn.GlobalAveragePooling2D;
import dev.lanewise.nn.Layer;
import dev.lanewise.nn.LayerNormalization;
import dev.lanewise.nn.LeakyReLU;
import dev.lanewise.nn.MaxPooling2D;
import dev.lanewise.nn.Padding;
import dev.lanewise.tensor.Shape;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A layer of a Keras model's configuration. A setting that nobody has asked for, and that is
 * neither null nor false nor 0, is not known.
 */
final class KerasLayer {
  /** What inference does not need, and what shapes say. */
  private static final Pattern WITHOUT_EFFECT =
      Pattern.compile(
          "name|trainable|dtype|use_bias|autocast|seed|synchronized|ragged|sparse|batch_(input_)?shape"
              + "|.*_initializer|.*_regularizer|.*_constraint");

  private final String kind;
  private final String name;
  private final Map<?, ?> settings;
  private final @Nullable Object inbound;
  private final int rank;
  private final Set<String> asked = new HashSet<>();

  private KerasLayer(Map<?, ?> layer) {
    kind = String.valueOf(layer.get("class_name"));
    settings = layer.get("config") instanceof Map<?, ?> map ? map : Map.of();
    name = String.valueOf(settings.get("name"));
    inbound = layer.get("inbound_nodes");
    Object build =
        layer.get("build_config") instanceof Map<?, ?> map ? map.get("input_shape") : null;
    rank = build instanceof List<?> dims ? dims.size() : 0;
  }

  /** The layers of a model, which must be a chain. */
  static List<KerasLayer> chain(@Nullable Object root) {
    Map<?, ?> model = root instanceof Map<?, ?> map ? map : Map.of();
    String kind = String.valueOf(model.get("class_name"));
    if (!Set.of("Sequential", "Functional", "Model").contains(kind)
        || !(model.get("config") instanceof Map<?, ?> config)
        || !(config.get("layers") instanceof List<?> all)
        || all.isEmpty()) {
      throw new IllegalArgumentException(
          "it is a %s, but only a Sequential, and a Functional that is a chain, are known"
              .formatted(Names.bounded(kind)));
    }
    List<KerasLayer> chain = new ArrayList<>();
    for (Object one : all) {
      if (!(one instanceof Map<?, ?> layer)) {
        throw new IllegalArgumentException("one of its layers has no settings");
      }
      chain.add(new KerasLayer(layer));
    }
    for (int i = 1; i < chain.size() && chain.getFirst().inbound != null; i++) {
      List<String> sources = new ArrayList<>();
      chain.get(i).sources(chain.get(i).inbound, sources);
      if (!sources.equals(List.of(chain.get(i - 1).name))) {
        throw chain.get(i).refused("takes %s, but only chains are known".formatted(sources));
      }
    }
    return chain;
  }

  /** The layers whose outputs this one takes: lists of a name and two numbers. */
  private void sources(@Nullable Object node, List<String> sources) {
    if (node instanceof List<?> list) {
      if (list.size() > 2 && list.get(0) instanceof String from && list.get(1) instanceof Double) {
        sources.add(from);
      } else {
        list.forEach(one -> sources(one, sources));
      }
    } else if (node instanceof Map<?, ?> map) {
      map.forEach(
          (key, value) -> {
            if (!key.equals("shape")) {
              sources(value, sources);
            }
          });
    }
  }

  /** The shape of one image or row; an input layer is removed. */
  static Shape input(@Nullable Object root, List<KerasLayer> chain) {
    KerasLayer first = chain.getFirst();
    Object shape = first.settings.get("batch_shape");
    if (shape == null) {
      shape = first.settings.get("batch_input_shape");
    }
    if (shape == null
        && root instanceof Map<?, ?> model
        && model.get("config") instanceof Map<?, ?> map) {
      shape = map.get("build_input_shape");
    }
    if (first.kind.equals("InputLayer")) {
      chain.removeFirst();
    }
    if (!(shape instanceof List<?> dims) || dims.size() < 2) {
      throw new IllegalArgumentException("the shape of its input is not known");
    }
    return Shape.of(dims.stream().skip(1).mapToInt(KerasLayer::integer).toArray());
  }

  private IllegalArgumentException refused(String problem) {
    return new IllegalArgumentException(
        "layer %s (%s) %s".formatted(Names.quoted(name), Names.bounded(kind), problem));
  }

  /** The layer. */
  Layer layer() {
    Layer layer;
    try {
      layer = known();
    } catch (IllegalArgumentException wrong) {
      throw refused("is none: " + wrong.getMessage());
    }
    settings.forEach(
        (key, value) -> {
          String setting = String.valueOf(key);
          boolean none = value == null || value.equals(false) || value.equals(0.0);
          if (!none && !asked.contains(setting) && !WITHOUT_EFFECT.matcher(setting).matches()) {
            throw refused(
                "has the setting %s = %s, which is not known"
                    .formatted(Names.bounded(setting), Names.bounded(String.valueOf(value))));
          }
        });
    return layer;
  }

  private Layer known() {
    only("data_format", "channels_last");
    return switch (kind) {
      case "Conv2D" -> {
        int[] kernel = pair("kernel_size", 1);
        int[] strides = pair("strides", 1);
        int[] dilation = pair("dilation_rate", 1);
        yield new Conv2D(
            (int) number("filters", 0),
            kernel[0],
            kernel[1],
            strides[0],
            strides[1],
            named("padding", Padding.values()),
            dilation[0],
            dilation[1],
            (int) number("groups", 1),
            activation());
      }
      case "Dense" -> new Dense((int) number("units", 0), activation());
      case "MaxPooling2D", "AveragePooling2D" -> {
        int[] pool = pair("pool_size", 2);
        int[] strides = pair("strides", pool);
        Padding padding = named("padding", Padding.values());
        yield kind.startsWith("Max")
            ? new MaxPooling2D(pool[0], pool[1], strides[0], strides[1], padding)
            : new AveragePooling2D(pool[0], pool[1], strides[0], strides[1], padding);
      }
      case "GlobalAveragePooling2D" -> new GlobalAveragePooling2D();
      case "Flatten" -> new Flatten();
      case "Dropout" -> new Dropout(number("rate", 0));
      case "Activation" -> new Activation(activation());
      case "ReLU" -> new Activation(ActivationFunction.RELU);
      case "Softmax" -> {
        only("axis", -1.0);
        yield new Activation(ActivationFunction.SOFTMAX);
      }
      case "LeakyReLU" -> new LeakyReLU(number("negative_slope", number("alpha", 0.3)));
      case "ELU" -> new ELU(number("alpha", 1));
      case "LayerNormalization" ->
          new LayerNormalization(
              lastDims(), number("epsilon", 1e-3), flag("center"), flag("scale"));
      case "BatchNormalization" -> {
        if (lastDims() != 1) {
          throw new IllegalArgumentException("its axis is not the last one");
        }
        yield new BatchNormalization(
            number("momentum", 0.99), number("epsilon", 1e-3), flag("center"), flag("scale"));
      }
      default -> throw new IllegalArgumentException("such layers are not known");
    };
  }

  /** Whether there is a bias: the last of the weights of a layer that may have one. */
  boolean hasBias() {
    return !Boolean.FALSE.equals(settings.get("use_bias"));
  }

  private @Nullable Object value(String setting) {
    asked.add(setting);
    return settings.get(setting);
  }

  private void only(String setting, Object known) {
    Object value = value(setting);
    if (value != null && !value.equals(known)) {
      throw new IllegalArgumentException(
          "%s is %s, but only %s is known"
              .formatted(setting, Names.bounded(String.valueOf(value)), known));
    }
  }

  private double number(String setting, double otherwise) {
    Object value = value(setting);
    if (value != null && !(value instanceof Double)) {
      throw new IllegalArgumentException(setting + " is no number");
    }
    return value instanceof Double number ? number : otherwise;
  }

  private boolean flag(String setting) {
    return !Boolean.FALSE.equals(value(setting));
  }

  private static int integer(Object value) {
    if (!(value instanceof Double number) || number != Math.rint(number) || number > 1 << 30) {
      throw new IllegalArgumentException(
          Names.bounded(String.valueOf(value)) + " is no whole number");
    }
    return number.intValue();
  }

  private int[] pair(String setting, int... otherwise) {
    Object value = value(setting);
    if (value instanceof List<?> list && list.size() == 2) {
      return list.stream().mapToInt(KerasLayer::integer).toArray();
    }
    if (value == null) {
      return new int[] {otherwise[0], otherwise[otherwise.length - 1]};
    }
    int both = integer(value);
    return new int[] {both, both};
  }

  private ActivationFunction activation() {
    return named("activation", ActivationFunction.values());
  }

  /** The constant that a setting names in lower case; without a setting the first. */
  private <E extends Enum<E>> E named(String setting, E[] all) {
    Object value = value(setting);
    Object called = value instanceof Map<?, ?> map ? map.get("config") : value;
    for (E one : all) {
      if (called == null || one.name().toLowerCase(Locale.ROOT).equals(called)) {
        return one;
      }
    }
    throw new IllegalArgumentException(
        "%s %s is not known".formatted(setting, Names.bounded(String.valueOf(called))));
  }

  /** How many of the last dimensions the axes are. */
  private int lastDims() {
    Object value = value("axis");
    List<?> axes =
        value instanceof List<?> list ? list : value == null ? List.of(-1.0) : List.of(value);
    for (int i = 0; i < axes.size(); i++) {
      int axis = integer(axes.get(i));
      if ((axis < 0 ? axis : axis - rank) != i - axes.size()) {
        throw new IllegalArgumentException("its axes %s are not the last ones".formatted(axes));
      }
    }
    return axes.size();
  }
}
