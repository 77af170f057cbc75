"""Where things lie: a workspace (ROOT), a run in it, one attempt of the run."""

from dataclasses import dataclass
from pathlib import Path

SHORT = 12


@dataclass(frozen=True)
class Workspace:
    root: Path

    def source(self, sha256: str, name: str) -> Path:
        return self.root / "sources" / sha256 / name

    def data(self, key: str) -> Path:
        return self.root / "data" / key[:SHORT]

    def tokens(self, key: str) -> Path:
        return self.root / "tokens" / key[:SHORT]

    def tokenizer(self, key: str) -> Path:
        return self.root / "tokenizers" / key[:SHORT]

    def weights(self, key: str) -> Path:
        return self.root / "weights" / key[:SHORT]


@dataclass(frozen=True)
class Attempt:
    """One attempt of a run, and the folder of files that it was planned with."""

    workspace: Workspace
    run: Path
    number: int
    token: str
    files: Path
    # Where the result lies that the run begins with, if not in its place in the workspace.
    begins_with: Path | None = None

    @property
    def folder(self) -> Path:
        return self.run / "attempts" / str(self.number)

    @property
    def output(self) -> Path:
        return self.run / "output"

    @property
    def result(self) -> Path:
        return self.output / "result"

    @property
    def cache(self) -> Path:
        """Tokenised rows, kept between attempts, removed when the run is done."""
        return self.run / "cache"
