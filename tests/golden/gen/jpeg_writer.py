"""A baseline JPEG encoder for the layouts that Pillow does not write: any sampling factors, colour marks, scans. ITU-T T.81."""
import struct

import numpy as np

ZIGZAG = [0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7, 14, 21, 28,
          35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55,
          62, 63]

# Huffman codes of one length for all symbols: a code is the symbol's index.
DC_SYMBOLS, DC_BITS = list(range(12)), 4
AC_SYMBOLS, AC_BITS = [0x00, 0xf0] + [run << 4 | size for run in range(16) for size in range(1, 11)], 8


def segment(marker, data):
    return struct.pack('>BBH', 0xff, marker, len(data) + 2) + data


def huffman_table(kind, symbols, bits):
    counts = bytes(len(symbols) if k == bits else 0 for k in range(1, 17))
    return segment(0xc4, bytes([kind << 4]) + counts + bytes(symbols))


class Bits:
    def __init__(self):
        self.out, self.held, self.n = bytearray(), 0, 0

    def put(self, value, n):
        self.held, self.n = self.held << n | value, self.n + n
        while self.n >= 8:
            byte = self.held >> (self.n - 8) & 255
            self.out += bytes([byte, 0]) if byte == 255 else bytes([byte])
            self.n -= 8
            self.held &= (1 << self.n) - 1

    def flush(self):
        if self.n:
            self.put((1 << (8 - self.n)) - 1, 8 - self.n)


def put_number(bits, value, symbols, n_bits, run=0):
    size = abs(value).bit_length()
    bits.put(symbols.index(run << 4 | size), n_bits)
    if size:
        bits.put(value if value > 0 else value + (1 << size) - 1, size)


def put_block(bits, block, dc_before):
    """block: 64 quantized coefficients, row by row."""
    put_number(bits, int(block[0]) - dc_before, DC_SYMBOLS, DC_BITS)
    run = 0
    for k in range(1, 64):
        value = int(block[ZIGZAG[k]])
        if value == 0:
            run += 1
            continue
        for _ in range(run // 16):
            bits.put(AC_SYMBOLS.index(0xf0), AC_BITS)
        put_number(bits, value, AC_SYMBOLS, AC_BITS, run % 16)
        run = 0
    if run:
        bits.put(AC_SYMBOLS.index(0), AC_BITS)
    return int(block[0])


def coefficients(plane, quant):
    """plane [h, w] of samples -> quantized blocks [h / 8, w / 8, 64], edges repeated."""
    k, x = np.mgrid[0:8, 0:8]
    dct = np.cos((2 * x + 1) * k * np.pi / 16) * np.where(k == 0, np.sqrt(1 / 8), 1 / 2)
    h, w = (-(-n // 8) * 8 for n in plane.shape)
    padded = np.pad(plane, ((0, h - plane.shape[0]), (0, w - plane.shape[1])), 'edge') - 128.0
    blocks = padded.reshape(h // 8, 8, w // 8, 8).swapaxes(1, 2)
    return np.rint((dct @ blocks @ dct.T).reshape(h // 8, w // 8, 64) / quant).astype(int)


def plane_sizes(width, height, sampling):
    """Size of each component's plane, in samples up to whole units of the scan."""
    across, down = (-(-n // (8 * max(s[i] for s in sampling))) for i, n in enumerate((width, height)))
    return [(down * v * 8, across * h * 8) for h, v in sampling]


def write(width, height, sampling, blocks, quant, ids=None, jfif=False, adobe=None, restart=0, interleaved=True,
          wide_quant=False):
    """sampling [(across, down)], blocks [component][row, column, 64] for the sizes of plane_sizes(), quant [64] row by row."""
    n = len(sampling)
    ids = ids or range(1, n + 1)
    h_max, v_max = (max(s[i] for s in sampling) for i in (0, 1))
    ordered = [int(quant[z]) for z in ZIGZAG]
    out = b'\xff\xd8'
    if jfif:
        out += segment(0xe0, b'JFIF\0\1\1\0\0\1\0\1\0\0')
    if adobe is not None:
        out += segment(0xee, b'Adobe\0\x64\0\0\0\0' + bytes([adobe]))
    out += segment(0xdb, b'\x10' + struct.pack('>64H', *ordered) if wide_quant else b'\0' + bytes(ordered))
    frame = b''.join(bytes([i, h << 4 | v, 0]) for i, (h, v) in zip(ids, sampling))
    out += segment(0xc1 if wide_quant else 0xc0, struct.pack('>BHHB', 8, height, width, n) + frame)
    out += huffman_table(0, DC_SYMBOLS, DC_BITS) + huffman_table(1, AC_SYMBOLS, AC_BITS)
    if restart:
        out += segment(0xdd, struct.pack('>H', restart))

    def units(parts):
        if len(parts) == 1:
            h, v = sampling[parts[0]]
            columns, rows = -(-(-(-width * h // h_max)) // 8), -(-(-(-height * v // v_max)) // 8)
            return [[(parts[0], y, x)] for y in range(rows) for x in range(columns)]
        return [[(c, row * sampling[c][1] + y, column * sampling[c][0] + x)
                 for c in parts for y in range(sampling[c][1]) for x in range(sampling[c][0])]
                for row in range(-(-height // (8 * v_max))) for column in range(-(-width // (8 * h_max)))]

    for parts in [list(range(n))] if interleaved else [[c] for c in range(n)]:
        named = b''.join(bytes([list(ids)[c], 0]) for c in parts)
        out += segment(0xda, bytes([len(parts)]) + named + b'\0\x3f\0')
        bits, before = Bits(), [0] * n
        for i, unit in enumerate(units(parts)):
            if restart and i and i % restart == 0:
                bits.flush()
                bits.out += bytes([0xff, 0xd0 + (i // restart - 1) % 8])
                before = [0] * n
            for c, y, x in unit:
                before[c] = put_block(bits, blocks[c][y, x], before[c])
        bits.flush()
        out += bytes(bits.out)
    return out + b'\xff\xd9'
