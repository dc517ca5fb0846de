package dev.lanewise.train;

import dev.lanewise.graph.Variable;
import dev.lanewise.nn.Flatten;
import dev.lanewise.nn.Layer;
import dev.lanewise.nn.Sequential;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Tensor;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.SequencedMap;
import java.util.SequencedSet;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A model's weights as PyTorch keeps them: other names, orders of axes and of flattened inputs. */
final class TorchLayout {
  private static final Pattern DIGITS = Pattern.compile("\\d+");

  /** A variable, and the image that its layer's input was flattened from, if it was. */
  private record Kept(Variable variable, @Nullable Shape flattened) {}

  private final List<Kept> kept = new ArrayList<>();

  TorchLayout(Sequential model) {
    Shape shape = model.inputShape();
    Shape flattened = null;
    int next = 0;
    for (Layer layer : model.layers()) {
      Shape output = layer.outputShape(shape);
      if (layer instanceof Flatten && shape.rank() == 3) {
        flattened = shape;
      }
      int own = layer.weights(shape).size();
      for (int i = 0; i < own; i++) {
        Variable variable = model.variables().get(next + i);
        kept.add(new Kept(variable, variable.shape().rank() == 2 ? flattened : null));
      }
      next += own;
      if (own > 0) {
        flattened = null; // its output has an order of its own
      }
      shape = output;
    }
  }

  /** The weights for a file. */
  SequencedMap<String, Tensor> tensors() {
    SequencedMap<String, Tensor> tensors = new LinkedHashMap<>();
    for (Kept one : kept) {
      float[] values = new float[one.variable.values().length];
      int[] places = places(one);
      for (int i = 0; i < values.length; i++) {
        values[places[i]] = one.variable.values()[i];
      }
      tensors.put(name(one.variable), new Tensor(shape(one.variable.shape()), values));
    }
    return tensors;
  }

  /**
   * The weights of a file under our names and in our layout; what does not fit is left as it is.
   */
  SequencedMap<String, Tensor> ours(SequencedMap<String, Tensor> tensors) {
    SequencedMap<String, Tensor> named = tensors;
    if (kept.stream().noneMatch(one -> tensors.containsKey(name(one.variable)))) {
      named = renamed(tensors);
    }
    SequencedMap<String, Tensor> ours = new LinkedHashMap<>();
    for (Kept one : kept) {
      Tensor tensor = named.remove(name(one.variable));
      if (tensor != null) {
        ours.put(one.variable.name(), tensor(one, tensor));
      }
    }
    ours.putAll(named);
    return ours;
  }

  private static Tensor tensor(Kept one, Tensor tensor) {
    if (!tensor.shape().equals(shape(one.variable.shape()))) {
      return tensor;
    }
    float[] values = new float[tensor.data().length];
    int[] places = places(one);
    for (int i = 0; i < values.length; i++) {
      values[i] = tensor.data()[places[i]];
    }
    return new Tensor(one.variable.shape(), values);
  }

  /** The modules of a file in the natural order of their names, under the names of our layers. */
  private SequencedMap<String, Tensor> renamed(SequencedMap<String, Tensor> tensors) {
    SequencedSet<String> modules =
        new TreeSet<>(Comparator.comparing(TorchLayout::natural).thenComparing(name -> name));
    tensors.keySet().forEach(name -> modules.add(module(name)));
    SequencedSet<String> layers = new LinkedHashSet<>();
    kept.forEach(one -> layers.add(module(name(one.variable))));
    SequencedMap<String, String> names = new LinkedHashMap<>();
    while (!modules.isEmpty() && !layers.isEmpty()) {
      names.put(modules.removeFirst(), layers.removeFirst());
    }
    SequencedMap<String, Tensor> renamed = new LinkedHashMap<>();
    tensors.forEach(
        (name, tensor) -> {
          String layer = names.get(module(name));
          String own = name.substring(name.lastIndexOf('.') + 1);
          renamed.put(layer == null ? name : layer + "." + own, tensor);
        });
    return renamed;
  }

  private static String module(String name) {
    return name.substring(0, Math.max(0, name.lastIndexOf('.')));
  }

  /** A name whose numbers are filled up with zeros, so that 10 comes behind 9. */
  private static String natural(String name) {
    Matcher matcher = DIGITS.matcher(name);
    return matcher.replaceAll(
        digits -> "0".repeat(Math.max(0, 12 - digits.group().length())) + digits.group());
  }

  private static String name(Variable variable) {
    String name = variable.name();
    int slash = name.lastIndexOf('/');
    String own = name.substring(slash + 1);
    return name.substring(0, slash) + "." + (own.equals("kernel") ? "weight" : own);
  }

  /** OIHW for HWIO, out × in for in × out. */
  private static Shape shape(Shape ours) {
    return switch (ours.rank()) {
      case 4 -> Shape.of(ours.dim(3), ours.dim(2), ours.dim(0), ours.dim(1));
      case 2 -> Shape.of(ours.dim(1), ours.dim(0));
      default -> ours;
    };
  }

  /** Where each of our elements stands in PyTorch's order. */
  private static int[] places(Kept one) {
    Shape shape = one.variable.shape();
    int[] places = new int[shape.elements()];
    if (shape.rank() == 4) {
      int height = shape.dim(0);
      int width = shape.dim(1);
      int in = shape.dim(2);
      int out = shape.dim(3);
      for (int i = 0; i < places.length; i++) {
        int o = i % out;
        int c = i / out % in;
        int w = i / (out * in) % width;
        int h = i / (out * in * width);
        places[i] = ((o * in + c) * height + h) * width + w;
      }
    } else if (shape.rank() == 2) {
      int in = shape.dim(0);
      int out = shape.dim(1);
      for (int i = 0; i < places.length; i++) {
        places[i] = i % out * in + channelsFirst(i / out, one.flattened);
      }
    } else {
      for (int i = 0; i < places.length; i++) {
        places[i] = i;
      }
    }
    return places;
  }

  private static int channelsFirst(int input, @Nullable Shape image) {
    if (image == null) {
      return input;
    }
    int channels = image.dim(2);
    int pixels = image.dim(0) * image.dim(1);
    return input % channels * pixels + input / channels;
  }
}
