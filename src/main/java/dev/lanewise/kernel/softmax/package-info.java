/** Softmax, log-softmax, cross-entropy and their gradients. */
package dev.lanewise.kernel.softmax;
