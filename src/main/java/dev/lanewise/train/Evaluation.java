package dev.lanewise.train;

/**
 * The loss and accuracy of a model on a data set.
 *
 * @param loss the mean loss
 * @param accuracy the share of images whose largest score is at the right class
 */
public record Evaluation(double loss, double accuracy) {}
