"""Figures of a judge over several values, and value profiles, computed independently on seeded, made-up judgements.

Writes tests/golden/judge/judge.json and SOURCES.txt. Needs numpy and scikit-learn:  python tests/golden/gen/judge.py

Figures of each value: scikit-learn. Means, ECE, Wilson's intervals and the bootstrap: NumPy in float64 here, with the core's random
numbers, so that the intervals can be compared to the last digits and not only by eye.
"""

import json
import math
import warnings

import numpy as np
from sklearn import metrics

from core import SEED, bootstrap, write

warnings.filterwarnings('ignore')
Z = 1.959963984540054


def wilson(k, n):
    p, scale = k / n, 1 + Z * Z / n
    half = Z * math.sqrt(p * (1 - p) / n + Z * Z / (4 * n * n))
    return [0.0 if k == 0 else (p + Z * Z / (2 * n) - half) / scale, 1.0 if k == n else (p + Z * Z / (2 * n) + half) / scale]


# ---- figures ----

def ece(right, confidence):
    """10 bins of equally many items, by confidence; of equals the wrong ones first."""
    if len(right) == 0:
        return math.nan
    order = np.lexsort((right, confidence))
    edges = [len(right) * b // 10 for b in range(11)]
    return sum(abs((right[order][a:b] - confidence[order][a:b]).sum()) for a, b in zip(edges, edges[1:])) / len(right)


def figures(gold, predicted, confidence):
    """Of judged pairs."""
    out = dict.fromkeys(['accuracy', 'macro_f1', 'balanced_accuracy', 'majority_accuracy', 'majority_macro_f1', 'ece'], math.nan)
    if len(gold) == 0:
        return out
    present = np.union1d(gold, predicted)
    most = np.full(len(gold), np.bincount(gold).argmax())
    return {'accuracy': metrics.accuracy_score(gold, predicted), 'macro_f1': metrics.f1_score(gold, predicted, labels=present, average='macro'),
            'balanced_accuracy': metrics.balanced_accuracy_score(gold, predicted), 'majority_accuracy': metrics.accuracy_score(gold, most),
            'majority_macro_f1': metrics.f1_score(gold, most, average='macro', labels=np.unique(gold)),
            'ece': ece((gold == predicted).astype(float), confidence)}


def f1s(gold, predicted):
    """Of the three labels; nan where one does not occur."""
    hits = [2 * np.sum((gold == k) & (predicted == k)) for k in range(3)]
    return np.array([h / n if (n := np.sum(gold == k) + np.sum(predicted == k)) > 0 else math.nan for k, h in enumerate(hits)])


def measure(gold, predicted, confidence, abstained):
    """gold [texts, values] of 0 to 2, -1: no label."""
    known = (gold >= 0) & ~abstained
    values = [v for v in range(gold.shape[1]) if (gold[:, v] >= 0).any()]
    parts = [figures(gold[k, v], predicted[k, v], confidence[k, v]) for v in range(gold.shape[1]) for k in [known[:, v]]]
    out = {key: float(np.nanmean([parts[v][key] for v in values])) for key in ['accuracy', 'macro_f1', 'balanced_accuracy', 'majority_accuracy',
                                                                            'majority_macro_f1']}
    together = figures(gold[known], predicted[known], confidence[known])
    if known.any():  # each value's most frequent label
        most = np.zeros_like(gold)
        for v in range(gold.shape[1]):
            most[:, v] = np.bincount(gold[known[:, v], v], minlength=3).argmax()
        together['majority_accuracy'] = metrics.accuracy_score(gold[known], most[known])
        together['majority_macro_f1'] = metrics.f1_score(gold[known], most[known], average='macro', labels=np.unique(gold[known]))
    rows = np.flatnonzero(known.any(1))
    judged = [v for v in values if known[:, v].any()]
    whole = {v: (parts[v]['accuracy'], f1s(gold[known[:, v], v], predicted[known[:, v], v])) for v in judged}

    def accuracy(picks):
        found = []
        for v in judged:
            t = rows[picks][known[rows[picks], v]]
            found.append(np.mean(gold[t, v] == predicted[t, v]) if len(t) else whole[v][0])
        return np.mean(found)

    def macro_f1(picks):
        found = []
        for v in judged:
            t = rows[picks][known[rows[picks], v]]
            f1 = f1s(gold[t, v], predicted[t, v])
            found.append(np.nanmean(np.where(np.isnan(f1), whole[v][1], f1)))
        return np.mean(found)

    out.update(n_texts=int((gold >= 0).any(1).sum()), n_pairs=int((gold >= 0).sum()), n_values=len(values), ece=together['ece'],
               accuracy_ci=bootstrap(accuracy, len(rows)), macro_f1_ci=bootstrap(macro_f1, len(rows)), all=together,
               values=[{'n': int((gold[:, v] >= 0).sum()), **part} for v, part in enumerate(parts)])
    return out


def case(name, seed, texts, shares, skill, missing, level):
    """One letter a pair: o, u, a; '.' no label. Judgements: capitals where the judge abstained; thousandths of confidence."""
    rng = np.random.default_rng(seed)
    gold = np.stack([rng.choice(3, texts, p=p) for p in shares], 1)
    guess = np.stack([rng.choice(3, texts, p=p) for p in shares], 1)
    predicted = np.where(rng.random(gold.shape) < skill, gold, guess)
    thousandths = rng.integers(340, 1000, gold.shape)
    abstained = thousandths < level
    gold[rng.random(gold.shape) < missing] = -1
    return {'name': name, 'gold': [''.join('.oua'[g + 1] for g in row) for row in gold],
            'judged': [''.join('OUA'[p] if a else 'oua'[p] for p, a in zip(*rows)) for rows in zip(predicted, abstained)],
            'confidence': thousandths.tolist(), 'want': measure(gold, predicted, thousandths / 1000, abstained)}


# ---- profiles ----

def profile(name, seed, clusters, p):
    rng = np.random.default_rng(seed)
    cluster = np.array([c for c, n in enumerate(clusters) for _ in range(n)])
    leaning = rng.dirichlet(3 * np.array(p), len(clusters))
    label = np.array([rng.choice(3, p=leaning[c]) for c in cluster])
    abstained = rng.random(len(label)) < 0.15
    known = np.flatnonzero(~abstained)
    groups = [known[cluster[known] == c] for c in np.unique(cluster[known])]
    low, high = [], []
    for k in range(3):
        hit = label == k
        count, n = int(hit[known].sum()), len(known)
        if count in (0, n) or len(groups) == n:
            ends = wilson(len(groups) if count == n else count, len(groups))
        elif len(groups) == 1:
            ends = [0.0, 1.0]
        else:
            a, b = np.array([hit[g].sum() for g in groups]), np.array([len(g) for g in groups])
            ends = bootstrap(lambda picks: a[picks].sum() / b[picks].sum(), len(groups))
        low.append(ends[0])
        high.append(ends[1])
    return {'name': name, 'cluster': cluster.tolist(), 'judged': ''.join('OUA'[x] if a else 'oua'[x] for x, a in zip(label, abstained)),
            'want': {'n_abstained': int(abstained.sum()), 'share': [float(np.mean(label[known] == k)) for k in range(3)], 'low': low, 'high': high}}


def main():
    cases = [case('four values, some pairs without a label', 1, 60, [[.1, .7, .2], [.02, .9, .08], [.3, .4, .3], [0, .6, .4]], .6, .15, 0),
             case('abstentions', 2, 40, [[.2, .5, .3], [.1, .8, .1]], .7, 0, 600),
             case('a value without labels, one with few', 3, 30, [[.2, .5, .3], [1, 0, 0], [.2, .6, .2]], .5, np.array([0, 1, .9]), 400)]
    profiles = [profile('each answer by itself', 4, [1] * 50, [.1, .6, .3]), profile('clusters', 5, [4, 1, 6, 3, 8, 2, 2, 5, 7, 1, 3], [.2, .5, .3]),
                profile('none opposes', 6, [3] * 12, [1e-9, .7, .3]), profile('one cluster', 7, [20], [.2, .5, .3])]
    rounded = json.loads(json.dumps({'seed': SEED, 'cases': cases, 'profiles': profiles}), parse_float=lambda x: float(f'{float(x):.14g}'))
    text = json.dumps(rounded, separators=(',', ':')).replace('NaN', 'null').replace('{"name"', '\n{"name"') + '\n'
    write('judge', text, ['numpy', 'scikit-learn'])


main()
