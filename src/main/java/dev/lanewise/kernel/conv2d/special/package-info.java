/** Convolutions of special shapes, each with a measured gain that keeps it here. */
package dev.lanewise.kernel.conv2d.special;
