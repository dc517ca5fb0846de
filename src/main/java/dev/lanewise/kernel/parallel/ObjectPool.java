package dev.lanewise.kernel.parallel;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Lends out reusable objects, so that a kernel call allocates nothing after the first calls.
 * Thread-safe; nested and concurrent calls simply borrow a second object.
 *
 * <p>A thread first looks at a place of its own, which costs an exchange and no lock: team members
 * that call a kernel for each tile do not wait for each other.
 *
 * @param <T> the kind of object
 */
final class ObjectPool<T> {
  /** Places for one object each, {@link #APART} references from each other: a cache line. */
  private static final int PLACES = 16;

  private static final int APART = 16;

  private final Supplier<T> maker;
  private final AtomicReferenceArray<@Nullable T> places =
      new AtomicReferenceArray<>(PLACES * APART);
  private @Nullable Object[] free = new Object[4];
  private int count;

  /** Makes a pool that calls {@code maker} whenever none of its objects is free. */
  ObjectPool(Supplier<T> maker) {
    this.maker = maker;
  }

  /** Lends an object. */
  T take() {
    T object = places.getAndSet(place(), null);
    if (object == null) {
      object = pop();
    }
    return object == null ? maker.get() : object;
  }

  /** Takes an object back, or lets it go if there is no memory to keep it. */
  void give(T object) {
    if (!places.compareAndSet(place(), null, object)) {
      push(object);
    }
  }

  private static int place() {
    return (int) (Thread.currentThread().threadId() % PLACES) * APART;
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

  private synchronized void push(T object) {
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
