"""Just enough of a network library to train the fixtures: numpy, Adam, cross-entropy."""
import numpy as np


class Dense:
    def __init__(self, rng, inputs, outputs):
        self.w = rng.standard_normal((outputs, inputs)) * np.sqrt(2 / inputs)
        self.b = np.zeros(outputs)

    def forward(self, x):
        self.x = x
        return x @ self.w.T + self.b

    def backward(self, grad):
        self.gradients = [grad.T @ self.x, grad.sum(0)]
        return grad @ self.w

    def parameters(self):
        return [self.w, self.b]


class Relu:
    def forward(self, x):
        self.mask = x > 0
        return x * self.mask

    def backward(self, grad):
        return grad * self.mask

    def parameters(self):
        return []


class Flatten:
    def forward(self, x):
        self.shape = x.shape
        return x.reshape(len(x), -1)

    def backward(self, grad):
        return grad.reshape(self.shape)

    def parameters(self):
        return []


class Conv:
    """A 3x3 convolution with padding 1."""

    def __init__(self, rng, inputs, outputs):
        self.w = rng.standard_normal((outputs, inputs, 3, 3)) * np.sqrt(2 / (9 * inputs))
        self.b = np.zeros(outputs)

    def forward(self, x):
        padded = np.pad(x, ((0, 0), (0, 0), (1, 1), (1, 1)))
        self.windows = np.lib.stride_tricks.sliding_window_view(padded, (3, 3), axis=(2, 3))
        y = np.einsum("nchwij,ocij->nohw", self.windows, self.w, optimize=True)
        return y + self.b[:, None, None]

    def backward(self, grad):
        self.gradients = [
            np.einsum("nchwij,nohw->ocij", self.windows, grad, optimize=True), grad.sum((0, 2, 3))]
        padded = np.pad(grad, ((0, 0), (0, 0), (1, 1), (1, 1)))
        windows = np.lib.stride_tricks.sliding_window_view(padded, (3, 3), axis=(2, 3))
        return np.einsum("nohwij,ocij->nchw", windows, self.w[:, :, ::-1, ::-1], optimize=True)

    def parameters(self):
        return [self.w, self.b]


class MaxPool:
    """2x2 windows, stride 2."""

    def forward(self, x):
        n, c, h, w = x.shape
        blocks = x.reshape(n, c, h // 2, 2, w // 2, 2)
        y = blocks.max((3, 5), keepdims=True)
        self.mask = blocks == y
        self.shape = x.shape
        return y[:, :, :, 0, :, 0]

    def backward(self, grad):
        return (self.mask * grad[:, :, :, None, :, None]).reshape(self.shape)

    def parameters(self):
        return []


def predict(layers, x):
    for layer in layers:
        x = layer.forward(x)
    return x


def train(layers, x, labels, rng, epochs, rate=2e-3, batch=32, decay=1e-4):
    """Fits the layers in place by Adam, the step size falling linearly to zero."""
    moments = [[np.zeros_like(p), np.zeros_like(p)] for l in layers for p in l.parameters()]
    steps = epochs * (len(x) // batch)
    step = 0
    for _ in range(epochs):
        order = rng.permutation(len(x))
        for start in range(0, len(x) - batch + 1, batch):
            chosen = order[start:start + batch]
            scores = predict(layers, x[chosen])
            grad = np.exp(scores - scores.max(1, keepdims=True))
            grad /= grad.sum(1, keepdims=True)
            grad[np.arange(batch), labels[chosen]] -= 1
            grad /= batch
            for layer in reversed(layers):
                grad = layer.backward(grad)
            step += 1
            update(layers, moments, step, rate * (1 - step / (steps + 1)), decay)


def update(layers, moments, step, rate, decay):
    pairs = [(p, g) for l in layers if l.parameters() for p, g in zip(l.parameters(), l.gradients)]
    for (parameter, gradient), moment in zip(pairs, moments):
        gradient = gradient + decay * parameter
        moment[0] += 0.1 * (gradient - moment[0])
        moment[1] += 0.001 * (gradient ** 2 - moment[1])
        mean = moment[0] / (1 - 0.9 ** step)
        variance = moment[1] / (1 - 0.999 ** step)
        parameter -= rate * mean / (np.sqrt(variance) + 1e-8)
