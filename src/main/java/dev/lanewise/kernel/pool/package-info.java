/** 2-D pooling and its gradient. */
package dev.lanewise.kernel.pool;
