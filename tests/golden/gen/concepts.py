#!/usr/bin/env python3
"""Golden files of the concept pool: what tests/clave/test_kmeans.c and test_rouge.c compare with.

    python3 tests/golden/gen/concepts.py tests/golden/concepts

rouge.tsv: F of ROUGE-L by the package rouge-score (Google), without its stemmer, of pairs of ASCII phrases.
kmeans.json: k-means++ and Lloyd's iterations in NumPy, seeded by the same random numbers as src/base/rng.c.
"""
import hashlib
import importlib.metadata
import json
import os
import random
import sys

import numpy as np
from rouge_score import rouge_scorer

from core import Rng


def distances(x, centres):
    return ((x[:, None, :] - centres[None, :, :]) ** 2).sum(axis=2)


def kmeans(x, k, seed, most=100):
    rng = Rng(seed)
    centres = [x[rng.below(len(x))]]
    while len(centres) < k:
        d = distances(x, np.array(centres)).min(axis=1)
        if d.sum() == 0:
            break
        centres.append(x[np.flatnonzero(np.cumsum(d) > rng.unit() * d.sum())[0]])
    centres = np.array(centres)
    k, of, filled = len(centres), np.full(len(x), -1), 0
    for iteration in range(1, most + 1):
        all_distances = distances(x, centres)
        new = all_distances.argmin(axis=1)
        d = all_distances.min(axis=1)
        moved = bool((new != of).any())
        size = np.bincount(new, minlength=k)
        for j in range(k):
            if size[j] > 0:
                continue
            far = max((i for i in range(len(x)) if size[new[i]] > 1), key=lambda i: (d[i], -i))
            size[new[far]] -= 1
            size[j], new[far], d[far], moved, filled = 1, j, 0, True, filled + 1
        of = new
        centres = np.array([x[of == j].mean(axis=0) for j in range(k)])
        if not moved:
            break
    own = ((x - centres[of]) ** 2).sum(axis=1)
    central = [int(min(np.flatnonzero(of == j), key=lambda i: (own[i], i))) for j in range(k)]
    return dict(of=of.tolist(), centres=centres.ravel().tolist(), central=central, inertia=float(own.sum()), iterations=iteration,
                size=np.bincount(of, minlength=k).tolist()), filled


def kmeans_cases():
    random_state = np.random.RandomState(46)
    cases, n_filled = [], 0

    def add(x, k, seed):
        nonlocal n_filled
        x = np.round(np.asarray(x, dtype=np.float64) * 64) / 64  # exact as float32 and in few digits
        found, filled = kmeans(x, k, seed)
        n_filled += filled
        cases.append(dict(n=len(x), dim=x.shape[1], k=k, seed=seed, x=x.ravel().tolist(), **found))

    blobs = np.concatenate([random_state.normal(c, 0.5, (12, 3)) for c in (-3, 0, 3)])
    add(blobs, 3, 46)
    add(blobs, 7, 1)
    add(random_state.normal(0, 1, (60, 8)), 10, 2)
    add(random_state.normal(0, 1, (5, 2)), 9, 3)                      # more clusters than rows
    add(np.repeat(random_state.normal(0, 1, (4, 2)), 5, axis=0), 6, 4)  # fewer distinct rows than clusters
    add(np.zeros((6, 2)), 3, 5)
    add([[1.5]], 1, 6)
    # A cluster that becomes empty on the way: begun at -3, 0 and 8.5, the middle one is {0, 4} with its mean at 2, while its
    # neighbours move to -1.8 and 5.5. The seeds are those that begin so.
    x = np.array([[-3]] + [[-1.625]] * 6 + [[0], [4]] + [[5]] * 6 + [[8.5]], dtype=np.float64)
    found = [seed for seed in range(2000) if kmeans(x, 3, seed)[1] > 0][:2]
    for seed in found:
        add(x, 3, seed)
    return cases, n_filled


def rouge_pairs():
    rng = random.Random(46)
    words = 'advising against actions that harm others respecting privacy being honest with people and the law of a 2 x7'.split()
    pairs = [('Advising against actions that harm others', 'Advising actions that harm others'),
             ('Advising against violence.', 'advising: AGAINST violence!'), ('one', 'one'), ('one', 'two'), ('...', 'one'), ('--', '..'),
             ("Don't lie", 'do not lie'), ('a b c d', 'd c b a'), ('a a a a', 'a a'), ('e-mail address_book', 'email address book')]
    for _ in range(50):
        pairs.append(tuple(' '.join(rng.choice(words).title() if rng.random() < 0.2 else rng.choice(words)
                                    for _ in range(rng.randrange(1, 14))) for _ in range(2)))
    pairs.append((' '.join(rng.choice(words) for _ in range(300)), ' '.join(rng.choice(words) for _ in range(200))))
    return pairs


def main(folder):
    os.makedirs(folder, exist_ok=True)
    scorer = rouge_scorer.RougeScorer(['rougeL'], use_stemmer=False)
    with open(os.path.join(folder, 'rouge.tsv'), 'w') as f:
        for a, b in rouge_pairs():
            f.write(f"{a}\t{b}\t{scorer.score(a, b)['rougeL'].fmeasure!r}\n")
    cases, n_filled = kmeans_cases()
    assert n_filled > 0, 'no case fills an empty cluster'
    with open(os.path.join(folder, 'kmeans.json'), 'w') as f:
        json.dump(cases, f, separators=(',', ':'))
        f.write('\n')
    with open(os.path.join(folder, 'SOURCES.txt'), 'w') as f:
        versions = ', '.join(f'{name} {importlib.metadata.version(name)}' for name in ('rouge-score', 'numpy'))
        f.write(f'Made by tests/golden/gen/concepts.py with {versions}.\n')
        for name in ('kmeans.json', 'rouge.tsv'):
            digest = hashlib.sha256(open(os.path.join(folder, name), 'rb').read()).hexdigest()
            f.write(f'{digest}  {name}\n')
    print(len(cases), 'cases of k-means,', n_filled, 'empty clusters filled')


main(sys.argv[1])
