#!/usr/bin/env python3
"""Hidden states of every layer of the tiny random model in float64, for tests/unit/test_encoder_hidden.c:

    build/assay model random --preset tiny --type F32 /tmp/tiny-f32.gguf
    python3 tests/golden/gen/hidden_reference.py /tmp/tiny-f32.gguf tests/golden/encoder/hidden.json

Layers are counted as Hugging Face's hidden_states: 0 the embeddings, i what block i gives, and last the norm of what the
last block gives. Of each layer: the mean over the prompt's tokens, and the last token's state.
"""
import argparse
import importlib.metadata
import json

import numpy as np

from engine_reference import Weights, attention, heads, noise, rms_norm, rope


def all_layers(w, x):
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


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n', 1)[0])
    parser.add_argument('model')
    parser.add_argument('out')
    args = parser.parse_args()
    w = Weights(args.model)
    ids = [3 + v % 256 for v in noise(40, 7)]

    def rounded(row):
        return [float(f'{v:.7g}') for v in row]

    result = {
        'generator': 'tests/golden/gen/hidden_reference.py',
        'versions': {name: importlib.metadata.version(name) for name in ('numpy', 'gguf')},
        'model_sha256': w.sha256,
        'ids': ids,
        'layers': [{'mean': rounded(x.mean(axis=0)), 'last': rounded(x[-1])} for x in all_layers(w, w('token_embd.weight')[ids])],
    }
    with open(args.out, 'w', encoding='utf-8') as file:
        json.dump(result, file, separators=(',', ':'))
        file.write('\n')


if __name__ == '__main__':
    main()
