"""A sentence-transformers module: jieba words, one vector each, summed. Needs jieba and numpy besides sentence-transformers.

SentenceTransformer(folder, trust_remote_code=True) loads it; that flag is asked for because a folder that brings its
own code runs it.
"""

from pathlib import Path
from typing import Any

import torch
from sentence_transformers.base.modules import InputModule

from navigator.retrieval.static import WordVectors


class JiebaStatic(InputModule):
    """Turns texts into the vectors of `WordVectors`; nothing in it is trained."""

    def __init__(self, vectors: WordVectors) -> None:
        super().__init__()
        self.vectors = vectors

    def preprocess(self, inputs: list[str], prompt: str | None = None, **kwargs: Any) -> dict[str, torch.Tensor]:
        """The finished vectors: cutting and adding up are one step here. A prompt is put before each text."""
        texts = [f"{prompt or ''}{text}" for text in inputs]
        return {"sentence_embedding": torch.from_numpy(self.vectors.encode(texts))}

    def forward(self, features: dict[str, torch.Tensor], **kwargs: Any) -> dict[str, torch.Tensor]:
        """Nothing is left to do."""
        return features

    def get_embedding_dimension(self) -> int:
        """The length of a vector."""
        return self.vectors.dims

    def save(self, output_path: str, *args: Any, safe_serialization: bool = True, **kwargs: Any) -> None:
        """Write words and vectors; sentence-transformers itself copies this file and writes the rest."""
        self.vectors.save(Path(output_path))

    @classmethod
    def load(cls, model_name_or_path: str, subfolder: str = "", **kwargs: Any) -> "JiebaStatic":
        """Read them from the model's folder, local or on the hub."""
        hub = {key: kwargs.get(key) for key in ("token", "cache_folder", "revision")}
        hub["local_files_only"] = kwargs.get("local_files_only", False)
        return cls(WordVectors.load(Path(cls.load_dir_path(model_name_or_path, subfolder=subfolder, **hub))))

    def get_config_dict(self) -> dict[str, Any]:
        """What its printed form shows."""
        return {"words": len(self.vectors.words), "dims": self.vectors.dims}
