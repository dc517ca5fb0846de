/** Activation functions beyond ReLU: leaky ReLU, ELU, sigmoid, tanh, softplus, GELU. */
package dev.lanewise.kernel.nonlinear;
