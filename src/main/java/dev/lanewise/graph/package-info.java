/** Graphs of operations, their differentiation, and the plans that run them. */
package dev.lanewise.graph;
