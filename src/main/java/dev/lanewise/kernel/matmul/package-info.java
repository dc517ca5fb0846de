/** Matrix products. */
package dev.lanewise.kernel.matmul;
