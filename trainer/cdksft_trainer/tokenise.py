"""
Rows to token ids and labels, as TRL's SFTTrainer makes them from the same rows (trl 1.16, `_prepare_dataset`): many at a
time, and in one pass. `tests/test_tokenise.py` compares every row of both.
"""

import json
from dataclasses import asdict, dataclass
from typing import Any, Iterator

from .mistake import Mistake
from .recipe import Recipe

IGNORED = -100
Encoded = tuple[list[int], list[int]]


@dataclass
class Counts:
    """What became of the rows of one part."""

    rows: int = 0
    # Left out: nothing of them is trained once they are cut at the maximum length, or ever.
    cut_off: int = 0
    untrained: int = 0
    # Longer than the maximum length; None where such rows are not to be left out.
    too_long: int | None = None
    # Longer, and therefore several rows, so many; None where rows are not to be split.
    split: int | None = None
    split_into: int = 0
    # Cut, and still something to learn from.
    cut: int = 0
    # The prompt's last token is another one when the answer follows.
    merged: int = 0
    # Of the rows as they stand, before they are cut or left out.
    tokens_before: int = 0
    # What is there to train on: sequences, their tokens, and those that count in the loss.
    sequences: int = 0
    tokens: int = 0
    trained_tokens: int = 0

    @property
    def dropped(self) -> int:
        return self.cut_off + self.untrained + (self.too_long or 0)

    def told(self) -> dict[str, Any]:
        flat = asdict(self)
        dropped = {name: flat.pop(name) for name in ("cut_off", "untrained", "too_long")}
        split = {"rows": flat.pop("split"), "into": flat.pop("split_into")}
        if self.too_long is None:
            dropped.pop("too_long")
        return {**flat, "dropped": dropped, **({} if self.split is None else {"split": split})}


class Tokeniser:
    """Of one part: what its rows are is told by the first of them, as with TRL."""

    def __init__(self, recipe: Recipe, part: str, first: dict[str, Any], counts: Counts):
        from trl.data_utils import is_conversational

        self.recipe = recipe
        self.counts = counts
        counts.too_long = 0 if recipe.too_long == "drop" else None
        counts.split = 0 if recipe.too_long == "split" else None
        self.conversation = is_conversational(first)
        self.packed = recipe.packing[part] is not None
        self.completion_only = recipe.completion_only
        if self.completion_only is None:
            self.completion_only = "prompt" in first and "completion" in first
        if recipe.too_long == "split" and ("prompt" in first or self.conversation):
            message = "Only rows of text can be split: a part of another row is an answer without its question."
            raise Mistake("cannot-split", message, "Take fix.split of the dataset out.")
        if recipe.assistant_only and not self.conversation:
            message = "Only what the assistant says shall be trained, but the rows are no messages."
            raise Mistake("assistant-only", message, "Train on the completion instead.")
        if not self.conversation and recipe.tokenizer.eos_token is None:
            message = "The tokenizer has no end-of-sequence token, so no row could end."
            raise Mistake("eos-token", message, "Take a model whose tokenizer has one.")

    def __call__(self, rows: list[dict[str, Any]]) -> Iterator[Encoded]:
        encoded = self._conversations(rows) if self.conversation else self._texts(rows)
        for ids, labels in encoded:
            self.counts.rows += 1
            self.counts.tokens_before += len(ids)
            for part in self._fitted(ids, labels):
                kept = part if self.packed else self._cut(*part)
                if kept is not None:
                    yield kept

    def _texts(self, rows: list[dict[str, Any]]) -> Iterator[Encoded]:
        if "prompt" not in rows[0]:
            for ids in self._ids([self._ended(row)[self.recipe.text_field] for row in rows]):
                yield ids, ids
            return
        whole = self._ids([row["prompt"] + self._ended(row)["completion"] for row in rows])
        if not self.completion_only:
            yield from zip(whole, whole)
            return
        for prompt, ids in zip(self._ids([row["prompt"] for row in rows]), whole):
            yield ids, self._masked(prompt, ids)

    def _ended(self, row: dict[str, Any]) -> dict[str, Any]:
        end, field = self.recipe.tokenizer.eos_token, self.recipe.text_field
        if field in row and not row[field].endswith(end):
            return {**row, field: row[field] + end}
        if "completion" in row and not row["completion"].endswith(end):
            return {**row, "completion": row["completion"] + end}
        return row

    def _ids(self, texts: list[str]) -> list[list[int]]:
        options = {"return_attention_mask": False, "return_token_type_ids": False, "verbose": False}
        return self.recipe.tokenizer(texts, **options)["input_ids"]

    def _masked(self, prompt: list[int], ids: list[int]) -> list[int]:
        """The completion begins where the prompt alone and the whole row part."""
        size = len(prompt)
        if ids[:size] != prompt:
            size = next(at for at, one in enumerate(prompt) if at == len(ids) or ids[at] != one)
            self.counts.merged += 1
        return [IGNORED] * size + ids[size:]

    def _conversations(self, rows: list[dict[str, Any]]) -> Iterator[Encoded]:
        for row in rows:
            prompt = row.get("prompt")
            found = self._rendered(row["messages"] if prompt is None else prompt + row["completion"], row, marks=True)
            ids = labels = list(found["input_ids"])
            if prompt is not None and self.completion_only:
                begun = self._rendered(prompt, row, add_generation_prompt=True)
                labels = self._masked(list(begun["input_ids"]), ids)
            spoken = found.get("assistant_masks")
            if spoken is not None:
                if 1 not in spoken:
                    message = f"In row {self.counts.rows + 1} the chat template marks nothing as the assistant's."
                    fix = "Take a template with {% generation %}, or rows in which the assistant speaks."
                    raise Mistake("assistant-only", message, fix)
                labels = [label if mark else IGNORED for label, mark in zip(labels, spoken)]
            yield ids, labels

    def _rendered(self, messages: list[Any], row: dict[str, Any], marks: bool = False, **more: Any) -> Any:
        tools = row.get("tools")
        options = {
            "chat_template": self.recipe.template,
            "tools": json.loads(tools) if isinstance(tools, str) else tools,
            **row.get("chat_template_kwargs", {}),
        }
        if marks:
            more["return_assistant_tokens_mask"] = self.recipe.assistant_only
        return self.recipe.tokenizer.apply_chat_template(messages, tokenize=True, return_dict=True, **options, **more)

    def _fitted(self, ids: list[int], labels: list[int]) -> Iterator[Encoded]:
        """What the dataset's fix makes of a row that is too long."""
        most, way = self.recipe.max_length, self.recipe.too_long
        if way is None or most is None or len(ids) <= most:
            yield ids, labels
        elif way == "drop":
            self.counts.too_long += 1
        else:
            parts = _equal(len(ids), most)
            self.counts.split += 1
            self.counts.split_into += len(parts)
            yield from ((ids[part], labels[part]) for part in parts)

    def _cut(self, ids: list[int], labels: list[int]) -> Encoded | None:
        most = self.recipe.max_length
        if most is None:
            return ids, labels
        kept = slice(-most, None) if self.recipe.keep_end else slice(None, most)
        is_cut = len(ids) > most
        left = (ids[kept], labels[kept]) if is_cut else (ids, labels)
        if any(label != IGNORED for label in left[1]):
            self.counts.cut += is_cut
            return left
        lost = is_cut and any(label != IGNORED for label in labels)
        self.counts.cut_off += lost
        self.counts.untrained += not lost
        return None


def _equal(size: int, most: int) -> list[slice]:
    """As few parts as can be, of nearly the same length: what is left over would be a row of a token or two."""
    count = -(-size // most)
    ends = [size * part // count for part in range(count + 1)]
    return [slice(begin, end) for begin, end in zip(ends, ends[1:])]
