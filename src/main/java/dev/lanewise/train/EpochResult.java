package dev.lanewise.train;

import org.jspecify.annotations.Nullable;

/**
 * The results of one epoch of training.
 *
 * @param epoch the epoch's number, from 1
 * @param trainSeconds the time of the epoch's training: shuffling, gathering, every step and
 *     callback
 * @param validationSeconds the time of the validation after it, 0 if there was none
 * @param training mean loss and accuracy over the epoch's images, as they were met in training
 * @param validation loss and accuracy on the validation data after the epoch, or null if there are
 *     none
 */
@SuppressWarnings("exports") // @Nullable: see module-info
public record EpochResult(
    int epoch,
    double trainSeconds,
    double validationSeconds,
    Evaluation training,
    @Nullable Evaluation validation) {}
