"""Training data: samples drawn by the suite's own C code, and the worker processes that draw and pack them."""

import ctypes
import glob
import multiprocessing
import os
import queue
import random
import subprocess
import threading
from dataclasses import dataclass

import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.abspath(os.path.join(HERE, "..", "..", ".."))
MAX_IMAGES = 8

# Seeds. Evaluation uses seeds below 1e6; whatever is trained on or tuned on lies far above.
SEED_TOKENIZER, SEED_VALIDATION, SEED_TRAIN = 1_000_000_000, 1_500_000_000, 2_000_000_000


def build_library(folder, sources=None):
    """Compiles draw.c and the sources it needs into a shared library; returns its path."""
    os.makedirs(folder, exist_ok=True)
    path = os.path.join(folder, "libdraw.so")
    if sources is None:
        sources = [f for f in sorted(glob.glob(f"{ROOT}/src/base/*.c")) if not os.path.basename(f).startswith("os_")]
        sources += sorted(glob.glob(f"{ROOT}/src/format/image/*.c"))
        sources += [f for f in sorted(glob.glob(f"{ROOT}/src/synth/**/*.c", recursive=True))
                    if os.path.basename(f) not in ("audit.c", "dataset.c", "sheet.c")]
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
    after: list  # None, or the texts behind each image: the question stands around the images
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
        self.tasks = range(self.n_tasks)
        self.names = [self.task_name(t) for t in range(self.n_tasks)]
        self.counts = np.array([self.lib.assay_draw_count(t) for t in range(self.n_tasks)], float)
        self.sight = np.array([bool(self.lib.assay_draw_sight(t)) for t in range(self.n_tasks)])

    def task_name(self, task):
        text = ctypes.create_string_buffer(256)
        if self.lib.assay_draw_task_name(task, text, len(text)) != 0:
            raise ValueError(f"task {task}: name too long")
        return text.value.decode()

    def draw(self, task, seed, number):
        if self.lib.assay_draw_sample(task, seed, number, self.size, MAX_IMAGES, self.pixels.ctypes.data, self.record,
                                      len(self.record), self.error) != 0:
            raise ValueError(f"task {task}, seed {seed}, number {number}: {self.error.value.decode()}")
        fields = iter(self.record.value.decode().split("\x1f"))
        take = lambda: next(fields)
        n_images, question = int(take()), take()
        after = [take() for _ in range(n_images)] if int(take()) else None
        options = [take() for _ in range(int(take()))]
        gold = [int(take()) for _ in range(int(take()))]
        description = take()
        hints = [(take(), take()) for _ in range(int(take()))]
        return Sample(task, self.pixels[:n_images].copy(), question, after, options, gold, description, hints)


def work(library, tokenizer, config, batch_size, extra, stream, weights, progress, out):
    """A worker process: draws by the tasks' shared weights, each number once, as long as its parent lives."""
    import tokenizers

    import rows
    import text as texts

    os.environ["OMP_NUM_THREADS"] = "1"
    drawer = Drawer(library, config.image_size)
    text = texts.Text(tokenizers.Tokenizer.from_file(tokenizer))
    rng = random.Random(stream)
    number, parent = 0, os.getppid()
    while True:
        samples = []
        for task in rng.choices(range(drawer.n_tasks), weights=list(weights), k=batch_size):
            samples.append(drawer.draw(task, SEED_TRAIN + stream, number))
            number += 1
        batch = rows.pack(text, samples, config.image_tokens, rows.Extras(extra, progress.value), rng)
        while True:
            try:
                out.put(batch, timeout=5)
                break
            except queue.Full:
                if os.getppid() != parent:
                    return


class Producer:
    """Worker processes, the queue of batches they fill, and a thread that reads ahead."""

    def __init__(self, n_workers, first_stream, library, tokenizer, config, batch_size, extra, n_tasks):
        context = multiprocessing.get_context("spawn")
        self.weights = context.Array("d", [1.0] * n_tasks, lock=False)
        self.progress = context.Value("d", 0.0, lock=False)  # of the run, 0 to 1
        self.batches = context.Queue(maxsize=2 * n_workers + 2)
        self.ahead = queue.Queue(maxsize=2)
        self.workers = [context.Process(target=work, daemon=True,
                                        args=(library, tokenizer, config, batch_size, extra, first_stream + i, self.weights, self.progress,
                                              self.batches)) for i in range(n_workers)]

    def start(self):
        for worker in self.workers:
            worker.start()
        threading.Thread(target=self.read_ahead, daemon=True).start()

    def read_ahead(self):
        while True:
            self.ahead.put(self.batches.get())

    def next(self):
        return self.ahead.get(timeout=300)

    def stop(self):
        for worker in self.workers:
            worker.terminate()
