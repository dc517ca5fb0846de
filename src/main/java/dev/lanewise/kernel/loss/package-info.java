/**
 * Losses and their gradients: softmax with cross-entropy, mean squared error, binary cross-entropy.
 */
package dev.lanewise.kernel.loss;
