"""Agreement, aggregation and figures by published implementations, on seeded and hand-made label matrices.

Writes tests/golden/agreement/agreement.json and SOURCES.txt. Needs numpy, scipy, pandas, scikit-learn, statsmodels, krippendorff,
irrCAC and crowd-kit:  python tests/golden/gen/agreement.py

Cohen: scikit-learn. Fleiss and AC1: irrCAC, Fleiss also statsmodels where no vote is missing. Alpha: krippendorff. Dawid-Skene and
its one-coin form: crowd-kit. MACE has random restarts: NumPy in float64 here, with the core's random numbers; crowd-kit's, whose starts
are others, must come to the same labels. Figures: scikit-learn, the Wilson interval statsmodels. Bootstrap: NumPy here.
"""

import itertools
import json
import warnings

import krippendorff
import numpy as np
import pandas as pd
from crowdkit.aggregation.classification.dawid_skene import DawidSkene, OneCoinDawidSkene
from crowdkit.aggregation.classification.mace import MACE
from irrCAC.raw import CAC
from scipy.special import digamma
from sklearn import metrics
from statsmodels.stats.inter_rater import aggregate_raters, fleiss_kappa
from statsmodels.stats.proportion import proportion_confint

from core import SEED, Rng, bootstrap, write

warnings.filterwarnings('ignore')
LABELS = [-1, 0, 1]


# ---- agreement: m [raters, items], nan where there is no vote ----

def raw(m):
    pairs = [(a, b) for i in m.T for a, b in itertools.combinations(i[~np.isnan(i)], 2)]
    return sum(a == b for a, b in pairs) / len(pairs)


def cohen(m):
    found = []
    for a, b in itertools.combinations(m, 2):
        both = ~np.isnan(a) & ~np.isnan(b)
        if both.any():
            found.append(metrics.cohen_kappa_score(a[both], b[both], labels=LABELS))
    found = [x for x in found if not np.isnan(x)]
    return float(np.mean(found)) if found else None


def alpha(m, level='nominal'):
    try:
        return float(krippendorff.alpha(reliability_data=m, value_domain=LABELS, level_of_measurement=level))
    except ValueError:
        return float('nan')


def alpha_interval(m):
    m = m[:, (~np.isnan(m)).sum(0) > 1]
    counts = np.stack([(m == k).sum(0) for k in LABELS], 1).astype(float)
    others = counts.sum(1) - 1

    def figure(picks):
        c, n = counts[picks], counts[picks].sum(0)
        total = n.sum()
        apart = ((c.sum(1) ** 2 - (c**2).sum(1)) / others[picks]).sum()
        expected = total**2 - (n**2).sum()
        return 1 - (total - 1) * apart / expected if expected > 0 else np.nan

    assert np.isclose(figure(np.arange(len(counts))), alpha(m))
    return bootstrap(figure, len(counts))


def agreement(m):
    cac = CAC(pd.DataFrame(m.T), categories=LABELS, digits=15)
    try:
        fleiss = cac.fleiss()['est']['coefficient_value']
    except ZeroDivisionError:
        fleiss = float('nan')
    if not np.isnan(m).any() and not np.isnan(fleiss):
        assert np.isclose(fleiss, fleiss_kappa(aggregate_raters(m.T.astype(int))[0]))
    nominal = alpha(m)
    undefined = bool(np.isnan(nominal))
    out = {'raw': raw(m), 'cohen': cohen(m), 'fleiss': fleiss, 'ac1': cac.gwet()['est']['coefficient_value'], 'alpha': nominal,
           'alpha_ordinal': alpha(m, 'ordinal'), 'alpha_ci': [None, None] if undefined else alpha_interval(m)}
    return {k: None if isinstance(v, float) and np.isnan(v) else v for k, v in out.items()}


# ---- aggregation ----

def mace(votes, n_items, n_raters):
    """votes: [(item, rater, label 0..n-1)] for n labels that occur. Marginals of each item."""
    item, rater, label = np.array(votes).T
    n_labels = label.max() + 1
    hit = label[:, None] == np.arange(n_labels)
    best, best_likelihood = None, None

    def expect(know, theta):
        guess = know[rater, 0] * theta[rater, label]
        chance = guess[:, None] + know[rater, 1][:, None] * hit
        joint = np.full((n_items, n_labels), 1 / n_labels)
        np.multiply.at(joint, item, chance)
        marginal = joint.sum(1)
        p = joint / marginal[:, None]
        guessed = (p[item] * guess[:, None] / chance).sum(1)
        knew = p[item, label] * know[rater, 1] / chance[np.arange(len(label)), label]
        strategy, knowing = np.zeros((n_raters, n_labels)), np.zeros((n_raters, 2))
        np.add.at(strategy, (rater, label), guessed)
        np.add.at(knowing[:, 0], rater, guessed)
        np.add.at(knowing[:, 1], rater, knew)
        return np.log(marginal).sum(), p, strategy, knowing

    def normalize(x, prior):
        return np.exp(digamma(x + prior) - digamma((x + prior).sum(1))[:, None])

    for restart in range(10):
        rng = Rng(SEED, restart)
        know, theta = np.empty((n_raters, 2)), np.empty((n_raters, n_labels))
        for r in range(n_raters):
            know[r] = [1 + 0.5 * rng.unit() for _ in range(2)]
            theta[r] = [1 + 0.5 * rng.unit() for _ in range(n_labels)]
        know, theta = know / know.sum(1)[:, None], theta / theta.sum(1)[:, None]
        likelihood, p, strategy, knowing = expect(know, theta)
        for _ in range(50):
            know, theta = normalize(knowing, 0.5), normalize(strategy, 10)
            likelihood, p, strategy, knowing = expect(know, theta)
        if best is None or likelihood > best_likelihood:
            best, best_likelihood = p, likelihood
    return best


def aggregate(m):
    """[n_items, 3] by method; the labels that nobody gave have 0."""
    votes = [(i, r, int(m[r, i])) for i in range(m.shape[1]) for r in range(m.shape[0]) if not np.isnan(m[r, i])]
    frame = pd.DataFrame(votes, columns=['task', 'worker', 'label'])
    seen = sorted(set(frame.label))
    out = {}
    for name, method in {'dawid-skene': DawidSkene(n_iter=100, tol=1e-5), 'one-coin': OneCoinDawidSkene(n_iter=100, tol=1e-5)}.items():
        found = method.fit_predict_proba(frame).sort_index().reindex(columns=LABELS, fill_value=0.0)
        out[name] = found.to_numpy().tolist()
    ours = mace([(i, r, seen.index(x)) for i, r, x in votes], m.shape[1], m.shape[0])
    out['mace'] = pd.DataFrame(ours, columns=seen).reindex(columns=LABELS, fill_value=0.0).to_numpy().tolist()
    # crowd-kit numbers labels and workers by first appearance here and by size there: both orders must be one.
    frame = frame.sort_values(['label', 'worker', 'task'], kind='stable').reset_index(drop=True)
    frame['worker'] = pd.factorize(frame.worker)[0]
    # Its restarts all begin at one point, so one is as good as ten.
    theirs = MACE(n_restarts=1, random_state=1).fit_predict_proba(frame).sort_index()[seen].to_numpy()
    out['mace_crowdkit'] = pd.DataFrame(theirs, columns=seen).reindex(columns=LABELS, fill_value=0.0).to_numpy().tolist()
    out['mace_apart'] = float(np.abs(ours - theirs).max())
    return out


# ---- figures of a classifier ----

def figures(rng, n, levels, shared=True):
    gold = rng.choice(LABELS, n, p=[0.07, 0.75, 0.18]) if levels == 3 else rng.choice([0, 1], n, p=[0.8, 0.2])
    predicted = np.where(rng.random(n) < 0.7, gold, rng.choice(LABELS[-levels:], n))
    p = rng.dirichlet([1, 1, 1], n).round(3)
    cluster = rng.integers(0, n // 4, n) * 7 if shared else np.arange(n)
    right = gold == predicted
    confidence = p[np.arange(n), predicted + 1]
    order = np.lexsort((right, confidence))
    bins = [order[n * b // 10:n * (b + 1) // 10] for b in range(10)]
    ece = sum(len(b) * abs(right[b].mean() - confidence[b].mean()) for b in bins if len(b)) / n
    scores = metrics.precision_recall_fscore_support(gold, predicted, labels=LABELS, zero_division=np.nan)
    major = np.full(n, pd.Series(gold).mode()[0])
    groups = [np.flatnonzero(cluster == c) for c in np.unique(cluster)]

    def macro(picks):  # a label that a replicate misses keeps its F1 of the whole
        rows = np.concatenate([groups[i] for i in picks])
        f1 = metrics.f1_score(gold[rows], predicted[rows], labels=LABELS, average=None, zero_division=np.nan)
        return np.nanmean(np.where(np.isnan(f1), scores[2], f1))

    def accuracy(picks):
        return right[np.concatenate([groups[i] for i in picks])].mean()

    accuracy_ci = [float(x) for x in proportion_confint(right.sum(), n, 0.05, 'wilson')]
    if shared:  # the wider end of both
        drawn = bootstrap(accuracy, len(groups))
        accuracy_ci = [min(accuracy_ci[0], drawn[0]), max(accuracy_ci[1], drawn[1])]

    clean = lambda a: [None if np.isnan(x) else float(x) for x in a]
    return {
        'gold': gold.tolist(), 'predicted': predicted.tolist(), 'p': p.tolist(), 'cluster': cluster.tolist(),
        'confusion': metrics.confusion_matrix(gold, predicted, labels=LABELS).tolist(),
        'accuracy': metrics.accuracy_score(gold, predicted),
        'macro_f1': metrics.f1_score(gold, predicted, average='macro', zero_division=0),
        'balanced_accuracy': metrics.balanced_accuracy_score(gold, predicted),
        'precision': clean(scores[0]), 'recall': clean(scores[1]), 'f1': clean(scores[2]), 'ece': float(ece),
        'majority_accuracy': metrics.accuracy_score(gold, major),
        'majority_macro_f1': metrics.f1_score(gold, major, average='macro', zero_division=0),
        'accuracy_ci': accuracy_ci,
        'macro_f1_ci': bootstrap(macro, len(groups)),
    }


# ---- the matrices ----

def crowd(seed, n_raters, n_items, missing, share, skill):
    """Raters of the given skills (else they guess) on items whose labels fall by `share`; every item keeps one vote."""
    rng = np.random.default_rng(seed)
    truth = rng.choice(LABELS, n_items, p=share)
    m = np.array([np.where(rng.random(n_items) < s, truth, rng.choice(LABELS if share[0] else LABELS[1:], n_items)) for s in skill], float)
    gone = rng.random(m.shape) < missing
    gone[rng.integers(0, n_raters, n_items), np.arange(n_items)] = False
    m[gone] = np.nan
    return m


NAN = np.nan
MATRICES = {
    'all agree': np.array([[1, 0, 1], [1, 0, 1.0]]),
    'one of three differs': np.array([[1, 0, 1], [1, 0, 0.0]]),
    'one label only': np.array([[0, 0, 0], [0, 0, NAN], [NAN, 0, 0]]),
    'by hand': np.array([[1, 0, 0, -1, 0, NAN, 1, 0, 0, -1], [1, 0, NAN, -1, 1, 0, 1, 0, 0, 0], [1, 1, 0, -1, 0, 0, 0, NAN, 0, NAN],
                         [NAN, 0, 0, 0, NAN, NAN, 1, 0, NAN, NAN]]),
    'three raters, all votes': crowd(1, 3, 60, 0, [0.2, 0.5, 0.3], [0.8, 0.7, 0.9]),
    'skewed, votes missing': crowd(2, 5, 80, 0.4, [0.04, 0.86, 0.1], [0.9, 0.8, 0.7, 0.6, 0.85]),
    'guessers among the raters': crowd(3, 8, 100, 0.3, [0.3, 0.4, 0.3], [0.9, 0.9, 0.8, 0.8, 0.7, 0.1, 0, 0.05]),
    'two labels only': crowd(4, 4, 50, 0.25, [0, 0.7, 0.3], [0.8, 0.8, 0.6, 0.9]),
    'many raters': crowd(5, 30, 40, 0.1, [0.25, 0.5, 0.25], [0.5 + 0.015 * r for r in range(30)]),
}


def main():
    cases = []
    for name, m in MATRICES.items():
        case = {'name': name, 'votes': [[None if np.isnan(x) else int(x) for x in row] for row in m], 'agreement': agreement(m)}
        if len(set(m[~np.isnan(m)])) > 1:
            case['soft'] = aggregate(m)
            print(name, case['agreement'], 'MACE apart', case['soft']['mace_apart'])
        cases.append(case)
    rng = np.random.default_rng(7)
    data = {'seed': SEED, 'cases': cases, 'figures': [figures(rng, 240, 3), figures(rng, 103, 2), figures(rng, 9, 3), figures(rng, 60, 3, shared=False)]}
    rounded = json.loads(json.dumps(data), parse_float=lambda x: float(f'{float(x):.14g}'))
    text = json.dumps(rounded, separators=(',', ':')).replace('{"name"', '\n{"name"').replace('{"gold"', '\n{"gold"') + '\n'
    write('agreement', text, ['numpy', 'scipy', 'pandas', 'scikit-learn', 'statsmodels', 'krippendorff', 'irrCAC', 'crowd-kit'])


main()
