/** Reductions, and the level-1 and level-2 companions of the matrix product, with BLAS's names. */
package dev.lanewise.kernel.reduce;
