package dev.lanewise.bench;

import dev.lanewise.kernel.matmul.ScalarMatmul;
import dev.lanewise.kernel.matmul.Transpose;
import dev.lanewise.testing.Shapes;
import dev.ludovic.netlib.blas.JavaBLAS;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.mkl.global.mkl_rt;
import org.bytedeco.openblas.global.openblas_nolapack;
import org.ejml.concurrency.EjmlConcurrency;
import org.ejml.data.FMatrixRMaj;
import org.ejml.dense.row.CommonOps_FDRM;
import org.ejml.dense.row.CommonOps_MT_FDRM;

/** One matrix product of one library, whose operands lie where the library likes them best. */
abstract class Gemm {
  final Shapes.Product p;
  final float[] a;
  final float[] b;
  final float[] c;

  Gemm(Shapes.Product p, float[] a, float[] b, float[] c) {
    this.p = p;
    this.a = a;
    this.b = b;
    this.c = c;
  }

  /** Computes the product. */
  abstract void run();

  /** Copies the result to the Java array, if it lies elsewhere. */
  void collect() {}

  /** The library's name and version, and the number of threads that it was told to use. */
  abstract String about();

  int lda() {
    return p.transA() ? p.m() : p.k();
  }

  int ldb() {
    return p.transB() ? p.k() : p.n();
  }

  static Gemm of(String impl, int threads, Shapes.Product p, float[] a, float[] b, float[] c) {
    return switch (impl) {
      case "scalar" -> new Ours(p, a, b, c);
      case "netlib" -> new Netlib(p, a, b, c);
      case "ejml" -> new Ejml(threads, p, a, b, c);
      case "openblas" -> new OpenBlas(threads, p, a, b, c);
      case "mkl" -> new Mkl(threads, p, a, b, c);
      case "onednn" -> new OneDnnGemm(threads, p, a, b, c);
      default -> throw new IllegalArgumentException("there is no impl " + impl);
    };
  }

  /** The scalar twin, whose result the others are compared with. */
  private static final class Ours extends Gemm {
    Ours(Shapes.Product p, float[] a, float[] b, float[] c) {
      super(p, a, b, c);
    }

    @Override
    void run() {
      Transpose transA = p.transA() ? Transpose.YES : Transpose.NO;
      Transpose transB = p.transB() ? Transpose.YES : Transpose.NO;
      new ScalarMatmul().multiply(transA, transB, p.m(), p.n(), p.k(), a, b, c);
    }

    @Override
    String about() {
      return "the scalar twin";
    }
  }

  /** Pure Java with the Vector API, column-major: our rows are its columns, so B comes first. */
  private static final class Netlib extends Gemm {
    private final JavaBLAS blas = JavaBLAS.getInstance();

    Netlib(Shapes.Product p, float[] a, float[] b, float[] c) {
      super(p, a, b, c);
    }

    @Override
    void run() {
      String transA = p.transA() ? "T" : "N";
      String transB = p.transB() ? "T" : "N";
      blas.sgemm(transB, transA, p.n(), p.m(), p.k(), 1f, b, ldb(), a, lda(), 0f, c, p.n());
    }

    @Override
    String about() {
      return "netlib 3.0.3, " + blas.getClass().getSimpleName() + ", always 1 thread";
    }
  }

  /** Pure Java. */
  private static final class Ejml extends Gemm {
    private final FMatrixRMaj left;
    private final FMatrixRMaj right;
    private final FMatrixRMaj product;
    private final boolean concurrent;
    private final int threads;

    Ejml(int threads, Shapes.Product p, float[] a, float[] b, float[] c) {
      super(p, a, b, c);
      left = FMatrixRMaj.wrap(a.length / lda(), lda(), a);
      right = FMatrixRMaj.wrap(b.length / ldb(), ldb(), b);
      product = FMatrixRMaj.wrap(p.m(), p.n(), c);
      this.threads = threads;
      concurrent = threads > 1;
      EjmlConcurrency.setMaxThreads(threads);
    }

    @Override
    void run() {
      if (p.transA()) {
        if (concurrent) {
          CommonOps_MT_FDRM.multTransA(left, right, product);
        } else {
          CommonOps_FDRM.multTransA(left, right, product);
        }
      } else if (p.transB()) {
        if (concurrent) {
          CommonOps_MT_FDRM.multTransB(left, right, product);
        } else {
          CommonOps_FDRM.multTransB(left, right, product);
        }
      } else if (concurrent) {
        CommonOps_MT_FDRM.mult(left, right, product);
      } else {
        CommonOps_FDRM.mult(left, right, product);
      }
    }

    @Override
    String about() {
      return "EJML 0.44.0, " + threads + " thread(s)";
    }
  }

  /** A native library: operands outside Java's heap, as its own users have them. */
  private abstract static class NativeGemm extends Gemm {
    final FloatPointer nativeA;
    final FloatPointer nativeB;
    final FloatPointer nativeC;

    NativeGemm(Shapes.Product p, float[] a, float[] b, float[] c) {
      super(p, a, b, c);
      nativeA = aligned(a);
      nativeB = aligned(b);
      nativeC = aligned(c);
    }

    /** A copy at a multiple of 64 bytes. */
    private static FloatPointer aligned(float[] values) {
      FloatPointer memory = new FloatPointer(values.length + 16L);
      FloatPointer at = memory.getPointer((64 - memory.address() % 64) % 64 / Float.BYTES);
      at.put(values, 0, values.length);
      return at;
    }

    @Override
    void collect() {
      nativeC.get(c, 0, c.length);
    }
  }

  private static final class OpenBlas extends NativeGemm {
    private static final Class<?> PRESET = openblas_nolapack.class;
    private static final String LIBRARY = "libopenblas_nolapack";
    private final int threads;

    OpenBlas(int threads, Shapes.Product p, float[] a, float[] b, float[] c) {
      super(p, a, b, c);
      this.threads = threads;
      // It shall find out by itself which processor this is.
      Native.unset("OPENBLAS_CORETYPE");
      Native.unset("OPENBLAS_L2_SIZE");
      Native.call(PRESET, LIBRARY, "openblas_set_num_threads", threads);
    }

    @Override
    void run() {
      openblas_nolapack.cblas_sgemm(
          openblas_nolapack.CblasRowMajor,
          p.transA() ? openblas_nolapack.CblasTrans : openblas_nolapack.CblasNoTrans,
          p.transB() ? openblas_nolapack.CblasTrans : openblas_nolapack.CblasNoTrans,
          p.m(),
          p.n(),
          p.k(),
          1f,
          nativeA,
          lda(),
          nativeB,
          ldb(),
          0f,
          nativeC,
          p.n());
    }

    @Override
    String about() {
      return Native.text(PRESET, LIBRARY, "openblas_get_config")
          + ", kernel "
          + Native.text(PRESET, LIBRARY, "openblas_get_corename")
          + ", "
          + threads
          + " thread(s)";
    }
  }

  private static final class Mkl extends NativeGemm {
    private final int threads;

    Mkl(int threads, Shapes.Product p, float[] a, float[] b, float[] c) {
      super(p, a, b, c);
      this.threads = threads;
      mkl_rt.MKL_Set_Num_Threads(threads);
    }

    @Override
    void run() {
      mkl_rt.cblas_sgemm(
          mkl_rt.CblasRowMajor,
          p.transA() ? mkl_rt.CblasTrans : mkl_rt.CblasNoTrans,
          p.transB() ? mkl_rt.CblasTrans : mkl_rt.CblasNoTrans,
          p.m(),
          p.n(),
          p.k(),
          1f,
          nativeA,
          lda(),
          nativeB,
          ldb(),
          0f,
          nativeC,
          p.n());
    }

    @Override
    String about() {
      try (BytePointer text = new BytePointer(200)) {
        mkl_rt.MKL_Get_Version_String(text, 200);
        return text.getString().replaceFirst(" for .*", "") + ", " + threads + " thread(s)";
      }
    }
  }

  private static final class OneDnnGemm extends NativeGemm {
    private final int threads;

    OneDnnGemm(int threads, Shapes.Product p, float[] a, float[] b, float[] c) {
      super(p, a, b, c);
      this.threads = threads;
      OneDnn.use(threads);
    }

    @Override
    void run() {
      byte transA = (byte) (p.transA() ? 'T' : 'N');
      byte transB = (byte) (p.transB() ? 'T' : 'N');
      dnnl.dnnl_sgemm(
          transA, transB, p.m(), p.n(), p.k(), 1f, nativeA, lda(), nativeB, ldb(), 0f, nativeC,
          p.n());
    }

    @Override
    String about() {
      return OneDnn.version() + ", " + threads + " thread(s)";
    }
  }
}
