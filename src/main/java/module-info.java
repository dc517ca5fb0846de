import org.jspecify.annotations.NullMarked;

/** SIMD numerical kernels in pure Java, a tensor and graph layer over them, and training. */
@NullMarked
module dev.lanewise {
  requires jdk.incubator.vector;
  requires jdk.management;
  requires static info.picocli;
  requires static org.jspecify;

  exports dev.lanewise;
}
