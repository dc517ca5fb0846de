package dev.lanewise.testing;

import com.fasterxml.jackson.jr.ob.JSON;
import dev.lanewise.kernel.conv2d.Conv2dShape;
import dev.lanewise.kernel.pool.Pool2dShape;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.GZIPInputStream;

/**
 * The one reader of the published cases in src/test/resources/cases.
 *
 * <p>Infinite and undefined numbers stand there as the strings "Infinity", "-Infinity" and "NaN".
 * All arrays are flat and row-major. What a file holds is described in the README beside the cases'
 * source; the views here are light: whatever has no accessor is reached through {@link Entry}.
 */
public final class Cases {
  private static final String FOLDER = "/cases/";

  private Cases() {}

  /** The ONNX operator test vectors: 142 cases, layouts NCHW and OIHW. */
  public static List<Onnx> onnx() {
    return text("onnx-shared.jsonl.gz").lines().map(Cases::parse).map(Onnx::new).toList();
  }

  /** Single operations forward and backward in float64: 133 cases, layouts NCHW and OIHW. */
  public static List<OpGradient> opGradients() {
    return cases("op-gradients-shared.json.gz").stream().map(OpGradient::new).toList();
  }

  /** One small network end to end, as NHWC and as NCHW: 2 cases. */
  public static List<GradCheck> gradChecks() {
    return cases("gradcheck-shared.json").stream().map(GradCheck::new).toList();
  }

  /** Weight trajectories of every optimizer: 154 cases. */
  public static List<Trajectory> optimizers() {
    Entry file = parse(text("optimizers-shared.json"));
    return file.entries("cases").stream()
        .map(entry -> new Trajectory(entry, file.entry("inits"), file.entry("gradients")))
        .toList();
  }

  /** Learning-rate schedules: {@code schedule}, {@code hyper}, {@code steps}, rates. 8 cases. */
  public static List<Entry> schedules() {
    return parse(text("optimizer-options-shared.json")).entries("schedules");
  }

  /** Clipping, decay exclusion and moving averages, two variables over six steps: 8 cases. */
  public static List<Entry> optimizerOptions() {
    return parse(text("optimizer-options-shared.json")).entries("options");
  }

  /** Faults that users of other libraries reported: 78 cases with numbers. */
  public static List<FieldReport> fieldReports() {
    return cases("field-reports.json").stream().map(FieldReport::new).toList();
  }

  /** The numeric cases of one field report, such as "FR-07"; never empty. */
  public static List<FieldReport> fieldReports(String report) {
    List<FieldReport> found =
        fieldReports().stream().filter(c -> c.json().string("report").equals(report)).toList();
    if (found.isEmpty()) {
      throw new IllegalArgumentException(report + " has no numeric case");
    }
    return found;
  }

  private static List<Entry> cases(String file) {
    return parse(text(file)).entries("cases");
  }

  /** Reads a file of the folder as text, unpacked if it is gzip. */
  private static String text(String file) {
    try (InputStream raw = Cases.class.getResourceAsStream(FOLDER + file)) {
      if (raw == null) {
        throw new IllegalStateException("missing test resource " + FOLDER + file);
      }
      InputStream in = new BufferedInputStream(raw);
      in.mark(2);
      boolean gzip = in.read() == 0x1f && in.read() == 0x8b;
      in.reset();
      byte[] bytes = (gzip ? new GZIPInputStream(in, 1 << 16) : in).readAllBytes();
      return new String(bytes, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(file, e);
    }
  }

  private static Entry parse(String json) {
    try {
      return new Entry(JSON.std.mapFrom(json));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The shape of a convolution in NCHW and OIHW with its attributes. */
  public static Conv2dShape conv(Entry attrs, Tensor x, Tensor w) {
    int[] strides = attrs.ints("strides");
    int[] dilations = attrs.ints("dilations");
    int[] pads = attrs.ints("pads_top_bottom_left_right");
    return conv(x.shape(), w.shape(), strides, dilations, pads, attrs.integer("groups"));
  }

  /** The shape of a convolution of these dimensions; padding is top, bottom, left, right. */
  public static Conv2dShape conv(int[] x, int[] w, int[] s, int[] d, int[] p, int groups) {
    return new Conv2dShape(
        x[0], x[2], x[3], x[1], w[0], w[2], w[3], s[0], s[1], d[0], d[1], p[0], p[1], p[2], p[3],
        groups);
  }

  /** The shape of a pooling of NCHW with its attributes. */
  public static Pool2dShape pool(Entry attrs, Tensor x) {
    int pad = attrs.integer("pad");
    int[] pads = {pad, pad, pad, pad};
    return pool(x.shape(), attrs.ints("kernel"), attrs.ints("strides"), pads);
  }

  /** The shape of a pooling of these dimensions; padding is top, bottom, left, right. */
  public static Pool2dShape pool(int[] x, int[] w, int[] s, int[] p) {
    return new Pool2dShape(x[0], x[2], x[3], x[1], w[0], w[1], s[0], s[1], p[0], p[1], p[2], p[3]);
  }

  /** A number, or one of the three strings that stand for one. */
  static double number(Object value) {
    return switch (value) {
      case Number number -> number.doubleValue();
      case Boolean bool -> bool ? 1 : 0;
      case String text when text.equals("Infinity") -> Double.POSITIVE_INFINITY;
      case String text when text.equals("-Infinity") -> Double.NEGATIVE_INFINITY;
      case String text when text.equals("NaN") -> Double.NaN;
      default -> throw new IllegalArgumentException("not a number: " + value);
    };
  }

  private static double[] numbers(Object list) {
    return ((List<?>) list).stream().mapToDouble(Cases::number).toArray();
  }

  private static int[] ints(double[] values) {
    int[] result = new int[values.length];
    for (int i = 0; i < values.length; i++) {
      result[i] = (int) values[i];
      if (result[i] != values[i]) {
        throw new IllegalArgumentException("not an int: " + values[i]);
      }
    }
    return result;
  }

  /** A flat, row-major tensor. */
  public static final class Tensor {
    private final int[] shape;
    private final double[] data;

    private Tensor(int[] shape, double[] data) {
      long size = Arrays.stream(shape).asLongStream().reduce(1, (a, b) -> a * b);
      if (size != data.length) {
        throw new IllegalArgumentException(Arrays.toString(shape) + " with " + data.length);
      }
      this.shape = shape;
      this.data = data;
    }

    private static Tensor of(Map<?, ?> json) {
      int[] shape = Cases.ints(numbers(json.get("shape")));
      if (json.containsKey("fill")) {
        int size = Arrays.stream(shape).reduce(1, Math::multiplyExact);
        double[] data = new double[size];
        Arrays.fill(data, number(json.get("fill")));
        return new Tensor(shape, data);
      }
      return new Tensor(shape, numbers(json.get("data")));
    }

    /** The dimensions; none for a scalar. */
    public int[] shape() {
      return shape.clone();
    }

    public int rank() {
      return shape.length;
    }

    public int dim(int axis) {
      return shape[axis];
    }

    public int size() {
      return data.length;
    }

    /** The elements as published. */
    public double[] data() {
      return data.clone();
    }

    /** The elements rounded to float. */
    public float[] floats() {
      float[] result = new float[data.length];
      for (int i = 0; i < data.length; i++) {
        result[i] = (float) data[i];
      }
      return result;
    }

    /** The elements as ints (labels, sizes); refused where one is not. */
    public int[] ints() {
      return Cases.ints(data);
    }

    /** The only element. */
    public double scalar() {
      if (data.length != 1) {
        throw new IllegalStateException("not a scalar: " + this);
      }
      return data[0];
    }

    /** The same tensor with its axes in another order: axis i of the result is {@code axes[i]}. */
    public Tensor permuted(int... axes) {
      int rank = shape.length;
      int[] stride = new int[rank];
      for (int i = rank - 1, s = 1; i >= 0; s *= shape[i], i--) {
        stride[i] = s;
      }
      int[] to = new int[rank];
      for (int i = 0; i < rank; i++) {
        to[i] = shape[axes[i]];
      }
      double[] result = new double[data.length];
      int[] at = new int[rank];
      for (int i = 0; i < result.length; i++) {
        int from = 0;
        for (int axis = 0; axis < rank; axis++) {
          from += at[axis] * stride[axes[axis]];
        }
        result[i] = data[from];
        for (int axis = rank - 1; axis >= 0 && ++at[axis] == to[axis]; axis--) {
          at[axis] = 0;
        }
      }
      return new Tensor(to, result);
    }

    /** The same elements under another shape. */
    public Tensor reshaped(int... dims) {
      return new Tensor(dims.clone(), data);
    }

    /** NCHW to NHWC. */
    public Tensor toNhwc() {
      return permuted(0, 2, 3, 1);
    }

    /** OIHW to HWIO. */
    public Tensor toHwio() {
      return permuted(2, 3, 1, 0);
    }

    @Override
    public String toString() {
      return "tensor " + Arrays.toString(shape);
    }
  }

  /** A JSON object. */
  public record Entry(Map<String, Object> map) {
    public boolean has(String name) {
      return map.get(name) != null;
    }

    /** The value of a name, which must be there. */
    public Object value(String name) {
      Object value = map.get(name);
      if (value == null) {
        throw new IllegalArgumentException("no '" + name + "' among " + map.keySet());
      }
      return value;
    }

    public String string(String name) {
      return (String) value(name);
    }

    public String string(String name, String otherwise) {
      return has(name) ? string(name) : otherwise;
    }

    public boolean bool(String name, boolean otherwise) {
      return has(name) ? number(name) != 0 : otherwise;
    }

    public double number(String name) {
      return Cases.number(value(name));
    }

    public double number(String name, double otherwise) {
      return has(name) ? number(name) : otherwise;
    }

    public int integer(String name) {
      return Cases.ints(new double[] {number(name)})[0];
    }

    public int integer(String name, int otherwise) {
      return has(name) ? integer(name) : otherwise;
    }

    public int[] ints(String name) {
      return Cases.ints(doubles(name));
    }

    public int[] ints(String name, int... otherwise) {
      return has(name) ? ints(name) : otherwise;
    }

    public double[] doubles(String name) {
      return Cases.numbers(value(name));
    }

    public float[] floats(String name) {
      double[] values = doubles(name);
      return new Tensor(new int[] {values.length}, values).floats();
    }

    /** A list of lists of numbers; an element that is null (unknown) becomes NaN. */
    public double[][] rows(String name) {
      return ((List<?>) value(name)).stream().map(Cases::numbers).toArray(double[][]::new);
    }

    public List<String> strings(String name) {
      return ((List<?>) value(name)).stream().map(String.class::cast).toList();
    }

    @SuppressWarnings("unchecked")
    public Entry entry(String name) {
      return new Entry((Map<String, Object>) value(name));
    }

    @SuppressWarnings("unchecked")
    public List<Entry> entries(String name) {
      return ((List<?>) value(name)).stream().map(v -> new Entry((Map<String, Object>) v)).toList();
    }

    /** A tensor; a bare number is one without dimensions. */
    public Tensor tensor(String name) {
      return value(name) instanceof Map<?, ?> json
          ? Tensor.of(json)
          : new Tensor(new int[0], new double[] {number(name)});
    }

    /** All tensors of this object, in the file's order. */
    public Map<String, Tensor> tensors() {
      Map<String, Tensor> result = new LinkedHashMap<>();
      for (String name : map.keySet()) {
        if (map.get(name) instanceof Map<?, ?> json && json.containsKey("shape")) {
          result.put(name, Tensor.of(json));
        }
      }
      return result;
    }
  }

  /** One node of an ONNX graph; an empty input name is an absent optional input. */
  public record Node(String op, List<String> inputs, List<String> outputs, Entry attrs) {}

  /** A published case: what it is called and what it is of. */
  public abstract static class Case {
    private final Entry json;
    private final String key;

    Case(Entry json, String key) {
      this.json = json;
      this.key = key;
    }

    public final Entry json() {
      return json;
    }

    public final String id() {
      return json.string(key);
    }

    /** The operation under test. */
    public final String op() {
      return json.string("op");
    }

    public final Entry attrs() {
      return json.entry("attrs");
    }

    @Override
    public final String toString() {
      return id();
    }
  }

  /** An ONNX operator test vector. */
  public static final class Onnx extends Case {
    Onnx(Entry json) {
      super(json, "name");
    }

    public int opset() {
      return json().integer("opset");
    }

    /** The graph: most have one node. */
    public List<Node> nodes() {
      return json().entries("nodes").stream()
          .map(
              n ->
                  new Node(
                      n.string("op"), n.strings("inputs"), n.strings("outputs"), n.entry("attrs")))
          .toList();
    }

    /** The node of the operation under test. */
    public Node node() {
      return nodes().stream().filter(n -> n.op().equals(op())).findFirst().orElseThrow();
    }

    /** Inputs and initializers by name. */
    public Map<String, Tensor> inputs() {
      Map<String, Tensor> all = new LinkedHashMap<>(json().entry("initializers").tensors());
      all.putAll(json().entry("inputs").tensors());
      return all;
    }

    /**
     * Input {@code i} of the node under test; empty where it is absent or another node's output.
     */
    public Optional<Tensor> input(int i) {
      List<String> names = node().inputs();
      return i < names.size() ? Optional.ofNullable(inputs().get(names.get(i))) : Optional.empty();
    }

    public Map<String, Tensor> outputs() {
      return json().entry("outputs").tensors();
    }

    public double rtol() {
      return json().number("rtol");
    }

    public double atol() {
      return json().number("atol");
    }
  }

  /** One operation, forward and backward. */
  public static final class OpGradient extends Case {
    OpGradient(Entry json) {
      super(json, "id");
    }

    public Map<String, Tensor> inputs() {
      return json().entry("inputs").tensors();
    }

    public Tensor input(String name) {
      return json().entry("inputs").tensor(name);
    }

    public Tensor output() {
      return json().tensor("output");
    }

    /** What is fed into the backward pass; losses have none (it is 1). */
    public Optional<Tensor> gradOutput() {
      return json().has("grad_output")
          ? Optional.of(json().tensor("grad_output"))
          : Optional.empty();
    }

    /** Gradients of those inputs that have one. */
    public Map<String, Tensor> gradInputs() {
      return json().entry("grad_inputs").tensors();
    }
  }

  /** A network with every intermediate value and gradient. */
  public static final class GradCheck extends Case {
    GradCheck(Entry json) {
      super(json, "id");
    }

    public Entry net() {
      return json().entry("net");
    }

    public int[] labels() {
      return json().ints("labels");
    }

    public Tensor input() {
      return json().tensor("input");
    }

    public Map<String, Tensor> params() {
      return json().entry("params").tensors();
    }

    public Map<String, Tensor> forward() {
      return json().entry("forward").tensors();
    }

    public Map<String, Tensor> gradParams() {
      return json().entry("grad_params").tensors();
    }

    public Tensor gradInput() {
      return json().tensor("grad_input");
    }

    public Map<String, Tensor> gradForward() {
      return json().entry("grad_forward").tensors();
    }

    /** The loss before each of five steps of SGD (0.1, momentum 0.9), and after the last. */
    public double[] lossesSgd() {
      return json().doubles("losses_sgd_lr0_1_momentum0_9");
    }

    /** The loss before each of five steps of Adam (0.01, Keras's rules), and after the last. */
    public double[] lossesAdam() {
      return json().doubles("losses_adam_lr0_01_keras_rules");
    }
  }

  /** The weights that an optimizer reaches from given weights with given gradients. */
  public static final class Trajectory extends Case {
    private final Entry inits;
    private final Entry allGradients;

    Trajectory(Entry json, Entry inits, Entry allGradients) {
      super(json, "id");
      this.inits = inits;
      this.allGradients = allGradients;
    }

    public String optimizer() {
      return json().string("optimizer");
    }

    /** "keras" or "torch". */
    public String rules() {
      return json().string("rules");
    }

    public Entry hyper() {
      return json().entry("hyper");
    }

    public int steps() {
      return json().integer("steps");
    }

    public float[] init() {
      return inits.floats(json().string("init"));
    }

    /** The gradient of each step. */
    public float[][] gradients() {
      List<?> steps = (List<?>) allGradients.value(json().string("grads"));
      float[][] result = new float[steps()][];
      for (int i = 0; i < result.length; i++) {
        result[i] = new Entry(Map.of("g", steps.get(i))).floats("g");
      }
      return result;
    }

    /** The steps (counted from 1) after which weights are known, ascending. */
    public int[] checkpoints() {
      return json().entry("after").map().keySet().stream()
          .mapToInt(Integer::parseInt)
          .sorted()
          .toArray();
    }

    /** The weights after a step by the published formula; NaN where only finiteness is asked. */
    public double[] after(int step) {
      return nullable(step, "f64");
    }

    /** The allowed |got − after| of each element; NaN where only finiteness is asked. */
    public double[] tolerance(int step) {
      return nullable(step, "tol");
    }

    /** Elements that only have to stay finite. */
    public int[] finiteOnly() {
      return json().ints("finite_only", new int[0]);
    }

    /** The learning rate of a step counted from 1: some cases change it on the way. */
    public double learningRate(int step) {
      if (json().has("learning_rate_from_step")) {
        Entry change = json().entry("learning_rate_from_step");
        if (step >= change.integer("step")) {
          return change.number("value");
        }
      }
      return hyper().number("learning_rate");
    }

    private double[] nullable(int step, String name) {
      return ((List<?>) json().entry("after").entry(Integer.toString(step)).value(name))
          .stream().mapToDouble(v -> v == null ? Double.NaN : number(v)).toArray();
    }
  }

  /** A reported fault with a small input and the answer that a user would expect. */
  public static final class FieldReport extends Case {
    FieldReport(Entry json) {
      super(json, "id");
    }

    public Entry inputs() {
      return json().entry("inputs");
    }

    public Tensor input(String name) {
      return inputs().tensor(name);
    }

    /** "values", "error" or "property". */
    public String kind() {
      return json().entry("expect").string("kind");
    }

    /** What the error is about, or the property in words. */
    public String text() {
      return json().entry("expect").string("text");
    }

    public Tensor output(String name) {
      return json().entry("expect").entry("outputs").tensor(name);
    }

    public double rtol() {
      return json().entry("expect").number("rtol");
    }

    public double atol() {
      return json().entry("expect").number("atol");
    }
  }
}
