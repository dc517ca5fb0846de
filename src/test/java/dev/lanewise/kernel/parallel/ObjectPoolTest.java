package dev.lanewise.kernel.parallel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ObjectPoolTest {
  @Test
  void lendsWhatWasGivenBack() {
    ObjectPool<Object> pool = new ObjectPool<>(Object::new);
    Object first = pool.take();
    Object second = pool.take();
    assertNotSame(first, second);
    pool.give(first);
    assertSame(first, pool.take());
    assertNotSame(second, pool.take());
  }

  @Test
  void makesNoFurtherObjectOnceThereAreEnough() {
    AtomicInteger made = new AtomicInteger();
    ObjectPool<Object> pool =
        new ObjectPool<>(
            () -> {
              made.incrementAndGet();
              return new Object();
            });
    for (int round = 0; round < 5; round++) {
      List<Object> lent = new ArrayList<>();
      for (int i = 0; i < 9; i++) {
        lent.add(pool.take());
      }
      assertEquals(9, lent.stream().distinct().count());
      lent.forEach(pool::give);
    }
    assertEquals(9, made.get());
  }

  @Test
  void lendsNoObjectToTwoThreads() throws InterruptedException {
    ObjectPool<AtomicBoolean> pool = new ObjectPool<>(AtomicBoolean::new);
    AtomicInteger lentTwice = new AtomicInteger();
    List<Thread> threads = new ArrayList<>();
    for (int t = 0; t < 20; t++) { // more than there are places, so that some share one
      threads.add(
          Thread.ofPlatform()
              .start(
                  () -> {
                    for (int i = 0; i < 20_000; i++) {
                      AtomicBoolean object = pool.take();
                      if (object.getAndSet(true)) {
                        lentTwice.incrementAndGet();
                      }
                      object.set(false);
                      pool.give(object);
                    }
                  }));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertTrue(lentTwice.get() == 0, () -> lentTwice + " objects were lent twice");
  }
}
