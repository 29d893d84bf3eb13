"""The files a browser fetches once: our JavaScript and CSS, and plotly.js from the installed plotly package.

They are held in memory, compressed once, and served under a version that is the hash of all of them:
``/np/static/<version>/live.js``. So they may be cached for a year, and the relative imports between our modules
stay within one version.
"""

import gzip
import hashlib
from dataclasses import dataclass, field
from functools import cache, cached_property
from importlib.metadata import version as installed_version
from importlib.util import find_spec
from pathlib import Path
from threading import Lock, Thread

STATIC = Path(__file__).parent / "static"
PLOTLY = "plotly.min.js"
TYPES = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8"}


@dataclass
class Asset:
    """One file: its bytes as they are and compressed."""

    name: str
    path: Path
    _lock: Lock = field(default_factory=Lock, repr=False)

    @property
    def media_type(self) -> str:
        """Content type of the file."""
        return TYPES[self.path.suffix]

    @cached_property
    def content(self) -> bytes:
        """The file's bytes."""
        return self.path.read_bytes()

    @cached_property
    def etag(self) -> str:
        """A name for exactly these bytes."""
        return f'"{hashlib.sha256(self.content).hexdigest()[:20]}"'

    @property
    def compressed(self) -> bytes:
        """The bytes gzipped; made once (plotly.js takes a fifth of a second), however many threads ask."""
        with self._lock:
            return self._gzipped

    @cached_property
    def _gzipped(self) -> bytes:
        return gzip.compress(self.content, compresslevel=6, mtime=0)


@dataclass(frozen=True)
class Assets:
    """All files by name, and the version they have together."""

    files: dict[str, Asset]
    version: str

    def warm(self) -> None:
        """Compress everything in the background, so that no first visitor waits for it."""
        for asset in self.files.values():
            _ = asset.compressed, asset.etag


@cache
def assets() -> Assets:
    """The files of this installation. Read once a process; compressing begins at once, in the background."""
    own = sorted(path for path in STATIC.iterdir() if path.suffix in TYPES)
    files = {path.name: Asset(path.name, path) for path in own}
    found = Assets({**files, PLOTLY: Asset(PLOTLY, _plotly_file())}, _version(own))
    Thread(target=found.warm, name="compress-assets", daemon=True).start()
    return found


def _version(own: list[Path]) -> str:
    digest = hashlib.sha256(installed_version("plotly").encode())
    for path in own:
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:12]


def _plotly_file() -> Path:
    """plotly.js of the installed plotly package, found without importing the package."""
    spec = find_spec("plotly")
    if spec is None or not spec.submodule_search_locations:
        raise RuntimeError("plotly is not installed; run `make run`, which installs the requirements")
    return Path(spec.submodule_search_locations[0]) / "package_data" / PLOTLY
