/** Losses beside softmax cross-entropy: mean squared error and binary cross-entropy. */
package dev.lanewise.kernel.loss;
