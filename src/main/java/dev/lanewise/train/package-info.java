/** Training: the fit loop, evaluation, prediction, history and callbacks. */
package dev.lanewise.train;
