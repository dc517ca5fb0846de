/** Optimizers: which update kernel, which state, which hyper-parameters; and learning rates. */
package dev.lanewise.optim;
