import org.jspecify.annotations.NullMarked;

/** SIMD numerical kernels in pure Java, a tensor and graph layer over them, and training. */
@NullMarked
@SuppressWarnings("requires-automatic") // XChart, protobuf and jhdf have no module descriptor
module dev.lanewise {
  requires jdk.incubator.vector;
  requires jdk.management;
  requires static info.picocli;
  // Reports of the command line.
  requires static com.fasterxml.jackson.jr.ob;
  // Plots of the command line; both are missing where nobody plots.
  requires static java.desktop;
  requires static org.knowm.xchart;
  // Models as ONNX.
  requires static com.google.protobuf;
  // Models of Keras.
  requires static io.jhdf;
  // Not transitive: @Nullable stands in exported signatures, but who compiles against them need not
  // have it. Such types carry @SuppressWarnings("exports").
  requires static org.jspecify;

  exports dev.lanewise.data;
  exports dev.lanewise.io;
  exports dev.lanewise.kernel;
  exports dev.lanewise.kernel.conv2d;
  exports dev.lanewise.kernel.loss;
  exports dev.lanewise.kernel.math;
  exports dev.lanewise.kernel.matmul;
  exports dev.lanewise.kernel.parallel;
  exports dev.lanewise.kernel.pointwise;
  exports dev.lanewise.kernel.pool;
  exports dev.lanewise.kernel.reduce;
  exports dev.lanewise.kernel.update;
  exports dev.lanewise.tensor;
  exports dev.lanewise.graph;
  exports dev.lanewise.graph.op;
  exports dev.lanewise.graph.rewrite;
  exports dev.lanewise.nn;
  exports dev.lanewise.onnx;
  exports dev.lanewise.optim;
  exports dev.lanewise.train;
  exports dev.lanewise.train.callback;

  opens dev.lanewise.cli to
      info.picocli;
}
