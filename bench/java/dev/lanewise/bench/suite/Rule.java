package dev.lanewise.bench.suite;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Which rows are meant: {@code "Matmul.sgemm impl=scalar|plain shape=2048.*"}.
 *
 * <p>The first word is a regular expression for {@code Family.method}, the others are such for the
 * values of parameters. Each has to fit as a whole; a row without one of the parameters is not
 * meant.
 */
record Rule(Pattern benchmark, List<Condition> conditions) {
  private record Condition(String param, Pattern value) {}

  static Rule of(String text) {
    String[] words = text.split(" +", -1);
    List<Condition> conditions = new ArrayList<>();
    for (int i = 1; i < words.length; i++) {
      String[] sides = words[i].split("=", 2);
      conditions.add(new Condition(sides[0], Pattern.compile(sides[1])));
    }
    return new Rule(Pattern.compile(words[0]), conditions);
  }

  boolean fits(Planned row) {
    Row named = row.unmeasured();
    return benchmark.matcher(named.family() + "." + named.method()).matches()
        && conditions.stream()
            .allMatch(
                condition -> {
                  String value = row.params().get(condition.param);
                  return value != null && condition.value.matcher(value).matches();
                });
  }

  static boolean any(List<Rule> rules, Planned row) {
    return rules.stream().anyMatch(rule -> rule.fits(row));
  }
}
