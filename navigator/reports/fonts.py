"""Finds an openly licensed Chinese font for papers and pictures: among the system's fonts, or in a font package installed with pip.

No font is kept in the repository. Whatever is embedded into a file is subset by the program that writes the file.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import typst

from navigator.errors import InputError

OPEN_FAMILIES = (
    "Noto Sans CJK SC",
    "Source Han Sans SC",
    "Source Han Sans CN",
    "Noto Sans SC",
    "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei",
)
"""Families under the SIL Open Font License, Apache License, or GPL with the font exception, best first."""

_FONT_PACKAGES = ("manimgx_fonts_cjk",)
"""pip packages that carry such a font (OFL) and nothing else."""


@dataclass(frozen=True, slots=True)
class PaperFont:
    """The family all papers are set in, and the fonts it was found among."""

    family: str
    fonts: typst.Fonts

    @property
    def regular(self) -> tuple[str, int]:
        """File and index within it of the upright weight nearest to 400."""
        faces = [
            face for face in self.fonts.fonts() if face.family == self.family and face.style == "normal" and face.path
        ]
        best = min(faces, key=lambda face: abs(face.weight - 400))
        return str(best.path), best.index


@cache
def paper_font() -> PaperFont:
    """The best open Chinese font there is; raises InputError that says what to install where there is none."""
    fonts = typst.Fonts(include_system_fonts=True, include_embedded_fonts=False, font_paths=_package_folders())
    return choose_font(fonts)


def choose_font(fonts: typst.Fonts) -> PaperFont:
    """The first of OPEN_FAMILIES among `fonts`."""
    present = set(fonts.families())
    for family in OPEN_FAMILIES:
        if family in present:
            return PaperFont(family, fonts)
    raise InputError(
        "中文字体", "没有找到", "请先安装思源黑体：apt-get install fonts-noto-cjk，或 pip install manimgx-fonts-cjk"
    )


def _package_folders() -> list[str]:
    found = (find_spec(name) for name in _FONT_PACKAGES)
    return [str(Path(spec.origin).parent) for spec in found if spec and spec.origin]
