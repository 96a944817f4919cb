"""Packs texts and images into rows of tokens.

Everything about one sample is a tree of segments:

    <|im_start|>User:
      images                                        each <fake_token_around_image><global-img><image>*T<fake_token_around_image>
        question<end_of_utterance>\\nAssistant:       (the sample's, the description's, hints)
          " " + answer                                (one an option, or the one answer of a hint)
            <end_of_utterance>\\nUser: next question ...

Where the question stands around its images, what lies before the last image is part of the segment `images`.

A token sees its own segment up to itself and all that lies above. So the images go through the decoder once, and every
option is scored behind the same question exactly as the engine does it. A row holds as many trees as fit.
"""

from dataclasses import dataclass

import numpy as np

import drill

GOLD, OTHER, DESCRIPTION, HINT, DRILL = range(5)  # kinds of answers


class Tree:
    def __init__(self, text):
        self.text = text
        self.ids, self.positions, self.segments = [], [], []
        self.parents, self.last, self.next_position = [], [], []  # of the segments
        self.targets = []  # (place, target id, slot or -1, kind)
        self.put(text.start, -1)

    def put(self, ids, parent):
        """A segment behind another one; returns its number."""
        segment, first = len(self.parents), self.next_position[parent] if parent >= 0 else 0
        self.ids += ids
        self.positions += range(first, first + len(ids))
        self.segments += [segment] * len(ids)
        self.parents.append(parent)
        self.last.append(len(self.ids) - 1)
        self.next_position.append(first + len(ids))
        return segment

    def answer(self, question, text, kind, slot=-1):
        """An answer that is learnt, behind a question's segment."""
        ids = self.text.answer(text)
        start = len(self.ids)
        leaf = self.put(ids, question)
        places = [self.last[question], *range(start, start + len(ids))]
        self.targets += [(p, t, slot, kind) for p, t in zip(places, ids)]
        # The end mark is learned (generation needs it) but is not part of an option's score.
        self.targets.append((places[-1], self.text.end, -1, kind))
        return leaf


@dataclass
class Extras:
    """What is learnt beside a sample's options: tokens for it, and how far the run is."""
    tokens: int
    progress: float = 0.0

    @property
    def describe(self):  # share of samples: the picture is read by then; what is asked of it is not
        return 1.0 if self.progress < 0.35 else 0.25

    think = 0.08  # share of samples that are reasoned about
    drill = 0.4  # dialogues without a picture, of the number of samples
    go_on = 0.15  # share of hints that are asked as the next question of a dialogue


NO_EXTRAS = Extras(0)


def through_images(text, sample, image_tokens):
    """Ids behind "User:" up to the last image."""
    after = sample.after or [""] * len(sample.images)
    ids = text.ids(" " + sample.question) if sample.after and sample.question else []
    for i in range(len(sample.images)):
        ids = ids + text.image(i * image_tokens, image_tokens) + (text.ids(after[i]) if i + 1 < len(sample.images) else [])
    return ids


def plant(text, sample, image_tokens, extras, rng):
    """The tree of a sample: its options (slot i), then what fits of description, reasoning, hints and drill."""
    tree = Tree(text)
    sees = len(sample.images) > 0
    images = tree.put(through_images(text, sample, image_tokens), 0) if sees else 0
    question = sample.after[-1] if sample.after else sample.question
    ask = lambda question: tree.put(text.question(question, sees), images)
    own = ask(question)
    leaves = [tree.answer(own, o, GOLD if i in sample.gold else OTHER, i) for i, o in enumerate(sample.options)]
    if extras.tokens == 0:
        return tree
    room = len(tree.ids) + extras.tokens
    gold = sample.options[sample.gold[0]]
    said = [leaves[sample.gold[0]]]  # ends of dialogues that may go on
    if rng.random() < extras.think:
        thought = f"{sample.description} {gold}"
        tree.answer(ask(f"{question}\n{drill.THINK}"), thought, DESCRIPTION)
        tree.answer(tree.put(text.answer(thought), own), gold, HINT)
    elif rng.random() < extras.describe:
        tree.answer(ask(rng.choice(drill.DESCRIBE)), sample.description, DESCRIPTION)
    questions = sample.hints + drill.of_sample(sample, rng)
    for asked, answer in rng.sample(questions, len(questions)):
        if len(tree.ids) + len(text.question(asked, False)) + len(text.answer(answer)) > room:
            continue
        if rng.random() < extras.go_on:
            parent = tree.put(text.user + text.question(asked, False), rng.choice(said))
        else:
            parent = ask(asked)
        said.append(tree.answer(parent, answer, HINT))
    return tree


def plant_drill(text, rng):
    """A tree without a picture: a dialogue of two or three questions."""
    tree = Tree(text)
    at = 0
    for turn in range(rng.randint(1, 3)):
        question, answer = drill.without_picture(rng)
        at = tree.put((text.user if turn else []) + text.question(question, False), at)
        at = tree.answer(at, answer, DRILL)
    return tree


def first_fit(trees, length):
    """Lists of trees that fit rows of so many tokens, longest tree first."""
    rows, left = [], []
    for tree in sorted(trees, key=lambda t: -len(t.ids)):
        i = next((i for i, room in enumerate(left) if room >= len(tree.ids)), len(rows))
        if i == len(rows):
            rows.append([])
            left.append(length)
        rows[i].append(tree)
        left[i] -= len(tree.ids)
    return rows


def into_rows(trees):
    """Rows of trees and their length: the one that costs least, padding and attention counted."""
    longest = -8 * (-max(len(t.ids) for t in trees) // 8)
    cost = lambda length: len(first_fit(trees, length)) * length * (1 + length / 1000)
    length = min(range(longest, 3 * longest, 16), key=cost)
    return first_fit(trees, length), length


def pack(text, samples, image_tokens, extras, rng):
    """A batch of arrays from samples."""
    trees = [plant(text, s, image_tokens, extras, rng) for s in samples]
    sample_of = {id(tree): i for i, tree in enumerate(trees)}
    trees += [plant_drill(text, rng) for _ in range(round(extras.drill * len(samples)) if extras.tokens else 0)]
    rows, t = into_rows(trees)
    n, n_options = len(samples), max(len(s.options) for s in samples)
    n_segments = 1 + max(sum(len(tree.parents) for tree in row) for row in rows)
    first_feature = np.cumsum([0] + [len(s.images) * image_tokens for s in samples])
    shape = (len(rows), t)
    batch = {
        "sources": np.zeros(shape, np.int64), "positions": np.zeros(shape, np.int64),
        "segments": np.full(shape, n_segments - 1, np.int64),  # the last segment of a row is its padding
        "above": np.zeros((len(rows), n_segments, n_segments), bool),  # [row, segment, segment that it sees]
        "pixels": np.concatenate([s.images for s in samples]),
        "gold": np.zeros((n, n_options), bool), "valid": np.zeros((n, n_options), bool),
        "task": np.array([s.task for s in samples]),
    }
    place, target, slot, kind = [], [], [], []
    for r, row in enumerate(rows):
        start = first_segment = 0
        above = batch["above"][r]
        above[-1, -1] = True
        for tree in row:
            sample = sample_of.get(id(tree))
            ids = np.array(tree.ids)
            if sample is not None:
                ids = np.where(ids < 0, text.n_vocab + first_feature[sample] - 1 - ids, ids)
            end = start + len(ids)
            batch["sources"][r, start:end] = ids
            batch["positions"][r, start:end] = tree.positions
            batch["segments"][r, start:end] = np.array(tree.segments) + first_segment
            for s, parent in enumerate(tree.parents, first_segment):
                if parent >= 0:
                    above[s] = above[first_segment + parent]
                above[s, s] = True
            for p, tid, option, k in tree.targets:
                place.append(r * t + start + p)
                target.append(tid)
                slot.append(n * n_options if option < 0 else sample * n_options + option)  # the last slot collects what is no option
                kind.append(k)
            start, first_segment = end, first_segment + len(tree.parents)
    for i, s in enumerate(samples):
        batch["gold"][i, s.gold] = True
        batch["valid"][i, :len(s.options)] = True
    batch |= {"place": np.array(place), "target": np.array(target), "slot": np.array(slot), "kind": np.array(kind)}
    return batch
