"""
make_hub_cache.py HF_HOME: a cache of the Hub, as if somebody had fetched the model org/tiny and two commits of the dataset
org/rows, the older one first. The Hub is a server that lives as long as this.
"""

import json
import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "trainer" / "tests"))
from hub_server import hub_with

home = Path(sys.argv[1])
MODEL, OLD, NEW = "a" * 40, "1" * 40, "2" * 40


def rows(word):
    lines = [json.dumps({"instruction": f"Say {word} {number}.", "output": word * 3}) for number in range(24)]
    return {"train.jsonl": "\n".join(lines).encode() + b"\n"}


with hub_with({OLD: rows("old"), NEW: rows("new")}) as endpoint:
    own = {"HF_ENDPOINT": endpoint, "HF_HOME": str(home), "HF_HUB_DISABLE_XET": "1", "NO_PROXY": "*"}
    os.environ.update({**own, "HF_HUB_OFFLINE": "0"})
    import datasets

    for commit in (OLD, NEW):
        datasets.load_dataset("org/rows", revision=commit)

from tokenizers import Tokenizer, decoders, models, pre_tokenizers
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

letters = sorted(pre_tokenizers.ByteLevel.alphabet())
bpe = Tokenizer(models.BPE(vocab={letter: at for at, letter in enumerate([*letters, "</s>"])}, merges=[]))
bpe.pre_tokenizer, bpe.decoder = pre_tokenizers.ByteLevel(add_prefix_space=False), decoders.ByteLevel()
sizes = {"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 1, "num_attention_heads": 2}
repository = home / "hub" / "models--org--tiny"
snapshot = repository / "snapshots" / MODEL
LlamaForCausalLM(LlamaConfig(vocab_size=len(letters) + 1, **sizes)).save_pretrained(snapshot)
PreTrainedTokenizerFast(tokenizer_object=bpe, eos_token="</s>", pad_token="</s>").save_pretrained(snapshot)
(repository / "refs").mkdir()
(repository / "refs" / "main").write_text(MODEL)
