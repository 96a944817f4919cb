"""The network of assay-mini in plain PyTorch: SigLIP-type vision tower, pixel shuffle, connector, llama decoder.

Every parameter maps 1:1 on a tensor of the GGUF files (see export.py): rotary embedding works on the interleaved pairs
(2i, 2i+1) that GGUF's llama stores, so nothing is permuted on the way out, and the output head is the token embedding.

Sequences come packed: one row holds all texts about the same image(s) as a tree of segments behind one prefix. A mask says
who sees whom and `positions` says where each token stands, so the result equals that of separate sequences.
"""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import nn


@dataclass
class Config:
    n_vocab: int
    image_size: int = 160
    patch_size: int = 16
    vision_dim: int = 192
    vision_layers: int = 6
    vision_heads: int = 3
    vision_ffn: int = 768
    scale: int = 2  # pixel shuffle: scale x scale patches make one image token
    dim: int = 192
    layers: int = 6
    heads: int = 3
    kv_heads: int = 3  # one head can look for the token before, another for what was read there: copying needs both
    ffn: int = 512
    context: int = 1024
    rope_theta: float = 10000.0
    rms_eps: float = 1e-5
    ln_eps: float = 1e-6

    @property
    def head_dim(self):
        return self.dim // self.heads

    @property
    def grid(self):
        return self.image_size // self.patch_size

    @property
    def image_tokens(self):
        return (self.grid // self.scale) ** 2


def attend(q, k, v, bias=None):
    """softmax(q k^T / sqrt(head_dim) + bias) v; [b, heads, t, head_dim], query head h reads k, v head h / (heads / kv_heads).

    Written out for a CPU, where the products in bfloat16 are much faster than the fused operator's backward pass.
    """
    b, h, t, d = q.shape
    kv = k.shape[1]
    if q.is_cuda:
        return F.scaled_dot_product_attention(q, k.repeat_interleave(h // kv, 1), v.repeat_interleave(h // kv, 1), attn_mask=bias)
    scores = (q * d**-0.5).reshape(b, kv, h // kv * t, d) @ k.transpose(-1, -2)
    if bias is not None:
        scores = (scores.view(b, h, t, t) + bias).view(scores.shape)
    return (scores.softmax(-1) @ v).view(b, h, t, d)


class VisionBlock(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.heads = c.vision_heads
        self.ln1 = nn.LayerNorm(c.vision_dim, eps=c.ln_eps)
        self.attn_qkv = nn.Linear(c.vision_dim, 3 * c.vision_dim)  # rows: q, k, v; split at export
        self.attn_out = nn.Linear(c.vision_dim, c.vision_dim)
        self.ln2 = nn.LayerNorm(c.vision_dim, eps=c.ln_eps)
        self.ffn_up = nn.Linear(c.vision_dim, c.vision_ffn)
        self.ffn_down = nn.Linear(c.vision_ffn, c.vision_dim)

    def forward(self, x):  # [n, patches, vision_dim]
        n, t, d = x.shape
        qkv = self.attn_qkv(self.ln1(x)).view(n, t, 3, self.heads, d // self.heads)
        q, k, v = qkv.permute(2, 0, 3, 1, 4)
        y = attend(q, k, v)
        x = x + self.attn_out(y.transpose(1, 2).reshape(n, t, d))
        return x + self.ffn_down(F.gelu(self.ffn_up(self.ln2(x)), approximate="tanh"))


class Vision(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.c = c
        self.patch_embd = nn.Linear(3 * c.patch_size**2, c.vision_dim)  # a convolution with stride = kernel
        self.position_embd = nn.Parameter(torch.randn(c.grid**2, c.vision_dim) * 0.02)
        self.blk = nn.ModuleList([VisionBlock(c) for _ in range(c.vision_layers)])
        self.post_ln = nn.LayerNorm(c.vision_dim, eps=c.ln_eps)
        self.fc = nn.Linear(c.scale**2 * c.vision_dim, c.dim, bias=False)

    def forward(self, pixels):  # uint8 [n, size, size, 3] -> [n, image_tokens, dim]
        c, n, g, s = self.c, pixels.shape[0], self.c.grid, self.c.scale
        x = pixels.view(n, g, c.patch_size, g, c.patch_size, 3).permute(0, 1, 3, 5, 2, 4)
        x = x.reshape(n, g * g, 3 * c.patch_size**2).to(self.fc.weight.dtype) / 127.5 - 1  # (x / 255 - 0.5) / 0.5
        x = self.patch_embd(x) + self.position_embd
        for block in self.blk:
            x = block(x)
        x = self.post_ln(x).view(n, g // s, s, g // s, s, -1).permute(0, 1, 3, 2, 4, 5)
        return self.fc(x.reshape(n, c.image_tokens, -1))


class RMSNorm(nn.Module):
    def __init__(self, dim, eps):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(dim))
        self.eps = eps

    def forward(self, x):
        y = x.float()
        return (y * torch.rsqrt(y.square().mean(-1, keepdim=True) + self.eps)).to(x.dtype) * self.weight


def swap_pairs(x):
    """(a, b) -> (b, a) along the last axis; two bfloat16 are the halves of one integer, which is much faster than a strided copy."""
    if x.dtype == torch.bfloat16:
        i = x.view(torch.int32)
        return ((i << 16) | ((i >> 16) & 0xFFFF)).view(x.dtype)
    return x.unflatten(-1, (-1, 2)).flip(-1).flatten(-2)


class Rotate(torch.autograd.Function):
    """(a, b) -> (a cos - b sin, a sin + b cos); cos and sin [b, t, 1, head_dim], sin with a minus for every a."""

    @staticmethod
    def forward(ctx, x, cos, sin):
        ctx.save_for_backward(cos, sin)
        return (x * cos).addcmul_(swap_pairs(x), sin)

    @staticmethod
    def backward(ctx, g):
        cos, sin = ctx.saved_tensors
        g = g.contiguous()
        return (g * cos).addcmul_(swap_pairs(g), sin, value=-1), None, None


class Block(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.c = c
        self.kv_dim = c.kv_heads * c.head_dim
        self.attn_norm = RMSNorm(c.dim, c.rms_eps)
        self.attn_qkv = nn.Linear(c.dim, c.dim + 2 * self.kv_dim, bias=False)  # rows: q, k, v; split at export
        self.attn_output = nn.Linear(c.dim, c.dim, bias=False)
        self.ffn_norm = RMSNorm(c.dim, c.rms_eps)
        self.ffn_gate_up = nn.Linear(c.dim, 2 * c.ffn, bias=False)  # rows: gate, up; split at export
        self.ffn_down = nn.Linear(c.ffn, c.dim, bias=False)

    def forward(self, x, rope, mask):  # [b, t, dim]
        c = self.c
        b, t, d = x.shape
        qk, v = self.attn_qkv(self.attn_norm(x)).split((d + self.kv_dim, self.kv_dim), -1)
        qk = Rotate.apply(qk.view(b, t, -1, c.head_dim), *rope).transpose(1, 2)
        q, k = qk.split((c.heads, c.kv_heads), 1)
        v = v.view(b, t, c.kv_heads, c.head_dim).transpose(1, 2)
        y = attend(q, k, v, mask)
        x = x + self.attn_output(y.transpose(1, 2).reshape(b, t, d))
        gate, up = self.ffn_gate_up(self.ffn_norm(x)).chunk(2, -1)
        return x + self.ffn_down(F.silu(gate) * up)


class Model(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.c = c
        self.vision = Vision(c)
        self.token_embd = nn.Embedding(c.n_vocab, c.dim)
        self.blk = nn.ModuleList([Block(c) for _ in range(c.layers)])
        self.output_norm = RMSNorm(c.dim, c.rms_eps)
        angle = torch.arange(c.context)[:, None] * c.rope_theta ** (-torch.arange(0, c.head_dim, 2) / c.head_dim)
        cos, sin = angle.cos(), angle.sin()
        self.register_buffer("rope", torch.stack((torch.stack((cos, cos), -1), torch.stack((-sin, sin), -1))).flatten(-2), persistent=False)
        self.initialise()

    def initialise(self):
        for name, p in self.named_parameters():
            if p.dim() == 2 and "position" not in name:
                nn.init.normal_(p, std=0.04 if "token_embd" in name else p.shape[1] ** -0.5)
                if name.endswith(("attn_out.weight", "attn_output.weight", "ffn_down.weight")):
                    p.data *= (2 * self.c.layers) ** -0.5  # the residual stream keeps its size with depth
            elif name.endswith("bias"):
                nn.init.zeros_(p)
        self.vision.fc.weight.data *= 0.2

    def forward(self, pixels, sources, positions, mask):
        """Hidden states [b, t, dim] after the last norm.

        pixels uint8 [n, size, size, 3]; sources [b, t]: a token id, or n_vocab + k for row k of all image tokens;
        mask [b, 1, t, t]: 0 where row may see column, -inf elsewhere.
        """
        table = self.token_embd.weight
        if pixels is not None:
            table = torch.cat((table, self.vision(pixels).flatten(0, 1).to(table.dtype)))
        x = F.embedding(sources, table)
        rope = self.rope[:, positions].unsqueeze(-2).to(x.dtype)  # [2, b, t, 1, head_dim]
        for block in self.blk:
            x = block(x, rope, mask)
        return self.output_norm(x)

    def logits(self, hidden):
        return F.linear(hidden, self.token_embd.weight)
