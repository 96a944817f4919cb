"""The tables of the model card: both models on fresh draws of the suite, through the program itself.

    python data/models/assay-mini/evaluate.py [--models FOLDER] [--seeds 1001 1002 1003] > build/train/card.md
"""

import argparse
import json
import math
import os
import subprocess
import sys

import numpy as np

import data
from export import MODELS, files_of
from train import calibration_error

LEVELS = ("All", "Needs sight", "Dimension", "Domain", "Task")


def run(*command):
    done = subprocess.run([os.path.join(data.ROOT, "build", "assay"), *command], capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"assay {' '.join(command)}: {done.stderr}")
    return done.stdout


def rows_of(report):
    """(level, name) -> (correct, n, chance) of the whole and of every part."""
    found = {}
    put = lambda level, name, x: found.__setitem__((level, name), (x["correct"], x["n"], x["chance"]))
    put("All", "All", report)
    put("Needs sight", "Needs sight", report["sight"])
    for dimension in report["dimensions"]:
        put("Dimension", dimension["name"], dimension)
        for domain in dimension["domains"]:
            put("Domain", domain["name"], domain)
            for task in domain["tasks"]:
                put("Task", task["name"] + (" *" if task["sight"] else ""), task)
    return found


def wilson(correct, n, z=1.96):
    p, d = correct / n, 1 + z * z / n
    middle, half = (p + z * z / (2 * n)) / d, z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / d
    return 100 * (middle - half), 100 * (middle + half)


def calibration(record):
    """ECE of 10 equal-count bins over a record's samples."""
    with open(record) as f:
        lines = [json.loads(line) for line in f]
    samples = [x for x in lines if x["type"] == "sample"]
    return calibration_error(np.array([x["correct"] for x in samples], float), np.array([x["confidence"] for x in samples]))


def free_text(model, folder, every):
    """Answers of every so-many-th sample's question without options: how many end by themselves, and how many are the right option."""
    with open(os.path.join(folder, "index.jsonl")) as f:
        samples = [json.loads(line) for line in f][::every]
    ended = right = n = 0
    examples = []
    for s in samples:
        if not isinstance(s["question"], str):
            continue  # the program takes images in front of the question only
        command = ["generate", "--model", model, "--prompt", s["question"], "--json", "--quiet", "--max-tokens", "64"]
        for i, image in enumerate(s["images"]):
            path = os.path.join(folder, f"image-{i}.png")
            with open(os.path.join(folder, f"shard-{image['shard']:04}.tar"), "rb") as tar, open(path, "wb") as out:
                tar.seek(image["offset"])
                out.write(tar.read(image["size"]))
            command += ["--image", path]
        said = json.loads(run(*command))
        n += 1
        ended += said["reason"] == "stop"
        right += said["text"].strip() in [s["options"][g] for g in s["gold"]]
        if n % 10 == 1:
            examples.append((s["question"], said["text"].strip(), s["options"][s["gold"][0]]))
    return ended, right, n, examples


def measure(name, args):
    """By recipe a list of rows_of(), one a seed; ECEs; free text of the first seed."""
    model = os.path.join(args.models, files_of(name)[0])
    found, eces, text = {"ch3ef": [], "grey": []}, [], None
    for seed in args.seeds:
        folder = os.path.join(args.work, f"seed-{seed}")
        run("gen", "hhh46", "--seed", str(seed), "--out", folder)
        for recipe, reports in found.items():
            record = os.path.join(args.work, f"{name}-{seed}-{recipe}.jsonl")
            reports.append(rows_of(json.loads(run("run", "--model", model, "--data", folder, "--recipe", recipe, "--out", record,
                                                  "--force", "--quiet", "--json"))))
            if recipe == "ch3ef":
                eces.append(calibration(record))
        if text is None:
            text = free_text(model, folder, args.every)
    return found, eces, text


def print_card(name, args):
    found, eces, (ended, right, n, examples) = measure(name, args)
    print(f"## {name}\n\nSeeds {', '.join(map(str, args.seeds))}. Accuracy in %: of all three draws together with its 95 % interval; mean and "
          "standard deviation over the seeds; blind (every pixel 128); chance. Tasks with * need the picture.\n")
    print("| | n | accuracy | 95 % interval | mean ± sd | blind | chance |\n|---|---|---|---|---|---|---|")
    for key in sorted(found["ch3ef"][0], key=lambda k: LEVELS.index(k[0])):
        seeing, blind = ([rows[key] for rows in found[recipe]] for recipe in ("ch3ef", "grey"))
        correct, n_all = sum(x[0] for x in seeing), sum(x[1] for x in seeing)
        each = [100 * x[0] / x[1] for x in seeing]
        low, high = wilson(correct, n_all)
        mark = "**" if key[0] != "Task" else ""
        print(f"| {mark}{key[1]}{mark} | {n_all} | {100 * correct / n_all:.1f} | {low:.1f} - {high:.1f} | "
              f"{np.mean(each):.1f} ± {np.std(each, ddof=1) if len(each) > 1 else 0:.1f} | "
              f"{100 * sum(x[0] for x in blind) / n_all:.1f} | {100 * np.average([x[2] for x in seeing]):.1f} |")
    print(f"\nECE, 10 equal-count bins: {', '.join(f'{e:.3f}' for e in eces)} (mean {np.mean(eces):.3f}).\n")
    print(f"Free text (greedy, at most 64 tokens): {ended} of {n} answers end by themselves, {right} are a right option word for word.\n")
    for question, said, gold in examples:
        print(f"- {question} -> {said} (right: {gold})")
    print(flush=True)


def main():
    p = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    p.add_argument("--models", default=os.path.join(data.ROOT, "build", "train"), help="folder of the GGUF files")
    p.add_argument("--work", default=os.path.join(data.ROOT, "build", "train", "evaluation"))
    p.add_argument("--seeds", type=int, nargs="+", default=[1001, 1002, 1003])
    p.add_argument("--names", nargs="+", default=list(MODELS))
    p.add_argument("--every", type=int, default=10, help="of how many samples one is answered in free text")
    args = p.parse_args()
    os.makedirs(args.work, exist_ok=True)
    for name in args.names:
        print_card(name, args)


if __name__ == "__main__":
    main()
