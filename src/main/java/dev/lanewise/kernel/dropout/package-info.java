/** Dropout. */
package dev.lanewise.kernel.dropout;
