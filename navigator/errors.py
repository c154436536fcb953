"""The one error a person is meant to read: it says where, what was found and what would be right."""


class InputError(ValueError):
    """Bad input, told in one Chinese sentence: which file or field, what was found, what would be right."""

    def __init__(self, place: str, found: str, expected: str = "") -> None:
        self.place, self.found, self.expected = place, found, expected
        super().__init__(f"{place}:{found}" + (f";{expected}" if expected else ""))
