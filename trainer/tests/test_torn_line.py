"""Two processes append to one file of events: what a kill tears of the one's line takes nothing from the other's."""

import json

from test_supervise import Case

# Samples come when they come: on a busy machine before the first step too. A line is torn right after one, so that the
# next is not just being written, and the training lives until one follows.
TORN = """
events = attempt / "events.jsonl"
def until_sample(after):
    until = time.monotonic() + 10
    while b'"sample"' not in events.read_bytes()[after:].rpartition(b"\\n")[0] and time.monotonic() < until:
        time.sleep(0.01)
step(1)
until_sample(events.stat().st_size)
with open(events, "a") as file:
    file.write('{"kind": "st')
until_sample(events.stat().st_size)
os.kill(os.getpid(), 9)
"""


def test_samples_and_a_torn_line(tmp_path):
    case = Case(tmp_path)
    assert case.finish(TORN, SFT_SAMPLE_SECONDS="0.3") == 7
    lines = (case.run / "attempts/1/events.jsonl").read_text().splitlines()
    torn = lines.index('{"kind": "st')
    others = [json.loads(line) for line in lines[:torn] + lines[torn + 1 :]]
    assert [event["kind"] for event in others if event["kind"] != "sample"] == ["step", "end"]
    assert others[-1]["kind"] == "end" and case.end()["step"] == 1
    samples = [json.loads(line) for line in lines[torn + 1 :] if '"sample"' in line]
    assert samples and all(each["memory_bytes"] > 1_000_000 and each["cpu"] >= 0 for each in samples)
