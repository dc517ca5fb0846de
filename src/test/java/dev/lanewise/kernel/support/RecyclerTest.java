package dev.lanewise.kernel.support;

import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;

import org.junit.jupiter.api.Test;

class RecyclerTest {
  @Test
  void lendsWhatWasGivenBack() {
    Recycler<Object> recycler = new Recycler<>(Object::new);
    Object first = recycler.take();
    Object second = recycler.take();
    assertNotSame(first, second);
    recycler.give(first);
    assertSame(first, recycler.take());
    assertNotSame(second, recycler.take());
  }
}
