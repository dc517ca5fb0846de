/** The arithmetic all kernels share: fma, exp, log, the counter-based random generator. */
package dev.lanewise.kernel.math;
