package dev.lanewise.train;

import dev.lanewise.graph.Variable;
import dev.lanewise.nn.Flatten;
import dev.lanewise.nn.Layer;
import dev.lanewise.nn.Sequential;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a model wants of a file in a layout: names, shapes, and where each number stands. */
final class ModelLayout {
  /**
   * A tensor that a layer wants.
   *
   * @param role its name within the layer, as the layout calls it
   * @param name its name in a file of ours
   * @param shape its shape in a file
   * @param variable what it is for
   * @param flattened the image that the layer's input was flattened from, if the weights follow it
   */
  record Wanted(
      String role, String name, Shape shape, Variable variable, @Nullable Shape flattened) {
    /** Name and shape. */
    @Override
    public String toString() {
      return name + " " + shape;
    }
  }

  /** A layer with weights; at least one. */
  record Part(String name, List<Wanted> weights) {
    /** The name. */
    @Override
    public String toString() {
      return name;
    }
  }

  private final WeightLayout layout;
  private final List<Part> parts = new ArrayList<>();

  ModelLayout(Sequential model, WeightLayout layout) {
    this.layout = layout;
    Shape shape = model.inputShape();
    Shape flattened = null;
    int next = 0;
    for (Layer layer : model.layers()) {
      Shape output = layer.outputShape(shape);
      if (layer instanceof Flatten && shape.rank() == 3) {
        flattened = shape;
      }
      List<Layer.Weight> weights = layer.weights(shape);
      int own = weights.size();
      if (own > 0) {
        Shape input = shape;
        boolean byElement = weights.stream().allMatch(weight -> weight.shape().equals(input));
        parts.add(part(model.variables().subList(next, next + own), flattened, byElement));
        flattened = byElement ? flattened : null; // its output has an order of its own
      }
      next += own;
      shape = output;
    }
  }

  /**
   * A layer's weights.
   *
   * @param byElement whether there is one for each element of the input, as of a normalization
   */
  private Part part(List<Variable> variables, @Nullable Shape flattened, boolean byElement) {
    String first = variables.getFirst().name();
    String layer = first.substring(0, Math.max(0, first.lastIndexOf('/')));
    List<Wanted> weights = new ArrayList<>();
    for (Variable variable : variables) {
      String own = variable.name().substring(variable.name().lastIndexOf('/') + 1);
      String role = isTorch() ? torch(own) : own;
      Shape image = byElement || variable.shape().rank() == 2 ? flattened : null;
      weights.add(
          new Wanted(role, layer + separator() + role, shape(variable.shape()), variable, image));
    }
    return new Part(layer, List.copyOf(weights));
  }

  private static String torch(String own) {
    return switch (own) {
      case "kernel", "gamma" -> "weight";
      case "beta" -> "bias";
      case "moving_mean" -> "running_mean";
      case "moving_variance" -> "running_var";
      default -> own;
    };
  }

  private boolean isTorch() {
    return layout == WeightLayout.PYTORCH;
  }

  WeightLayout layout() {
    return layout;
  }

  /** What stands between a layer's name and that of its weight. */
  char separator() {
    return isTorch() ? '.' : '/';
  }

  /** The layers that have weights, in their order. */
  List<Part> parts() {
    return List.copyOf(parts);
  }

  /** All that the model wants, in the order of its variables. */
  List<Wanted> weights() {
    return parts.stream().flatMap(part -> part.weights().stream()).toList();
  }

  /** A variable's weights for a file. */
  Tensor stored(Wanted wanted) {
    if (!isTorch()) {
      return wanted.variable().tensor();
    }
    float[] ours = wanted.variable().values();
    float[] values = new float[ours.length];
    int[] places = places(wanted);
    for (int i = 0; i < values.length; i++) {
      values[places[i]] = ours[i];
    }
    return new Tensor(wanted.shape(), values);
  }

  /** The values for a variable, from a file's tensor of the shape that is wanted. */
  float[] values(Wanted wanted, Tensor tensor) {
    if (!isTorch()) {
      return tensor.data();
    }
    float[] values = new float[tensor.data().length];
    int[] places = places(wanted);
    for (int i = 0; i < values.length; i++) {
      values[i] = tensor.data()[places[i]];
    }
    return values;
  }

  /** OIHW for HWIO, CHW for HWC, out × in for in × out. */
  private Shape shape(Shape ours) {
    return switch (isTorch() ? ours.rank() : 0) {
      case 4 -> Shape.of(ours.dim(3), ours.dim(2), ours.dim(0), ours.dim(1));
      case 3 -> Shape.of(ours.dim(2), ours.dim(0), ours.dim(1));
      case 2 -> Shape.of(ours.dim(1), ours.dim(0));
      default -> ours;
    };
  }

  /**
   * Where each of our elements stands in PyTorch's order: outputs, which are our last dimension,
   * come first there, and channels before the pixels of an image or a kernel.
   */
  private static int[] places(Wanted wanted) {
    Shape shape = wanted.variable().shape();
    int rank = shape.rank();
    int[] places = new int[shape.elements()];
    int out = rank == 2 || rank == 4 ? shape.dim(-1) : 1;
    int in = places.length / out;
    Shape image =
        switch (rank) {
          case 4 -> Shape.of(shape.dim(0), shape.dim(1), shape.dim(2));
          case 3 -> shape;
          default -> wanted.flattened();
        };
    for (int i = 0; i < places.length; i++) {
      places[i] = i % out * in + channelsFirst(i / out, image);
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
