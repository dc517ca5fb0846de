/** Weights in and out, in formats that other tools read. */
package dev.lanewise.io;
