package dev.lanewise.kernel.support;

import java.util.ArrayDeque;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Lends out reusable objects, so that a kernel call that hands work to a team allocates nothing
 * after the first calls. Thread-safe; nested and concurrent calls simply borrow a second object.
 *
 * @param <T> the kind of object
 */
public final class Recycler<T> {
  private final Supplier<T> maker;
  private final ArrayDeque<T> free = new ArrayDeque<>();

  /** Makes a recycler that calls {@code maker} whenever none of its objects is free. */
  public Recycler(Supplier<T> maker) {
    this.maker = maker;
  }

  /** Lends an object; the caller gives it back in a finally block. */
  public T take() {
    @Nullable T object;
    synchronized (free) {
      object = free.pollFirst();
    }
    return object == null ? maker.get() : object;
  }

  /** Takes an object back. */
  public void give(T object) {
    synchronized (free) {
      free.addFirst(object);
    }
  }
}
