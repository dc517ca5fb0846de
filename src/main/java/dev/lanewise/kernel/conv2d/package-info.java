/** 2-D convolution and its gradients. */
package dev.lanewise.kernel.conv2d;
