/** Shared by the kernels and not exported: argument checks, the vector width, reusable objects. */
package dev.lanewise.kernel.support;
