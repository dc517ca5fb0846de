/** The program: {@link dev.lanewise.Main}. */
package dev.lanewise;
