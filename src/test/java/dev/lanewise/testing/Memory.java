package dev.lanewise.testing;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;

/** How much memory the calling thread has taken. */
public final class Memory {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private Memory() {}

  /** Bytes that this thread has allocated since it began; the difference of two calls counts. */
  public static long allocated() {
    return THREADS.getCurrentThreadAllocatedBytes();
  }
}
