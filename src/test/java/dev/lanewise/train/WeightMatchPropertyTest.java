package dev.lanewise.train;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lanewise.io.InvalidFileException;
import dev.lanewise.nn.Sequential;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** FD-19: weights of random networks under random names, against all orders tried one by one. */
class WeightMatchPropertyTest {
  /** A module: its group and its number there, or -1 for none, and its layer's place. */
  private record Named(String group, int number, int place) {
    String name() {
      return number < 0 ? group : group + "." + number;
    }
  }

  @Property(tries = 400)
  void rightOrRefused(@ForAll long seed) throws IOException {
    Random random = new Random(seed);
    int[] widths = random.ints(2 + random.nextInt(6), 1, 3).toArray();
    List<Named> modules = new ArrayList<>();
    int number = random.nextInt(3);
    for (int i = 0; i + 1 < widths.length; i++) {
      number += 1 + random.nextInt(9);
      boolean numbered = random.nextInt(4) > 0;
      String group = !numbered ? "z" + (char) ('a' + i) : random.nextBoolean() ? "g" : "h";
      modules.add(new Named(group, numbered ? number : -1, i));
    }
    Collections.shuffle(modules, random);
    String[] texts =
        modules.stream()
            .map(one -> one.name() + " " + widths[one.place()] + " " + widths[one.place() + 1])
            .toArray(String[]::new);
    List<List<Named>> byShape = new ArrayList<>();
    orders(widths, modules, new ArrayList<>(), byShape);
    List<List<Named>> byNumber =
        byShape.stream().filter(WeightMatchPropertyTest::keepsNumbers).toList();
    boolean decided = byShape.size() == 1 || byNumber.size() == 1;
    Path folder = Files.createTempDirectory("lanewise");
    Path file = null;
    try {
      file = ForeignWeights.linear(folder, texts);
      Sequential model = ForeignWeights.dense(widths);
      boolean loaded = true;
      try {
        ModelFile.load(model, file, WeightLayout.PYTORCH);
      } catch (InvalidFileException refused) {
        loaded = false;
      }
      assertEquals(decided, loaded, String.join(", ", texts));
      for (int i = 0; loaded && i < modules.size(); i++) {
        int place = modules.get(i).place();
        assertEquals(i + 1, model.variables().get(2 * place).values()[0]);
      }
    } finally {
      if (file != null) {
        Files.delete(file);
      }
      Files.delete(folder);
    }
  }

  private static void orders(
      int[] widths, List<Named> modules, List<Named> order, List<List<Named>> all) {
    int next = order.size();
    if (next == modules.size()) {
      all.add(List.copyOf(order));
    }
    for (Named one : modules) {
      if (!order.contains(one)
          && widths[one.place()] == widths[next]
          && widths[one.place() + 1] == widths[next + 1]) {
        order.add(one);
        orders(widths, modules, order, all);
        order.removeLast();
      }
    }
  }

  private static boolean keepsNumbers(List<Named> order) {
    for (int i = 0; i < order.size(); i++) {
      for (int j = i + 1; j < order.size(); j++) {
        Named a = order.get(i);
        Named b = order.get(j);
        if (a.group().equals(b.group()) && a.number() > b.number()) {
          return false;
        }
      }
    }
    return true;
  }
}
