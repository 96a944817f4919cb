"""TF-IDF + logistic regression of scikit-learn on the splits of `assay classify --eval`, beside what Assay reaches there.

  build/assay classify --eval LABELS.jsonl --encoder none --labels 100 --splits held-out --json --list-splits >splits.json
  python3 tests/bench/tfidf.py splits.json LABELS.jsonl...

The same texts and labels are learnt from and judged, value by value, and the figures are the same: accuracy and macro-F1 (over
the labels that occur in gold or prediction), means over the values that have labels, then over the seeds; and macro-F1 of the
pairs of all values together. Needs scikit-learn.
"""
import argparse
import json
import statistics
from collections import Counter, defaultdict

from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, f1_score

LABELS = {'opposes': -1, 'unrelated': 0, 'adheres': 1, '-1': -1, '0': 0, '1': 1}


def read_labels(paths, values):
    """JSONL label files: texts by id, and what most annotators say of each (id, value); pairs with a tie are left out."""
    texts, votes = {}, defaultdict(Counter)
    for path in paths:
        with open(path, encoding='utf-8') as lines:
            for line in filter(str.strip, lines):
                row = json.loads(line)
                key = str(row['id'])
                if 'response' in row:
                    texts[key] = (row.get('scenario', '') + ' ' + row['response']).strip()
                if 'values' in row:
                    for value in values:
                        votes[key, value][row['values'].get(value, 0)] += 1
                elif str(row.get('label')) in LABELS:
                    votes[key, row['value']][LABELS[str(row['label'])]] += 1
    gold = {}
    for pair, counts in votes.items():
        (label, most), *rest = counts.most_common()
        if not rest or rest[0][1] < most:
            gold[pair] = label
    return texts, gold


def vectorizer(kind):
    return TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True) if kind == 'tuned' else TfidfVectorizer()


def regression(kind):
    if kind == 'tuned':
        return LogisticRegression(C=10, class_weight='balanced', max_iter=2000)
    return LogisticRegression(max_iter=2000)


def predict(kind, train, labels, test):
    if kind == 'majority':
        return [Counter(labels).most_common(1)[0][0]] * len(test)
    if len(set(labels)) == 1:
        return [labels[0]] * len(test)
    seen = vectorizer(kind)
    return regression(kind).fit(seen.fit_transform(train), labels).predict(seen.transform(test))


def measure(kind, trial, texts, gold):
    accuracies, scores, all_expected, all_found = [], [], [], []
    for value, ids in trial['train'].items():
        train = [i for i in ids if (i, value) in gold]
        test = [i for i in trial['test'] if (i, value) in gold]
        if not train or not test:
            continue
        expected = [gold[i, value] for i in test]
        found = predict(kind, [texts[i] for i in train], [gold[i, value] for i in train], [texts[i] for i in test])
        accuracies.append(accuracy_score(expected, found))
        scores.append(f1_score(expected, found, average='macro', zero_division=0))
        all_expected += expected
        all_found += list(found)
    together = f1_score(all_expected, all_found, average='macro', zero_division=0)
    return statistics.mean(accuracies), statistics.mean(scores), together


def describe(values):
    deviation = statistics.stdev(values) if len(values) > 1 else 0
    return f'{statistics.mean(values):.4f} +- {deviation:.4f}'


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('splits', help='what assay classify --eval --json --list-splits printed')
    parser.add_argument('labels', nargs='+', help='the label files, JSONL')
    options = parser.parse_args()
    with open(options.splits, encoding='utf-8') as file:
        report = json.load(file)
    texts, gold = read_labels(options.labels, list(report['by_value']))
    groups = defaultdict(list)
    for trial in report['trials']:
        groups[trial['split'], trial['source'], trial['labels']].append(trial)
    for row in report['splits'] + report['curve']:
        if row['texts'] == 'as-is' and row['judge'] == 'recognizer':
            print(f"{row['split']} {row['source'] or ''} {row['labels'] or 'all'} labels, {row['n_trials']} trials: "
                  f"assay accuracy {row['accuracy']:.4f}, macro-F1 {row['macro_f1']:.4f}, together {row['all']['macro_f1']:.4f}")
    for (split, source, labels), trials in groups.items():
        print(f'\n{split} {source or ""} {labels or "all"} labels a value, {len(trials)} trials')
        for kind in ('defaults', 'tuned', 'majority'):
            accuracy, macro_f1, together = zip(*(measure(kind, trial, texts, gold) for trial in trials))
            print(f'  scikit-learn {kind:9} accuracy {describe(accuracy)}, macro-F1 {describe(macro_f1)}, together {describe(together)}',
                  flush=True)


if __name__ == '__main__':
    main()
