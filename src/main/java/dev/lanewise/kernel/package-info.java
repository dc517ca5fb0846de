/**
 * The kernels: contracts and twins, one folder a family, and the choice between the twins.
 *
 * <p>Begin with {@link dev.lanewise.kernel.Kernels}, whose Javadoc has an example and says what
 * holds for all of them: float32, thread-safety, and the warm-up that first calls pay for.
 */
package dev.lanewise.kernel;
