"""Makes ROOT/weights/<key>: a tokenizer trained on the rows, and seeded random weights from a config."""

import json
import os
from pathlib import Path
from typing import Any, Iterator

from .dataset import Say
from .durable import write_json
from .folders import build_folder, listing, publish, whole
from .mistake import Mistake, first_line
from .workspace import Workspace

PAD, BOS, EOS = "<pad>", "<s>", "</s>"
# Spellings that configs of older transformers have; the classes still read them.
OLDER_KEYS = {"rope_theta", "rope_scaling", "torch_dtype", "architectures", "model_type", "dtype"}


def ensure_weights(workspace: Workspace, model: dict[str, Any], data: Path, say: Say) -> Path:
    final = workspace.weights(model["key"])
    if whole(final):
        return final
    # The merges of a BPE must not hang on how many threads counted the words.
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    tokenizer = _tokenizer(data / "train.jsonl", model.get("tokenizer", {}).get("vocabulary", 2048))
    random = _model(model, tokenizer)
    built = build_folder(final)
    tokenizer.save_pretrained(built)
    random.save_pretrained(built)
    count = random.num_parameters()
    files = listing(built)
    write_json(built / "manifest.json", {"format": 1, "parameters": count, "files": files})
    publish(built, final)
    say(f"Random weights are made: {count:,} parameters, {len(tokenizer):,} tokens in the vocabulary.")
    return final


def _texts(rows: Path) -> Iterator[str]:
    with open(rows, encoding="utf-8") as file:
        for line in file:
            yield _text(json.loads(line))


def _text(row: dict[str, Any]) -> str:
    parts = row.get("text") or row.get("messages") or row["prompt"] + row["completion"]
    # Of messages what is said: the template's own letters are few.
    return parts if isinstance(parts, str) else "\n".join(message["content"] for message in parts)


def _tokenizer(rows: Path, vocabulary: int) -> Any:
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors, trainers
    from transformers import PreTrainedTokenizerFast

    bpe = Tokenizer(models.BPE())
    bpe.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    bpe.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=vocabulary,
        special_tokens=[PAD, BOS, EOS],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    bpe.train_from_iterator(_texts(rows), trainer)
    begin = bpe.token_to_id(BOS)
    bpe.post_processor = processors.TemplateProcessing(single=f"{BOS} $A", special_tokens=[(BOS, begin)])
    return PreTrainedTokenizerFast(tokenizer_object=bpe, bos_token=BOS, eos_token=EOS, pad_token=PAD)


def _model(model: dict[str, Any], tokenizer: Any) -> Any:
    import torch
    from transformers import AutoModelForCausalLM

    config = _config(model["config"], tokenizer)
    torch.manual_seed(model.get("seed", 0))
    try:
        return AutoModelForCausalLM.from_config(config, dtype=torch.float32)
    except (ValueError, TypeError, AssertionError) as error:
        raise _refused(error) from error


def _config(given: dict[str, Any], tokenizer: Any) -> Any:
    from transformers import AutoConfig

    kind = given["model_type"]
    try:
        known = AutoConfig.for_model(kind)
    except (ValueError, KeyError) as error:
        raise _refused(error) from error
    keys = {*known.to_dict(), *known.attribute_map, *OLDER_KEYS}
    unknown = [key for key in given if key not in keys]
    if unknown:
        # transformers keeps any key and uses none that it does not know: a misspelt size would be the default one.
        message = f"train.json#/model/config: {type(known).__name__} does not know {', '.join(map(repr, unknown))}."
        raise Mistake("model-config", message, "Correct or remove the setting.")
    rest = {key: value for key, value in given.items() if key != "model_type"}
    ids = {"bos_token_id": tokenizer.bos_token_id, "eos_token_id": tokenizer.eos_token_id}
    rest.update(ids, pad_token_id=tokenizer.pad_token_id, vocab_size=len(tokenizer))
    try:
        return AutoConfig.for_model(kind, **rest)
    except Exception as error:  # The config classes validate with errors of their own kind.
        raise _refused(error) from error


def _refused(error: Exception) -> Mistake:
    message = f"train.json#/model/config: transformers refuses it: {first_line(error)}."
    return Mistake("model-config", message, "Correct the architecture's config.")
