/**
 * What is computed from the whole rows of a matrix: softmax and the losses, with their gradients.
 */
package dev.lanewise.kernel.loss;
