"""Trains assay-mini on samples drawn on the fly, never twice the same one. See README.md for the command.

The learning rate follows the clock, not the step count: warm-up, then cosine to zero at the end of --minutes. The network
computes in bfloat16; the optimizers keep float weights, and an average of these over the last steps is what is validated and
exported. Ctrl-C and --resume are safe at any time.
"""

import argparse
import csv
import math
import os
import random
import time
from dataclasses import asdict

# oneDNN keeps what it compiles for each shape of a product, and hardly two batches have the same: 20 MB a step.
os.environ.setdefault("ONEDNN_PRIMITIVE_CACHE_CAPACITY", "32")
os.environ.setdefault("LRU_CACHE_CAPACITY", "32")

import numpy as np
import tokenizers
import torch
import torch.multiprocessing

import data
import rows
import text as texts
import warm
from model import Config, Model

KIND_WEIGHTS = (2.0, 0.0, 1.0, 1.0, 1.0)  # right option, other option, description, hint, drill
EARLY = 0.25  # share of the run after which the weaker checkpoint is taken
DIMENSIONS = ("Helpful", "Honest", "Harmless")

# Of the command line's defaults; `config` are fields of model.Config.
PRESETS = {
    "cpu": dict(device="cpu", threads=1, helpers=1, workers=1, batch=20, extra=100, minutes=300.0, validate=4.0, validation_samples=12,
                config={}),
    "gpu": dict(device="cuda", threads=4, helpers=0, workers=14, batch=256, extra=100, minutes=18.0, validate=1.5, validation_samples=16,
                config=dict(vision_dim=256, vision_heads=4, vision_ffn=1024, dim=384, heads=6, ffn=1024)),
}


def parse_arguments():
    p = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    p.add_argument("--preset", default="cpu", choices=PRESETS, help="sizes of the model, and defaults of what follows")
    p.add_argument("--out", default=os.path.join(data.ROOT, "build", "train"), help="working folder, outside git")
    p.add_argument("--minutes", type=float, help="wall-clock budget of the whole run, resumptions included")
    p.add_argument("--pause", type=float, default=math.inf, help="stop with a checkpoint after so many minutes of this start")
    p.add_argument("--device")
    p.add_argument("--threads", type=int, help="of every process that computes")
    p.add_argument("--helpers", type=int, help="processes beside the main one that compute gradients, on the same CPU")
    p.add_argument("--workers", type=int, help="processes that draw samples")
    p.add_argument("--batch", type=int, help="samples in a step, for every process that computes")
    p.add_argument("--extra", type=int, help="tokens for description and hints beside a sample's options")
    p.add_argument("--validate", type=float, help="minutes between validations and checkpoints")
    p.add_argument("--validation-samples", type=int, help="of each task; the last validation has as many as Ch3Ef")
    p.add_argument("--lr", type=float, default=3e-3)
    p.add_argument("--warmup", type=float, default=0.02, help="share of the run")
    p.add_argument("--rank", type=float, default=1.0, help="weight of the ranking term once it is fully on")
    p.add_argument("--average", type=float, default=0.998, help="decay of the weights' average, a step")
    p.add_argument("--vocab", type=int, default=2048)
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--overfit", type=int, default=0, help="check of the pipeline: only ever this many batches")
    p.add_argument("--resume", action="store_true", help="go on from checkpoint.pt of the working folder")
    p.add_argument("--warm", help="begin with the weights of this checkpoint, of any size of picture, layers and tokens")
    p.add_argument("--keep-clock", action="store_true", help="with --warm: go on with the checkpoint's clock and log")
    args = p.parse_args()
    for key, value in PRESETS[args.preset].items():
        if getattr(args, key, None) is None:
            setattr(args, key, value)
    if args.overfit:
        args.helpers = 0
    return args


def to_device(batch, device):
    out = {k: torch.from_numpy(v) for k, v in batch.items()}
    if device != "cpu":
        out = {k: v.pin_memory().to(device, non_blocking=True) for k, v in out.items()}
    return out


def attention_bias(batch, dtype):
    """[b, 1, t, t]: a token sees earlier ones of its segment, and the segments above it."""
    segment, above = batch["segments"], batch["above"]
    b, t = segment.shape
    seen = above.gather(1, segment[:, :, None].expand(b, t, above.shape[2])).gather(2, segment[:, None, :].expand(b, t, t))
    seen &= torch.ones(t, t, dtype=torch.bool, device=segment.device).tril()
    return torch.zeros(seen.shape, dtype=dtype, device=segment.device).masked_fill_(~seen, -math.inf).unsqueeze(1)


def score(net, batch):
    """Log-probability of every target, and the options' mean log-probabilities [samples, n_options] (-inf: no such option)."""
    dtype = net.token_embd.weight.dtype
    hidden = net(batch["pixels"] if len(batch["pixels"]) else None, batch["sources"], batch["positions"],
                 attention_bias(batch, dtype))
    logits = net.logits(hidden.flatten(0, 1)[batch["place"]]).float()
    logprobs = -torch.nn.functional.cross_entropy(logits, batch["target"], reduction="none")
    n, n_options = batch["valid"].shape
    zeros = logprobs.new_zeros(n * n_options + 1)
    sums = zeros.index_add(0, batch["slot"], logprobs)[:-1]
    counts = zeros.index_add(0, batch["slot"], torch.ones_like(logprobs))[:-1]
    means = (sums / counts.clamp(min=1)).view(n, n_options).masked_fill(~batch["valid"], -math.inf)
    return logprobs, means


def losses(logprobs, means, batch):
    """Weighted mean over targets; the ranking term; for the log, the means of answers, descriptions, hints and drill."""
    kind = batch["kind"]
    weights = torch.tensor(KIND_WEIGHTS, device=kind.device)[kind]
    nll = -(weights * logprobs).sum() / weights.sum()
    gold = means.masked_fill(~batch["gold"], -math.inf)
    rank = (means.logsumexp(1) - gold.logsumexp(1)).mean()
    with torch.no_grad():
        sums = logprobs.new_zeros(len(KIND_WEIGHTS)).index_add(0, kind, -logprobs)
        counts = logprobs.new_zeros(len(KIND_WEIGHTS)).index_add(0, kind, torch.ones_like(logprobs))
        parts = torch.cat(((sums / counts)[[rows.GOLD, rows.DESCRIPTION, rows.HINT, rows.DRILL]], rank.detach()[None]))
    return nll, rank, parts


def correct(means, batch):
    return batch["gold"].gather(1, means.argmax(1, keepdim=True)).squeeze(1)


def batches_of(drawer, text, seed, per_task, image_tokens):
    """The first per_task[t] samples of a seed, with nothing beside their options."""
    wanted = [(task, n) for task in drawer.tasks for n in range(int(per_task[task]))]
    return [rows.pack(text, [drawer.draw(task, seed, n) for task, n in wanted[i:i + 64]], image_tokens, rows.NO_EXTRAS, random.Random(0))
            for i in range(0, len(wanted), 64)]


@torch.no_grad()
def evaluate(net, batches, device, grey=False):
    """Which task, whether right, and how sure (softmax of the means), a sample each. grey: every pixel 128, the blind baseline."""
    task, right, sure = [], [], []
    for arrays in batches:
        batch = to_device(arrays, device)
        if grey:
            batch["pixels"] = torch.full_like(batch["pixels"], 128)
        means = score(net, batch)[1]
        task += arrays["task"].tolist()
        right += correct(means, batch).tolist()
        sure += means.softmax(1).max(1).values.tolist()
    return np.array(task), np.array(right, float), np.array(sure)


def accuracy_by_task(task, right, n_tasks):
    """nan where there are no samples."""
    n = np.bincount(task, minlength=n_tasks)
    return np.where(n > 0, np.bincount(task, right, n_tasks) / np.maximum(n, 1), np.nan)


def weighted(accuracy, weights):
    known = ~np.isnan(accuracy) & (weights > 0)
    return float(np.average(accuracy[known], weights=weights[known])) if known.any() else math.nan


def summary(accuracy, drawer):
    """Overall, then by dimension: tasks weigh as many samples as Ch3Ef has of them."""
    of = lambda dimension: np.array([name.startswith(dimension + "/") for name in drawer.names])
    return [weighted(accuracy, drawer.counts)] + [weighted(accuracy, drawer.counts * of(d)) for d in DIMENSIONS]


def calibration_error(right, sure, n_bins=10):
    """ECE of equal-count bins."""
    order = np.argsort(sure, kind="stable")
    return sum(len(b) * abs(right[b].mean() - sure[b].mean()) for b in np.array_split(order, n_bins) if len(b)) / len(right)


def backward(net, arrays, rank_weight, device):
    """Adds the gradients of a batch; returns its tasks, whether each was right before this step, and the parts of the loss."""
    batch = to_device(arrays, device)
    logprobs, means = score(net, batch)
    nll, rank, parts = losses(logprobs, means, batch)
    (nll + rank_weight * rank).backward()
    return arrays["task"].tolist(), correct(means, batch).tolist(), parts.cpu().numpy()


def help_out(net, gradients, threads, batches, pipe):
    """A process that computes the gradients of a batch of its own whenever it is told to. Two processes of one thread each are faster
    than one of two, whose threads wait for each other in every operator. net and gradients lie in shared memory."""
    torch.set_num_threads(threads)
    while True:
        try:
            rank_weight = pipe.recv()
        except EOFError:
            return
        result = backward(net, batches.get(), rank_weight, "cpu")
        for g, p in zip(gradients, net.parameters()):
            g.copy_(p.grad)
        net.zero_grad()
        pipe.send(result)


class Helper:
    def __init__(self, net, threads, batches):
        context = torch.multiprocessing.get_context("spawn")
        self.gradients = [torch.zeros_like(p, requires_grad=False).share_memory_() for p in net.parameters()]
        self.pipe, other = context.Pipe()
        context.Process(target=help_out, args=(net, self.gradients, threads, batches, other), daemon=True).start()
        other.close()

    def start(self, rank_weight):
        self.pipe.send(rank_weight)

    @torch.no_grad()
    def add_to(self, net):
        result = self.pipe.recv()
        torch._foreach_add_([p.grad for p in net.parameters()], self.gradients)
        return result


class Trainer:
    """Float weights with their optimizers and their average, and the bfloat16 network that computes."""

    def __init__(self, config, device):
        self.master = Model(config).to(device)
        self.average = Model(config).to(device)
        self.net = Model(config).to(device).bfloat16()
        self.shown = Model(config).to(device).bfloat16()
        matrices, others = [], []
        for name, p in self.master.named_parameters():
            (matrices if p.dim() == 2 and "_embd.weight" not in name.replace("patch_embd", "") and "position" not in name
             else others).append(p)
        self.optimizers = [
            torch.optim.Muon(matrices, momentum=0.95, weight_decay=0.05, adjust_lr_fn="match_rms_adamw"),
            torch.optim.AdamW(others, betas=(0.9, 0.97), weight_decay=0.0),
        ]
        self.pairs = list(zip(self.master.parameters(), self.net.parameters()))
        self.n_averaged = 0

    @torch.no_grad()
    def publish(self):
        torch._foreach_copy_([q for _, q in self.pairs], [p for p, _ in self.pairs])

    def averaged(self):
        """The average as a network that computes."""
        self.shown.load_state_dict(self.average.state_dict())
        return self.shown

    def step(self, lr, decay, n_batches):
        for p, q in self.pairs:
            p.grad = q.grad.float() / n_batches
            q.grad = None
        torch.nn.utils.clip_grad_norm_(self.master.parameters(), 1.0)
        for optimizer in self.optimizers:
            for group in optimizer.param_groups:
                group["lr"] = lr
            optimizer.step()
        self.publish()
        with torch.no_grad():
            self.n_averaged += 1
            share = max(1 - decay, 1 / (1 + 0.1 * self.n_averaged))
            torch._foreach_lerp_(list(self.average.parameters()), list(self.master.parameters()), share)

    def state(self):
        return {"model": self.master.state_dict(), "average": self.average.state_dict(), "n_averaged": self.n_averaged,
                "optimizers": [o.state_dict() for o in self.optimizers]}

    def load(self, saved):
        self.master.load_state_dict(saved["model"])
        self.average.load_state_dict(saved["average"])
        self.n_averaged = saved["n_averaged"]
        for optimizer, s in zip(self.optimizers, saved["optimizers"]):
            optimizer.load_state_dict(s)


def learning_rate(progress, args):
    if progress < args.warmup:
        return args.lr * max(progress / args.warmup, 0.02)
    x = (progress - args.warmup) / (1 - args.warmup)
    return args.lr * 0.5 * (1 + math.cos(math.pi * min(x, 1)))


def task_weights(accuracy, drawer):
    """Draw more of what is not yet learnt and of what counts more in Ch3Ef, and of every task some."""
    count = np.sqrt(drawer.counts / drawer.counts.mean()) + 0.3
    wanted = (0.15 + 1 - np.array(accuracy)) * np.where(drawer.sight, 2, 1) * count
    return 0.75 * wanted / wanted.sum() + 0.25 * drawer.counts / drawer.counts.sum()


class Log:
    """loss.csv: a line a validation."""

    def __init__(self, path, tasks, append):
        self.file = open(path, "a" if append else "w", newline="")
        self.csv = csv.writer(self.file)
        if not append:
            self.csv.writerow(["minutes", "step", "samples", "learning_rate", "loss_answer", "loss_description", "loss_hint", "loss_drill",
                               "loss_rank", "accuracy_fresh", "accuracy", *(d.lower() for d in DIMENSIONS), *tasks])

    def row(self, values):
        self.csv.writerow(["" if v != v else f"{v:.4g}" if isinstance(v, float) else v for v in values])
        self.file.flush()


def table(accuracy, fresh, drawer):
    """Tasks from worst to best, with the validation's accuracy and the running one on fresh samples."""
    order = sorted(drawer.tasks, key=lambda t: fresh[t])
    cells = [f"{drawer.names[t].split('/')[-1][:24]:24} {accuracy[t]:.2f}/{fresh[t]:.2f}" for t in order]
    return "\n".join("    " + "   ".join(cells[i:i + 4]) for i in range(0, len(cells), 4))


class Run:
    """A training run: where it is, its log and its checkpoints."""

    def __init__(self, args):
        self.args = args
        os.makedirs(args.out, exist_ok=True)
        self.path = lambda name: os.path.join(args.out, name)
        saved = None
        if args.resume or args.warm:
            saved = torch.load(self.path("checkpoint.pt") if args.resume else args.warm, map_location="cpu", weights_only=True)
        library = data.build_library(args.out)
        config = Config(**saved["config"]) if args.resume else Config(n_vocab=args.vocab, **args.config)
        self.drawer = data.Drawer(library, config.image_size)
        tok = (tokenizers.Tokenizer.from_str(saved["tokenizer"]) if args.resume
               else texts.train_tokenizer(self.drawer, args.vocab, 100))
        self.tokenizer = tok.to_str()
        tok.save(self.path("tokenizer.json"))
        self.text = texts.Text(tok)
        config.n_vocab = self.text.n_vocab
        self.trainer = Trainer(config, args.device)
        self.at = {"step": 0, "samples": 0, "seconds": 0.0, "starts": 0, "early": False, "fresh": [0.3] * self.drawer.n_tasks}
        if args.resume or args.keep_clock:
            self.at = saved["at"]
            self.at["starts"] += 1
        if args.resume:
            self.trainer.load(saved)
        elif args.warm:
            old = tokenizers.Tokenizer.from_str(saved["tokenizer"])
            for model, key in ((self.trainer.master, "model"), (self.trainer.average, "average")):
                warm.start(model, tok, saved[key], old)
        else:
            self.trainer.average.load_state_dict(self.trainer.master.state_dict())
        self.trainer.publish()
        parameters = sum(p.numel() for p in self.trainer.master.parameters())
        print(f"{self.drawer.n_tasks} tasks, {config.n_vocab} tokens, {parameters / 1e6:.2f} M parameters",
              flush=True)
        self.log = Log(self.path("loss.csv"), self.drawer.names, args.resume or args.keep_clock)
        self.producer = data.Producer(args.workers, args.seed * 1_000_000 + self.at["starts"] * 1000, library, self.path("tokenizer.json"),
                                      config, args.batch, args.extra, self.drawer.n_tasks)
        self.mean = np.full(5, np.nan)
        self.validation = self.draw(np.full(self.drawer.n_tasks, args.validation_samples))

    def draw(self, per_task):
        return batches_of(self.drawer, self.text, data.SEED_VALIDATION, per_task, self.trainer.master.c.image_tokens)

    def progress(self):
        return self.at["seconds"] / (self.args.minutes * 60)

    def steer(self):
        self.producer.weights[:] = task_weights(self.at["fresh"], self.drawer)
        self.producer.progress.value = self.progress()

    def save(self, name, state):
        at = {"config": asdict(self.trainer.master.c), "tokenizer": self.tokenizer, "at": self.at}
        torch.save(at | state, self.path(name) + ".new")
        os.replace(self.path(name) + ".new", self.path(name))

    def step(self, arrays):
        args, at, net = self.args, self.at, self.trainer.net
        rank_weight = args.rank * min(self.progress() / 0.2, 1.0)
        for helper in self.helpers:
            helper.start(rank_weight)
        results = [backward(net, arrays, rank_weight, args.device)]
        results += [helper.add_to(net) for helper in self.helpers]
        self.trainer.step(learning_rate(self.progress(), args), args.average, len(results))
        for tasks, right, now in results:  # every sample is fresh, so its score before this step is an honest one
            for task, hit in zip(tasks, right):
                at["fresh"][task] += 0.02 * (hit - at["fresh"][task])
            self.mean = np.where(np.isnan(self.mean), now, np.where(np.isnan(now), self.mean, self.mean + 0.03 * (now - self.mean)))
            at["samples"] += len(tasks)
        at["step"] += 1

    def validate(self, batches, grey=False):
        task, right, sure = evaluate(self.trainer.averaged(), batches, self.args.device, grey)
        return accuracy_by_task(task, right, self.drawer.n_tasks), calibration_error(right, sure)

    def report(self):
        at, drawer = self.at, self.drawer
        accuracy, ece = self.validate(self.validation)
        fresh = np.array(at["fresh"])
        lr = learning_rate(self.progress(), self.args)
        self.log.row([at["seconds"] / 60, at["step"], at["samples"], lr, *self.mean.tolist(), summary(fresh, drawer)[0],
                      *summary(accuracy, drawer), *accuracy.tolist()])
        answer, description, hint, drilled, rank = self.mean
        print(f"{at['seconds'] / 60:6.1f} min  step {at['step']}  samples {at['samples']}  lr {lr:.2e}  answer {answer:.3f} "
              f"description {description:.3f} hint {hint:.3f} drill {drilled:.3f} rank {rank:.3f}  ECE {ece:.3f}\n"
              f"    fresh " + " ".join(f"{x:.3f}" for x in summary(fresh, drawer)) + "  validation "
              + " ".join(f"{x:.3f}" for x in summary(accuracy, drawer)) + "\n" + table(accuracy, fresh, drawer), flush=True)
        self.save("checkpoint.pt", self.trainer.state())

    def conclude(self):
        """The last validation: as many samples as Ch3Ef has, seeing and blind."""
        batches = self.draw(np.maximum(self.drawer.counts, self.args.validation_samples))
        for grey in (False, True):
            accuracy, ece = self.validate(batches, grey)
            print(("blind " if grey else "seeing") + " overall, " + ", ".join(DIMENSIONS) + ": "
                  + " ".join(f"{x:.3f}" for x in summary(accuracy, self.drawer)) + f"  ECE {ece:.3f}", flush=True)
            for t in self.drawer.tasks:
                print(f"    {self.drawer.names[t]}  {accuracy[t]:.3f}", flush=True)

    def train(self):
        args, at = self.args, self.at
        self.steer()
        self.producer.start()
        if args.helpers:
            self.trainer.net.share_memory()
        self.helpers = [Helper(self.trainer.net, args.threads, self.producer.batches) for _ in range(args.helpers)]
        next_report, kept = at["seconds"] + 60 * min(args.validate, 1), []
        clock, pause = time.monotonic(), at["seconds"] + 60 * args.pause
        while self.progress() < 1:
            if at["seconds"] >= pause:
                self.save("checkpoint.pt", self.trainer.state())
                self.producer.stop()
                return
            if args.overfit and len(kept) == args.overfit:
                arrays = kept[at["step"] % args.overfit]
            else:
                arrays = self.producer.next()
                kept += [arrays] if args.overfit else []
            self.step(arrays)
            at["seconds"] += time.monotonic() - clock
            clock = time.monotonic()
            if at["step"] % 20 == 0:
                self.steer()
            if not at["early"] and self.progress() >= EARLY:
                at["early"] = True
                self.save("early.pt", {"average": self.trainer.average.state_dict()})
            if at["seconds"] >= next_report:
                next_report = at["seconds"] + 60 * args.validate
                self.report()
        self.report()
        self.producer.stop()
        self.conclude()


def main():
    args = parse_arguments()
    torch.manual_seed(args.seed)
    torch.set_num_threads(args.threads)
    Run(args).train()


if __name__ == "__main__":
    main()
