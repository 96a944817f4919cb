"""What generators share whose figures the core must meet to the last digits: its random numbers, its bootstrap, the form of golden files."""

import hashlib
import importlib.metadata
import math
import pathlib

import numpy as np

SEED = 46
MASK = (1 << 64) - 1
GOLDEN = pathlib.Path(__file__).parent.parent


class Rng:
    """src/base/rng.c: xoshiro256** seeded by splitmix64."""

    def __init__(self, seed, stream=0):
        self.state = stream
        self.state = self.splitmix() ^ seed
        self.s = [self.splitmix() for _ in range(4)]

    def splitmix(self):
        self.state = (self.state + 0x9E3779B97F4A7C15) & MASK
        z = self.state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
        return z ^ (z >> 31)

    def u64(self):
        def rotate(x, k):
            return ((x << k) | (x >> (64 - k))) & MASK
        s = self.s
        result = (rotate((s[1] * 5) & MASK, 7) * 9) & MASK
        t = (s[1] << 17) & MASK
        s[2] ^= s[0]
        s[3] ^= s[1]
        s[1] ^= s[2]
        s[0] ^= s[3]
        s[2] ^= t
        s[3] = rotate(s[3], 45)
        return result

    def below(self, n):
        reject = (1 << 32) % n
        while True:
            wide = (self.u64() >> 32) * n
            if wide & 0xFFFFFFFF >= reject:
                return wide >> 32

    def unit(self):
        return (self.u64() >> 11) * 2.0**-53


def bootstrap(figure, n):
    """95 % percentile interval of 1,000 replicates; figure: picks [n] -> number, or nan where it is not defined. nan without items."""
    if n == 0:
        return [math.nan, math.nan]
    rng = Rng(SEED, 0)
    found = [figure(np.array([rng.below(n) for _ in range(n)])) for _ in range(1000)]
    found = [x for x in found if not np.isnan(x)]
    return [float(x) for x in np.percentile(found, [2.5, 97.5])]


def write(name, text, packages):
    """tests/golden/NAME/NAME.json by gen/NAME.py, and SOURCES.txt beside it."""
    folder = GOLDEN / name
    folder.mkdir(exist_ok=True)
    (folder / f'{name}.json').write_text(text)
    versions = ', '.join(f'{package} {importlib.metadata.version(package)}' for package in packages)
    (folder / 'SOURCES.txt').write_text(
        f'Made by tests/golden/gen/{name}.py with {versions}.\n{hashlib.sha256(text.encode()).hexdigest()}  {name}.json\n')
