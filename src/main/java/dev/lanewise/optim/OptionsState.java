package dev.lanewise.optim;

import dev.lanewise.graph.Graph;
import dev.lanewise.graph.Node;
import dev.lanewise.graph.Updater;
import dev.lanewise.graph.Variable;
import dev.lanewise.graph.op.AccumulateOp;
import dev.lanewise.graph.op.ClipFactorOp;
import dev.lanewise.graph.op.ClipValueOp;
import dev.lanewise.graph.op.ScaleOp;
import dev.lanewise.kernel.update.Update;
import dev.lanewise.tensor.Tensor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * The state of an optimizer with options: that of the optimizer itself, and averages and sums of
 * gradients where they are asked for.
 *
 * <p>What needs a gradient as a whole (accumulation, clipping) becomes nodes between gradient and
 * update; what goes element by element (decay, average) is part of the updater, so that an update
 * of stretches stays one.
 */
final class OptionsState extends OptimizerState {
  private final OptimizerState rule;
  private final OptimizerOptions options;
  private final List<Variable> variables;
  private final List<Updater> updaters = new ArrayList<>();
  private final List<float[]> averages = new ArrayList<>();
  private final List<Tensor> sums = new ArrayList<>();

  private final int stepsAnUpdate;
  private boolean updates;
  private float decay;
  private float share;
  private float rest;
  private boolean overwrites;

  OptionsState(Optimizer rule, OptimizerOptions options, List<Variable> variables) {
    super(rule.learningRate());
    this.rule = rule.start(variables);
    this.options = options;
    this.variables = List.copyOf(variables);
    Integer steps = options.gradientAccumulationSteps();
    stepsAnUpdate = steps == null ? 1 : steps;
    adopt(this.rule);
    for (int i = 0; i < variables.size(); i++) {
      Variable variable = variables.get(i);
      if (options.useEma()) {
        averages.add(slot(variable.name() + AVERAGE, variable.tensor()));
      }
      if (stepsAnUpdate > 1) {
        Tensor zeros = new Tensor(variable.shape(), new float[variable.values().length]);
        keep(variable.name() + "/gradient_accumulator", zeros);
        sums.add(zeros);
      }
      updaters.add(updaterOf(i));
    }
  }

  @Override
  protected void prepare(long step, double learningRate) {
    long update = step / stepsAnUpdate;
    updates = (step + 1) % stepsAnUpdate == 0;
    if (updates) {
      rule.prepare(update, learningRate);
    }
    Double weightDecay = options.weightDecay();
    decay = weightDecay == null ? 0 : (float) (weightDecay * learningRate);
    double momentum = update == 0 ? 0 : options.emaMomentum();
    share = (float) momentum;
    rest = (float) (1 - momentum);
    Integer frequency = options.emaOverwriteFrequency();
    overwrites = frequency != null && (update + 1) % frequency == 0;
  }

  @Override
  public Updater updater(int variable) {
    return updaters.get(variable);
  }

  private Updater updaterOf(int variable) {
    float[] w = variables.get(variable).values();
    boolean decays = options.decays(variables.get(variable).name());
    Updater updater = rule.updater(variable);
    Updater decayed =
        !decays
            ? updater
            : (kernels, g, gOffset, from, count) -> {
              kernels.decay(count, w, from, decay);
              updater.update(kernels, g, gOffset, from, count);
            };
    Updater due =
        stepsAnUpdate == 1
            ? decayed
            : (kernels, g, gOffset, from, count) -> {
              if (updates) {
                decayed.update(kernels, g, gOffset, from, count);
              }
            };
    if (!options.useEma()) {
      return due;
    }
    float[] average = averages.get(variable);
    return (kernels, g, gOffset, from, count) -> {
      due.update(kernels, g, gOffset, from, count);
      kernels.average(count, average, from, w, from, share, rest, Update.FLUSH_MEAN);
      if (overwrites) {
        System.arraycopy(average, from, w, from, count);
      }
    };
  }

  @Override
  public List<Node> gradients(Graph graph, List<Node> gradients) {
    List<Node> result = new ArrayList<>(gradients);
    for (int i = 0; i < sums.size(); i++) {
      result.set(
          i, graph.add(new AccumulateOp(stepsAnUpdate, sums.get(i), this::updates), result.get(i)));
    }
    Double norm = options.clipnorm();
    Double value = options.clipvalue();
    Double globalNorm = options.globalClipnorm();
    if (norm != null) {
      result.replaceAll(
          g -> scaled(graph, g, graph.add(new ClipFactorOp(norm, false, this::updates), g)));
    } else if (value != null) {
      float limit = value.floatValue();
      result.replaceAll(g -> graph.add(new ClipValueOp(limit, this::updates), g));
    } else if (globalNorm != null) {
      Node factor =
          graph.add(new ClipFactorOp(globalNorm, true, this::updates), List.copyOf(result));
      result.replaceAll(g -> scaled(graph, g, factor));
    }
    return Collections.unmodifiableList(result);
  }

  private Node scaled(Graph graph, Node gradient, Node factor) {
    return graph.add(new ScaleOp(this::updates), gradient, factor);
  }

  private boolean updates() {
    return updates;
  }

  @Override
  public void finish() {
    for (int i = 0; i < averages.size() && step() > 0; i++) {
      float[] w = variables.get(i).values();
      System.arraycopy(averages.get(i), 0, w, 0, w.length);
    }
  }
}
