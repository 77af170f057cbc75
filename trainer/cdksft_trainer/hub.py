"""Commits of the Hugging Face Hub."""

import re
from typing import Any


def is_commit(value: Any) -> bool:
    return isinstance(value, str) and re.fullmatch(r"[0-9a-f]{40}", value) is not None


def commit_of(kind: str, name: str, revision: str | None, options: dict[str, str] | None = None) -> str | None:
    """What a revision stands for now; None where the Hub does not tell, as offline: then its cache decides."""
    if is_commit(revision):
        return revision
    from huggingface_hub import HfApi

    ask = HfApi().dataset_info if kind == "dataset" else HfApi().model_info
    try:
        found = ask(name, revision=revision or "main", timeout=10, **(options or {})).sha
    except Exception:  # The client's errors share no base class, and to read the files tells any of them better.
        return None
    return found if is_commit(found) else None


def why_not(
    kind: str, name: str, revision: str | None, options: dict[str, str] | None = None, seconds: float = 10
) -> tuple[str, str] | None:
    """What stands in the way of a repository, with what to do; None where the Hub shows it, and the reason is another.

    The errors of the libraries that read it tell of a file that is not in the cache, whatever the Hub had answered.
    """
    from huggingface_hub import HfApi, constants, errors

    if constants.HF_HUB_OFFLINE:
        return "HF_HUB_OFFLINE is set, and the cache does not hold it", "Fetch it once with the network, or unset it."
    ask = HfApi().dataset_info if kind == "dataset" else HfApi().model_info
    try:
        ask(name, revision=revision or "main", timeout=seconds, **(options or {}))
    except errors.GatedRepoError:
        page = f"{constants.ENDPOINT}/{'datasets/' if kind == 'dataset' else ''}{name}"
        return "it is gated, and the token that is set may not read it", f"Ask for access at {page}, then run it again."
    except errors.RevisionNotFoundError:
        return f"it has no revision {revision or 'main'}", "Name a branch, tag or commit that it has."
    except errors.HfHubHTTPError as error:
        return _refused(kind, error.response.status_code)
    except ValueError:
        fix = "Unset HF_ENDPOINT, or set it to a Hub."
        return f"what answers at {constants.ENDPOINT} is no Hub", fix
    except Exception:  # Of whatever library carries it: no connection, no answer in time.
        return f"{constants.ENDPOINT} does not answer", "Look at the network of this host, then run it again."
    return None


def _refused(kind: str, status: int) -> tuple[str, str]:
    if status in (401, 404):
        # The Hub answers 401 for what does not exist, too.
        missing = f"there is no such {kind}, or it is private ({status})"
        return missing, "Correct the id; if it is private or gated, give a token that may read it."
    if status == 403:
        return "the token that is set may not read it (403)", "Give a token that may read it."
    if status == 429:
        return "the Hub asks to wait (429)", "Run it again in some minutes; with a token more is allowed."
    return f"the Hub fails ({status})", "Run it again later."
