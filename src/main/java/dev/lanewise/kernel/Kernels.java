package dev.lanewise.kernel;

import dev.lanewise.kernel.activation.Activation;
import dev.lanewise.kernel.conv2d.Conv2d;
import dev.lanewise.kernel.dropout.Dropout;
import dev.lanewise.kernel.elementwise.Elementwise;
import dev.lanewise.kernel.matmul.Matmul;
import dev.lanewise.kernel.pool.MaxPool2d;
import dev.lanewise.kernel.reduce.Reduce;
import dev.lanewise.kernel.softmax.Softmax;
import dev.lanewise.kernel.update.Update;

/**
 * One twin of every kernel family: what a program computes with, passed on explicitly.
 *
 * @param matmul matrix products
 * @param conv2d convolutions
 * @param maxPool2d max-pooling
 * @param activation bias and ReLU
 * @param softmax softmax and cross-entropy
 * @param dropout dropout
 * @param update optimizer updates
 * @param reduce reductions
 * @param elementwise element by element operations
 */
public record Kernels(
    Matmul matmul,
    Conv2d conv2d,
    MaxPool2d maxPool2d,
    Activation activation,
    Softmax softmax,
    Dropout dropout,
    Update update,
    Reduce reduce,
    Elementwise elementwise) {}
