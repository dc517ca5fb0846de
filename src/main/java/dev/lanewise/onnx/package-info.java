/** Models in the format of other tools, ONNX. */
package dev.lanewise.onnx;
