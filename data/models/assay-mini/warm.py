"""Weights of one model as the beginning of another: of a larger picture, more layers, other tokens."""

import torch
import torch.nn.functional as F


def embeddings(old, old_tok, tok):
    """A token that was there keeps its embedding; a new one begins as the mean of the old tokens that spell it."""
    out = torch.zeros(tok.get_vocab_size(), old.shape[1])
    known = old_tok.get_vocab()
    for i in range(len(out)):
        name = tok.id_to_token(i)
        ids = [known[name]] if name in known else old_tok.encode(tok.decode([i], skip_special_tokens=False), add_special_tokens=False).ids
        out[i] = old[ids].mean(0) if ids else old.mean(0)
    return out


def positions(old, grid):
    side = round(len(old) ** 0.5)
    if side == grid:
        return old
    square = old.T.reshape(1, -1, side, side)
    return F.interpolate(square, size=(grid, grid), mode="bicubic", align_corners=False).reshape(-1, grid * grid).T


def heads(old, dim, head_dim, kv_heads):
    """Joint matrix q, k, v with every key/value head as often as the new ones need."""
    kv = (len(old) - dim) // 2
    q, k, v = old.split((dim, kv, kv))
    times = kv_heads * head_dim // kv
    again = lambda x: x.view(-1, head_dim, dim).repeat_interleave(times, 0).reshape(-1, dim)
    return torch.cat((q, again(k), again(v)))


@torch.no_grad()
def start(model, tok, saved, saved_tok):
    """Loads a state of model.py into a model; layers that it lacks begin as the identity."""
    c, state = model.c, model.state_dict()
    for name, p in state.items():
        old = saved.get(name)
        if old is None:
            assert name.startswith("blk."), name
            if name.endswith(("attn_output.weight", "ffn_down.weight")):
                p.zero_()
            continue
        old = old.float().cpu()
        if name == "token_embd.weight":
            old = embeddings(old, saved_tok, tok)
        elif name == "vision.position_embd":
            old = positions(old, c.grid)
        elif name.startswith("blk.") and "attn_qkv" in name:
            old = heads(old, c.dim, c.head_dim, c.kv_heads)
        p.copy_(old)
