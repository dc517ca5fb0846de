/** Reductions. */
package dev.lanewise.kernel.reduce;
