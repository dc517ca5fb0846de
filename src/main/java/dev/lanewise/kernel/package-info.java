/** The kernels: contracts and twins, one folder a family, and the choice between the twins. */
package dev.lanewise.kernel;
