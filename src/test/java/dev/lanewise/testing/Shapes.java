package dev.lanewise.testing;

import dev.lanewise.kernel.conv2d.Conv2dShape;
import dev.lanewise.kernel.pool.Pool2dShape;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * The sizes that matter, as the benchmarks measure them and the twin tests check them: the MNIST
 * CNN's own at batch 64, and those of larger networks.
 *
 * <p>A size is a string, so that it can be a benchmark's parameter and stand in a report. In each
 * group the smallest comes first.
 */
public final class Shapes {
  /** Square products; {@code MxNxK} and which operands are transposed. */
  public static final String SQUARE_64 = "64x64x64-NN";

  public static final String SQUARE_128 = "128x128x128-NN";
  public static final String SQUARE_256 = "256x256x256-NN";
  public static final String SQUARE_512 = "512x512x512-NN";
  public static final String SQUARE_1024 = "1024x1024x1024-NN";
  public static final String SQUARE_2048 = "2048x2048x2048-NN";

  /** The MNIST CNN's dense layer: its output, the gradients of its input and of its weights. */
  public static final String DENSE_OUTPUT = "64x256x5408-NN";

  public static final String DENSE_INPUT_GRADIENT = "64x5408x256-NT";
  public static final String DENSE_WEIGHT_GRADIENT = "5408x256x64-TN";

  /** Its last layer. */
  public static final String LOGITS = "64x10x256-NN";

  private static final List<String> PRODUCTS =
      List.of(
          LOGITS,
          SQUARE_64,
          SQUARE_128,
          SQUARE_256,
          SQUARE_512,
          SQUARE_1024,
          SQUARE_2048,
          DENSE_OUTPUT,
          DENSE_INPUT_GRADIENT,
          DENSE_WEIGHT_GRADIENT);

  /** Convolutions: batch, height, width and channels, filters, kernel, padding, groups. */
  public static final String CONV_MNIST = "64x28x28x1-32-3x3-valid";

  public static final String CONV_SECOND = "64x28x28x32-64-3x3-pad1";
  public static final String CONV_RESNET = "32x56x56x64-64-3x3-pad1";
  public static final String CONV_DEPTHWISE = "32x56x56x64-64-3x3-pad1-groups64";

  private static final List<String> CONVOLUTIONS =
      List.of(CONV_MNIST, CONV_SECOND, CONV_RESNET, CONV_DEPTHWISE);

  /** Poolings: batch, height, width and channels, window, stride, padding. */
  public static final String POOL_MNIST = "64x26x26x32-2x2-stride2";

  public static final String POOL_APART = "8x56x56x64-3x3-stride3";
  public static final String POOL_OVERLAPPING = "8x56x56x64-3x3-stride2-pad1";
  public static final String POOL_GLOBAL = "64x26x26x32-26x26-stride26";

  /** Logits: rows and classes. */
  public static final String LOGITS_MNIST = "64x10";

  public static final String LOGITS_IMAGENET = "64x1000";
  public static final String ATTENTION = "4096x1024";
  public static final String LOGITS_LANGUAGE = "256x32000";

  private static final List<String> SOFTMAXES =
      List.of(LOGITS_MNIST, LOGITS_IMAGENET, ATTENTION, LOGITS_LANGUAGE);

  /** The convolution's output, a row a pixel; the pooled images; the dense layer's output. */
  public static final String CONV_OUTPUT = "43264x32";

  public static final String POOLED_IMAGES = "64x5408";
  public static final String DENSE_ROWS = "64x256";

  /** Outputs of an autoencoder of MNIST images. */
  public static final String IMAGE_ROWS = "64x784";

  /** Lengths: a tile in L1, the dense layer's weights or the convolution's output, 40 MB. */
  public static final String TILE = "2048";

  public static final String DENSE_WEIGHTS = "1384448";
  public static final String TEN_MILLION = "10000000";

  /** What dropout sees: the dense layer's output and the pooled images, of a batch. */
  public static final String DENSE_VALUES = "16384";

  public static final String POOLED_VALUES = "346112";

  /** A small variable. */
  public static final String THOUSAND = "1000";

  private static final List<String> VARIABLES = List.of(THOUSAND, DENSE_WEIGHTS, TEN_MILLION);

  private static final Pattern CONVOLUTION =
      Pattern.compile(
          "(\\d+)x(\\d+)x(\\d+)x(\\d+)-(\\d+)-(\\d+)x(\\d+)-(?:valid|pad(\\d+))(?:-groups(\\d+))?");

  private static final Pattern POOLING =
      Pattern.compile("(\\d+)x(\\d+)x(\\d+)x(\\d+)-(\\d+)x(\\d+)-stride(\\d+)(?:-pad(\\d+))?");

  private Shapes() {}

  /** A matrix product: op(A) is m × k, op(B) is k × n. */
  public record Product(int m, int n, int k, boolean transA, boolean transB) {
    /** The number of fused multiply-adds. */
    public long terms() {
      return (long) m * n * k;
    }
  }

  /** A matrix of rows without gaps. */
  public record Matrix(int rows, int columns) {
    /** Its elements. */
    public int elements() {
      return rows * columns;
    }
  }

  /** Reads a product's sizes. */
  public static Product product(String shape) {
    String[] parts = shape.split("[x-]", -1);
    return new Product(
        Integer.parseInt(parts[0]),
        Integer.parseInt(parts[1]),
        Integer.parseInt(parts[2]),
        parts[3].charAt(0) == 'T',
        parts[3].charAt(1) == 'T');
  }

  /** Reads a convolution's sizes. */
  public static Conv2dShape conv(String shape) {
    int[] n = numbers(CONVOLUTION, shape);
    int pad = n[7];
    int groups = Math.max(1, n[8]);
    return new Conv2dShape(
        n[0], n[1], n[2], n[3], n[4], n[5], n[6], 1, 1, 1, 1, pad, pad, pad, pad, groups);
  }

  /** Reads a pooling's sizes. */
  public static Pool2dShape pool(String shape) {
    int[] n = numbers(POOLING, shape);
    int pad = n[7];
    return new Pool2dShape(n[0], n[1], n[2], n[3], n[4], n[5], n[6], n[6], pad, pad, pad, pad);
  }

  /** Reads a matrix's sizes. */
  public static Matrix matrix(String shape) {
    int times = shape.indexOf('x');
    return new Matrix(
        Integer.parseInt(shape.substring(0, times)), Integer.parseInt(shape.substring(times + 1)));
  }

  /** Reads a length. */
  public static int length(String shape) {
    return Integer.parseInt(shape);
  }

  /** The products with at most that many fused multiply-adds. */
  public static List<Product> products(long terms) {
    return PRODUCTS.stream().map(Shapes::product).filter(each -> each.terms() <= terms).toList();
  }

  /** The convolutions, each with at most that many images. */
  public static List<Conv2dShape> convolutions(int images) {
    return CONVOLUTIONS.stream()
        .map(Shapes::conv)
        .map(each -> each.withBatch(Math.min(images, each.batch())))
        .toList();
  }

  /** The softmaxes, each with at most that many elements: rows are left out where it has more. */
  public static List<Matrix> softmaxes(int elements) {
    return SOFTMAXES.stream()
        .map(Shapes::matrix)
        .map(each -> new Matrix(Math.min(each.rows, elements / each.columns), each.columns))
        .toList();
  }

  /** The variables with at most that many weights. */
  public static List<Integer> variables(int weights) {
    return VARIABLES.stream().map(Integer::valueOf).filter(n -> n <= weights).toList();
  }

  /** The numbers of a shape; 0 where one is left out. */
  private static int[] numbers(Pattern pattern, String shape) {
    Matcher matcher = pattern.matcher(shape);
    if (!matcher.matches()) {
      throw new IllegalArgumentException("\"" + shape + "\" is not a shape like " + pattern);
    }
    return IntStream.rangeClosed(1, matcher.groupCount())
        .map(group -> matcher.group(group) == null ? 0 : Integer.parseInt(matcher.group(group)))
        .toArray();
  }
}
