"""What turns a text into a vector: the built-in static encoder, or any sentence-transformers model named in the settings.

The static encoder is saved as a true sentence-transformers folder, yet runs here without torch. The other one loads
torch only when it is configured, and in the background, so that search can answer by words meanwhile.
"""

import logging
import re
from collections.abc import Sequence
from importlib import resources
from pathlib import Path
from threading import Lock, Thread
from typing import Any, Protocol

import numpy as np

from navigator.errors import InputError
from navigator.retrieval.folders import write_json
from navigator.retrieval.static import WordVectors
from navigator.retrieval.tokens import Segmenter

BUILT_IN = "built-in"
_TEMPLATE = resources.files("navigator.retrieval") / "encoder_template"
_OUR_IMPORT = re.compile(r"^from navigator\.retrieval\.(\w+) import .*$", re.MULTILINE)
_log = logging.getLogger(__name__)


class Encoder(Protocol):
    """Texts to vectors of unit length (float32, one row a text; zero where nothing is known of a text)."""

    name: str

    @property
    def dims(self) -> int:
        """The length of a vector."""

    @property
    def ready(self) -> bool:
        """Whether `encode` answers at once."""

    def encode(self, texts: Sequence[str], query: bool = False) -> np.ndarray:
        """One row a text; `query` says that they are questions, which some models treat in their own way."""


class StaticEncoder:
    """The built-in encoder: word vectors fitted on the indexed texts."""

    name = BUILT_IN
    ready = True

    def __init__(self, vectors: WordVectors) -> None:
        self.vectors = vectors

    @classmethod
    def fit(cls, texts: Sequence[Sequence[str]], cutter: Segmenter) -> "StaticEncoder":
        """Fit word vectors on texts that are cut into words. Only here scipy is needed, so only here it is imported."""
        from navigator.retrieval.fitting import fit_word_vectors

        return cls(fit_word_vectors(texts, cutter))

    @property
    def dims(self) -> int:
        """The length of a vector."""
        return self.vectors.dims

    def encode(self, texts: Sequence[str], query: bool = False) -> np.ndarray:
        """One row a text."""
        return self.vectors.encode(texts)

    def save(self, folder: Path) -> None:
        """Write a sentence-transformers model folder that needs nothing of this package."""
        folder.mkdir(parents=True)
        self.vectors.save(folder)
        (folder / "jieba_static.py").write_text(_bundled(), encoding="utf-8")
        module = {"idx": 0, "name": "0", "path": "", "type": "jieba_static.JiebaStatic"}
        write_json(folder / "modules.json", [module])
        about = {"model_type": "SentenceTransformer", "similarity_fn_name": "cosine", "prompts": {}}
        write_json(folder / "config_sentence_transformers.json", about)
        card = (_TEMPLATE / "README.md").read_text(encoding="utf-8")
        (folder / "README.md").write_text(
            card.replace("WORDS", str(len(self.vectors.words))).replace("DIMS", str(self.dims)), encoding="utf-8"
        )

    @classmethod
    def load(cls, folder: Path) -> "StaticEncoder":
        """Read the arrays of a folder written by `save`; neither torch nor sentence-transformers is imported."""
        return cls(WordVectors.load(folder))


def _bundled() -> str:
    """The template with the modules it imports from this package written into it."""

    def source(match: re.Match[str]) -> str:
        text = (resources.files("navigator.retrieval") / f"{match[1]}.py").read_text(encoding="utf-8")
        return _OUR_IMPORT.sub(source, text)

    return _OUR_IMPORT.sub(source, (_TEMPLATE / "jieba_static.py").read_text(encoding="utf-8"))


class SentenceTransformersEncoder:
    """A local model folder or a hub name already downloaded; loaded at first use or by `warm_up`, never over the network."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._model: Any = None
        self._lock, self._loading = Lock(), Lock()
        self._warming: Thread | None = None

    @property
    def dims(self) -> int:
        """The length of a vector; loads the model."""
        return int(self._loaded().get_embedding_dimension())

    @property
    def ready(self) -> bool:
        """Whether the model is loaded."""
        return self._model is not None

    def warm_up(self) -> None:
        """Start loading in the background, once; a failure is logged and search goes on by words."""
        with self._lock:
            if self._model is None and self._warming is None:
                self._warming = Thread(target=self._try_load, name="encoder", daemon=True)
                self._warming.start()

    def encode(self, texts: Sequence[str], query: bool = False) -> np.ndarray:
        """One row a text; waits until the model is loaded."""
        model = self._loaded()
        if not texts:
            return np.zeros((0, self.dims), np.float32)
        encode = model.encode_query if query else model.encode_document
        rows = encode(list(texts), normalize_embeddings=True, convert_to_numpy=True, show_progress_bar=False)
        return np.asarray(rows, np.float32)

    def _try_load(self) -> None:
        try:
            self._loaded()
        except InputError as error:
            _log.warning("%s", error)

    def _loaded(self) -> Any:
        with self._loading:
            if self._model is None:
                self._model = _sentence_transformer(self.name)
        return self._model


def _sentence_transformer(name: str) -> Any:
    try:
        from sentence_transformers import SentenceTransformer
    except ImportError:
        raise InputError("NAVIGATOR_ENCODER", "没有装 sentence-transformers", "先安装,或不设这一项") from None
    try:
        return SentenceTransformer(name, local_files_only=True)
    except Exception as error:  # whatever a foreign model folder brings up is bad input here
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise InputError(
            "NAVIGATOR_ENCODER", f"读不了模型 {name}({reason})", "应是本地模型文件夹或已下载的模型名"
        ) from error


def encoder_named(name: str) -> SentenceTransformersEncoder | None:
    """The encoder a setting names; None for the built-in one, which is fitted while indexing."""
    return None if name == BUILT_IN else SentenceTransformersEncoder(name)
