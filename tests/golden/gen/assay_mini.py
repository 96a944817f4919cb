"""Golden log-probabilities of the default model: what model.py gives in float32 for the weights as the GGUF files hold them
(Q8_0 dequantized), for a few samples that the suite's code draws again from task, seed and number.

    python tests/golden/gen/assay_mini.py [--models FOLDER] [--out FOLDER]
"""

import argparse
import hashlib
import json
import os
import random
import sys
import tempfile

import numpy as np
import tokenizers
import torch

ROOT = os.path.abspath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", ".."))
sys.path.insert(0, os.path.join(ROOT, "data", "models", "assay-mini"))

import data  # noqa: E402
import export  # noqa: E402
import rows  # noqa: E402
import text as texts  # noqa: E402
from check import sequences  # noqa: E402
from train import score, to_device  # noqa: E402

SEED = 77
TASKS = ("Hand Drawing", "OCR", "Document", "Object Multi-view", "Vision-only ICL", "Vision-text ICL", "Instruction Following",
         "Object", "Racial", "Theft", "Physical Harm", "Leaking Private Information")


@torch.no_grad()
def golden(model, drawer, text, task, number):
    s = drawer.draw(task, SEED, number)
    batch = to_device(rows.pack(text, [s], model.c.image_tokens, rows.NO_EXTRAS, random.Random(0)), "cpu")
    logprobs, slot = score(model, batch)[0].numpy(), batch["slot"].numpy()
    prompt = sequences(text, s, model.c.image_tokens)[0][0]
    options = [{"text": option, "ids": text.answer(option), "logprobs": [round(float(x), 6) for x in logprobs[slot == i]]}
               for i, option in enumerate(s.options)]
    return {"task": task, "task_name": drawer.names[task], "seed": SEED, "number": number, "question": s.question,
            "pixels_sha256": [hashlib.sha256(image.tobytes()).hexdigest() for image in s.images],
            "prompt": [text.id["<image>"] if i < 0 else i for i in prompt], "options": options}


def main():
    p = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    p.add_argument("--models", default=data.HERE, help="folder of the two GGUF files")
    p.add_argument("--out", default=os.path.join(ROOT, "tests", "golden", "assay-mini"))
    args = p.parse_args()
    torch.set_num_threads(1)
    paths = [os.path.join(args.models, n) for n in export.files_of("assay-mini")]
    model, names, merges = export.read_model(*paths)
    text = texts.Text(export.read_tokenizer(names, merges))
    with tempfile.TemporaryDirectory() as folder:
        drawer = data.Drawer(data.build_library(folder), model.c.image_size)
    tasks = [t for t in drawer.tasks if drawer.names[t].split("/")[-1] in TASKS]
    assert len(tasks) == len(TASKS)
    samples = [golden(model, drawer, text, task, number) for number, task in enumerate(tasks)]

    os.makedirs(args.out, exist_ok=True)
    path = os.path.join(args.out, "logprobs.json")
    with open(path, "w") as f:
        head = {"text_sha256": export.sha256(paths[0]), "vision_sha256": export.sha256(paths[1]), "image_size": model.c.image_size}
        f.write("{" + json.dumps(head)[1:-1] + ', "samples": [\n' + ",\n".join(json.dumps(s) for s in samples) + "\n]}\n")
    with open(os.path.join(args.out, "SOURCES.txt"), "w") as f:
        f.write(f"Made by tests/golden/gen/assay_mini.py with torch {torch.__version__.split('+')[0]}, numpy {np.__version__}, "
                f"tokenizers {tokenizers.__version__}.\n{export.sha256(path)}  logprobs.json\n")


if __name__ == "__main__":
    main()
