"""Checks of the packing: rows give the log-probabilities of separate sequences, and the ids are those of the chat template."""

import random
import tempfile

import torch

import data
import rows
import text as texts
from model import Config, Model
from train import score, to_device

NAT = 1e-4  # float32, sums in another order


def sequences(text, s, image_tokens):
    """(ids up to the answer, answer's ids) of every option, written out in one piece each; images as in rows.py."""
    image = lambda i: text.image(i * image_tokens, image_tokens)
    ids = [text.id["<|im_start|>"]]
    if s.after:
        ids += text.ids("User: " + s.question if s.question else "User:")
        for i, behind in enumerate(s.after):
            ids += image(i) + text.ids(behind)
    else:
        ids += text.ids("User:" if len(s.images) else "User: " + s.question)
        for i in range(len(s.images)):
            ids += image(i)
        ids += text.ids(s.question) if len(s.images) else []
    ids += [text.end] + text.ids("\nAssistant:")
    return [(ids, text.ids(" " + option)) for option in s.options]


@torch.no_grad()
def alone(model, s, ids, answer):
    """Mean log-probability of an answer by the plain causal network."""
    features = model.c.n_vocab - 1 - torch.tensor(ids + answer)
    sources = torch.where(features < model.c.n_vocab, torch.tensor(ids + answer), features)
    t = len(sources)
    mask = torch.full((t, t), -torch.inf).triu(1)[None, None]
    hidden = model(torch.from_numpy(s.images) if len(s.images) else None, sources[None], torch.arange(t)[None], mask)[0]
    logprobs = model.logits(hidden).log_softmax(-1)
    return torch.stack([logprobs[len(ids) - 1 + i, token] for i, token in enumerate(answer)]).mean()


@torch.no_grad()
def main():
    torch.manual_seed(1)
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as folder:
        drawer = data.Drawer(data.build_library(folder), Config(0).image_size)
    text = texts.Text(texts.train_tokenizer(drawer, 1024, 20))
    model = Model(Config(text.n_vocab)).eval()
    samples = [drawer.draw(task, data.SEED_VALIDATION, number) for task in drawer.tasks for number in range(2)]
    batch = rows.pack(text, samples, model.c.image_tokens, rows.Extras(80, 0.1), random.Random(1))
    means = score(model, to_device(batch, "cpu"))[1]
    worst = max((alone(model, s, ids, answer) - means[i, j]).abs().item()
                for i, s in enumerate(samples) for j, (ids, answer) in enumerate(sequences(text, s, model.c.image_tokens)))
    kinds = ", ".join(f"{(batch['kind'] == k).sum()} {name}" for k, name in enumerate(("right", "wrong", "description", "hint", "drill")))
    print(f"{len(samples)} samples in {batch['sources'].shape[0]} rows of {batch['sources'].shape[1]} tokens; targets: {kinds}; "
          f"at most {worst:.1e} nat from separate sequences")
    assert worst < NAT


if __name__ == "__main__":
    main()
