/** How a plan rewrites its graph before it runs: one class a rule, to the same bits. */
package dev.lanewise.graph.rewrite;
