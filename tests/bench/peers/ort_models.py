"""ONNX graphs of SmolVLM-256M's shapes with random weights, dynamically quantized to int8, for timing ONNX Runtime Web.

    python ort_models.py OUT_DIR        # needs onnx, onnxruntime, numpy (see requirements.txt)

vision.onnx    pixels [1, 3, 512, 512] -> features [1, 64, 576]   (SigLIP tower, pixel shuffle, connector)
prefill.onnx   embeds [1, 512, 576] -> logits [1, 1, 49280]       (30 llama layers, causal, logits of the last token)

Only the shapes and the operators matter for time; the weights are noise.
"""
import pathlib
import sys

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import QuantType, quantize_dynamic

RNG = np.random.default_rng(1)


class Graph:
    """Collects nodes and weights; every method returns the name of its result."""

    def __init__(self):
        self.nodes, self.weights, self.n = [], [], 0

    def const(self, array):
        self.n += 1
        name = f"c{self.n}"
        self.weights.append(numpy_helper.from_array(np.asarray(array), name))
        return name

    def op(self, kind, *inputs, domain="", n_out=1, **attributes):
        self.n += 1
        outs = [f"t{self.n}_{i}" for i in range(n_out)]
        self.nodes.append(helper.make_node(kind, list(inputs), outs, domain=domain, **attributes))
        return outs[0] if n_out == 1 else outs

    def linear(self, x, n_in, n_out, bias=True):
        w = (RNG.standard_normal((n_in, n_out)) / np.sqrt(n_in)).astype(np.float32)
        y = self.op("MatMul", x, self.const(w))
        return self.op("Add", y, self.const(np.zeros(n_out, np.float32))) if bias else y

    def reshape(self, x, *shape):
        return self.op("Reshape", x, self.const(np.array(shape, np.int64)))

    def heads(self, x, n_tok, n_heads, dim):
        return self.op("Transpose", self.reshape(x, 1, n_tok, n_heads, dim), perm=[0, 2, 1, 3])

    def layer_norm(self, x, dim):
        return self.op("LayerNormalization", x, self.const(np.ones(dim, np.float32)),
                       self.const(np.zeros(dim, np.float32)), epsilon=1e-6)

    def rms_norm(self, x, dim):
        return self.op("SimplifiedLayerNormalization", x, self.const(np.ones(dim, np.float32)), epsilon=1e-5, axis=-1)

    def save(self, path, name, x_shape, y, y_shape):
        self.nodes.append(helper.make_node("Identity", [y], ["y"]))
        graph = helper.make_graph(self.nodes, name,
                                  [helper.make_tensor_value_info("x", TensorProto.FLOAT, x_shape)],
                                  [helper.make_tensor_value_info("y", TensorProto.FLOAT, y_shape)], self.weights)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20), helper.make_opsetid("com.microsoft", 1)],
                                  ir_version=9)
        full = path.with_suffix(".f32.onnx")
        onnx.save(model, full)
        quantize_dynamic(full, path, weight_type=QuantType.QInt8, op_types_to_quantize=["MatMul"],
                         extra_options={"DefaultTensorType": TensorProto.FLOAT})
        full.unlink()


def vision(path, n=1024, d=768, ff=3072, layers=12, heads=12):
    g = Graph()
    w = (RNG.standard_normal((d, 3, 16, 16)) / 28).astype(np.float32)
    x = g.op("Conv", "x", g.const(w), g.const(np.zeros(d, np.float32)), kernel_shape=[16, 16], strides=[16, 16])
    x = g.op("Transpose", g.reshape(x, 1, d, n), perm=[0, 2, 1])
    x = g.op("Add", x, g.const((RNG.standard_normal((1, n, d)) * 0.02).astype(np.float32)))
    for _ in range(layers):
        h = g.layer_norm(x, d)
        q, k, v = (g.linear(h, d, d) for _ in range(3))
        # com.microsoft.MultiHeadAttention: the fused form that exporters for this runtime write
        a = g.op("MultiHeadAttention", q, k, v, domain="com.microsoft", num_heads=heads)
        x = g.op("Add", x, g.linear(a, d, d))
        h = g.op("Gelu", g.linear(g.layer_norm(x, d), d, ff), approximate="tanh")
        x = g.op("Add", x, g.linear(h, ff, d))
    x = g.layer_norm(x, d)
    x = g.op("Transpose", g.reshape(x, 1, 8, 4, 8, 4, d), perm=[0, 1, 3, 2, 4, 5])
    y = g.linear(g.reshape(x, 1, 64, 16 * d), 16 * d, 576, bias=False)
    g.save(path, "vision", [1, 3, 512, 512], y, [1, 64, 576])


def prefill(path, n=512, d=576, ff=1536, layers=30, heads=9, kv=3, dim=64, vocab=49280):
    g = Graph()
    angle = np.arange(n)[:, None] / 100000.0 ** (np.arange(0, dim, 2) / dim)
    cos, sin = g.const(np.cos(angle).astype(np.float32)), g.const(np.sin(angle).astype(np.float32))
    positions = g.const(np.arange(n, dtype=np.int64)[None])
    scale = g.const(np.float32(0.125))
    mask = g.const(np.where(np.tril(np.ones((n, n))) > 0, 0, -1e9).astype(np.float32)[None, None])
    x = "x"
    for _ in range(layers):
        h = g.rms_norm(x, d)
        q, k, v = g.linear(h, d, heads * dim, False), g.linear(h, d, kv * dim, False), g.linear(h, d, kv * dim, False)
        q = g.op("RotaryEmbedding", q, positions, cos, sin, domain="com.microsoft", num_heads=heads)
        k = g.op("RotaryEmbedding", k, positions, cos, sin, domain="com.microsoft", num_heads=kv)
        q, k, v = g.heads(q, n, heads, dim), g.heads(k, n, kv, dim), g.heads(v, n, kv, dim)
        q = g.reshape(q, kv, heads // kv * n, dim)
        k, v = g.reshape(k, kv, n, dim), g.reshape(v, kv, n, dim)
        # plain operators: faster here than the fused GroupQueryAttention
        s = g.op("MatMul", q, g.op("Transpose", k, perm=[0, 2, 1]))
        s = g.op("Add", g.op("Mul", g.reshape(s, 1, heads, n, n), scale), mask)
        p = g.reshape(g.op("Softmax", s, axis=-1), kv, heads // kv * n, n)
        a = g.reshape(g.op("MatMul", p, v), 1, heads, n, dim)
        a = g.reshape(g.op("Transpose", a, perm=[0, 2, 1, 3]), 1, n, heads * dim)
        x = g.op("Add", x, g.linear(a, heads * dim, d, False))
        h = g.rms_norm(x, d)
        gate, up = g.linear(h, d, ff, False), g.linear(h, d, ff, False)
        h = g.op("Mul", g.op("Mul", gate, g.op("Sigmoid", gate)), up)
        x = g.op("Add", x, g.linear(h, ff, d, False))
    last = g.op("Gather", g.rms_norm(x, d), g.const(np.array([n - 1], np.int64)), axis=1)
    y = g.linear(last, d, vocab, False)
    g.save(path, "prefill", [1, n, d], y, [1, 1, vocab])


if __name__ == "__main__":
    out = pathlib.Path(sys.argv[1])
    out.mkdir(parents=True, exist_ok=True)
    vision(out / "vision.onnx")
    prefill(out / "prefill.onnx")
    for f in ("vision.onnx", "prefill.onnx"):
        print(f, (out / f).stat().st_size, "bytes")
