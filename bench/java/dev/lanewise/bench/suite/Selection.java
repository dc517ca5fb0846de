package dev.lanewise.bench.suite;

import dev.lanewise.bench.suite.Row.Vm;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Which rows a suite measures. The tables below are all there is to choose. */
final class Selection {
  /** Rows of the quick suite; the others are left to the full one. */
  static final List<Rule> QUICK =
      rules(
          "Activation.relu threads=1 shape=1384448",
          "AveragePool2d.forward threads=1 shape=64x26x26x32-2x2-stride2",
          "BatchNormalization.forward threads=1 shape=64x256",
          "Blas.(axpy|dot) threads=1 shape=1384448",
          "Conv2d.(forward|backwardWeights) threads=1 shape=64x28x28x1-32-3x3-valid",
          "Conv2d.(forward|backwardInput|backwardWeights) impl=simd|onednn shape=64x28x28x32-.*",
          "Dropout.dropout threads=1 shape=346112",
          "Elementwise.bytesToUnit threads=1",
          "Losses.binaryCrossEntropy threads=1 shape=64x784",
          "Normalization.forward threads=1 shape=64x784",
          "Math.*",
          "Matmul.sgemm threads=1 shape=512x512x512-NN",
          "Matmul.sgemm impl=simd|openblas|mkl shape=1024.*|64x256x5408-NN",
          "MaxPool2d.forward threads=1 shape=64x26x26x32-2x2-stride2",
          "MnistLayer.(forward|backward) impl=simd threads=1|2",
          "Nonlinear.value threads=1 shape=1384448 curve=SIGMOID|GELU",
          "Reduce.sum threads=1 shape=1384448",
          "Softmax.softmax threads=1 shape=64x1000",
          "Update.update threads=1 shape=1384448 rule=ADAM|SGD",
          "Update.update impl=simd threads=2 shape=1384448 rule=ADAM");

  /** Rows of no suite: a call takes a second or more, or another row tells the same. */
  static final List<Rule> LEFT_OUT =
      rules(
          // Two batches tell whether there is a cliff; the others are for JMH itself.
          "Matmul.zeros shape=(?!64x5408|512x5408).*",
          "Matmul.zeros threads=2",
          // Loops of seconds.
          "Matmul.sgemm impl=plain|scalar|ejml|netlib shape=2048.*",
          "Conv2d.* impl=plain|scalar shape=32x56x56x64-64-3x3-pad1",
          "Conv2d.backwardInput impl=plain|scalar shape=64x28x28x32-.*",
          // Loops do not know caches well enough to need every size.
          ".* impl=plain|scalar shape=1000|2048|10000000|256x32000|4096x1024|64x10",
          "Matmul.sgemm impl=plain|scalar shape=64x64.*|128.*|256.*|1024.*",
          // A second thread has nothing to do, or what it does is seen at another size.
          ".* threads=2 shape=1000|2048|64x10|64x256|64x784",
          "Matmul.* threads=2 shape=64x10.*|64x64.*|256.*",
          "(Blas|Softmax).* threads=2 shape=512x512|64x1000",
          "Activation.(addBias|scaledReluGradient) threads=2",
          "Blas.(asum|iamax|nrm2|scal|ger|gemvTransposed) threads=2",
          "Elementwise.(add|clip|scale) threads=2",
          "Reduce.(argMax|dot|max|squaredNorm.*) threads=2",
          "Nonlinear.value threads=2 curve=(?!SIGMOID$|GELU$).*",
          // Of arrays that fit no cache one method tells, but every update.
          "(Activation|Elementwise|Reduce).* shape=10000000",
          "Blas.(?!axpy|dot).* shape=10000000",
          "Update.* threads=1 shape=10000000",
          "Update.* shape=10000000 rule=(?!SGD$|MOMENTUM$|ADAM$|RMSPROP$).*",
          "Nonlinear.* shape=2048",
          "Nonlinear.gradient threads=2",
          "Activation.(addBias|addBiasRelu) shape=64x256",
          "(Softmax|Losses).* threads=1 shape=256x32000|4096x1024",
          "Softmax.logSoftmax(Gradient)? shape=64x10|256x32000",
          "Blas.* shape=1024x1024",
          "Update.afterZeroGradients rule=(?!ADAM$|RMSPROP$).*",
          "Update.afterZeroGradients impl=scalar",
          "Update.afterZeroGradients threads=2");

  /** Rows whose SIMD twin is measured at every vector width of the machine, in the full suite. */
  static final List<Rule> WIDTHS =
      rules(
          "Activation.addBiasRelu threads=1 shape=64x5408",
          "Blas.dot threads=1 shape=1384448",
          "Conv2d.(forward|backwardWeights) threads=1 shape=64x28x28x1-.*|64x28x28x32-.*",
          "Dropout.dropout threads=1 shape=346112",
          "Elementwise.bytesToUnit threads=1",
          "Math.*",
          "Matmul.sgemm threads=1 shape=512x512x512-NN|64x256x5408-NN",
          "MaxPool2d.forward threads=1 shape=64x26x26x32-2x2-stride2",
          "MnistLayer.(forward|backward) threads=1",
          "Reduce.sum threads=1 shape=1384448",
          "Softmax.softmax threads=1 shape=64x1000",
          "Update.update threads=1 shape=1384448 rule=ADAM|SGD");

  /** Rows that the project has targets for: the full suite measures them in several VMs. */
  static final List<Rule> JUDGED =
      rules(
          "Roof.*",
          "Matmul.sgemm impl=simd|openblas|mkl shape=512.*|1024.*|2048.*|64x256x5408.*|64x5408.*|5408.*",
          "Conv2d.(forward|backwardInput|backwardWeights) impl=simd|onednn",
          "MnistLayer.* impl=simd",
          "Softmax.softmax impl=simd|onednn",
          "Update.update impl=simd shape=1384448 rule=SGD|ADAM|RMSPROP");

  /** Rows whose SIMD twin is large or calls little, so that C2 takes long to finish it. */
  static final List<Rule> SLOW_TO_COMPILE =
      rules("(Conv2d|Losses|Math|Matmul|MnistLayer|Nonlinear|Softmax).* impl=simd");

  /** Implementations of one thread, whatever the parameter says. */
  private static final List<Rule> ONE_THREAD =
      rules(".* impl=scalar|plain|netlib|ejml threads=(?!1$).*");

  private static final int[] NARROWER = {256, 128};

  private final boolean full;
  private final int bits;
  private final int processors;

  Selection(boolean full, int bits, int processors) {
    this.full = full;
    this.bits = bits;
    this.processors = processors;
  }

  private static List<Rule> rules(String... texts) {
    return Stream.of(texts).map(Rule::of).toList();
  }

  /** The chosen rows in the order in which they are measured, roofs first. */
  List<Planned> choose(List<Planned> all) {
    List<Planned> chosen = new ArrayList<>();
    all.stream().filter(Selection::isRoof).forEach(roof -> chosen.addAll(roofs(roof)));
    for (Planned row : all) {
      if (!isRoof(row) && isWanted(row)) {
        chosen.addAll(variants(row));
      }
    }
    return chosen;
  }

  private boolean isWanted(Planned row) {
    return row.unmeasured().threads() <= processors
        && !Rule.any(LEFT_OUT, row)
        && !Rule.any(ONE_THREAD, row)
        && (full || Rule.any(QUICK, row));
  }

  private List<Planned> variants(Planned row) {
    List<Planned> variants = new ArrayList<>(List.of(row));
    String impl = row.unmeasured().impl();
    if (impl.equals(Line.SCALAR)) {
      variants.add(row.with(new Vm(row.vm().bits(), false)));
    }
    if (full && impl.equals(Line.SIMD) && Rule.any(WIDTHS, row)) {
      IntStream.of(NARROWER)
          .filter(width -> width < bits)
          .forEach(width -> variants.add(row.with(new Vm(width, true))));
    }
    return variants;
  }

  private static boolean isRoof(Planned row) {
    return row.unmeasured().family().equals("Roof");
  }

  /** The roofs have as many callers as a kernel has threads, if no parameter says how many. */
  private List<Planned> roofs(Planned roof) {
    if (roof.params().containsKey("threads")) {
      return roof.unmeasured().threads() <= processors ? List.of(roof) : List.of();
    }
    return IntStream.rangeClosed(1, Math.min(2, processors)).mapToObj(roof::calledBy).toList();
  }
}
