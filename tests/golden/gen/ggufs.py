"""GGUF files for format/gguf/gguf.c: python3 tests/golden/gen/ggufs.py

Writes, below tests/:
  golden/gguf/small.gguf    every kind of value and several tensor types, by the `gguf` package (ggml's own writer)
  golden/gguf/split-0000I-of-00003.gguf   a file in three parts, by the same package
  fuzz/seeds/gguf/*         some of these
  fuzz/seeds/parts/*        parts of split files one behind the other, good ones and bad ones
  bad/gguf/*, bad/gguf/expected.tsv   broken files, by hand, with the status and a part of the sentence they must end in
"""
import hashlib
import importlib.metadata
import pathlib
import struct

import gguf
import numpy as np

ROOT = pathlib.Path(__file__).resolve().parents[2]
GOLDEN = ROOT / 'golden' / 'gguf'
SEEDS = ROOT / 'fuzz' / 'seeds' / 'gguf'
PARTS = ROOT / 'fuzz' / 'seeds' / 'parts'
BAD = ROOT / 'bad' / 'gguf'

U8, I8, U16, I16, U32, I32, F32, BOOL, STRING, ARRAY, U64, I64, F64 = range(13)


def small():
    w = gguf.GGUFWriter(GOLDEN / 'small.gguf', 'test')
    w.add_uint8('k.u8', 200)
    w.add_int8('k.i8', -100)
    w.add_uint16('k.u16', 60000)
    w.add_int16('k.i16', -30000)
    w.add_uint32('k.u32', 4000000000)
    w.add_int32('k.i32', -2000000000)
    w.add_uint64('k.u64', 2 ** 63 + 5)
    w.add_int64('k.i64', -2 ** 62)
    w.add_float32('k.f32', 0.1)
    w.add_float64('k.f64', 0.1)
    w.add_bool('k.bool', True)
    w.add_string('k.string', 'gr\u00fc\u00df dich')
    w.add_array('k.strings', ['a', '', '\u4f60\u597d'])
    w.add_array('k.ints', [1, -2, 3])
    w.add_array('k.floats', [0.5, -1.5])
    w.add_array('k.bools', [True, False])
    f32 = np.arange(12, dtype=np.float32).reshape(3, 4)
    w.add_tensor('a.weight', f32)
    w.add_tensor('b.weight', np.arange(5, dtype=np.float16))
    q8 = gguf.quants.quantize(np.linspace(-1, 1, 128, dtype=np.float32).reshape(2, 64), gguf.GGMLQuantizationType.Q8_0)
    w.add_tensor('c.weight', q8, raw_dtype=gguf.GGMLQuantizationType.Q8_0)
    w.add_tensor('d.weight', np.zeros((2, 144), dtype=np.uint8), raw_dtype=gguf.GGMLQuantizationType.Q4_K)
    w.add_tensor('e.weight', np.ones((2, 3, 4, 5), dtype=np.float32))
    w.write_header_to_file()
    w.write_kv_data_to_file()
    w.write_tensors_to_file()
    w.close()


def split():
    """Three parts: the metadata and two tensors, two tensors, one. By the package, which names them."""
    w = gguf.GGUFWriter(GOLDEN / 'split.gguf', 'test', split_max_tensors=2)
    w.add_name('in parts')
    w.add_array('k.strings', ['a', 'b'])
    for i in range(5):
        w.add_tensor(f'blk.{i}.weight', np.full((2, 32), i + 0.5, dtype=np.float32))
    w.write_header_to_file()
    w.write_kv_data_to_file()
    w.write_tensors_to_file()
    w.close()
    return [GOLDEN / f'split-0000{i}-of-00003.gguf' for i in (1, 2, 3)]


def part_seeds(paths):
    a, b, c = (path.read_bytes() for path in paths)
    count = text('split.count') + struct.pack('<I', U16)
    total = text('split.tensors.count') + struct.pack('<I', I32)
    seeds = {
        'three': a + b + c, 'turned': c + a + b, 'missing': a + c, 'doubled': a + b + b, 'one': b,
        'foreign': a + b + c.replace(count + b'\3', count + b'\4'),
        'total': (a + b + c).replace(total + b'\5', total + b'\6'),
        'whole': (GOLDEN / 'small.gguf').read_bytes(),
    }
    for name, content in seeds.items():
        (PARTS / f'{name}.bin').write_bytes(content)


# ---- by hand ---------------------------------------------------------------------------------------------

def text(s):
    s = s if isinstance(s, bytes) else s.encode()
    return struct.pack('<Q', len(s)) + s


def u32(key, value):
    return text(key) + struct.pack('<II', U32, value)


def tensor(name, dims=(4,), kind=0, offset=0):
    return text(name) + struct.pack(f'<I{len(dims)}QIQ', len(dims), *dims, kind, offset)


def whole(entries=(), tensors=(), data=b'', version=3, magic=b'GGUF', n_entries=None, n_tensors=None, alignment=32):
    head = magic + struct.pack('<IQQ', version, len(tensors) if n_tensors is None else n_tensors,
                               len(entries) if n_entries is None else n_entries)
    head += b''.join(entries) + b''.join(tensors)
    return head + bytes(-len(head) % alignment) + data


def bad_files():
    data = bytes(64)
    good = whole([u32('a', 1)], [tensor('t')], data)
    cases = [
        ('empty', b'', 'format', 'no GGUF file'),
        ('magic', whole(magic=b'GGML'), 'format', 'no GGUF file'),
        ('short', good[:20], 'format', 'cut off inside its first 24 bytes'),
        ('version1', whole(version=1), 'unsupported', 'GGUF version 1'),
        ('version4', whole(version=4), 'unsupported', 'GGUF version 4'),
        ('big_endian', b'GGUF' + struct.pack('>IQQ', 3, 0, 0), 'unsupported', 'big-endian'),
        ('many_entries', whole(n_entries=2 ** 40), 'format', '1099511627776 metadata entries'),
        ('many_tensors', whole(n_tensors=2 ** 64 - 1), 'format', '18446744073709551615 tensors'),
        ('cut_entries', good[:40], 'format', 'gguf'),
        ('cut_data', good[:-56], 'format', 'past the end'),
        ('cut_padding', whole([u32('a', 1)], [tensor('t')])[:-3], 'format', 'cut off inside the padding'),
        ('key_empty', whole([u32('', 1)]), 'format', 'name of 0 bytes'),
        ('key_long', whole([u32('k' * 1025, 1)]), 'format', 'name of 1025 bytes'),
        ('key_huge', whole([struct.pack('<Q', 2 ** 63) + bytes(40)]), 'format', 'name of 9223372036854775808 bytes'),
        ('key_control', whole([u32('a\nb', 1)]), 'format', 'not printable ASCII'),
        ('key_twice', whole([u32('a', 1), u32('b', 2), u32('a', 1)]), 'format', 'key a is there twice'),
        ('kind', whole([text('a') + struct.pack('<II', 13, 0)]), 'format', 'unknown kind 13'),
        ('bool', whole([text('a') + struct.pack('<IB', BOOL, 2)]), 'format', 'a is no bool'),
        ('string_long', whole([text('a') + struct.pack('<IQ', STRING, 2 ** 62) + bytes(9)]), 'format', 'cut off inside a'),
        ('string_zero', whole([text('a') + struct.pack('<I', STRING) + text(b'x\0y')]), 'format', 'zero byte'),
        ('array_nested', whole([text('a') + struct.pack('<IIQ', ARRAY, ARRAY, 1) + bytes(12)]), 'unsupported',
         'array of arrays'),
        ('array_kind', whole([text('a') + struct.pack('<IIQ', ARRAY, 99, 1) + bytes(12)]), 'format', 'unknown kind 99'),
        ('array_long', whole([text('a') + struct.pack('<IIQ', ARRAY, I32, 2 ** 61)]), 'format', 'claims 2305843009213693952'),
        ('array_strings', whole([text('a') + struct.pack('<IIQQ', ARRAY, STRING, 1, 2 ** 40)]), 'format',
         'cut off inside a'),
        ('array_bool', whole([text('a') + struct.pack('<IIQ', ARRAY, BOOL, 2) + b'\1\7']), 'format', 'item 1 of a'),
        ('alignment_odd', whole([u32('general.alignment', 24)], [tensor('t')], data), 'format', 'no power of two'),
        ('alignment_zero', whole([u32('general.alignment', 0)], [tensor('t')], data), 'format', 'general.alignment'),
        ('alignment_kind', whole([text('general.alignment') + struct.pack('<I', STRING) + text('32')]), 'format',
         'not an integer'),
        ('tensor_twice', whole([], [tensor('t'), tensor('t', offset=32)], data), 'format', 'tensor t is there twice'),
        ('tensor_unaligned', whole([], [tensor('t', offset=16)], data), 'format', 'offset 16 is no multiple of 32'),
        ('tensor_far', whole([], [tensor('t', offset=2 ** 40)], data), 'format', 'past the end'),
        ('tensor_wrap', whole([], [tensor('t', offset=2 ** 64 - 32)], data), 'format', 'past the end'),
        ('tensor_long', whole([], [tensor('t', dims=(100,))], data), 'format', 'past the end'),
        ('tensor_overlap', whole([], [tensor('t', dims=(16,)), tensor('u', offset=32)], data), 'format', 'overlaps'),
        ('tensor_no_dims', whole([], [tensor('t', dims=()) + bytes(8)], data), 'format', '0 dimensions'),
        ('tensor_5_dims', whole([], [tensor('t', dims=(1,) * 5)], data), 'format', '5 dimensions'),
        ('tensor_zero_dim', whole([], [tensor('t', dims=(4, 0))], data), 'format', 'not possible'),
        ('tensor_overflow', whole([], [tensor('t', dims=(2 ** 32, 2 ** 32))], data), 'format', 'not possible'),
        ('tensor_overflow_bytes', whole([], [tensor('t', dims=(2 ** 62,))], data), 'format', 'not possible'),
        ('tensor_negative', whole([], [tensor('t', dims=(2 ** 64 - 4,))], data), 'format', 'not possible'),
        ('tensor_type', whole([], [tensor('t', kind=4)], data), 'unsupported', 'unknown type 4'),
        ('tensor_block', whole([], [tensor('t', dims=(33,), kind=8)], data), 'format', 'do not fill blocks of Q8_0'),
        ('tensor_name', whole([], [tensor('\u00fc')], data), 'format', 'not printable ASCII'),
    ]
    for name, content, _, _ in cases:
        (BAD / f'{name}.gguf').write_bytes(content)
    (BAD / 'expected.tsv').write_text(''.join(f'{n}.gguf\t{status}\t{part}\n' for n, _, status, part in cases))


GOLDEN.mkdir(parents=True, exist_ok=True)
BAD.mkdir(parents=True, exist_ok=True)
small()
parts = split()
bad_files()
(GOLDEN / 'SOURCES.txt').write_text(
    f"Made by tests/golden/gen/ggufs.py with gguf {importlib.metadata.version('gguf')}, numpy {np.__version__}.\n"
    + ''.join(f'{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n' for path in [GOLDEN / 'small.gguf', *parts]))

SEEDS.mkdir(parents=True, exist_ok=True)
for source in (GOLDEN / 'small.gguf', BAD / 'tensor_overlap.gguf', BAD / 'array_strings.gguf'):
    (SEEDS / source.name).write_bytes(source.read_bytes())
PARTS.mkdir(parents=True, exist_ok=True)
part_seeds(parts)
