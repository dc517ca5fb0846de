/** The operations of a graph: one class an operation, forward and gradient together. */
package dev.lanewise.graph.op;
