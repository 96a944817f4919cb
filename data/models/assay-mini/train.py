"""Trains assay-mini on samples drawn on the fly, never twice the same one. See README.md for the command.

The learning rate follows the clock, not the step count: warm-up, then cosine to zero at the end of --minutes. The network
computes in bfloat16; the optimizers keep float weights. Ctrl-C and --resume are safe at any time.
"""

import argparse
import csv
import json
import math
import os
import random
import time
from dataclasses import asdict

import numpy as np
import tokenizers
import torch
import torch.nn.functional as F

import data
from model import Config, Model

KIND_WEIGHTS = (2.0, 0.0, 1.0, 1.0)  # answer, other option, description, hint


def parse_arguments():
    p = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    p.add_argument("--out", default=os.path.join(data.ROOT, "build", "train"), help="working folder, outside git")
    p.add_argument("--minutes", type=float, default=90, help="wall-clock budget of the whole run, resumptions included")
    p.add_argument("--device", default="cpu")
    p.add_argument("--threads", type=int, default=1)
    p.add_argument("--workers", type=int, default=1, help="processes that draw samples")
    p.add_argument("--batch", type=int, default=32, help="samples in a step")
    p.add_argument("--budget", type=int, default=136, help="tokens a sample is filled up to with hints")
    p.add_argument("--lr", type=float, default=3e-3)
    p.add_argument("--warmup", type=float, default=0.02, help="share of the run")
    p.add_argument("--rank", type=float, default=1.0, help="weight of the ranking term once it is fully on")
    p.add_argument("--vocab", type=int, default=1280)
    p.add_argument("--vision-layers", type=int, default=6)
    p.add_argument("--layers", type=int, default=4)
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--validate", type=float, default=4, help="minutes between validations and checkpoints")
    p.add_argument("--validation-samples", type=int, default=12, help="of each task")
    p.add_argument("--overfit", type=int, default=0, help="check of the pipeline: only ever this many batches")
    p.add_argument("--resume", action="store_true")
    p.add_argument("--restart-schedule", action="store_true", help="with --resume: keep the weights, begin a new schedule")
    return p.parse_args()


def to_device(batch, device):
    out = {k: torch.from_numpy(v) for k, v in batch.items()}
    if device != "cpu":
        out = {k: v.pin_memory().to(device, non_blocking=True) for k, v in out.items()}
    return out


def attention_bias(batch, dtype):
    """[b, 1, t, t]: a token sees earlier ones of its segment, its branch and the prefix."""
    segment, parent = batch["segments"], batch["parents"]
    rows, columns = segment[:, :, None], segment[:, None, :]
    seen = (rows == columns) | (parent[:, :, None] == columns) | (columns == 0)
    t = segment.shape[1]
    seen &= torch.ones(t, t, dtype=torch.bool, device=segment.device).tril()
    return torch.zeros(seen.shape, dtype=dtype, device=segment.device).masked_fill_(~seen, -math.inf).unsqueeze(1)


def score(net, batch):
    """Log-probability of every target, and the options' mean log-probabilities [b, n_options] (-inf: no such option)."""
    dtype = net.token_embd.weight.dtype
    hidden = net(batch["pixels"] if len(batch["pixels"]) else None, batch["sources"], batch["positions"],
                 attention_bias(batch, dtype))
    logits = net.logits(hidden.flatten(0, 1)[batch["place"]]).float()
    logprobs = -F.cross_entropy(logits, batch["target"], reduction="none")
    n, n_options = batch["valid"].shape
    zeros = logprobs.new_zeros(n * n_options + 1)
    sums = zeros.index_add(0, batch["slot"], logprobs)[:-1]
    counts = zeros.index_add(0, batch["slot"], torch.ones_like(logprobs))[:-1]
    means = (sums / counts.clamp(min=1)).view(n, n_options).masked_fill(~batch["valid"], -math.inf)
    return logprobs, means


def losses(logprobs, means, batch):
    """Mean over targets of answers, descriptions, hints; their weighted mean; and the ranking term."""
    kind = batch["kind"].long()
    weights = torch.tensor(KIND_WEIGHTS, device=kind.device)[kind]
    nll = -(weights * logprobs).sum() / weights.sum()
    with torch.no_grad():
        parts = [-logprobs[kind == k].mean().item() if (kind == k).any() else math.nan for k in (0, 2, 3)]
    gold = means.masked_fill(~batch["gold"], -math.inf)
    rank = (means.logsumexp(1) - gold.logsumexp(1)).mean()
    return nll, rank, parts


def correct(means, batch):
    return batch["gold"].gather(1, means.argmax(1, keepdim=True)).squeeze(1)


@torch.no_grad()
def evaluate(net, drawer, text, seed, per_task, device, grey=False):
    """Accuracy of every task on `per_task` samples of a seed; grey: every pixel 128, the blind baseline."""
    hits = np.zeros(drawer.n_tasks)
    for task in range(drawer.n_tasks):
        for first in range(0, per_task, 64):
            samples = [drawer.draw(task, seed, n) for n in range(first, min(first + 64, per_task))]
            batch = to_device(data.pack(text, samples, net.c.image_tokens, 0, random.Random(0)), device)
            if grey:
                batch["pixels"].fill_(128)
            hits[task] += correct(score(net, batch)[1], batch).sum().item()
    return hits / per_task


class Trainer:
    """Float weights with their optimizers, and the bfloat16 network that computes."""

    def __init__(self, config, device):
        self.master = Model(config).to(device)
        self.net = Model(config).to(device).bfloat16()
        matrices, others = [], []
        for name, p in self.master.named_parameters():
            (matrices if p.dim() == 2 and "_embd.weight" not in name.replace("patch_embd", "") and "position" not in name
             else others).append(p)
        self.optimizers = [
            torch.optim.Muon(matrices, momentum=0.95, weight_decay=0.05, adjust_lr_fn="match_rms_adamw"),
            torch.optim.AdamW(others, betas=(0.9, 0.97), weight_decay=0.0),
        ]
        self.pairs = list(zip(self.master.parameters(), self.net.parameters()))
        self.publish()

    @torch.no_grad()
    def publish(self):
        torch._foreach_copy_([q for _, q in self.pairs], [p for p, _ in self.pairs])

    def step(self, lr):
        for p, q in self.pairs:
            p.grad = torch.zeros_like(p) if q.grad is None else q.grad.float()
            q.grad = None
        norm = torch.nn.utils.clip_grad_norm_(self.master.parameters(), 1.0)
        for optimizer in self.optimizers:
            for group in optimizer.param_groups:
                group["lr"] = lr
            optimizer.step()
        self.publish()
        return norm

    def state(self):
        return {"model": self.master.state_dict(), "optimizers": [o.state_dict() for o in self.optimizers]}

    def load(self, state):
        self.master.load_state_dict(state["model"])
        for optimizer, s in zip(self.optimizers, state["optimizers"]):
            optimizer.load_state_dict(s)
        self.publish()


def learning_rate(progress, args):
    if progress < args.warmup:
        return args.lr * max(progress / args.warmup, 0.02)
    x = (progress - args.warmup) / (1 - args.warmup)
    return args.lr * 0.5 * (1 + math.cos(math.pi * min(x, 1)))


def things_in(drawer):
    """How many things a task's pictures show, on average; at least 1."""
    return [max(1.0, np.mean([len(data.things_of(drawer.draw(t, data.SEED_VALIDATION, n).description)) for n in range(16)]))
            for t in range(drawer.n_tasks)]


def task_weights(accuracy, sight, things, floor=0.15):
    """Draw more of what is not yet learnt, of what needs the picture, and of pictures with several things."""
    return [(floor + (1 - a)) * (2 if s else 1) * t for a, s, t in zip(accuracy, sight, things)]


class Log:
    """loss.csv: a line a validation."""

    def __init__(self, path, tasks, append):
        self.file = open(path, "a" if append else "w", newline="")
        self.csv = csv.writer(self.file)
        if not append:
            self.csv.writerow(["minutes", "step", "samples", "learning_rate", "loss_answer", "loss_description", "loss_hint", "loss_rank",
                               "accuracy_fresh", "accuracy_validation", *tasks])

    def row(self, values):
        self.csv.writerow([f"{v:.5g}" if isinstance(v, float) else v for v in values])
        self.file.flush()


def prepare(args):
    """Library, tokenizer and configuration; what is there already is taken as it is."""
    os.makedirs(args.out, exist_ok=True)
    library = data.build_library(args.out)
    config_path, tokenizer_path = (os.path.join(args.out, n) for n in ("config.json", "tokenizer.json"))
    if not args.resume:
        config = Config(n_vocab=args.vocab, vision_layers=args.vision_layers, layers=args.layers)
        tok = data.train_tokenizer(data.Drawer(library, config.image_size), args.vocab, 300)
        config.n_vocab = tok.get_vocab_size()
        tok.save(tokenizer_path)
        with open(config_path, "w") as f:
            json.dump(asdict(config), f, indent=1)
    with open(config_path) as f:
        config = Config(**json.load(f))
    return library, tokenizer_path, config


def main():
    args = parse_arguments()
    torch.manual_seed(args.seed)
    torch.set_num_threads(args.threads)
    library, tokenizer_path, config = prepare(args)
    drawer = data.Drawer(library, config.image_size)
    text = data.Text(tokenizers.Tokenizer.from_file(tokenizer_path))
    names, sight = zip(*((drawer.task_name(t), drawer.sight(t)) for t in range(drawer.n_tasks)))
    things = things_in(drawer)

    trainer = Trainer(config, args.device)
    at = {"step": 0, "samples": 0, "seconds": 0.0, "starts": 0, "fresh": [0.25] * drawer.n_tasks}
    checkpoint = os.path.join(args.out, "checkpoint.pt")
    if args.resume:
        saved = torch.load(checkpoint, map_location=args.device, weights_only=True)
        trainer.load(saved["trainer"])
        at = saved["at"]
        at["starts"] += 1
        if args.restart_schedule:
            at["seconds"] = 0.0
    else:
        parameters = sum(p.numel() for p in trainer.master.parameters())
        print(f"{drawer.n_tasks} tasks, {config.n_vocab} tokens, {parameters / 1e6:.2f} M parameters", flush=True)
    log = Log(os.path.join(args.out, "loss.csv"), names, args.resume)
    producer = data.Producer(args.workers, args.seed * 1_000_000 + at["starts"] * 1000, library, tokenizer_path, config,
                             args.batch, args.budget, drawer.n_tasks)
    producer.weights[:] = task_weights(at["fresh"], sight, things)

    def save():
        torch.save({"trainer": trainer.state(), "at": at}, checkpoint + ".new")
        os.replace(checkpoint + ".new", checkpoint)

    def report(lr, mean):
        producer.weights[:] = task_weights(at["fresh"], sight, things)
        accuracy = evaluate(trainer.net, drawer, text, data.SEED_VALIDATION, args.validation_samples, args.device)
        log.row([at["seconds"] / 60, at["step"], at["samples"], lr, *mean.tolist(), float(np.mean(at["fresh"])), float(accuracy.mean()),
                 *accuracy.tolist()])
        print(f"{at['seconds'] / 60:6.1f} min  step {at['step']}  samples {at['samples']}  lr {lr:.2e}  "
              f"answer {mean[0]:.3f} description {mean[1]:.3f} hint {mean[2]:.3f} rank {mean[3]:.3f}  "
              f"fresh {np.mean(at['fresh']):.3f} validation {accuracy.mean():.3f}\n    "
              + "  ".join(f"{n.split('/')[-1]} {v:.2f}/{f:.2f}" for n, v, f in zip(names, accuracy, at["fresh"])), flush=True)
        save()

    mean = np.full(4, np.nan)
    next_report, kept = at["seconds"] + 60 * min(args.validate, 1), []
    clock = time.monotonic()
    lr = args.lr
    while at["seconds"] < args.minutes * 60:
        if args.overfit and len(kept) == args.overfit:
            arrays = kept[at["step"] % args.overfit]
        else:
            arrays = producer.next()
            kept += [arrays] if args.overfit else []
        batch = to_device(arrays, args.device)
        progress = at["seconds"] / (args.minutes * 60)
        lr = learning_rate(progress, args)
        producer.describe.value = 1.0 if progress < 0.35 else 0.25  # the picture is read by then; what is asked of it is not
        logprobs, means = score(trainer.net, batch)
        nll, rank, parts = losses(logprobs, means, batch)
        (nll + args.rank * min(progress / 0.2, 1.0) * rank).backward()
        trainer.step(lr)
        # Every sample is fresh, so its score before this step is an honest one.
        for task, hit in zip(arrays["task"].tolist(), correct(means, batch).tolist()):
            at["fresh"][task] += 0.01 * (hit - at["fresh"][task])
        now = np.array([*parts, rank.item()])
        mean = np.where(np.isnan(mean), now, np.where(np.isnan(now), mean, mean + 0.03 * (now - mean)))
        at["step"] += 1
        at["samples"] += len(arrays["task"])
        at["seconds"] += time.monotonic() - clock
        clock = time.monotonic()
        if at["seconds"] >= next_report:
            next_report = at["seconds"] + 60 * args.validate
            report(lr, mean)
    report(lr, mean)
    producer.stop()


if __name__ == "__main__":
    main()
