"""Golden files for format/image/image.c: python3 tests/golden/gen/images.py

Needs Pillow below 12.2, which always resizes horizontally first.

Writes, below tests/:
  golden/image/resize.tsv   sizes, seed and SHA-256 of Image.resize(..., LANCZOS); the input is `noise` below, which the
                            C test computes too
  golden/image/*.png, *.jpg   all colour types and depths, interlaced or not; JPEGs of all samplings and colour marks, turned by
                            Exif and XMP; odd sizes
  golden/image/decode.tsv   SHA-256 of ImageOps.exif_transpose(Image.open(file)).convert("RGB") for each of them
  fuzz/seeds/image/*        some of these
  bad/image/*, bad/image/expected.tsv   broken files with the status and a part of the sentence they must end in
"""
import hashlib
import io
import pathlib
import struct
import zlib

import jpeg_writer
import numpy as np
import PIL
from PIL import Image, ImageOps, features

assert tuple(int(n) for n in PIL.__version__.split('.')[:2]) < (12, 2), 'Pillow from 12.2 on swaps the passes of a resize'

ROOT = pathlib.Path(__file__).resolve().parents[2]
GOLDEN = ROOT / 'golden' / 'image'
SEEDS = ROOT / 'fuzz' / 'seeds' / 'image'
BAD = ROOT / 'bad' / 'image'


def noise(width, height, seed, kind):
    """Bytes from a hash of their index. kind 0: any value; 1: only 0 and 255; 2: smooth."""
    i = np.arange(width * height * 3, dtype=np.uint32)
    with np.errstate(over='ignore'):
        v = (i + np.uint32(seed) * np.uint32(0x9e3779b9)) * np.uint32(2654435761)
        v ^= v >> np.uint32(15)
        v *= np.uint32(0x85ebca6b)
        v ^= v >> np.uint32(13)
    byte = (v >> np.uint32(24)).astype(np.uint8)
    if kind == 1:
        byte = np.where(byte >= 128, 255, 0).astype(np.uint8)
    if kind == 2:
        x, y, c = (i // 3) % width, (i // 3) // width, i % 3
        byte = ((x * 5 + y * 3 + c * 40) % 256).astype(np.uint8)
    return byte.reshape(height, width, 3)


def sha(array):
    return hashlib.sha256(np.ascontiguousarray(array).tobytes()).hexdigest()


def resize_goldens():
    cases = [
        (1, 1, 1, 1), (1, 1, 5, 7), (1, 9, 4, 4), (9, 1, 4, 4), (2, 2, 3, 3), (3, 2, 2, 3), (5, 5, 1, 1),
        (7, 5, 7, 5), (7, 5, 7, 9), (7, 5, 9, 5), (7, 5, 7, 2), (7, 5, 3, 5), (16, 16, 15, 17), (17, 13, 64, 48),
        (64, 48, 17, 13), (100, 1, 33, 1), (1, 100, 1, 33), (64, 64, 512, 512), (512, 512, 64, 64), (300, 200, 512, 341),
        (512, 342, 512, 512), (341, 512, 512, 512), (640, 480, 512, 384), (480, 640, 384, 512), (1000, 30, 512, 512),
        (30, 1000, 512, 512), (777, 333, 256, 256), (513, 511, 512, 512), (511, 513, 512, 512), (1024, 768, 512, 384),
        (224, 224, 384, 384), (384, 384, 224, 224), (333, 777, 97, 501), (2048, 16, 3, 16), (16, 2048, 16, 3),
        (1500, 1000, 512, 342), (96, 96, 512, 512), (128, 96, 64, 64), (64, 64, 63, 63), (200, 200, 199, 201),
        (50, 40, 500, 4), (40, 50, 4, 500), (800, 600, 1, 1), (2000, 2, 2, 2000), (255, 257, 128, 129),
    ]
    rows = []
    for i, (w, h, to_w, to_h) in enumerate(cases):
        image = noise(w, h, i, i % 3)
        out = np.asarray(Image.fromarray(image, 'RGB').resize((to_w, to_h), Image.LANCZOS))
        rows.append(f'{w}\t{h}\t{to_w}\t{to_h}\t{i}\t{i % 3}\t{sha(out)}\n')
    (GOLDEN / 'resize.tsv').write_text(''.join(rows))


# ---- PNG, written here because Pillow does not write every kind -------------------------------------------

SIGNATURE = b'\x89PNG\r\n\x1a\n'
CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
PASSES = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]


def chunk(kind, data, crc=None):
    crc = zlib.crc32(kind + data) if crc is None else crc
    return struct.pack('>I', len(data)) + kind + data + struct.pack('>I', crc)


def header(width, height, depth, colour, interlace=0):
    return chunk(b'IHDR', struct.pack('>IIBBBBB', width, height, depth, colour, 0, 0, interlace))


def pack_rows(samples, depth):
    """samples [rows, columns, channels] -> filtered rows, using each filter type in turn on zero-padded predecessors."""
    out = b''
    rows = []
    for row in samples:
        flat = row.reshape(-1)
        if depth == 16:
            rows.append(flat.astype('>u2').tobytes())
        elif depth == 8:
            rows.append(flat.astype(np.uint8).tobytes())
        else:
            bits = ''.join(format(int(v), f'0{depth}b') for v in flat)
            bits += '0' * (-len(bits) % 8)
            rows.append(bytes(int(bits[k:k + 8], 2) for k in range(0, len(bits), 8)))
    step = max(1, samples.shape[2] * depth // 8)
    above = bytes(len(rows[0])) if rows else b''
    for y, row in enumerate(rows):
        kind = y % 5
        line = bytearray()
        for k, value in enumerate(row):
            left = row[k - step] if k >= step else 0
            up = above[k]
            corner = above[k - step] if k >= step else 0
            p = left + up - corner
            near = min((abs(p - left), 0, left), (abs(p - up), 1, up), (abs(p - corner), 2, corner))[2]
            guess = [0, left, up, (left + up) // 2, near][kind]
            line.append((value - guess) & 255)
        out += bytes([kind]) + bytes(line)
        above = row
    return out


def png(samples, depth, colour, interlace=0, extra=b''):
    height, width = samples.shape[:2]
    if interlace:
        raw = b''
        for x0, y0, dx, dy in PASSES:
            part = samples[y0::dy, x0::dx]
            if part.size:
                raw += pack_rows(part, depth)
    else:
        raw = pack_rows(samples, depth)
    return (SIGNATURE + header(width, height, depth, colour, interlace) + extra
            + chunk(b'IDAT', zlib.compress(raw, 9)) + chunk(b'IEND', b''))


def decode_goldens():
    rng = np.random.default_rng(46)
    files = {}
    for colour in CHANNELS:
        for depth in {0: (1, 2, 4, 8), 3: (1, 2, 4, 8)}.get(colour, (8, 16)):
            for interlace in (0, 1):
                n = 1 << depth
                samples = rng.integers(0, n, (9, 13, CHANNELS[colour]))
                extra = b''
                if colour == 3:
                    extra = chunk(b'PLTE', rng.integers(0, 256, 3 * n, dtype=np.uint8).tobytes())
                files[f'c{colour}d{depth}i{interlace}.png'] = png(samples, depth, colour, interlace, extra)
    palette = rng.integers(0, 256, 3 * 5, dtype=np.uint8).tobytes()
    five = rng.integers(0, 5, (9, 13, 1))
    files['palette5.png'] = png(five, 8, 3, 0, chunk(b'PLTE', palette))
    files['palette5_alpha.png'] = png(five, 4, 3, 0, chunk(b'PLTE', palette) + chunk(b'tRNS', bytes([0, 128, 255])))
    files['grey_key.png'] = png(rng.integers(0, 4, (9, 13, 1)), 8, 0, 0, chunk(b'tRNS', struct.pack('>H', 2)))
    files['rgb_key.png'] = png(rng.integers(0, 2, (9, 13, 3)), 8, 2, 0, chunk(b'tRNS', struct.pack('>HHH', 1, 1, 1)))
    files['two_idat.png'] = split_idat(png(rng.integers(0, 256, (9, 13, 3)), 8, 2))
    files['grey16.png'] = png(rng.integers(0, 600, (9, 13, 1)), 16, 0, 1)
    files['grey16_key.png'] = png(rng.integers(0, 2, (9, 13, 1)), 16, 0, 0, chunk(b'tRNS', bytes([0, 1])))
    files.update(turned_pngs(rng))
    files.update(odd_pngs())
    return files


def tiff(orientation, order='<', kind=3, more=0):
    """Exif: a directory with the orientation, after `more` other entries."""
    value = struct.pack(order + ('H2x' if kind == 3 else 'I'), orientation)
    entries = [struct.pack(order + 'HHII', 0x10f, 4, 1, 7)] * more + [struct.pack(order + 'HHI', 0x112, kind, 1) + value]
    return ((b'II*\0' if order == '<' else b'MM\0*') + struct.pack(order + 'IH', 8, len(entries)) + b''.join(entries)
            + bytes(4))


def xmp(orientation):
    return f'<x:xmpmeta><rdf:Description tiff:Orientation="{orientation}"/></x:xmpmeta>'.encode()


def turned_pngs(rng):
    samples = rng.integers(0, 256, (9, 13, 3))
    text = b'XML:com.adobe.xmp\0\0\0en\0\0'

    def with_chunks(*chunks):
        return png(samples, 8, 2, 0, b''.join(chunk(kind, data) for kind, data in chunks))

    def profile(orientation):
        data = b'Exif\0\0' + tiff(orientation)
        digits = data.hex()
        return f'\nexif\n{len(data):8}\n'.encode() + '\n'.join(digits[i:i + 36] for i in range(0, len(digits), 36)).encode()

    end = chunk(b'IEND', b'')
    raw = b'Raw profile type exif\0'
    no_orientation = b'II*\0' + struct.pack('<IHHHIII', 8, 1, 0x10f, 4, 1, 7, 0)
    return {
        'profile5.png': with_chunks((b'tEXt', raw + profile(5))),
        'profile2_deflated.png': with_chunks((b'zTXt', raw + b'\0' + zlib.compress(profile(2)))),
        'profile_and_exif.png': with_chunks((b'tEXt', raw + profile(5)), (b'eXIf', no_orientation)),
        'xmp8_deflated.png': with_chunks((b'iTXt', text[:18] + b'\1\0\0\0' + zlib.compress(xmp(8)))),
        'xmp_open.png': with_chunks((b'iTXt', text[:18] + b'\0\0en')),
        'xmp_bad_method.png': with_chunks((b'iTXt', text[:18] + b'\1\7\0\0' + zlib.compress(xmp(8)))),
        'exif6.png': with_chunks((b'eXIf', tiff(6))),
        'exif_big_endian.png': with_chunks((b'eXIf', tiff(5, '>', 3, 2))),
        'exif_long.png': with_chunks((b'eXIf', tiff(8, '>', 4))),
        'exif_nothing.png': with_chunks((b'eXIf', tiff(9))),
        'exif_late.png': with_chunks()[:-len(end)] + chunk(b'eXIf', tiff(7)) + end,
        'xmp4.png': with_chunks((b'iTXt', text + xmp(4))),
        'xmp_and_exif.png': with_chunks((b'iTXt', text + xmp(4)), (b'eXIf', tiff(3))),
    }


def odd_pngs():
    """Sizes that meet the edges of the processor's rounding. Waves, so that they compress."""
    sizes = [(1, 1), (1, 3000), (3000, 1), (513, 511), (511, 513), (1000, 30), (8000, 4), (2, 3), (1025, 511), (700, 1301),
             (2047, 33), (512, 512)]
    modes = ['RGB', 'L', 'RGB', 'P', 'RGBA', 'LA', 'RGB', 'RGBA', '1', 'P', 'L', '1']
    files = {}
    for (width, height), mode in zip(sizes, modes):
        y, x = np.mgrid[0:height, 0:width]
        waves = np.stack([(x * 3 + y * (2 + c)) // 5 * 5 % 256 for c in range(4)], -1).astype(np.uint8)
        image = Image.fromarray(waves, 'RGBA')
        if mode == 'P':
            image = image.convert('RGB').quantize(16, dither=Image.Dither.NONE)
        else:
            image = image.convert(mode, dither=Image.Dither.NONE)
        buffer = io.BytesIO()
        image.save(buffer, 'PNG', optimize=True, **({'transparency': 3} if mode == 'P' else {}))
        files[f'{width}x{height}_{mode.lower()}.png'] = buffer.getvalue()
    return files


def split_idat(data):
    at = data.index(b'IDAT') - 4
    length = struct.unpack('>I', data[at:at + 4])[0]
    body = data[at + 8:at + 8 + length]
    return data[:at] + chunk(b'IDAT', body[:10]) + chunk(b'IDAT', body[10:]) + data[at + 12 + length:]


def photo(width, height, scale=1):
    y, x = np.mgrid[0:height, 0:width].astype(np.float64) / scale
    rgb = [128 + 100 * np.sin(x / (9 + 4 * c) + c) * np.cos(y / (7 + 3 * c)) for c in range(3)]
    return Image.fromarray(np.clip(np.stack(rgb, -1), 0, 255).astype(np.uint8), 'RGB')


def encoded(image, **options):
    buffer = io.BytesIO()
    image.save(buffer, 'JPEG', **options)
    return buffer.getvalue()


def pillow_jpegs():
    picture = photo(61, 43)
    rough = Image.fromarray(noise(45, 29, 7, 0), 'RGB')
    files = {
        'full': encoded(picture, quality=92, subsampling=0),
        'half': encoded(picture, quality=85, subsampling=2),
        'wide': encoded(photo(64, 16), quality=85, subsampling=1),
        'quarter': encoded(photo(45, 29), quality=85, subsampling='4:1:1'),
        'progressive': encoded(picture, quality=85, subsampling=2, progressive=True),
        'progressive_wide': encoded(rough, quality=60, subsampling=1, progressive=True),
        'grey': encoded(picture.convert('L'), quality=85),
        'grey_progressive': encoded(rough.convert('L'), quality=50, progressive=True),
        'restart': encoded(picture, quality=85, restart_marker_rows=1),
        'quality1': encoded(rough, quality=1, subsampling=0),
        'quality100': encoded(rough, quality=100, subsampling=2),
        'rgb': encoded(photo(33, 21), quality=85, keep_rgb=True),
        'cmyk': encoded(Image.merge('CMYK', [*photo(33, 21).split(), photo(33, 21).getchannel(0)]), quality=85),
        'xmp7': encoded(photo(37, 21), quality=85, xmp=xmp(7)),
        'large': encoded(photo(1500, 1001, 12), quality=30),
        'tall': encoded(photo(301, 907, 4), quality=40, exif=tiff(6)),
    }
    for width, height in ((1, 1), (2, 2), (3, 3), (5, 4), (17, 33)):
        files[f'{width}x{height}_half'] = encoded(photo(width, height), quality=85, subsampling=2)
    for orientation in range(1, 9):
        files[f'exif{orientation}'] = encoded(photo(37, 21), quality=75, exif=tiff(orientation))
    return files


def written_jpegs():
    """Layouts that Pillow reads and does not write."""
    quant = np.array([4 + i // 8 + i % 8 for i in range(64)])

    def planes(width, height, sampling):
        for c, (h, w) in enumerate(jpeg_writer.plane_sizes(width, height, sampling)):
            y, x = np.mgrid[0:h, 0:w] * (16 / min(h, w))
            yield 128 + 110 * np.sin(x / (3 + c) + c) * np.cos(y / (4 - c / 2))

    def make(width, height, sampling, **options):
        blocks = [jpeg_writer.coefficients(p, quant) for p in planes(width, height, sampling)]
        return jpeg_writer.write(width, height, sampling, blocks, quant, **options)

    def extreme():
        """Coefficients that no picture has: sums beyond 16 bit."""
        rng = np.random.default_rng(46)
        blocks = [rng.integers(-1000, 1000, (h // 8, w // 8, 64)) * (rng.random((h // 8, w // 8, 64)) < 0.1)
                  for h, w in jpeg_writer.plane_sizes(23, 17, full)]
        for b in blocks:
            b[:, :, 0] //= 2
        return jpeg_writer.write(23, 17, full, blocks, quant)

    one, full, half = (1, 1), [(1, 1)] * 3, [(2, 2), (1, 1), (1, 1)]
    return {
        'high': make(29, 45, [(1, 2), one, one]),
        'eighth': make(45, 37, [(4, 2), one, one]),
        'chroma': make(29, 27, [one, (2, 2), (2, 2)]),
        'mixed': make(45, 29, [(2, 2), (2, 1), (1, 2)]),
        'threefold': make(45, 29, [(3, 1), one, one]),
        'high_narrow': make(2, 19, [(2, 2), one, one]),
        'grey_sampled': make(29, 27, [(2, 2)]),
        'scans': make(45, 29, half, interleaved=False, jfif=True),
        'restarts': make(45, 29, half, restart=1),
        'wide_quant': make(29, 27, half, wide_quant=True),
        'adobe_rgb': make(29, 27, full, adobe=0),
        'adobe_ycc': make(29, 27, full, adobe=1),
        'adobe_jfif': make(29, 27, full, adobe=0, jfif=True),
        'named_rgb': make(29, 27, full, ids=[82, 71, 66]),
        'named_jfif': make(29, 27, full, ids=[82, 71, 66], jfif=True),
        'ycck': make(29, 27, [one] * 4, adobe=2),
        'ycck_half': make(45, 29, [*half, (2, 2)], adobe=2),
        'cmyk_plain': make(29, 27, [one] * 4),
        'extreme': extreme(),
    }


def write_goldens(files):
    rows = []
    for name, data in sorted(files.items()):
        (GOLDEN / name).write_bytes(data)
        rgb = ImageOps.exif_transpose(Image.open(io.BytesIO(data))).convert('RGB')
        rows.append(f'{name}\t{rgb.width}\t{rgb.height}\t{sha(np.asarray(rgb))}\n')
    (GOLDEN / 'decode.tsv').write_text(''.join(rows))


def bad_files(good_pngs):
    good = good_pngs['c2d8i0.png']
    jpeg = (GOLDEN / 'half.jpg').read_bytes()
    ihdr_end = good.index(b'IDAT') - 4
    rest = good[ihdr_end:]
    idat = rest[:struct.unpack('>I', rest[:4])[0] + 12]
    end = chunk(b'IEND', b'')
    flipped = bytearray(good)
    flipped[good.index(b'IDAT') + 20] ^= 1
    sof = jpeg.index(b'\xff\xc0')
    lossless = bytearray(jpeg)
    lossless[sof + 1] = 0xc3
    twelve = bytearray(jpeg)
    twelve[sof + 4] = 12
    zero = bytearray(jpeg)
    zero[sof + 5:sof + 9] = bytes(4)
    huge = bytearray(jpeg)
    huge[sof + 5:sof + 9] = struct.pack('>HH', 20000, 20000)
    two = bytearray(jpeg)
    two[sof + 9] = 2
    cases = [
        ('empty.png', b'', 'format', 'empty'),
        ('text.png', b'this is no image at all', 'format', 'not a PNG or JPEG'),
        ('gif.png', b'GIF89a\x01\x00\x01\x00\x80\x00\x00', 'unsupported', 'is a GIF, not a PNG or JPEG'),
        ('webp.png', b'RIFF\x1a\x00\x00\x00WEBPVP8L' + bytes(14), 'unsupported', 'is a WebP file, not a PNG or JPEG'),
        ('bmp.png', b'BM' + bytes(60), 'unsupported', 'is a BMP file, not a PNG or JPEG'),
        ('signature.png', SIGNATURE, 'format', 'cut off'),
        ('cut.png', good[:-20], 'format', 'cut off'),
        ('no_end.png', good[:-12], 'format', 'cut off'),
        ('flipped.png', bytes(flipped), 'format', 'wrong checksum'),
        ('huge.png', SIGNATURE + header(20000, 20000, 8, 2) + idat + end, 'limit', '20000 x 20000 pixels'),
        ('wide.png', SIGNATURE + header(2 ** 31 - 1, 1, 8, 2) + idat + end, 'limit', '2147483647 x 1 pixels'),
        ('area.png', SIGNATURE + header(8192, 8192, 8, 2) + idat + end, 'limit', '8192 x 8192 pixels'),
        ('zero.png', SIGNATURE + header(0, 7, 8, 2) + idat + end, 'format', 'zero size'),
        ('too_small_data.png', SIGNATURE + header(4096, 4096, 8, 2) + idat + end, 'format', 'damaged PNG data'),
        ('no_header.png', SIGNATURE + idat + end, 'format', 'header'),
        ('two_headers.png', SIGNATURE + header(13, 9, 8, 2) * 2 + idat + end, 'format', 'header'),
        ('short_header.png', SIGNATURE + chunk(b'IHDR', bytes(4)) + idat + end, 'format', '13'),
        ('no_data.png', SIGNATURE + header(13, 9, 8, 2) + end, 'format', 'damaged PNG data'),
        ('no_palette.png', SIGNATURE + header(13, 9, 8, 3) + idat + end, 'format', 'damaged PNG data'),
        ('palette_ragged.png', SIGNATURE + header(13, 9, 8, 3) + chunk(b'PLTE', bytes(4)) + idat + end, 'format', 'palette'),
        ('palette_long.png', SIGNATURE + header(13, 9, 8, 3) + chunk(b'PLTE', bytes(771)) + idat + end, 'format', 'palette'),
        ('depth.png', SIGNATURE + header(13, 9, 7, 2) + idat + end, 'format', 'damaged PNG data'),
        ('colour.png', SIGNATURE + header(13, 9, 8, 5) + idat + end, 'format', 'damaged PNG data'),
        ('filter.png', SIGNATURE + header(13, 9, 8, 2) + chunk(b'IDAT', zlib.compress(b'\x09' + bytes(39) + bytes(8 * 40)))
         + end, 'format', 'damaged PNG data'),
        ('critical.png', SIGNATURE + header(13, 9, 8, 2) + chunk(b'ABCD', b'') + idat + end, 'format', 'damaged PNG data'),
        ('cut.jpg', jpeg[:len(jpeg) * 2 // 3], 'format', 'cut off'),
        ('only_start.jpg', jpeg[:3], 'format', 'cut off'),
        ('no_end.jpg', jpeg[:-2], 'format', 'cut off'),
        ('no_frame.jpg', b'\xff\xd8\xff\xd9', 'format', 'without a frame'),
        ('huge.jpg', bytes(huge), 'limit', '20000 x 20000 pixels'),
        ('zero.jpg', bytes(zero), 'format', 'zero size'),
        ('lossless.jpg', bytes(lossless), 'unsupported', 'process 3'),
        ('twelve_bits.jpg', bytes(twelve), 'unsupported', '12 bits'),
        ('two_components.jpg', bytes(two), 'unsupported', '2 components'),
        ('short_frame.jpg', jpeg[:sof + 2] + b'\0\x0a' + jpeg[sof + 4:], 'format', 'damaged JPEG frame'),
        ('no_tables.jpg', jpeg[:2] + jpeg[sof:], 'format', 'without quantization tables'),
        ('segment.jpg', jpeg[:2] + b'\xff\xe0\x00\x01' + jpeg[2:], 'format', 'damaged JPEG segment'),
    ]
    for name, data, _, _ in cases:
        (BAD / name).write_bytes(data)
    (BAD / 'expected.tsv').write_text(''.join(f'{name}\t{status}\t{part}\n' for name, _, status, part in cases))


GOLDEN.mkdir(parents=True, exist_ok=True)
BAD.mkdir(parents=True, exist_ok=True)
resize_goldens()
goldens = decode_goldens()
goldens.update((f'{name}.jpg', data) for name, data in {**pillow_jpegs(), **written_jpegs()}.items())
write_goldens(goldens)
bad_files(goldens)
names = sorted(p for p in GOLDEN.iterdir() if p.name not in ('SOURCES.txt', 'preprocess.tsv'))
(GOLDEN / 'SOURCES.txt').write_text(
    f'Made by tests/golden/gen/images.py with Pillow {PIL.__version__} (libjpeg-turbo '
    f'{features.version_feature("libjpeg_turbo")}), numpy {np.__version__}.\n'
    + ''.join(f'{hashlib.sha256(p.read_bytes()).hexdigest()}  {p.name}\n' for p in names))

SEEDS.mkdir(parents=True, exist_ok=True)
for name in ('c2d8i0.png', 'c6d16i1.png', 'c0d2i0.png', 'palette5_alpha.png', 'grey16.png', 'exif_big_endian.png',
             'xmp_and_exif.png', 'xmp8_deflated.png', 'xmp_open.png', 'profile2_deflated.png', 'half.jpg', 'progressive.jpg', 'restart.jpg', 'grey.jpg', 'exif6.jpg', 'xmp7.jpg', 'cmyk.jpg',
             'ycck_half.jpg', 'eighth.jpg', 'scans.jpg', 'extreme.jpg'):
    (SEEDS / name).write_bytes((GOLDEN / name).read_bytes())
