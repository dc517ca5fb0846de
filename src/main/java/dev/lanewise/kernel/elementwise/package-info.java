/** Element by element operations. */
package dev.lanewise.kernel.elementwise;
