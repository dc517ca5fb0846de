package dev.lanewise.optim;

import static dev.lanewise.testing.Refusals.refused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.optim.Optimizer.Dialect;
import dev.lanewise.optim.Schedule.CosineDecay;
import dev.lanewise.optim.Schedule.CosineDecayRestarts;
import dev.lanewise.optim.Schedule.ExponentialDecay;
import dev.lanewise.optim.Schedule.InverseTimeDecay;
import dev.lanewise.optim.Schedule.PiecewiseConstantDecay;
import dev.lanewise.optim.Schedule.PolynomialDecay;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OptimizersTest {
  private static final OptimizerOptions NONE = OptimizerOptions.NONE;

  private static void spelled(Optimizer expected, String text) {
    assertEquals(expected, Optimizers.parse(text));
  }

  private static LearningRate rate(double rate) {
    return LearningRate.constant(rate);
  }

  @Test
  void namesAloneAreKerassDefaults() {
    spelled(new Adam(), "adam");
    spelled(new AdamW(), "adamw");
    spelled(new Sgd(), "sgd");
    spelled(new Adam(), " Adam: ");
    spelled(new AdamW(), "AdamW");
    spelled(new Adadelta(), "adadelta");
    spelled(new Adagrad(), "adagrad");
    spelled(new Adamax(), "adamax");
    spelled(new Ftrl(), "ftrl");
    spelled(new Lion(), "lion");
    spelled(new Nadam(), "nadam");
    spelled(new RmsProp(), "rmsprop");
    assertEquals(10, Optimizers.names().size());
    assertEquals(Optimizers.names().stream().sorted().toList(), Optimizers.names());
  }

  /** The defaults that are listed are those that are used. */
  @Test
  void everyDefaultCanBeSpelled() {
    for (String name : Optimizers.names()) {
      Optimizer spelled = Optimizers.parse(name + ":" + String.join(",", Optimizers.keys(name)));
      assertEquals(Optimizers.parse(name), spelled);
      assertTrue(name.equalsIgnoreCase(spelled.name()), name);
    }
  }

  @Test
  void keysAreThoseOfKeras() {
    spelled(new Sgd(rate(0.01), 0.9, true), "sgd:momentum=0.9,nesterov=true");
    spelled(
        new Adam(rate(5e-4), 0.8, 0.99, 1e-8),
        "adam: lr = 5e-4, beta_1 = .8, beta_2=0.99, epsilon=1E-8");
    spelled(
        new Adam(0.0005).with(NONE.weightDecay(0.01)),
        "adam:learning_rate=0.0005,weight_decay=0.01");
    spelled(
        new AdamW(new Adam(), NONE.weightDecay(0.1).excludedFromDecay("bias", "gamma").clipnorm(2)),
        "adamw:weight_decay=0.1,exclude_from_weight_decay=[bias,gamma],clipnorm=2");
    spelled(
        new Sgd().with(NONE.globalClipnorm(1).ema(0.9, 5).gradientAccumulationSteps(4)),
        "sgd:global_clipnorm=1,use_ema=True,ema_momentum=0.9,ema_overwrite_frequency=5,"
            + "gradient_accumulation_steps=4");
    spelled(new Sgd().with(NONE.clipvalue(0.5)), "sgd:clipvalue=.5,clipnorm=none");
  }

  /** Each argument has a value of its own, so that none can stand in another's place. */
  @Test
  void keysOfTheOtherOptimizers() {
    LearningRate half = rate(0.5);
    spelled(new Adadelta(half, 0.6, 0.7), "adadelta:lr=.5,rho=.6,epsilon=.7");
    spelled(new Adagrad(half, 0.6, 0.7), "adagrad:lr=.5,initial_accumulator_value=.6,epsilon=.7");
    spelled(
        new Adam(half, 0.6, 0.7, 0.8, true, 0, Dialect.KERAS),
        "adam:lr=.5,beta_1=.6,beta_2=.7,epsilon=.8,amsgrad=true");
    spelled(new Adamax(half, 0.6, 0.7, 0.8), "adamax:lr=.5,beta_1=.6,beta_2=.7,epsilon=.8");
    spelled(
        new Ftrl(half, -0.5, 0.2, 0.3, 0.4, 0.6, 0.7),
        "ftrl:lr=.5,learning_rate_power=-.5,initial_accumulator_value=.2,"
            + "l1_regularization_strength=.3,l2_regularization_strength=.4,"
            + "l2_shrinkage_regularization_strength=.6,beta=.7");
    spelled(new Lion(half, 0.6, 0.7), "lion:lr=.5,beta_1=.6,beta_2=.7");
    spelled(new Nadam(half, 0.6, 0.7, 0.8), "nadam:lr=.5,beta_1=.6,beta_2=.7,epsilon=.8");
    spelled(
        new RmsProp(half, 0.6, 0.7, 0.8, true),
        "rmsprop:lr=.5,rho=.6,momentum=.7,epsilon=.8,centered=true");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "CosineDecay(0.1,1000) | CosineDecay(initial_learning_rate=0.1,decay_steps=1000)",
        "cosine( 0.1, 1000 ) | cosine_decay(0.1,1000,0,none,0)",
        "CosineDecay(0.1,9,warmup_target=1) | cosine(0.1,9,warmup_target=1,warmup_steps=0,alpha=0)",
        "exponential_decay(1,10,0.5) | ExponentialDecay(1,10,0.5,staircase=False)",
        "inverse_time(1,10,0.5,true) | InverseTimeDecay(1,10,0.5,staircase=true)",
        "polynomial(1,10) | PolynomialDecay(1,10,end_learning_rate=1e-4,power=1,cycle=false)",
        "cosine_decay_restarts(1,10) | CosineDecayRestarts(1,10,t_mul=2,m_mul=1,alpha=0)",
        "piecewise_constant([1,2],[3,4,5]) | PiecewiseConstantDecay(values=[3,4,5],"
            + "boundaries=[1,2])"
      })
  void schedulesAreSpelledAsCalls(String one, String other) {
    LearningRate rate = Optimizers.parse("sgd:lr=" + one + ",momentum=0.5").learningRate();
    assertTrue(rate instanceof Schedule, rate.toString());
    assertEquals(rate, Optimizers.parse("sgd:momentum=0.5,learning_rate=" + other).learningRate());
  }

  @Test
  void schedulesHaveTheirArguments() {
    assertEquals(
        new ExponentialDecay(1, 10, 0.5, true), Optimizers.schedule("exponential(1,10,0.5,true)"));
    assertEquals(
        new InverseTimeDecay(1, 10, 0.5, true), Optimizers.schedule("inversetime(1,10,0.5,true)"));
    assertEquals(
        new PolynomialDecay(1, 10, 0.1, 2, true),
        Optimizers.schedule("polynomial(1,10,0.1,2,true)"));
    assertEquals(
        new PiecewiseConstantDecay(List.of(1L, 2L), List.of(3.0, 4.0, 5.0)),
        Optimizers.schedule("piecewiseconstant([1,2],[3,4,5])"));
    assertEquals(
        new CosineDecay(0.1, 10, 0.2, 0.3, 4), Optimizers.schedule("cosine(.1,10,.2,.3,4)"));
    assertEquals(
        new CosineDecayRestarts(0.1, 10, 3, 0.5, 0.2),
        Optimizers.schedule("CosineDecayRestarts(0.1,10,3,0.5,0.2)"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "foo | there is no optimizer 'foo'; there are ",
        "sgd:beta_1=0.9 | sgd has no 'beta_1'; sgd's keys are learning_rate (or lr), momentum,",
        "sgd:momentum=0.9,momentum=0.8 | sgd's momentum is given twice",
        "sgd:lr=0.9,learning_rate=0.8 | sgd's learning_rate is given twice",
        "sgd:momentum=high | sgd's momentum is 'high', but must be a number",
        "sgd:momentum= | sgd's momentum is '', but must be a number",
        "sgd:momentum=0x1p3 | sgd's momentum is '0x1p3', but must be a number",
        "sgd:momentum=none | sgd's momentum is 'none', but must be a number",
        "sgd:nesterov=1 | sgd's nesterov is '1', but must be true or false",
        "sgd:nesterov | 'nesterov' is not of the form key=value; sgd's keys are learning_rate",
        "sgd:0.1 | '0.1' is not of the form key=value; sgd's keys are",
        "sgd:momentum=0.9, | '' is not of the form key=value",
        "sgd:lr=fast | sgd's learning_rate is 'fast', but must be a number or a schedule such as",
        "sgd:lr=warm(1,2) | there is no schedule 'warm'; there are ExponentialDecay, Inv",
        "sgd:lr=cosine(1) | CosineDecay needs decay_steps",
        "sgd:lr=cosine(1,2.5) | CosineDecay's decay_steps is '2.5', but must be a whole number",
        "sgd:lr=cosine(1,2,3,4,5,6) | '6' is not of the form key=value; CosineDecay's keys are",
        "sgd:lr=cosine(1,2,beta=3) | CosineDecay has no 'beta'; CosineDecay's keys are initial",
        "sgd:lr=cosine(1,2 | the brackets in 'lr=cosine(1,2' do not match",
        "sgd:lr=cosine(1,2] | the brackets in 'lr=cosine(1,2]' do not match",
        "sgd:lr=cosine(1,2)x | the schedule 'cosine(1,2)x' is not of the form Name(arguments)",
        "sgd:gradient_accumulation_steps=1 | must be at least 2",
        "sgd:gradient_accumulation_steps=2.5 | '2.5', but must be a whole number",
        "sgd:gradient_accumulation_steps=-99999999999 | must be at least 2",
        "sgd:clipnorm=1,clipvalue=1 | only one of clipnorm, clipvalue and global_clipnorm can be",
        "sgd:momentum=1.5 | the momentum is 1.5, but must be at least 0 and below 1",
        "adam:epsilon=-1 | the epsilon is -1.0, but must be finite and above 0",
        "adam:lr=NaN | the learning rate is NaN, but must be finite and at least 0",
        "adam:lr=Infinity | the learning rate is Infinity, but must be finite and at least 0"
      })
  void refusesInOneSentence(String text, String sentence) {
    refused(sentence, () -> Optimizers.parse(text));
  }
}
