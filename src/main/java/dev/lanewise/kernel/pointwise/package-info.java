/** Operations element by element: bias and activations, arithmetic, dropout. */
package dev.lanewise.kernel.pointwise;
