"""The one error a person is meant to read, and how a found value is shown in it."""

from datetime import date


class InputError(ValueError):
    """Bad input, told in one Chinese sentence: which file or field, what was found, what would be right."""

    def __init__(self, place: str, found: str, expected: str = "") -> None:
        self.place, self.found, self.expected = place, found, expected
        super().__init__(f"{place}:{found}" + (f";{expected}" if expected else ""))


def shorten(text: str, longest: int = 60) -> str:
    """A text as it may stand in a sentence: one line, printable, cut where it is long."""
    line = " ".join("".join(sign if sign.isprintable() else " " for sign in text[: 4 * longest]).split())
    return line if len(line) <= longest else f"{line[:longest]}…"


def shown(value: object) -> str:
    """A value as its writer wrote it: “文字”, 12, true, 2026-01-31; 空的 for none, 一组值 for anything larger."""
    match value:
        case None:
            return "空的"
        case bool():
            return "true" if value else "false"
        case int() if abs(value) >= 10**18:
            return "一个很大的数字"
        case int() | float() | date():
            return str(value)
        case str():
            return f"“{shorten(value)}”"
    return "一组值"
