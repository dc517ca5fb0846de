/**
 * The benchmark suite: measures the rows that a selection names, each in virtual machines of its
 * own, and makes tables and pictures of the results.
 *
 * <p>{@link dev.lanewise.bench.suite.Bench} is its command line; docs/benchmarks.md says how to use
 * it.
 */
package dev.lanewise.bench.suite;
