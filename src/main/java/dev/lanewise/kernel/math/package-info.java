/**
 * The arithmetic all kernels share: fma, exp, log, the counter-based random generator; and what the
 * VM says of itself, which fma depends on.
 */
package dev.lanewise.kernel.math;
