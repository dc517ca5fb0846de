"""Writes what Keras's own ONNX exporter makes of small models, with inputs and Keras's outputs.

Run in this folder; needs keras with the backend torch, and torch with its exporter to TorchScript (the
files here are of torch 1.13, and of keras 3.9.2, which fixes the batch to one, and 3.16.0, which leaves it
open). For each model there is NAME-kerasVERSION.onnx, and NAME-kerasVERSION.safetensors with "x" and "y".
Images have their channels last, as Keras has them.
"""

import keras
import numpy
from kerasmodels import save
from keras import layers


def stack():
    """A CNN for small images: a Sequential."""
    return keras.Sequential([
        keras.Input((12, 11, 2)), layers.Conv2D(4, 3, activation="relu"), layers.BatchNormalization(),
        layers.MaxPooling2D(2), layers.Conv2D(5, 3, strides=2, padding="same", use_bias=False),
        layers.BatchNormalization(scale=False, epsilon=0.01), layers.Activation("elu"), layers.Dropout(0.25),
        layers.Flatten(), layers.Dense(6, activation="gelu"), layers.Dropout(0.5),
        layers.Dense(4, activation="softmax")])


def graph():
    """A Functional with a way around, branches that are joined, and both kinds of poolings."""
    x = keras.Input((9, 8, 3))
    y = layers.Conv2D(4, 3, padding="same")(x)
    z = layers.Conv2D(4, 1, activation="swish")(y)
    y = layers.ReLU()(layers.Add()([y, z]))
    a = layers.AveragePooling2D(3, strides=2, padding="same")(y)
    b = layers.MaxPooling2D(3, strides=2, padding="same")(y)
    c = layers.Conv2D(3, 2, strides=2, padding="same", dilation_rate=1, activation="leaky_relu")(y)
    y = layers.Concatenate()([a, b, c])
    y = layers.Multiply()([y, layers.Reshape((1, 1, 11))(layers.Dense(11, "sigmoid")(layers.GlobalMaxPooling2D()(y)))])
    y = layers.GlobalAveragePooling2D()(y)
    return keras.Model(x, layers.Dense(3)(y))


def mobile():
    """Depthwise and separable convolutions, as MobileNet has them."""
    x = keras.Input((11, 10, 3))
    y = layers.ZeroPadding2D(((0, 1), (0, 1)))(x)
    y = layers.Conv2D(6, 3, strides=2, use_bias=False)(y)
    y = layers.ReLU(6)(layers.BatchNormalization()(y))
    y = layers.DepthwiseConv2D(3, padding="same", use_bias=False)(y)
    y = layers.Activation("hard_swish")(layers.BatchNormalization()(y))
    y = layers.SeparableConv2D(4, 3, padding="same", depth_multiplier=2, activation="tanh")(y)
    y = layers.Conv2D(4, 3, dilation_rate=2, padding="same", groups=2)(y)
    y = layers.PReLU(shared_axes=[1, 2])(y)
    y = layers.Cropping2D(((1, 0), (0, 1)))(y)
    y = layers.GlobalAveragePooling2D(keepdims=True)(y)
    return keras.Model(x, layers.Activation("log_softmax")(layers.Flatten()(layers.Conv2D(3, 1)(y))))


def rows():
    """Convolutions and poolings over rows, and activations."""
    x = keras.Input((13, 4))
    y = layers.Conv1D(5, 3, padding="same", activation="selu")(x)
    y = layers.Subtract()([y, layers.Conv1D(5, 1, activation="softplus")(x)])
    y = layers.AveragePooling1D(2)(layers.BatchNormalization()(y))
    y = layers.Conv1D(6, 2, strides=2, padding="valid", activation="softsign")(y)
    y = layers.GroupNormalization(2)(y)
    y = layers.Permute((2, 1))(layers.Dense(4, activation="mish")(y))
    y = layers.Flatten()(layers.UnitNormalization()(layers.MaxPooling1D(2)(y)))
    return keras.Model(x, layers.Dense(3, activation="hard_sigmoid")(y))


def norm():
    """Layer normalizations and attention; torch 1.13 does not export these from 3.16.0."""
    x = keras.Input((6, 4))
    y = layers.Dense(8)(x)
    y = layers.Add()([y, layers.MultiHeadAttention(2, 3, dropout=0.1)(layers.LayerNormalization()(y), y)])
    y = layers.Conv1D(8, 3, padding="causal", activation="gelu")(layers.LayerNormalization(axis=[-2, -1], scale=False)(y))
    return keras.Model(x, layers.Dense(3)(layers.GlobalAveragePooling1D()(y)))


MODELS = {"stack": stack, "graph": graph, "separable": mobile, "rows": rows, "norm": norm}

if __name__ == "__main__":
    random = numpy.random.default_rng(1)
    for name, make in MODELS.items():
        model = make()
        for weight in model.weights:
            if "seed" not in weight.path:
                plain = len(weight.shape) == 1
                weight.assign(random.uniform(0.5, 1.5, weight.shape) if plain else random.normal(0, 0.3, weight.shape))
        x = random.normal(size=(4, *model.input_shape[1:])).astype("float32")
        y = numpy.asarray(model.predict(x, verbose=0))
        if name == "norm" and keras.__version__ != "3.9.2":
            continue
        name += "-keras" + keras.__version__
        save(name + ".safetensors", {"x": x, "y": y})
        model.export(name + ".onnx", format="onnx", verbose=False)
