/** Optimizer updates. */
package dev.lanewise.kernel.update;
