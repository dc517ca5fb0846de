/** Shapes, and arrays of floats that have one. */
package dev.lanewise.tensor;
