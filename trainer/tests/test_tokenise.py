"""Token ids, labels and sequences are those that TRL by itself makes of the same rows, each row of each way to make them."""

import json

import pytest
from workbench import WORDS, rows

from cdksft_trainer.durable import read_json, write_json
from cdksft_trainer.folders import listing
from cdksft_trainer.job import sft_config
from cdksft_trainer.learning import rows_for
from cdksft_trainer.loading import load_rows
from cdksft_trainer.mistake import Mistake
from cdksft_trainer.rows import Row, render
from cdksft_trainer.workspace import Attempt, Workspace

# More than a thousand: TRL packs a thousand at a time.
MANY = 1100
CHATML = """{%- if tools %}{{- '<|tools|>' + tools | tojson + '\\n' }}{% endif %}
{%- for message in messages %}
{{- '<|im_start|>' + message['role'] + '\\n' }}
{%- if message['role'] == 'assistant' %}{% generation %}{{- (message['content'] or '') + (message['tool_calls'] | tojson if message['tool_calls'] else '') + '<|im_end|>' }}{% endgeneration %}{{- '\\n' }}
{%- else %}{{- message['content'] + '<|im_end|>\\n' }}{% endif %}
{%- endfor %}
{%- if add_generation_prompt %}{{- '<|im_start|>assistant\\n' }}{% endif %}"""
# Renders a prompt alone otherwise than the same prompt with its answer.
THINKING = CHATML.replace("assistant\\n' }}{% endif %}", "assistant\\n<think></think>' }}{% endif %}")


def alpaca(count):
    return render([Row(row, "rows.json", number) for number, row in enumerate(rows(count), 1)], "alpaca")


def prompts(count):
    """Borders within a word and within a line, empty parts, an end that is there already, other scripts, long ones."""
    made = []
    for number in range(count):
        word, other = WORDS[number % 12], WORDS[(number * 7 + 1) % 12]
        cut = number % (len(word) + 1)
        made.append({"prompt": f"{other} {word[:cut]}", "completion": f"{word[cut:]} {other}" * (number % 9)})
    made[3]["completion"] += "</s>"
    made[5] = {"prompt": "", "completion": "日本語\n 🙂 </s> x"}
    made[7] = {"prompt": "river " * 90, "completion": "stone"}
    return made


def texts(count):
    return [{"text": " ".join(WORDS[: number % 13]) + "\n" * (number % 3)} for number in range(count)]


def messages(count):
    turns = []
    for number in range(count):
        said = [{"role": "user", "content": row["text"]} for row in texts(number % 3 + 1)]
        answered = [{"role": "assistant", "content": f"{WORDS[number % 12]} {number}"} for _ in said]
        turns.append({"messages": [one for pair in zip(said, answered) for one in pair]})
    return turns


TOOL = {"type": "function", "function": {"name": "find", "parameters": {"type": "object", "properties": {}}}}
CALL = {"type": "function", "function": {"name": "find", "arguments": {"what": "river"}}}


def tools(count):
    """Some rows with tools, some without, and messages of several shapes."""
    made = messages(count)
    for number in range(0, count, 3):
        called = {"role": "assistant", "content": None, "tool_calls": [CALL]}
        found = {"role": "tool", "name": "find", "content": f"{number}"}
        made[number] = {"messages": [*made[number]["messages"][:1], called, found, *made[number]["messages"][1:]]}
        made[number]["tools"] = [TOOL]
    return made


def dialogues(count):
    return [{"prompt": one["messages"][:-1], "completion": one["messages"][-1:]} for one in messages(count)]


def place(bench, name, train, evaluation=None):
    """Rows as they stand after `prepare`."""
    folder = bench.root / "data" / name[:12]
    folder.mkdir()
    for part, some in (("train", train), ("evaluation", evaluation)):
        if some:
            lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in some)
            (folder / f"{part}.jsonl").write_text(lines, encoding="utf-8")
    write_json(folder / "manifest.json", {"format": 1, "files": listing(folder)})
    return {**bench.data, "key": name}


class Both:
    """Rows of one run, made by us and by TRL from the same files, with the same settings."""

    def __init__(self, bench, model, key, sft, tokenizer):
        self.job = bench.job(data={**bench.data, "key": key}, sft={"seed": 7, **sft})
        self.attempt = Attempt(Workspace(bench.root), bench.root / "runs" / key, 1, "t", bench.folder)
        self.attempt.folder.mkdir(parents=True)
        self.args = sft_config(self.job, self.attempt.output, bench.folder)
        self.model, self.tokenizer = model, tokenizer
        self.said = []

    def ours(self):
        args = sft_config(self.job, self.attempt.output, self.attempt.folder)
        made = rows_for(self.job, self.attempt, args, self.tokenizer(), self.said.append)
        return self._trainer(args, made.train, made.evaluation)

    def trls(self):
        return self._trainer(self.args, *load_rows(self.job, self.attempt))

    def _trainer(self, args, train, evaluation):
        from trl import SFTTrainer

        given = {"train_dataset": train, "eval_dataset": evaluation, "processing_class": self.tokenizer()}
        return SFTTrainer(model=self.model, args=args, **given)

    def manifest(self):
        key = read_json(self.attempt.folder / "tokens.json")["key"]
        return read_json(self.attempt.workspace.tokens(key) / "manifest.json")


@pytest.fixture(scope="module")
def model(bench):
    from transformers import AutoModelForCausalLM

    return AutoModelForCausalLM.from_pretrained(bench.weights)


def byte_level(bench, template=None):
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(bench.weights)
    tokenizer.chat_template = template
    return tokenizer


def metaspace(bench, template=None):
    """As Llama-2's: words begin with their space, and tokens cross the border of prompt and answer."""
    from tokenizers import Tokenizer, models, normalizers, processors, trainers
    from transformers import PreTrainedTokenizerFast

    bpe = Tokenizer(models.BPE(unk_token="<unk>", fuse_unk=True))
    bpe.normalizer = normalizers.Sequence([normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")])
    special = ["<unk>", "<s>", "</s>"]
    trainer = trainers.BpeTrainer(vocab_size=900, special_tokens=special, show_progress=False)
    learnt = [f"{one} {other}" for one in WORDS for other in WORDS] + [row["prompt"] for row in alpaca(9)]
    bpe.train_from_iterator(learnt, trainer)
    bpe.post_processor = processors.TemplateProcessing(single="<s> $A", special_tokens=[("<s>", 1)])
    names = {"unk_token": "<unk>", "bos_token": "<s>", "eos_token": "</s>"}
    return PreTrainedTokenizerFast(tokenizer_object=bpe, chat_template=template, **names)


COLUMNS = ("input_ids", "labels", "seq_lengths")


def table(dataset):
    return {name: dataset[name][:] for name in COLUMNS if name in dataset.column_names}


def equal(case):
    """Compares all rows, and a batch as the model sees it; returns the rows."""
    ours, trls = case.ours(), case.trls()
    made = table(ours.train_dataset)
    assert made == table(trls.train_dataset)
    assert made["labels"] and len(made["labels"]) == case.manifest()["train"]["sequences"]
    if trls.eval_dataset is not None:
        assert table(ours.eval_dataset) == table(trls.eval_dataset)
    batches = [[one.train_dataset[at] for at in range(min(3, len(made["labels"])))] for one in (ours, trls)]
    seen, expected = ours.data_collator(batches[0]), trls.data_collator(batches[1])
    assert seen.keys() == expected.keys()
    for name, value in expected.items():
        assert value.equal(seen[name]) if hasattr(value, "equal") else value == seen[name], name
    return made


LONG = {"max_length": 64}
BFD = {"packing": True, "packing_strategy": "bfd", "max_length": 96}
CASES = {
    "alpaca": (alpaca, {"max_length": 128}),
    "alpaca, cut": (alpaca, LONG),
    "alpaca, all tokens": (alpaca, {"completion_only_loss": False}),
    "alpaca, packed": (alpaca, BFD),
    "alpaca, packed, cut": (alpaca, {**BFD, "max_length": 48}),
    "alpaca, split": (alpaca, {**BFD, "packing_strategy": "bfd_split", "max_length": 48}),
    "alpaca, wrapped": (alpaca, {**BFD, "packing_strategy": "wrapped"}),
    "alpaca, packed by two": (alpaca, {**BFD, "dataset_num_proc": 2}),
    "alpaca, packed and shuffled": (alpaca, {**BFD, "shuffle_dataset": True}),
    "alpaca, shuffled": (alpaca, {"shuffle_dataset": True}),
    "prompt": (prompts, LONG),
    "prompt, unsaid loss": (prompts, {**LONG, "completion_only_loss": None}),
    "prompt, end kept": (prompts, {"max_length": 16, "truncation_mode": "keep_end"}),
    "prompt, no length": (prompts, {"max_length": None}),
    "prompt, packed": (prompts, BFD),
    "prompt, wrapped": (prompts, {**BFD, "packing_strategy": "wrapped"}),
    "text": (texts, {"completion_only_loss": False, "max_length": 16}),
    "text, packed": (texts, {**BFD, "completion_only_loss": False}),
    "text, wrapped": (texts, {**BFD, "completion_only_loss": False, "packing_strategy": "wrapped"}),
    "text, another end": (texts, {"completion_only_loss": False, "eos_token": "<s>"}),
    "messages": (messages, {"completion_only_loss": False, "max_length": 100}),
    "messages, assistant": (messages, {"completion_only_loss": False, "assistant_only_loss": True}),
    "messages, assistant, packed": (messages, {**BFD, "completion_only_loss": False, "assistant_only_loss": True}),
    "tools": (tools, {"completion_only_loss": False, "assistant_only_loss": True}),
    "dialogues": (dialogues, {}),
    "dialogues, all tokens": (dialogues, {"completion_only_loss": False}),
    "dialogues, assistant": (dialogues, {"assistant_only_loss": True, "max_length": 64}),
    "dialogues, wrapped": (dialogues, {**BFD, "packing_strategy": "wrapped"}),
}


# With the other tokenizer only where what it does matters.
BOTH = ("alpaca", "alpaca, packed", *(name for name in CASES if not name.startswith("alpaca")))


@pytest.mark.parametrize("name, tokenizer", [*((name, byte_level) for name in CASES), *((name, metaspace) for name in BOTH)])
def test_rows_are_those_of_trl(bench, model, name, tokenizer):
    make, sft = CASES[name]
    # Only what is packed goes by thousands.
    count = MANY if sft.get("packing") and tokenizer is byte_level and make in (alpaca, texts) else 120
    key = f"{list(CASES).index(name):03d}{tokenizer.__name__[:4]}".ljust(64, "c")
    place(bench, key, make(count))
    equal(Both(bench, model, key, sft, lambda: tokenizer(bench, THINKING)))
