package dev.lanewise.kernel.support;

import java.util.Arrays;
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
  private @Nullable Object[] free = new Object[4];
  private int count;

  /** Makes a recycler that calls {@code maker} whenever none of its objects is free. */
  public Recycler(Supplier<T> maker) {
    this.maker = maker;
  }

  /** Lends an object; the caller gives it back in a finally block. */
  public T take() {
    T object = pop();
    return object == null ? maker.get() : object;
  }

  @SuppressWarnings("unchecked")
  private synchronized @Nullable T pop() {
    if (count == 0) {
      return null;
    }
    count--; // no call from here on: wherever a stack overflows, no object is lent twice
    T object = (T) free[count];
    free[count] = null;
    return object;
  }

  /** Takes an object back, or lets it go if there is no memory to keep it. */
  public synchronized void give(T object) {
    if (count == free.length) {
      try {
        free = Arrays.copyOf(free, 2 * count);
      } catch (OutOfMemoryError full) {
        return;
      }
    }
    free[count] = object;
    count++;
  }
}
