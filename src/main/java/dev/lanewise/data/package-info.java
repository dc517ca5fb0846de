/** Samples and targets in memory, MNIST and the files it comes in, and the order of an epoch. */
package dev.lanewise.data;
