/** Training: fit, evaluate, predict, what epochs gave, weights in files, checkpoints. */
package dev.lanewise.train;
