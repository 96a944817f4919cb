"""Training data: samples drawn by the suite's own C code, tokenized, packed into batches by worker processes.

One row of a batch is everything about one picture, as a tree of segments:

    prefix   <|im_start|>User:<fake_token_around_image><global-img><image>*T<fake_token_around_image>
      branch   the question<end_of_utterance>\\nAssistant:      (one a question: the sample's, the description's, hints)
        leaf     " " + answer + <end_of_utterance>             (one an option, or the one answer of a hint)

A token sees its own segment, its branch and the prefix. So the picture goes through the decoder once, and every option is
scored behind the same question exactly as the engine does it.
"""

import ctypes
import glob
import multiprocessing
import os
import random
import re
import subprocess
from dataclasses import dataclass

import numpy as np
import tokenizers
from tokenizers import decoders, models, pre_tokenizers, trainers

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.abspath(os.path.join(HERE, "..", "..", ".."))
SPECIALS = ["<|endoftext|>", "<|im_start|>", "<|im_end|>", "<global-img>", "<fake_token_around_image>", "<image>",
            "<end_of_utterance>"]
DESCRIBE = "What does the image show?"
MAX_IMAGES = 8

# Seeds. Evaluation uses seeds below 1e6; whatever is trained on or tuned on lies far above.
SEED_TOKENIZER, SEED_VALIDATION, SEED_TRAIN = 1_000_000_000, 1_500_000_000, 2_000_000_000


def build_library(folder, sources=None):
    """Compiles draw.c and the sources it needs into a shared library; returns its path."""
    os.makedirs(folder, exist_ok=True)
    path = os.path.join(folder, "libdraw.so")
    if sources is None:
        sources = [f for f in sorted(glob.glob(f"{ROOT}/src/base/*.c")) if not os.path.basename(f).startswith("os_")]
        sources += [f"{ROOT}/src/format/{n}.c" for n in ("image", "image_probe", "png_write", "stb")]
        sources += [f for f in sorted(glob.glob(f"{ROOT}/src/synth/*.c")) if not f.endswith("/dataset.c")]
    stb = os.environ.get("STB_DIR", f"{ROOT}/build/deps/stb")
    cjson = os.environ.get("CJSON_DIR", f"{ROOT}/build/deps/cjson")
    subprocess.run([os.environ.get("CC", "cc"), "-std=c11", "-O2", "-ffp-contract=off", "-fPIC", "-shared", f"-I{ROOT}/src",
                    "-isystem", stb, "-isystem", cjson, "-o", path + ".new", os.path.join(HERE, "draw.c"), *sources, "-lpthread", "-lm"],
                   check=True)
    os.replace(path + ".new", path)
    return path


@dataclass
class Sample:
    task: int
    images: np.ndarray  # uint8 [n, size, size, 3]
    question: str
    options: list
    gold: list
    description: str
    hints: list  # (question, answer)


class Drawer:
    """The C code behind draw.c."""

    def __init__(self, library, size):
        self.lib = ctypes.CDLL(library)
        self.lib.assay_draw_sample.argtypes = [ctypes.c_int, ctypes.c_uint64, ctypes.c_uint64, ctypes.c_int, ctypes.c_int,
                                               ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int, ctypes.c_char_p]
        self.size = size
        self.pixels = np.zeros((MAX_IMAGES, size, size, 3), np.uint8)
        self.record = ctypes.create_string_buffer(1 << 16)
        self.error = ctypes.create_string_buffer(512)
        self.n_tasks = self.lib.assay_draw_n_tasks()

    def task_name(self, task):
        text = ctypes.create_string_buffer(256)
        if self.lib.assay_draw_task_name(task, text, len(text)) != 0:
            raise ValueError(f"task {task}: name too long")
        return text.value.decode()

    def sight(self, task):
        return bool(self.lib.assay_draw_sight(task))

    def draw(self, task, seed, number):
        if self.lib.assay_draw_sample(task, seed, number, self.size, MAX_IMAGES, self.pixels.ctypes.data, self.record,
                                      len(self.record), self.error) != 0:
            raise ValueError(f"task {task}, seed {seed}, number {number}: {self.error.value.decode()}")
        fields = iter(self.record.value.decode().split("\x1f"))
        take = lambda: next(fields)
        n_images, question = int(take()), take()
        options = [take() for _ in range(int(take()))]
        gold = [int(take()) for _ in range(int(take()))]
        description = take()
        hints = [(take(), take()) for _ in range(int(take()))]
        return Sample(task, self.pixels[:n_images].copy(), question, options, gold, description, hints)


def make_tokenizer(bpe):
    """Byte-level BPE, pre-tokenized as `smollm`; SPECIALS are parts of the vocabulary that text never gives."""
    tok = tokenizers.Tokenizer(bpe)
    tok.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True)])
    tok.decoder = decoders.ByteLevel()
    return tok


def train_tokenizer(drawer, n_vocab, per_task):
    """On the generator's own text."""
    texts = ["User:", "User: ", "\nAssistant:"] * per_task + [DESCRIBE] * per_task
    for task in range(drawer.n_tasks):
        for number in range(per_task):
            s = drawer.draw(task, SEED_TOKENIZER, number)
            texts += [s.question, *(" " + o for o in s.options), " " + s.description]
            for question, answer in s.hints:
                texts += [question, " " + answer]
    tok = make_tokenizer(models.BPE())
    trainer = trainers.BpeTrainer(vocab_size=n_vocab, special_tokens=SPECIALS, min_frequency=2, show_progress=False,
                                  initial_alphabet=pre_tokenizers.ByteLevel.alphabet())
    tok.train_from_iterator(texts, trainer)
    return tok


class Text:
    """Ids of plain text (specials never parsed) and of the marks of the chat template."""

    def __init__(self, tok):
        self.tok = tok
        self.id = {name: tok.token_to_id(name) for name in SPECIALS}
        self.n_vocab = tok.get_vocab_size()
        tok.encode_special_tokens = True
        self.cache = {}
        self.end = self.id["<end_of_utterance>"]
        self.turn = [self.end] + self.ids("\nAssistant:")

    def ids(self, text):
        found = self.cache.get(text)
        if found is None:
            found = self.tok.encode(text, add_special_tokens=False).ids
            if len(self.cache) < 200_000:
                self.cache[text] = found
        return found

    def prefix(self, n_images, image_tokens):
        fake = self.id["<fake_token_around_image>"]
        out = [self.id["<|im_start|>"]] + self.ids("User:")
        for _ in range(n_images):
            out += [fake, self.id["<global-img>"]] + [self.id["<image>"]] * image_tokens + [fake]
        return out

    def question(self, n_images, text):
        return self.ids(text if n_images else " " + text) + self.turn

    def answer(self, text):
        return self.ids(" " + text)


class Row:
    """Packs the texts about one sample; see the top of the file."""

    def __init__(self, text, sample, image_tokens):
        self.text, self.n_images = text, len(sample.images)
        self.ids, self.positions, self.segments, self.parents = [], [], [], []
        self.n_segments = 0
        self.targets = []  # (place, target id, answer segment, kind)
        self.put(text.prefix(self.n_images, image_tokens), 0, 0)
        self.prefix = len(self.ids)

    def put(self, ids, first_position, parent):
        segment = self.n_segments
        self.n_segments += 1
        self.ids += ids
        self.positions += range(first_position, first_position + len(ids))
        self.segments += [segment] * len(ids)
        self.parents += [parent] * len(ids)
        return segment

    def branch(self, question, answers, kinds):
        """Kinds: 0 gold option, 1 other option, 2 description, 3 hint. Returns the answers' segments."""
        ids = self.text.question(self.n_images, question)
        segment = self.put(ids, self.prefix, 0)
        last, at = len(self.ids) - 1, self.prefix + len(ids)
        out = []
        for answer, kind in zip(answers, kinds):
            ids = self.text.answer(answer)
            start = len(self.ids)
            leaf = self.put(ids, at, segment)
            places = [last, *range(start, start + len(ids))]
            self.targets += [(p, t, leaf, kind) for p, t in zip(places, ids)]
            # The end mark is learned (generation needs it) but is not part of an option's score.
            self.targets.append((places[-1], self.text.end, -1, kind))
            out.append(leaf)
        return out

    def length_of(self, question, answer):
        return len(self.text.question(self.n_images, question)) + len(self.text.answer(answer))


COLOURS = ("black", "blue", "green", "purple", "red", "yellow")
KINDS = ("circle", "square", "triangle", "star", "heart", "cross",
         "car", "bike", "tree", "house", "boat", "fish", "cat", "cup", "key", "flower")
THING = re.compile(rf"\b[Aa] ({'|'.join(COLOURS)}) ({'|'.join(KINDS)})\b")
RULE = re.compile(r"\bIf (\w+), say (\w+)\.")


def things_of(description):
    """Kind -> colour of what a description names."""
    return {kind: colour for colour, kind in THING.findall(description)}


def look_up(things, rng):
    """Which colour has which thing: one question a thing, and all of them in random order. Asked of one picture side by side,
    these differ in the answer by the thing alone, which is what makes the model look for it."""
    kinds = rng.sample(list(things), len(things))
    out = [(f"What colour is the {kind}?", f"It is {things[kind]}.") for kind in kinds]
    out.append(("Which colours are there?", " ".join(f"The {kind} is {things[kind]}." for kind in kinds)))
    return out


def yes_or_no(things, rng):
    """Is a thing there, and has it that colour."""
    absent = rng.random() < 0.5
    kind = rng.choice([k for k in KINDS if k not in things]) if absent else rng.choice(list(things))
    colour, form = things.get(kind), rng.randrange(3)
    if form == 0:
        ask = rng.choice((f"Is there a {kind} in the picture?", f"Can you see a {kind} in the picture?"))
        return ask, f"No, there is no {kind}." if absent else f"Yes, there is a {kind}."
    if form == 1 or absent:
        return f"What colour is the {kind} in the picture?", f"There is no {kind}." if absent else f"The {kind} is {colour}."
    said = colour if rng.random() < 0.5 else rng.choice([c for c in COLOURS if c != colour])
    ask = rng.choice((f"Is the {kind} {said}?", f"Somebody says the {kind} is {said}. Is that right?"))
    return ask, f"{'Yes' if said == colour else 'No'}, it is {colour}."


def drill(sample, rng):
    """More questions out of a sample's texts, for what is learnt slowest."""
    things, out = things_of(sample.description), []
    if len(things) > 1:
        out += look_up(things, rng)
    if things:
        out += [yes_or_no(things, rng) for _ in range(3)]
    rules = RULE.findall(sample.question)
    if rules:  # the rules in another order, and one with the colour told
        asked, (colour, word) = sample.question[sample.question.index("If "):], rng.choice(rules)
        out.append((asked + " Say it again.", " ".join(f"If {c}, say {w}." for c, w in rng.sample(rules, len(rules)))))
        out.append((f"It is {colour}. {asked}", word + "."))
    return out


def pack(text, samples, image_tokens, budget, rng, describe=1.0):
    """A batch of arrays from samples. Rows are filled up to `budget` tokens, so that padding stays small: with the description (in
    a share `describe` of the rows), then with hints and drill questions in random order."""
    rows, options = [], []
    for s in samples:
        row = Row(text, s, image_tokens)
        options.append(row.branch(s.question, s.options, [0 if i in s.gold else 1 for i in range(len(s.options))]))
        extra = [(DESCRIBE, s.description, 2)] if s.description and rng.random() < describe else []
        questions = s.hints + drill(s, rng)
        extra += [(q, a, 3) for q, a in rng.sample(questions, len(questions))]
        for question, answer, kind in extra:
            if len(row.ids) + row.length_of(question, answer) <= budget:
                row.branch(question, [answer], [kind])
        rows.append(row)
    n, t = len(rows), max(len(r.ids) for r in rows)
    n_options = max(len(o) for o in options)
    batch = {
        "sources": np.zeros((n, t), np.int64), "positions": np.zeros((n, t), np.int64),
        "segments": np.full((n, t), -1, np.int16), "parents": np.full((n, t), -1, np.int16),
        "pixels": np.concatenate([s.images for s in samples]),
        "gold": np.zeros((n, n_options), bool), "valid": np.zeros((n, n_options), bool),
        "task": np.array([s.task for s in samples]),
    }
    image, n_image = text.id["<image>"], 0
    place, target, slot, kind = [], [], [], []
    for r, row in enumerate(rows):
        ids = np.array(row.ids)
        holes = ids == image
        ids[holes] = text.n_vocab + n_image + np.arange(holes.sum())
        n_image += int(holes.sum())
        for key, values in (("sources", ids), ("positions", row.positions), ("segments", row.segments), ("parents", row.parents)):
            batch[key][r, :len(ids)] = values
        slot_of = {leaf: r * n_options + i for i, leaf in enumerate(options[r])}
        for p, tid, leaf, k in row.targets:
            place.append(r * t + p)
            target.append(tid)
            slot.append(slot_of.get(leaf, n * n_options))  # the last slot collects what is no option
            kind.append(k)
        batch["gold"][r, samples[r].gold] = True
        batch["valid"][r, :len(options[r])] = True
    batch |= {"place": np.array(place), "target": np.array(target), "slot": np.array(slot), "kind": np.array(kind, np.int8)}
    return batch


def work(library, tokenizer, image_size, image_tokens, batch_size, budget, stream, weights, describe, queue):
    """A worker process: draws by the tasks' shared weights, for ever, each number once."""
    os.environ["OMP_NUM_THREADS"] = "1"
    drawer = Drawer(library, image_size)
    text = Text(tokenizers.Tokenizer.from_file(tokenizer))
    rng = random.Random(stream)
    number = 0
    while True:
        tasks = rng.choices(range(drawer.n_tasks), weights=list(weights), k=batch_size)
        samples = []
        for task in tasks:
            samples.append(drawer.draw(task, SEED_TRAIN + stream, number))
            number += 1
        queue.put(pack(text, samples, image_tokens, budget, rng, describe.value))


class Producer:
    """Worker processes and the queue of batches they fill."""

    def __init__(self, n_workers, first_stream, library, tokenizer, config, batch_size, budget, n_tasks):
        context = multiprocessing.get_context("spawn")
        self.weights = context.Array("d", [1.0] * n_tasks, lock=False)
        self.describe = context.Value("d", 1.0, lock=False)  # share of rows with a description
        self.queue = context.Queue(maxsize=2 * n_workers + 2)
        self.workers = [context.Process(target=work, daemon=True,
                                        args=(library, tokenizer, config.image_size, config.image_tokens, batch_size, budget, first_stream + i,
                                              self.weights, self.describe, self.queue)) for i in range(n_workers)]
        for worker in self.workers:
            worker.start()

    def next(self):
        return self.queue.get(timeout=300)

    def stop(self):
        for worker in self.workers:
            worker.terminate()
