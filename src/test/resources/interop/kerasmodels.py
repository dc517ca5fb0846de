"""Writes models in Keras's own formats, with inputs and Keras's outputs.

Run in this folder; needs keras and h5py (the files here are of 3.9.2 with the backend torch). For each
model there is NAME.keras, and NAME-keras.safetensors with "x" and "y"; of "digits" there is also
digits.weights.h5, and old.weights.h5 as Keras wrote it before version 3.1.
"""

import json
import struct

import h5py
import keras
import numpy
from keras import layers


def save(name, tensors):
    """What safetensors.numpy.save_file does."""
    header, data = {}, b""
    for key, value in tensors.items():
        raw = numpy.ascontiguousarray(value, "<f4").tobytes()
        header[key] = {"dtype": "F32", "shape": list(value.shape), "data_offsets": [len(data), len(data) + len(raw)]}
        data += raw
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with open(name, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + data)


def digits():
    """A small CNN for MNIST."""
    return keras.Sequential([
        keras.Input((28, 28, 1)), layers.Conv2D(2, 3, activation="relu"), layers.Conv2D(4, 3, activation="relu"),
        layers.MaxPooling2D(2), layers.Dropout(0.25), layers.Flatten(), layers.Dense(4, activation="relu"),
        layers.Dropout(0.5), layers.Dense(10, activation="softmax")])


def chain():
    x = y = keras.Input((11, 9, 4))
    y = layers.Conv2D(6, (3, 2), strides=(2, 1), padding="same", groups=2, use_bias=False)(y)
    y = layers.BatchNormalization(epsilon=0.01)(y)
    y = layers.Activation("gelu")(y)
    y = layers.AveragePooling2D(3, strides=(1, 2), padding="same")(y)
    y = layers.Conv2D(5, 2, dilation_rate=2, activation="elu")(y)
    y = layers.LeakyReLU(negative_slope=0.2)(y)
    y = layers.LayerNormalization(axis=[-2, -1], scale=False)(y)
    y = layers.Conv2D(3, 1, activation="tanh")(y)
    y = layers.BatchNormalization(scale=False, center=False)(y)
    y = layers.ReLU()(y)
    y = layers.MaxPooling2D(2, strides=1, padding="same")(y)
    y = layers.GlobalAveragePooling2D()(y)
    y = layers.Dense(7, activation="softplus", use_bias=False)(y)
    y = layers.LayerNormalization()(y)
    y = layers.ELU(alpha=0.5)(y)
    y = layers.Dense(4, activation="sigmoid")(y)
    return keras.Model(x, layers.Softmax()(y))


def table():
    return keras.Sequential([
        keras.Input((5,)), layers.Dense(6, activation="leaky_relu", kernel_regularizer="l2"), layers.Dense(3)])


if __name__ == "__main__":
    keras.utils.set_random_seed(1)
    random = numpy.random.default_rng(1)
    for name, model in {"digits": digits(), "chain": chain(), "table": table()}.items():
        for weight in model.weights:
            if weight.dtype == "float32" and len(weight.shape) == 1:
                weight.assign(random.uniform(0.5, 1.5, weight.shape))
        x = random.random((4, *model.input_shape[1:]), dtype="float32")
        save(name + "-keras.safetensors", {"x": x, "y": numpy.asarray(model.predict(x, verbose=0))})
        model.compile("adam", "mse")
        model.save(name + ".keras")
        if name == "digits":
            model.save_weights("digits.weights.h5")
            model.save_weights("old.weights.h5")
            with h5py.File("old.weights.h5", "r+") as file:
                file.move("layers", "_layer_checkpoint_dependencies")
