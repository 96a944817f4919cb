"""Golden file for model/preprocess.c: python3 tests/golden/gen/preprocess.py (after images.py)

Needs transformers below 5 (the last with the slow SmolVLM image processor) and Pillow below 12.2, which always resizes
horizontally first.

Writes golden/image/preprocess.tsv, and its source and hash into SOURCES.txt: for the images that gen/images.py made, what load_image() and SmolVLMImageProcessor make of
them with size.longest_edge = edge * tile and max_image_size.longest_edge = tile:
  name, tile, edge, rows, columns, tiles, SHA-256 of the tiles' bytes [tiles, tile, tile, 3]

The processor guesses which axis is the colours', and takes an image of height 1, 3 or 4 for one with the colours first. So it
is told. Rescaling and normalization are left out: the tiles are bytes.
"""
import hashlib
import pathlib

import numpy as np
import PIL
import transformers
from transformers.image_utils import load_image
from transformers.models.smolvlm.image_processing_smolvlm import SmolVLMImageProcessor

assert tuple(int(n) for n in PIL.__version__.split('.')[:2]) < (12, 2), 'Pillow from 12.2 on swaps the passes of a resize'

GOLDEN = pathlib.Path(__file__).resolve().parents[1] / 'image'
LAST = 'channels_last'


def tiles(path, tile, edge, split=True):
    processor = SmolVLMImageProcessor(size={'longest_edge': edge * tile}, max_image_size={'longest_edge': tile},
                                      do_image_splitting=split, do_rescale=False, do_normalize=False, do_pad=False)
    got = processor.preprocess([load_image(str(path))], return_row_col_info=True, input_data_format=LAST, data_format=LAST)
    return got['rows'][0][0], got['cols'][0][0], np.stack(got['pixel_values'][0])


def cases(names):
    sized = [n for n in names if n[0].isdigit()]
    for i, name in enumerate(names):
        yield name, 48, i % 6 + 1
        if i % 2 == 0 or name in sized:
            yield name, 512, 1
    for name in sized:
        for edge in range(1, 7):
            yield name, 32, edge
    for i, name in enumerate(['513x511_p.png', '8000x4_rgb.png', '3000x1_rgb.png', '1025x511_1.png', 'large.jpg', 'tall.jpg']):
        yield name, 512, i % 3 + 2
    yield 'exif6.jpg', 512, 6


names = [line.split('\t')[0] for line in (GOLDEN / 'decode.tsv').read_text().splitlines()]
rows = []
for name, tile, edge in cases(names):
    n_rows, n_columns, pixels = tiles(GOLDEN / name, tile, edge)
    assert pixels.dtype == np.uint8 and pixels.shape[1:] == (tile, tile, 3), (name, pixels.shape)
    if edge == 1:
        assert np.array_equal(tiles(GOLDEN / name, tile, 1, split=False)[2], pixels), name
    digest = hashlib.sha256(np.ascontiguousarray(pixels).tobytes()).hexdigest()
    rows.append(f'{name}\t{tile}\t{edge}\t{n_rows}\t{n_columns}\t{len(pixels)}\t{digest}\n')
(GOLDEN / 'preprocess.tsv').write_text(''.join(rows))

sources = (GOLDEN / 'SOURCES.txt').read_text().split('preprocess.tsv by', 1)[0]
digest = hashlib.sha256((GOLDEN / 'preprocess.tsv').read_bytes()).hexdigest()
(GOLDEN / 'SOURCES.txt').write_text(
    f'{sources}preprocess.tsv by tests/golden/gen/preprocess.py with transformers {transformers.__version__}, '
    f'Pillow {PIL.__version__}, numpy {np.__version__}:\n{digest}  preprocess.tsv\n')
