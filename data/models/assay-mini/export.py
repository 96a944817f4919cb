"""Writes assay-mini and its weaker twin assay-mini-early as two GGUF files each (Q8_0 matrices, F32 for the rest) and checks
them by reading them back."""

import argparse
import hashlib
import json
import os

import gguf
import numpy as np
import tokenizers
import torch
from tokenizers import models

import data
import text as texts
from model import Config, Model
from train import accuracy_by_task, batches_of, calibration_error, evaluate, summary

MODELS = {"assay-mini": "checkpoint.pt", "assay-mini-early": "early.pt"}  # of the working folder


def files_of(name):
    return f"{name}-Q8_0.gguf", f"mmproj-{name}-Q8_0.gguf"


# Equal in effect to SmolVLM's template for messages whose images come first.
CHAT_TEMPLATE = (
    "<|im_start|>{% for message in messages %}{{ message['role'] | capitalize }}"
    "{{ ':' if message['content'][0]['type'] == 'image' else ': ' }}"
    "{% for part in message['content'] %}{{ part['text'] if part['type'] == 'text' else '<image>' }}{% endfor %}"
    "<end_of_utterance>\n{% endfor %}{% if add_generation_prompt %}{{ 'Assistant:' }}{% endif %}")


def tensor_names(c):
    """Parameter of model.py -> GGUF name; the joint matrices attn_qkv and ffn_gate_up are cut when written."""
    out = {}
    for name in Model(c).state_dict():
        parts = name.split(".")
        if parts[0] != "vision":
            out[name] = name
        elif parts[1] in ("blk", "post_ln", "patch_embd"):
            out[name] = "v." + ".".join(parts[1:])
        else:
            out[name] = {"position_embd": "v.position_embd.weight", "fc": "mm.model.fc.weight"}[parts[1]]
    return out


def stored_as_q8(name, p):
    return p.dim() == 2 and "patch_embd" not in name and "position_embd" not in name


def tensors(model):
    """GGUF name -> (float array, whether as Q8_0), text and vision."""
    c, text, vision = model.c, {}, {}
    kv = c.kv_heads * c.head_dim
    for (name, stored), p in zip(tensor_names(c).items(), model.state_dict().values()):
        array, q8 = p.float().cpu().numpy(), stored_as_q8(name, p)
        if "attn_qkv" in stored:
            cuts = 3 if name.startswith("vision.") else [c.dim, c.dim + kv]
            pieces = {stored.replace("qkv", x): a for x, a in zip("qkv", np.split(array, cuts))}
        elif "ffn_gate_up" in stored:
            pieces = {stored.replace("gate_up", x): a for x, a in zip(("gate", "up"), np.split(array, 2))}
        elif stored == "v.patch_embd.weight":
            pieces = {stored: array.reshape(len(array), 3, c.patch_size, c.patch_size)}
        else:
            pieces = {stored: array}
        (vision if name.startswith("vision.") else text).update({n: (a, q8) for n, a in pieces.items()})
    return text, vision


def add_tensors(writer, arrays):
    for name, (array, q8) in arrays.items():
        array = np.ascontiguousarray(array, np.float32)
        if q8:
            packed = gguf.quants.quantize(array, gguf.GGMLQuantizationType.Q8_0)
            writer.add_tensor(name, packed, raw_dtype=gguf.GGMLQuantizationType.Q8_0)
        else:
            writer.add_tensor(name, array)


def finish(writer):
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def write_text(path, name, c, tok, arrays):
    w = gguf.GGUFWriter(path, "llama")
    w.add_string("general.name", name)
    w.add_string("general.license", "mit")
    w.add_file_type(gguf.LlamaFileType.MOSTLY_Q8_0)
    w.add_block_count(c.layers)
    w.add_context_length(c.context)
    w.add_embedding_length(c.dim)
    w.add_feed_forward_length(c.ffn)
    w.add_head_count(c.heads)
    w.add_head_count_kv(c.kv_heads)
    w.add_layer_norm_rms_eps(c.rms_eps)
    w.add_rope_freq_base(c.rope_theta)
    w.add_rope_dimension_count(c.head_dim)
    w.add_vocab_size(c.n_vocab)
    state = json.loads(tok.to_str())["model"]
    names = [tok.id_to_token(i) for i in range(c.n_vocab)]
    control, normal = gguf.TokenType.CONTROL, gguf.TokenType.NORMAL
    w.add_tokenizer_model("gpt2")
    w.add_tokenizer_pre("smollm")
    w.add_token_list(names)
    w.add_token_types([control if n in texts.SPECIALS else normal for n in names])
    w.add_token_merges([m if isinstance(m, str) else " ".join(m) for m in state["merges"]])
    w.add_bos_token_id(tok.token_to_id("<|im_start|>"))
    w.add_eos_token_id(tok.token_to_id("<end_of_utterance>"))
    w.add_unk_token_id(tok.token_to_id("<|endoftext|>"))
    w.add_pad_token_id(tok.token_to_id("<|im_end|>"))
    w.add_add_bos_token(False)
    w.add_add_space_prefix(False)
    w.add_chat_template(CHAT_TEMPLATE)
    add_tensors(w, arrays)
    finish(w)


def write_vision(path, name, c, arrays):
    w = gguf.GGUFWriter(path, "clip")
    w.add_string("general.type", "mmproj")
    w.add_string("general.name", name)
    w.add_string("general.license", "mit")
    w.add_file_type(gguf.LlamaFileType.MOSTLY_Q8_0)
    w.add_bool("clip.has_vision_encoder", True)
    w.add_string("clip.projector_type", "idefics3")
    w.add_bool("clip.use_gelu", True)
    for key, value in (("image_size", c.image_size), ("patch_size", c.patch_size), ("embedding_length", c.vision_dim),
                       ("feed_forward_length", c.vision_ffn), ("block_count", c.vision_layers), ("projection_dim", c.dim),
                       ("attention.head_count", c.vision_heads), ("projector.scale_factor", c.scale),
                       ("preproc_image_size", c.image_size)):
        w.add_uint32("clip.vision." + key, value)
    w.add_float32("clip.vision.attention.layer_norm_epsilon", c.ln_eps)
    w.add_array("clip.vision.image_mean", [0.5, 0.5, 0.5])
    w.add_array("clip.vision.image_std", [0.5, 0.5, 0.5])
    add_tensors(w, arrays)
    finish(w)


def read_model(text_path, vision_path):
    """The model as the files hold it, matrices dequantized, and its tokenizer's tokens: the inverse of the writers."""
    text, vision = gguf.GGUFReader(text_path), gguf.GGUFReader(vision_path)
    llama = lambda key: text.get_field("llama." + key).contents()
    clip = lambda key: vision.get_field("clip.vision." + key).contents()
    c = Config(
        n_vocab=llama("vocab_size"), dim=llama("embedding_length"), layers=llama("block_count"), ffn=llama("feed_forward_length"),
        heads=llama("attention.head_count"), kv_heads=llama("attention.head_count_kv"), context=llama("context_length"),
        image_size=clip("image_size"), patch_size=clip("patch_size"), scale=clip("projector.scale_factor"),
        vision_dim=clip("embedding_length"), vision_layers=clip("block_count"), vision_heads=clip("attention.head_count"),
        vision_ffn=clip("feed_forward_length"), rope_theta=llama("rope.freq_base"),
        rms_eps=llama("attention.layer_norm_rms_epsilon"), ln_eps=clip("attention.layer_norm_epsilon"))
    found = {t.name: gguf.quants.dequantize(t.data, t.tensor_type).reshape(list(t.shape)[::-1])
             for reader in (text, vision) for t in reader.tensors}
    model = Model(c)
    names, parts_of = tensor_names(c), {"attn_qkv": ("attn_q", "attn_k", "attn_v"), "ffn_gate_up": ("ffn_gate", "ffn_up")}
    state = {}
    for name, p in model.state_dict().items():
        stored = names[name]
        joint = next((k for k in parts_of if k in stored), None)
        pieces = [stored.replace(joint, part) for part in parts_of[joint]] if joint else [stored]
        state[name] = torch.from_numpy(np.concatenate([found.pop(x) for x in pieces])).reshape(p.shape)
    assert not found, f"unknown tensors {sorted(found)}"
    model.load_state_dict(state)
    return model.eval(), text.get_field("tokenizer.ggml.tokens").contents(), text.get_field("tokenizer.ggml.merges").contents()


def read_tokenizer(names, merges):
    return texts.make_tokenizer(models.BPE({n: i for i, n in enumerate(names)}, [tuple(m.split(" ")) for m in merges]))


def check(model, rounded):
    """Q8_0 kept every weight within half a step, and a little for the rounding of the scale; the rest is exact."""
    for (name, p), q in zip(model.named_parameters(), rounded.parameters()):
        step = p.abs().max() / 127 if stored_as_q8(name, p) else 0
        assert (p - q).abs().max() <= 0.6 * step, name


def sha256(path):
    with open(path, "rb") as f:
        return hashlib.sha256(f.read()).hexdigest()


def save(name, saved, folder):
    """One checkpoint; returns the model as trained, as stored, and its tokenizer."""
    c, tok = Config(**saved["config"]), tokenizers.Tokenizer.from_str(saved["tokenizer"])
    model = Model(c).eval()
    model.load_state_dict(saved["average"])
    paths = [os.path.join(folder, n) for n in files_of(name)]
    text_arrays, vision_arrays = tensors(model)
    for key, (array, q8) in (text_arrays | vision_arrays).items():
        assert not q8 or array.shape[-1] % 32 == 0, f"{key}: rows of {array.shape[-1]}, blocks of 32"
    write_text(paths[0] + ".new", name, c, tok, text_arrays)
    write_vision(paths[1] + ".new", name, c, vision_arrays)
    rounded, names, merges = read_model(paths[0] + ".new", paths[1] + ".new")
    check(model, rounded)
    assert read_tokenizer(names, merges).get_vocab() == tok.get_vocab()
    for path in paths:
        os.replace(path + ".new", path)
        print(f"{os.path.basename(path)}  {os.path.getsize(path)} bytes  sha256 {sha256(path)}")
    return model, rounded, tok


def report(saved, drawer, per_task, file):
    """Accuracy on the validation seed, seeing and blind (every pixel 128); tasks weigh as many samples as Ch3Ef has of them."""
    found = {}
    for name, (model, rounded, tok) in saved.items():
        batches = batches_of(drawer, texts.Text(tok), data.SEED_VALIDATION, np.full(drawer.n_tasks, per_task), model.c.image_tokens)
        for column, net, grey in ((name, model, False), (name + " Q8_0", rounded, False), (name + " Q8_0 blind", rounded, True)):
            task, right, sure = evaluate(net, batches, "cpu", grey)
            found[column] = accuracy_by_task(task, right, drawer.n_tasks), calibration_error(right, sure)
    line = lambda name, values: print(f"| {name} | " + " | ".join(f"{v:.3f}" for v in values) + " |", file=file)
    print("| task | " + " | ".join(found) + " |\n|---|" + "---|" * len(found), file=file)
    for t in drawer.tasks:
        line(drawer.names[t], [accuracy[t] for accuracy, _ in found.values()])
    for i, name in enumerate(("overall", "Helpful", "Honest", "Harmless")):
        line(name, [summary(accuracy, drawer)[i] for accuracy, _ in found.values()])
    line("ECE", [ece for _, ece in found.values()])


def main():
    p = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    p.add_argument("--train", default=os.path.join(data.ROOT, "build", "train"), help="working folder of train.py")
    p.add_argument("--out", help="where the GGUF files go [the working folder]")
    p.add_argument("--report", help="writes accuracy of float and Q8_0 weights to this file")
    p.add_argument("--report-samples", type=int, default=20, help="of each task")
    p.add_argument("--threads", type=int, default=1)
    args = p.parse_args()
    torch.set_num_threads(args.threads)
    folder = args.out or args.train
    os.makedirs(folder, exist_ok=True)
    saved = {}
    for name, checkpoint in MODELS.items():
        path = os.path.join(args.train, checkpoint)
        if os.path.exists(path):
            saved[name] = save(name, torch.load(path, map_location="cpu", weights_only=True), folder)
        else:
            print(f"skip: {path} is not there")
    if args.report:
        model = next(iter(saved.values()))[0]
        drawer = data.Drawer(data.build_library(args.train), model.c.image_size)
        with open(args.report, "w") as f:
            report(saved, drawer, args.report_samples, f)


if __name__ == "__main__":
    main()
