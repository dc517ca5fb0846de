/** Layers, models, losses and initializers, with the names and defaults of Keras. */
package dev.lanewise.nn;
