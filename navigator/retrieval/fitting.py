"""Fits the built-in encoder's word vectors on the texts that are indexed: nothing pre-trained, no network, always alike.

Latent semantic analysis of which words share a passage: positive pointwise mutual information with smoothed contexts
and the root of the singular values (Levy, Goldberg & Dagan 2015, TACL 3), cut down by a seeded randomised SVD (Halko,
Martinsson & Tropp 2011, SIAM Review 53), every word's vector at unit length times the square of its idf.
"""

from collections.abc import Sequence

import numpy as np
from scipy import sparse

from navigator.retrieval.static import WordVectors
from navigator.retrieval.tokens import Segmenter

MOST_DIMS, LEAST_DIMS = 256, 16
TEXTS_PER_DIM = 5  # few texts carry few meanings: 300 of them 60 dimensions
IDF_POWER = 2
PASSAGE = 200  # words: longer texts are cut, or a long text would make everything in it alike
MOST_PASSAGES = 20_000  # evenly spaced beyond that: more do not help, and time would grow with them
CONTEXT_SMOOTHING = 0.75
SPARE_DIMS, ROUNDS, SEED = 16, 2, 0


def fit_word_vectors(texts: Sequence[Sequence[str]], cutter: Segmenter) -> WordVectors:
    """Vectors of all words of `texts`, each text a list of words. Few or empty texts give fewer dimensions, at least 1."""
    passages = [words[at : at + PASSAGE] for words in texts for at in range(0, len(words), PASSAGE)]
    step = max(1, -(-len(passages) // MOST_PASSAGES))
    presence, words = _presence(passages[::step])
    if not words:
        return WordVectors([], np.zeros((0, 1), np.float32), cutter)
    dims = min(MOST_DIMS, max(LEAST_DIMS, len(texts) // TEXTS_PER_DIM))
    axes, strengths = _principal_axes(_association(presence), dims)
    vectors = _unit_rows(axes * np.sqrt(strengths))
    holding = np.asarray(presence.sum(axis=0)).ravel()
    idf = np.log(1 + (presence.shape[0] - holding + 0.5) / (holding + 0.5))
    return WordVectors(words, vectors * (idf**IDF_POWER)[:, None], cutter)


def _presence(passages: Sequence[Sequence[str]]) -> tuple[sparse.csr_matrix, list[str]]:
    """Passages x words, 1 where the word stands in the passage; words in order of first appearance."""
    column: dict[str, int] = {}
    indices: list[int] = []
    ends = [0]
    for words in passages:
        indices += [column.setdefault(word, len(column)) for word in dict.fromkeys(words)]
        ends.append(len(indices))
    ones = np.ones(len(indices), np.float32)
    return sparse.csr_matrix((ones, indices, ends), shape=(len(passages), len(column))), list(column)


def _association(presence: sparse.csr_matrix) -> sparse.csr_matrix:
    """Words x words: positive pointwise mutual information of standing in the same passage."""
    together = (presence.T @ presence).tocsr()
    totals = np.asarray(together.sum(axis=1), np.float64).ravel()
    contexts = totals**CONTEXT_SMOOTHING
    contexts /= contexts.sum()
    by_row = np.repeat(totals, np.diff(together.indptr))
    together.data = np.log(together.data / (by_row * contexts[together.indices])).clip(min=0).astype(np.float32)
    together.eliminate_zeros()
    return together if together.nnz else sparse.identity(together.shape[0], np.float32, format="csr")


def _principal_axes(matrix: sparse.csr_matrix, dims: int) -> tuple[np.ndarray, np.ndarray]:
    """The first left singular vectors (columns) and singular values of a matrix, largest first."""
    width = min(dims + SPARE_DIMS, *matrix.shape)
    basis = matrix @ np.random.default_rng(SEED).standard_normal((matrix.shape[1], width), dtype=np.float32)
    for _ in range(ROUNDS):
        basis = matrix @ (matrix.T @ _orthonormal(basis))
    basis = _orthonormal(basis)
    squares, turn = _axes_of(matrix.T @ basis)
    return (basis @ turn[:, :dims].astype(np.float32)), np.sqrt(squares[:dims]).astype(np.float32)


def _orthonormal(basis: np.ndarray) -> np.ndarray:
    """The same column space with orthonormal columns; through the small Gram matrix, much faster here than QR."""
    squares, axes = _axes_of(basis)
    kept = squares > squares[0] * 1e-10
    return basis @ (axes[:, kept] / np.sqrt(squares[kept])).astype(np.float32)


def _axes_of(columns: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Squared singular values and right singular vectors of tall columns, largest first, in double precision."""
    wide = columns.astype(np.float64)
    squares, axes = np.linalg.eigh(wide.T @ wide)
    return squares[::-1].clip(min=0), axes[:, ::-1]


def _unit_rows(rows: np.ndarray) -> np.ndarray:
    return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12)
