"""The text of a data file: unpacked, and decoded as the plan found it to be written (lib/data/bytes.ts, encoding.ts)."""

import gzip
import io
import zlib
from pathlib import Path

from .mistake import Mistake

MIB = 1024**2


def mistake(id: str, message: str, fix: str) -> Mistake:
    return Mistake(id, message, fix, cause="data")


def read_bytes(path: Path, name: str) -> bytes:
    try:
        packed = path.read_bytes()
    except FileNotFoundError:
        raise mistake("data-missing", f"{name} is not in the workspace.", "Run `sft apply` again.") from None
    return _unpacked(packed, name)


def read_text(path: Path, name: str, encoding: str | None = None) -> str:
    """Without a byte order mark. `encoding`: None for UTF-8, else as the WHATWG calls it."""
    content = read_bytes(path, name)
    try:
        text = _decoded(content, encoding)
    except UnicodeDecodeError as error:
        message = f"{name} is not {encoding or 'UTF-8'} text (byte {error.start})."
        raise mistake("data-not-text", message, "Save it as UTF-8.") from None
    return text.removeprefix("\ufeff")


def most_expanded(size: int) -> int:
    """As the plan has it: text seldom shrinks to a twentieth, a bomb is a thousand times what it seems."""
    return max(64 * MIB, 100 * size)


def _unpacked(packed: bytes, name: str) -> bytes:
    if packed.startswith(b"\x1f\x8b"):
        stream = gzip.GzipFile(fileobj=io.BytesIO(packed))
    elif packed.startswith(b"\x28\xb5\x2f\xfd"):
        import pyarrow

        stream = pyarrow.CompressedInputStream(pyarrow.BufferReader(packed), "zstd")
    else:
        return packed
    most = most_expanded(len(packed))
    try:
        content = stream.read(most + 1)
    except (OSError, EOFError, zlib.error) as error:
        fix = "Copy or compress it again."
        raise mistake("data-compressed", f"{name} cannot be unpacked: {error}.", fix) from None
    if len(content) > most:
        message = f"{name} grows from {len(packed)} bytes to more than {most} when it is unpacked."
        raise mistake("data-too-large", message, "Unpack it yourself, or split it into several files.")
    return content


# Shift_JIS as everybody writes it is what Windows calls 932; "shift_jis" of Python knows fewer characters.
CODECS = {"utf-16le": "utf-16-le", "utf-16be": "utf-16-be", "shift_jis": "cp932"}


def _decoded(content: bytes, encoding: str | None) -> str:
    if encoding == "euc-jp":
        return _shift_jis(content).decode("cp932")
    return content.decode(CODECS.get(encoding or "utf-8", encoding or "utf-8"))


def _shift_jis(content: bytes) -> bytes:
    """EUC-JP as Shift_JIS: the same characters, counted otherwise. Python's own EUC-JP lacks the row of ①, ㈱ and others."""
    made = bytearray()
    at = 0
    while at < len(content):
        first = content[at]
        if first < 0x80:
            made.append(first)
            at += 1
            continue
        if at + 1 == len(content) or not (first == 0x8E or first >= 0xA1):
            raise UnicodeDecodeError("euc-jp", content, at, at + 1, "no EUC-JP")
        second = content[at + 1]
        if first == 0xFF or not 0xA1 <= second <= (0xDF if first == 0x8E else 0xFE):
            raise UnicodeDecodeError("euc-jp", content, at, at + 2, "no EUC-JP")
        if first == 0x8E:
            made.append(second)
        else:
            row, cell = first - 0x80, second - 0x80
            made.append(((row + 1) >> 1) + (0x70 if row < 0x5F else 0xB0))
            made.append(cell + 0x7E if row % 2 == 0 else cell + (0x20 if cell >= 0x60 else 0x1F))
        at += 2
    return bytes(made)
