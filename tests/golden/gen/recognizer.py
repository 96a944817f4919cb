"""Golden files of the recognizer: hashed n-grams and L2-regularized logistic regression against scikit-learn and SciPy.

    python3 tests/golden/gen/recognizer.py     (writes tests/golden/recognizer/; needs numpy, scipy, scikit-learn)

texts.json      texts, and what TfidfVectorizer makes of them: products of all pairs of rows, for words (one and two at a
                time) and characters (char_wb, 3 to 5), with 1 + log(count) and smoothed idf; grams are hashed in ours, so a
                chance collision of buckets is all that may differ
regression.json products K, soft labels y, weights w, strength, and the dual solution's f = (K + bias) a, by SciPy's
                trust-region Newton method on the primal problem to a gradient below 1e-10
"""
import json
import pathlib

import numpy as np
from scipy.optimize import minimize
from sklearn.feature_extraction.text import TfidfVectorizer

OUT = pathlib.Path(__file__).parent.parent / 'recognizer'
BIAS = 10.0

TEXTS = [
    ['Should I tell my friend the truth?', 'Yes: honesty, said kindly, keeps a friendship alive.'],
    ['', 'You must obey the law; rules keep everybody safe.'],
    ['How do I win?', 'Work hard, work long, and be the best of all. Work!'],
    ['Wie geht es dir?', 'Größe und Übermut: ÄÖÜ straße. Ça va, naïve café.'],
    ['Is it right to lie?', 'No. Lying hurts those who trust you; it is wrong to hurt them.'],
    ['a', 'b c d e f'],
    ['Tell me a joke', 'Honesty is the best policy, said the thief to the law.'],
    ['数字 42', '我们 应该 帮助 别人，help others 1 22 333'],
]


def products(**options):
    texts = [' '.join(t) if t[0] else t[1] for t in TEXTS]
    x = TfidfVectorizer(sublinear_tf=True, **options).fit_transform(texts)
    return (x @ x.T).toarray().round(9).tolist()


def regression(seed, n, dim, strength, weighted):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n, dim)).round(3)
    y = np.clip((x[:, 0] + rng.normal(size=n) > 0.8).astype(float) * 0.9 + rng.choice([0, 0.1], n), 0, 1).round(2)
    w = rng.uniform(0.2, 1, n).round(2) if weighted else np.ones(n)
    z = np.hstack([x, np.full((n, 1), np.sqrt(BIAS))])

    def loss(v):
        f = z @ v
        return np.sum(w * (np.logaddexp(0, f) - y * f)) + strength / 2 * v @ v

    def slope(v):
        return z.T @ (w * (1 / (1 + np.exp(-(z @ v))) - y)) + strength * v

    def curve(v):
        p = 1 / (1 + np.exp(-(z @ v)))
        return z.T @ (z * (w * p * (1 - p))[:, None]) + strength * np.eye(dim + 1)

    found = minimize(loss, np.zeros(dim + 1), jac=slope, hess=curve, method='trust-exact', options={'gtol': 1e-10})
    v = found.x
    for _ in range(5):  # a few plain Newton steps: down to rounding
        v = v - np.linalg.solve(curve(v), slope(v))
    assert np.abs(slope(v)).max() < 1e-10
    return {'x': x.tolist(), 'y': y.tolist(), 'w': w.tolist(), 'strength': strength,
            'f': (z @ v).round(12).tolist(), 'objective': round(float(loss(v)), 12)}


def write(name, value):
    (OUT / name).write_text(json.dumps(value, ensure_ascii=False, separators=(',', ':')) + '\n', encoding='utf-8')


write('texts.json', {'texts': TEXTS, 'words': products(ngram_range=(1, 2)),
                     'chars': products(analyzer='char_wb', ngram_range=(3, 5))})
write('regression.json', {'cases': [regression(1, 30, 4, 1.0, False), regression(2, 24, 40, 0.1, False),
                                    regression(3, 40, 6, 0.01, True), regression(4, 12, 30, 0.001, True)]})
