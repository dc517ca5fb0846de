/** Callbacks of a training, with Keras's names: what watches it, ends it, prints and saves. */
package dev.lanewise.train.callback;
