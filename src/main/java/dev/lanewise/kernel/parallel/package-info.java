/** Teams of threads, and the scratch memory that belongs to them. */
package dev.lanewise.kernel.parallel;
