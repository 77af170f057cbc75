"""`python -m cdksft_trainer COMMAND`. Imports nothing heavy: a missing torch must be a message, not a traceback."""

import sys

USAGE = """usage: python -m cdksft_trainer COMMAND ...

  prepare    make a run's data and weights in a workspace
  tokenizer  write a loaded tokenizer down as tokenizer.json
  train      one rank of a training process group
  supervise  claim an attempt, launch the training, watch it, say how it ended
"""


def main(argv: list[str]) -> int:
    command, rest = (argv[0], argv[1:]) if argv else ("", [])
    if command == "prepare":
        from .prepare import main as run
    elif command == "tokenizer":
        from .tokenizer import main as run
    elif command == "train":
        from .train import main as run
    elif command == "supervise":
        from .supervise import main as run
    else:
        wants_help = command in ("-h", "--help")
        print(USAGE, end="", file=sys.stdout if wants_help else sys.stderr)
        return 0 if wants_help else 64
    return run(rest)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
