"""
`sft data inspect` beside `datasets.map` with the same tokenizer: `python bench/tokenising.py ROWS.json TOKENIZER [COUNT] [ROUNDS]`.

ROWS: alpaca rows, of which two files of COUNT (52,000) are made: the rows repeated, and as many different ones, composed of
their sentences in another order, every twentieth word replaced by one that stands nowhere else. TOKENIZER: a folder with the
tokenizer.json that transformers loads. Needs what the trainer needs, and `node`, 24 or newer. All ways start from the same
file, in turn within a round, without anything that an earlier one has left.

Theirs: reads the file, renders, tokenises prompts and whole rows, and counts tokens and trained tokens; of Python the work
alone is measured, not its imports. Ours: the whole command from its start, which judges the rows, too.
"""

import json
import os
import random
import re
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]


def write_repeated(path, rows, count):
    with open(path, "w", encoding="utf-8") as file:
        file.writelines(json.dumps(rows[at % len(rows)], ensure_ascii=False) + "\n" for at in range(count))


def write_distinct(path, rows, count):
    chance = random.Random(1)
    asked = [row["instruction"] for row in rows]
    said = [one for row in rows for one in re.findall(r".+?[.!?\n]+\s*", row["output"])]
    lengths = [len(row["output"]) for row in rows]
    letters = "abcdefghijklmnopqrstuvwxyz"

    def text(least):
        made = ""
        while len(made) < least:
            made += chance.choice(said)
        words = made.split(" ")
        for at in range(chance.randrange(20), len(words), 20):
            words[at] = "".join(chance.choices(letters, k=chance.randrange(4, 10)))
        return " ".join(words)

    with open(path, "w", encoding="utf-8") as file:
        for at in range(count):
            row = {"instruction": f"{chance.choice(asked)} {chance.choice(asked)}", "input": "", "output": text(lengths[at % len(rows)])}
            file.write(json.dumps(row, ensure_ascii=False) + "\n")


def used(who):
    found = resource.getrusage(who)
    return found.ru_utime + found.ru_stime


def run(words, environment):
    """Seconds, processor seconds of all of its processes, and what it said."""
    began, before = time.monotonic(), used(resource.RUSAGE_CHILDREN)
    ended = subprocess.run(words, capture_output=True, text=True, env={**os.environ, **environment})
    took = time.monotonic() - began, used(resource.RUSAGE_CHILDREN) - before
    if ended.returncode != 0:
        sys.exit(f"{' '.join(words)} gives {ended.returncode}:\n{ended.stderr[-2000:]}")
    return *took, json.loads(ended.stdout[ended.stdout.index("{") :])


def ours(path, tokenizer):
    command = ["node", str(ROOT / "bin" / "sft.js"), "data", "inspect", path.name, "--tokenizer", str(tokenizer), "--json"]
    with tempfile.TemporaryDirectory() as folder:
        # A folder of its own: what the command keeps of files lies in the project.
        (Path(folder) / path.name).symlink_to(path)
        seconds, processor, said = run(["env", "-C", folder, *command], {})
    tokens = said["tokens"]
    return seconds, processor, [said["rows"], tokens["tokens"]["total"], tokens["trained"]["total"]]


def theirs(path, tokenizer, way):
    *_, said = run([sys.executable, __file__, "--map", str(path), str(tokenizer), way], {"TOKENIZERS_PARALLELISM": "true"})
    return said["seconds"], said["processor"], said["counts"]


def mapped(path, tokenizer, way):
    import datasets
    from transformers import AutoTokenizer

    sys.path.insert(0, str(ROOT / "trainer"))
    from cdksft_trainer.rows import WITH_INPUT, WITHOUT_INPUT

    datasets.disable_progress_bars()
    known = AutoTokenizer.from_pretrained(tokenizer)
    end = known.eos_token

    def rendered(instruction, given, answer):
        template = WITH_INPUT if given else WITHOUT_INPUT
        prompt = template.replace("{instruction}", instruction, 1).replace("{input}", given, 1)
        return prompt, prompt + answer + ("" if answer.endswith(end) else end)

    def border(prompt, ids):
        if ids[: len(prompt)] == prompt:
            return len(prompt)
        return next(at for at, one in enumerate(prompt) if ids[at] != one)

    def one(row):
        prompt, text = rendered(row["instruction"], row["input"], row["output"])
        asked, ids = known(prompt)["input_ids"], known(text)["input_ids"]
        return {"tokens": len(ids), "trained": len(ids) - border(asked, ids)}

    def many(rows):
        pairs = [rendered(*row) for row in zip(rows["instruction"], rows["input"], rows["output"])]
        asked, whole = (known(list(texts))["input_ids"] for texts in zip(*pairs))
        trained = [len(ids) - border(prompt, ids) for prompt, ids in zip(asked, whole)]
        return {"tokens": [len(ids) for ids in whole], "trained": trained}

    with tempfile.TemporaryDirectory() as folder:
        began, before = time.monotonic(), used(resource.RUSAGE_SELF)
        read = datasets.Dataset.from_json(path, cache_dir=folder)
        found = read.map(many if way == "batched" else one, batched=way == "batched", remove_columns=read.column_names)
        counts = [len(found), sum(found["tokens"]), sum(found["trained"])]
        took = {"seconds": time.monotonic() - began, "processor": used(resource.RUSAGE_SELF) - before}
    print(json.dumps({**took, "counts": counts}))


def main(source, tokenizer, count=52_000, rounds=3):
    rows = json.loads(Path(source).read_text(encoding="utf-8"))
    ways = {"ours": ours, "map, batched": lambda *given: theirs(*given, "batched")}
    if count < 500_000:
        ways["map, row by row"] = lambda *given: theirs(*given, "row")
    with tempfile.TemporaryDirectory() as folder:
        for kind, write in {"repeated": write_repeated, "distinct": write_distinct}.items():
            path = Path(folder) / f"{kind}.jsonl"
            write(path, rows, count)
            print(f"{kind}: {count:,} rows, {path.stat().st_size / 2**20:.0f} MiB; load {os.getloadavg()[0]:.1f}", flush=True)
            measure(ways, path, tokenizer, rounds)
            path.unlink()


def measure(ways, path, tokenizer, rounds):
    took = {name: [] for name in ways}
    for _ in range(rounds):
        counted = set()
        for name, way in ways.items():
            seconds, processor, counts = way(path, tokenizer)
            took[name].append((seconds, processor))
            counted.add(tuple(counts))
        if len(counted) > 1:
            sys.exit(f"they count otherwise: {counted}")
    mine = [statistics.median(column) for column in zip(*took["ours"])]
    for name, all_ in took.items():
        seconds, processor = (statistics.median(column) for column in zip(*all_))
        times = f"{seconds / mine[0]:.1f} and {processor / mine[1]:.1f} times ours"
        print(f"  {name}: {seconds:.1f} s, {processor:.1f} s of processor; {times}", flush=True)
    print(f"  load {os.getloadavg()[0]:.1f}", flush=True)


if __name__ == "__main__":
    if sys.argv[1] == "--map":
        mapped(*sys.argv[2:])
    else:
        main(*sys.argv[1:3], *map(int, sys.argv[3:]))
