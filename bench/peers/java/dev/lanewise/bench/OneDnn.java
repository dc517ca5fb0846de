package dev.lanewise.bench;

import org.bytedeco.dnnl.IntMemoryMap;
import org.bytedeco.dnnl.dnnl_version_t;
import org.bytedeco.dnnl.engine;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.primitive;
import org.bytedeco.dnnl.primitive_desc;
import org.bytedeco.dnnl.reorder;
import org.bytedeco.dnnl.stream;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;

/**
 * One primitive of oneDNN with its arguments, each in the layout that the primitive asks for: they
 * are brought there before, and the result back after, what is measured.
 */
final class OneDnn {
  private final engine cpu = new engine(engine.kind.cpu, 0);
  private final stream queue = new stream(cpu);
  private final IntMemoryMap arguments = new IntMemoryMap();
  private final int threads;
  private primitive operation = new primitive();
  private String implementation = "";
  private memory result = new memory();
  private memory.desc resultLayout = new memory.desc();
  private float[] resultArray = {};

  OneDnn(int threads) {
    this.threads = threads;
    use(threads);
  }

  /** Says how many threads work for the calling one from now on. */
  static void use(int threads) {
    Native.call(dnnl.class, "libgomp", "omp_set_num_threads", threads);
  }

  static String version() {
    dnnl_version_t version = dnnl.dnnl_version();
    return "oneDNN " + version.major() + "." + version.minor() + "." + version.patch();
  }

  engine cpu() {
    return cpu;
  }

  /** What is computed. */
  void operation(primitive newOperation, primitive_desc description) {
    operation = newOperation;
    try (BytePointer text = description.impl_info_str()) {
      implementation = text.getString();
    }
  }

  /** An argument that is read: an array in our layout, wanted in another. */
  void argument(int index, float[] values, memory.desc ours, memory.desc wanted) {
    memory from = new memory(ours, cpu);
    new FloatPointer(from.get_data_handle()).put(values, 0, values.length);
    memory to = new memory(wanted, cpu);
    copy(from, to);
    arguments.put(index, to);
  }

  /** The argument that is written, and the array that takes it at last. */
  void result(int index, float[] array, memory.desc ours, memory.desc wanted) {
    result = new memory(wanted, cpu);
    resultLayout = ours;
    resultArray = array;
    arguments.put(index, result);
  }

  void run() {
    operation.execute(queue, arguments);
    queue._wait();
  }

  void collect() {
    memory to = new memory(resultLayout, cpu);
    copy(result, to);
    new FloatPointer(to.get_data_handle()).get(resultArray, 0, resultArray.length);
  }

  private void copy(memory from, memory to) {
    try (reorder copy = new reorder(from, to)) {
      copy.execute(queue, from, to);
      queue._wait();
    }
  }

  String about() {
    return version() + ", " + implementation + ", " + threads + " thread(s)";
  }
}
