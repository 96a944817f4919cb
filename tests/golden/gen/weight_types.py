#!/usr/bin/env python3
"""Blocks of every weight type and their values, by the `gguf` package (ggml's own): python3 tests/golden/gen/weight_types.py

Writes tests/golden/types/types.bin, or with two arguments FILE and N a file of N times as many blocks. Records of
u32 kind, u32 type, u32 n, u32 bytes, then `bytes` of blocks and n floats, all little-endian:
  kind 0: the blocks, random bits but for scales that are not finite, dequantize to the floats
  kind 1: the floats quantize to the blocks
"""
import hashlib
import importlib.metadata
import pathlib
import struct
import sys

import gguf
import numpy as np

T = gguf.GGMLQuantizationType
OUT = pathlib.Path(__file__).resolve().parents[1] / 'types' / 'types.bin'
# Offsets of the f16 scales in a block.
SCALES = {T.Q4_0: [0], T.Q4_1: [0, 2], T.Q5_0: [0], T.Q5_1: [0, 2], T.Q8_0: [0], T.Q4_K: [0, 2], T.Q5_K: [0, 2], T.Q6_K: [208]}
QUANTIZED = [T.F16, T.BF16, T.Q4_0, T.Q4_1, T.Q5_0, T.Q5_1, T.Q8_0]


def record(kind, qtype, blocks, values):
    blocks, values = blocks.tobytes(), values.astype('<f4', copy=False).ravel()
    return struct.pack('<4I', kind, qtype, values.size, len(blocks)) + blocks + values.tobytes()


def random_blocks(rng, qtype, n):
    size = gguf.GGML_QUANT_SIZES[qtype][1]
    blocks = rng.integers(0, 256, (n, size), dtype=np.uint8)
    for at in SCALES[qtype]:
        half = blocks[:, at:at + 2].copy().view(np.uint16)
        half = np.where((half & 0x7C00) == 0x7C00, half & 0xBFFF, half)
        half[0] = 0x8001  # subnormal and negative; then both zeros
        half[1:3] = [[0], [0x8000]]
        blocks[:, at:at + 2] = half.view(np.uint8)
    return blocks


def dequantized(rng, scale):
    for qtype in SCALES:
        elements = gguf.GGML_QUANT_SIZES[qtype][0]
        blocks = random_blocks(rng, qtype, scale * max(4, 512 // elements))
        yield record(0, qtype, blocks, gguf.quants.dequantize(blocks, qtype))
    bits = rng.integers(0, 65536, 512 * scale, dtype=np.uint16)
    yield record(0, T.BF16, bits, gguf.quants.dequantize(bits.view(np.uint8), T.BF16))
    bits = np.where((bits & 0x7C00) == 0x7C00, bits & 0xFC00, bits).astype(np.uint16)  # no NaN: its payload is the machine's
    yield record(0, T.F16, bits, bits.view(np.float16).astype(np.float32))


def inputs(rng, scale):
    """Blocks of 32: gaussian of many sizes, and the awkward ones."""
    x = rng.standard_normal((24 * scale, 32)) * 10.0 ** rng.integers(-3, 3, (24 * scale, 1))
    awkward = np.zeros((10, 32))  # the first is of zeros
    awkward[1] = 0.75
    awkward[2] = -0.75
    awkward[3] = np.linspace(-8, 7.5, 32)       # halves between the codes
    awkward[4] = np.where(np.arange(32) % 2, 1, -1)  # which of two equal extremes decides
    awkward[5, 31] = 3e-5
    awkward[6] = rng.standard_normal(32) * 1e7  # a scale beyond f16
    awkward[7] = np.abs(rng.standard_normal(32)) + 5
    awkward[8] = -awkward[7]
    awkward[9] = rng.integers(-127, 128, 32) / 2
    return np.concatenate([x, awkward]).astype(np.float32)


def quantized(rng, scale):
    x = inputs(rng, scale)
    with np.errstate(over='ignore', invalid='ignore', divide='ignore'):
        for qtype in QUANTIZED:
            yield record(1, qtype, gguf.quants.quantize(x, qtype), x)
    bits = rng.integers(0, 2 ** 32, 256, dtype=np.uint32)
    bits[:8] = [0x7F800001, 0xFFBFFFFF, 0x7F800000, 0xFF800000, 0x7F7FFFFF, 0x3F808000, 0x3F818000, 0x00008000]
    yield record(1, T.BF16, gguf.quants.quantize(bits.view(np.float32), T.BF16), bits.view(np.float32))


def main():
    path, scale = (pathlib.Path(sys.argv[1]), int(sys.argv[2])) if len(sys.argv) > 2 else (OUT, 1)
    rng = np.random.default_rng(46)
    path.parent.mkdir(parents=True, exist_ok=True)
    data = b''.join([*dequantized(rng, scale), *quantized(rng, scale)])
    path.write_bytes(data)
    if path == OUT:
        versions = ', '.join(f'{p} {importlib.metadata.version(p)}' for p in ('gguf', 'numpy'))
        OUT.with_name('SOURCES.txt').write_text(
            f'Made by tests/golden/gen/weight_types.py with {versions}.\n{hashlib.sha256(data).hexdigest()}  types.bin\n')


main()
