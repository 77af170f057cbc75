"""
Rows of a dataset of the Hub, of the very commit that is asked for. Where the Hub cannot be asked, or refuses, the library
datasets takes the newest rows of its cache, whatever commit they are of (datasets 5.2, CachedDatasetModuleFactory).
"""

from pathlib import Path
from typing import Any

from .hub import is_commit, why_not
from .secrets import token_of


def load_split(data: dict[str, Any], split: str, revision: str | None) -> Any:
    import datasets

    options = {"name": data.get("config"), "split": split, "revision": revision, **token_of(data)}
    if not is_commit(revision):
        return datasets.load_dataset(data["id"], **options)
    try:
        found = datasets.load_dataset(data["id"], **options)
    except Exception:
        # Without the Hub it may have looked in the newest rows, and these have no such split.
        place = _cached(data, str(revision))
        if place is None or why_not("dataset", data["id"], revision, token_of(data)) is None:
            raise
        return _read(place, data["id"], split)
    other = _commit_of(found)
    if other in (None, revision):
        return found
    place = _cached(data, str(revision))
    if place is None:
        raise FileNotFoundError(f"the cache holds commit {other}, and not {revision}")
    return _read(place, data["id"], split)


def _commit_of(found: Any) -> str | None:
    """.../<config>/<version>/<commit>, where the library keeps rows; None where it tells no commit."""
    files = found.cache_files
    name = Path(files[0]["filename"]).parent.name if files else ""
    return name if is_commit(name) else None


def _cached(data: dict[str, Any], revision: str) -> Path | None:
    import datasets
    from datasets.naming import camelcase_to_snakecase

    *owner, name = data["id"].split("/")
    root = Path(datasets.config.HF_DATASETS_CACHE) / "___".join([*owner, camelcase_to_snakecase(name)])
    places = {place.parts[-3]: place for place in root.glob(f"{data.get('config') or '*'}/*/{revision}")}
    if "default" in places:
        return places["default"]
    # Which of several is meant, only the Hub could tell.
    return next(iter(places.values())) if len(places) == 1 else None


def _read(place: Path, name: str, split: str) -> Any:
    from datasets.packaged_modules.cache.cache import Cache

    config, version, revision = place.parts[-3:]
    named = {"dataset_name": name.split("/")[-1], "repo_id": name, "config_name": config}
    return Cache(cache_dir=str(place.parents[3]), version=version, hash=revision, **named).as_dataset(split=split)
