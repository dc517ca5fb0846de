/** Bias and activation functions and their gradients. */
package dev.lanewise.kernel.activation;
