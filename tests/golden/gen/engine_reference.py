#!/usr/bin/env python3
"""Float64 reference of the idefics3 engine (SigLIP tower, pixel shuffle, connector, llama decoder) in plain NumPy.

Reads two GGUF files with the `gguf` package, dequantizes the weights exactly, computes everything else in float64 and
writes inputs and results as JSON:

    build/assay model random --preset tiny --type F32 /tmp/tiny-f32.gguf
    python3 tests/golden/gen/engine_reference.py /tmp/tiny-f32.gguf /tmp/mmproj-tiny-f32.gguf \
        tests/golden/engine/tiny-f32.json

The same for Q8_0 with --brief, which keeps the hidden state of each prompt's last token alone, and for any other
model of this architecture. It follows the published description of the architecture, not the C code: full attention
matrices with a mask, no key/value store, no batches. The JSON notes the versions it was made with and the SHA-256 of
both models.
"""
import argparse
import hashlib
import importlib.metadata
import json

import numpy as np
from gguf import GGUFReader, dequantize


class Weights:
    """Tensors of one file as float64 arrays, dequantized when asked for (a 256M model does not fit as float64)."""

    def __init__(self, path):
        reader = GGUFReader(path)
        self.fields = reader.fields
        self.tensors = {t.name: t for t in reader.tensors}
        with open(path, 'rb') as file:
            self.sha256 = hashlib.sha256(file.read()).hexdigest()

    def __call__(self, name):
        tensor = self.tensors[name]
        shape = [int(n) for n in tensor.shape[::-1]]
        return dequantize(tensor.data, tensor.tensor_type).astype(np.float64).reshape(shape)

    def __contains__(self, name):
        return name in self.tensors

    def meta(self, key):
        return self.fields[key].contents()


def softmax(x):
    e = np.exp(x - x.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def log_softmax(x):
    m = x.max(axis=-1, keepdims=True)
    return x - m - np.log(np.exp(x - m).sum(axis=-1, keepdims=True))


def layer_norm(x, weight, bias, eps):
    mean = x.mean(axis=-1, keepdims=True)
    return (x - mean) / np.sqrt(((x - mean) ** 2).mean(axis=-1, keepdims=True) + eps) * weight + bias


def rms_norm(x, weight, eps):
    return x / np.sqrt((x ** 2).mean(axis=-1, keepdims=True) + eps) * weight


def gelu_tanh(x):
    return 0.5 * x * (1 + np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * x ** 3)))


def heads(x, n):
    """[tokens, n * d] -> [n, tokens, d]"""
    return x.reshape(x.shape[0], n, -1).transpose(1, 0, 2)


def attention(q, k, v, mask):
    """q [h, n, d], k and v [h, m, d], mask [n, m] added to the scores -> [n, h * d]"""
    out = softmax(q @ k.transpose(0, 2, 1) / np.sqrt(q.shape[-1]) + mask) @ v
    return out.transpose(1, 0, 2).reshape(q.shape[1], -1)


def encode_image(w, pixels):
    """pixels [size, size, 3] uint8 -> features [tokens, text dim]"""
    p = w.meta('clip.vision.patch_size')
    n_heads = w.meta('clip.vision.attention.head_count')
    eps = w.meta('clip.vision.attention.layer_norm_epsilon')
    scale = w.meta('clip.vision.projector.scale_factor')
    mean, std = (np.array(w.meta(f'clip.vision.image_{k}'), dtype=np.float64) for k in ('mean', 'std'))
    image = (pixels.astype(np.float64) / 255 - mean) / std
    side = image.shape[0] // p
    conv = w('v.patch_embd.weight')  # [dim, 3, p, p]
    x = np.zeros((side, side, conv.shape[0]))
    for row in range(side):
        for col in range(side):
            patch = image[row * p:(row + 1) * p, col * p:(col + 1) * p].transpose(2, 0, 1)  # channel, y, x
            x[row, col] = (conv * patch).sum(axis=(1, 2, 3))
    x = x.reshape(side * side, -1) + w('v.patch_embd.bias') + w('v.position_embd.weight')

    def linear(name, h):
        return h @ w(name + '.weight').T + w(name + '.bias')

    for i in range(w.meta('clip.vision.block_count')):
        b = f'v.blk.{i}.'
        h = layer_norm(x, w(b + 'ln1.weight'), w(b + 'ln1.bias'), eps)
        q, k, v = (heads(linear(b + 'attn_' + name, h), n_heads) for name in 'qkv')
        x = x + linear(b + 'attn_out', attention(q, k, v, 0.0))
        h = layer_norm(x, w(b + 'ln2.weight'), w(b + 'ln2.bias'), eps)
        up, down = ('ffn_up', 'ffn_down')
        if w(b + up + '.weight').shape[1] != x.shape[1]:  # names swapped by an old converter
            up, down = down, up
        x = x + linear(b + down, gelu_tanh(linear(b + up, h)))
    x = layer_norm(x, w('v.post_ln.weight'), w('v.post_ln.bias'), eps)

    # Pixel shuffle as in Hugging Face's modeling code: view, permute, reshape.
    dim = x.shape[1]
    x = x.reshape(side, side // scale, dim * scale)
    x = x.transpose(1, 0, 2).reshape(side // scale, side // scale, dim * scale * scale)
    x = x.transpose(1, 0, 2).reshape((side // scale) ** 2, dim * scale * scale)
    return x @ w('mm.model.fc.weight').T


def rope(x, theta):
    """x [h, n, d]: pairs (2i, 2i + 1) turned by position * theta^(-2i / d)"""
    n, d = x.shape[1:]
    angle = np.arange(n)[:, None] * theta ** (-np.arange(0, d, 2) / d)[None, :]
    even, odd = x[..., 0::2], x[..., 1::2]
    out = np.empty_like(x)
    out[..., 0::2] = even * np.cos(angle) - odd * np.sin(angle)
    out[..., 1::2] = even * np.sin(angle) + odd * np.cos(angle)
    return out


def decode_layers(w, x):
    """x [n, dim], embeddings -> a list: them, what each block gives, the last one normed; each [n, dim]"""
    n_heads, n_kv = (w.meta('llama.attention.' + k) for k in ('head_count', 'head_count_kv'))
    eps = w.meta('llama.attention.layer_norm_rms_epsilon')
    theta = w.meta('llama.rope.freq_base')
    mask = np.triu(np.full((len(x), len(x)), -np.inf), 1)
    states = [x]
    for i in range(w.meta('llama.block_count')):
        b = f'blk.{i}.'
        h = rms_norm(x, w(b + 'attn_norm.weight'), eps)
        q = rope(heads(h @ w(b + 'attn_q.weight').T, n_heads), theta)
        k = rope(heads(h @ w(b + 'attn_k.weight').T, n_kv), theta)
        v = heads(h @ w(b + 'attn_v.weight').T, n_kv)
        k, v = (np.repeat(a, n_heads // n_kv, axis=0) for a in (k, v))
        x = x + attention(q, k, v, mask) @ w(b + 'attn_output.weight').T
        h = rms_norm(x, w(b + 'ffn_norm.weight'), eps)
        gate = h @ w(b + 'ffn_gate.weight').T
        x = x + (gate / (1 + np.exp(-gate)) * (h @ w(b + 'ffn_up.weight').T)) @ w(b + 'ffn_down.weight').T
        states.append(x)
    states[-1] = rms_norm(x, w('output_norm.weight'), eps)
    return states


def decode(w, x):
    """x [n, dim], embeddings -> hidden states after the last norm, [n, dim]"""
    return decode_layers(w, x)[-1]


def noise(n, state):
    """The inputs: a linear congruential generator (Numerical Recipes), its high 16 bits."""
    out = []
    for _ in range(n):
        state = (state * 1664525 + 1013904223) % 2 ** 32
        out.append(state >> 16)
    return out


def make_cases(tokens, n_image_tokens):
    """Prompts and options as ids: one with an image, one of text alone."""
    find = {token: i for i, token in enumerate(tokens)}
    fake, image = find['<fake_token_around_image>'], find['<image>']
    text = [3 + v % 256 for v in noise(200, 7)]  # anything: ids of single bytes
    tile = [fake, find['<global-img>']] + [image] * n_image_tokens + [fake]
    end = find['<end_of_utterance>']
    return [
        {'prompt': [1] + text[:5] + tile + text[5:25] + [end] + text[25:30],
         'options': [text[30:31], text[31:35], text[35:47]]},
        {'prompt': [1] + text[47:120], 'options': [text[120:160], text[160:163]]},
    ]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n', 1)[0])
    parser.add_argument('text')
    parser.add_argument('vision')
    parser.add_argument('out')
    parser.add_argument('--brief', action='store_true', help="only the last token's hidden state of each prompt")
    args = parser.parse_args()
    text, vision = Weights(args.text), Weights(args.vision)
    size = vision.meta('clip.vision.image_size')
    pixels = np.array([v & 255 for v in noise(size * size * 3, 1)], dtype=np.uint8).reshape(size, size, 3)
    features = encode_image(vision, pixels)
    tokens = text.meta('tokenizer.ggml.tokens')
    embed = text('token_embd.weight')
    output = text('output.weight') if 'output.weight' in text else embed
    image = tokens.index('<image>')

    def embeddings(ids):
        x = embed[ids].copy()
        at = [i for i, token in enumerate(ids) if token == image]
        if at:
            x[at] = features
        return x

    cases = make_cases(tokens, len(features))
    for case in cases:
        hidden = decode(text, embeddings(case['prompt']))
        case['hidden'] = hidden
        case['logprobs'] = []
        for option in case['options']:
            states = decode(text, embeddings(case['prompt'] + option))[len(case['prompt']) - 1:-1]
            rows = log_softmax(states @ output.T)
            case['logprobs'].append([float(rows[i, token]) for i, token in enumerate(option)])

    def rounded(array):
        return [float(f'{v:.7g}') for v in np.asarray(array).ravel()]

    result = {
        'generator': 'tests/golden/gen/engine_reference.py',
        'versions': {name: importlib.metadata.version(name) for name in ('numpy', 'gguf')},
        'text_sha256': text.sha256,
        'vision_sha256': vision.sha256,
        'pixels': 'low byte of the high half of a linear congruential generator, seed 1',
        'features': rounded(features),
        'cases': [{'prompt': c['prompt'], 'options': c['options'], 'logprobs': c['logprobs'],
                   'hidden': rounded(c['hidden'][-1:] if args.brief else c['hidden'])} for c in cases],
    }
    with open(args.out, 'w', encoding='utf-8') as file:
        json.dump(result, file, separators=(',', ':'))
        file.write('\n')
    print(f'features rms {np.sqrt((features ** 2).mean()):.4f}')
    for case in cases:
        print('hidden rms %.4f, log-probabilities of option 0: %s' % (
            np.sqrt((case['hidden'] ** 2).mean()), ' '.join(f'{v:.3f}' for v in case['logprobs'][0])))


if __name__ == '__main__':
    main()
