"""The booklet as a Word file: real heading styles, contents and indexes that show page numbers without being updated first."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time

from navigator.reports.handbook import Entry, Handbook, IndexGroup
from navigator.reports.page_plan import Block, Plan, line_count, plan_pages, text_width
from navigator.reports.sheet import Row, Sheet
from navigator.reports.wording import day_words
from navigator.reports.wordpaper import (
    BODY_LINE,
    BODY_SIZE,
    FIELD_END,
    LABEL_WIDTH,
    SMALL_LINE,
    SMALL_SIZE,
    TEXT_HEIGHT,
    TEXT_WIDTH,
    Style,
    WordPaper,
    dotted_tab,
    field_begin,
    line_words,
    page_line,
    style_height,
    style_size,
    text_run,
)

_PAGE = TEXT_HEIGHT * 0.98
_LIST_INDENT = 11.0


def handbook_docx(book: Handbook) -> bytes:
    """The .docx file."""
    return _Booklet(book).write()


class _Booklet:
    """Collects the blocks of the booklet, plans their pages, then draws them in order."""

    def __init__(self, book: Handbook) -> None:
        self.book = book
        self.paper = WordPaper(book.title, book.product, book.footer, datetime.combine(book.as_of, time(12)))
        self.blocks: list[Block] = []
        self.contents: list[tuple[int, str, str]] = []
        self.plan = Plan({}, (), 0)
        self.names = {entry.number: entry.sheet.name for entry in book.entries}

    def write(self) -> bytes:
        """The whole file."""
        self._body()
        front = [*self._cover(), *self._how_to_read(), *self._contents()]
        self.blocks = [*front, *self.blocks]
        self.plan = plan_pages(self.blocks, _PAGE)
        for block, page_break in zip(self.blocks, self.plan.breaks, strict=True):
            block.draw(page_break)
        return self.paper.save()

    def _cover(self) -> list[Block]:
        book = self.book
        lines: tuple[tuple[Style, str], ...] = (
            ("Title", book.title),
            ("Subtitle", f"按{day_words(book.as_of)}有效的政策编印"),
            ("Normal", book.subtitle),
            ("Normal", f"编印：{book.product}　资料版本：{book.version}"),
            ("Small", book.how_to_read[-1]),
        )
        return [self._text(style, text) for style, text in lines]

    def _how_to_read(self) -> list[Block]:
        key = "how_to_read"
        self.contents.insert(0, (1, "怎么看这本手册", key))
        lines = [f"{number}. {line}" for number, line in enumerate(self.book.how_to_read, start=1)]
        phones = [f"{one.number}　{one.name}：{one.for_what}" for one in self.book.phones]
        return [
            self._heading(1, "怎么看这本手册", key, new_page=True),
            *(self._text("Line", line) for line in lines),
            self._heading(2, "常用电话", "phones"),
            *(self._text("Line", line) for line in phones),
        ]

    def _contents(self) -> list[Block]:
        blocks = [self._text("Heading 1", "目录", new_page=True)]
        last = len(self.contents) - 1
        for place, (level, words, key) in enumerate(self.contents):
            opening = field_begin('TOC \\o "1-3" \\h \\z \\u') if place == 0 else ""
            closing = FIELD_END if place == last else ""
            blocks.append(self._page_line(f"TOC {level}", words, key, opening, closing))  # type: ignore[arg-type]
        return blocks

    def _body(self) -> None:
        for place, chapter in enumerate(self.book.chapters):
            self._listed(1, chapter.title, f"chapter_{place}", new_page=True)
            for number, section in enumerate(chapter.sections):
                self._listed(2, section.title, f"section_{place}_{number}")
                self.blocks.append(self._text("Small", f"{section.note}。", with_next=True))
                self._entries(section.entries)
        if self.book.upcoming:
            self._listed(1, "即将开始的", "upcoming", new_page=True)
            self._listed(2, "按开始的日子排", "upcoming_by_day")
            self._entries(self.book.upcoming)
        self._set_aside()
        self._platforms()
        self._index("附录二　按对象查", "by_audience", self.book.audience_note, self.book.audiences)
        self._index("附录三　按名称查", "by_name", "按汉语拼音排列，前面是编号，后面是页码。", self.book.names)

    def _entries(self, entries: tuple[Entry, ...]) -> None:
        for entry in entries:
            sheet, key = entry.sheet, f"m{entry.number}"
            title = f"{entry.number}　{sheet.name}"
            self.contents.append((3, title, key))
            self.blocks.append(Block(_sheet_height(sheet, title), self._draw_sheet(sheet, title, key), key))

    def _draw_sheet(self, sheet: Sheet, title: str, key: str) -> Callable[[bool], None]:
        def draw(page_break: bool) -> None:
            self.paper.heading(3, title, key, page_break=page_break)
            self.paper.chips(sheet.chips)
            self.paper.text("Lead", sheet.summary)
            self.paper.rows(sheet.rows)

        return draw

    def _set_aside(self) -> None:
        if not self.book.set_aside:
            return
        self._listed(1, "已经到期和没有核实的", "set_aside", new_page=True)
        self.blocks.append(self._text("Small", "只列名称和原因，不能照着办。"))
        for place, group in enumerate(self.book.set_aside):
            self._listed(2, f"{group.title}（{len(group.items)}项）", f"set_aside_{place}")
            self.blocks.append(self._text("Small", group.note, with_next=True))
            for item in group.items:
                self.blocks.append(self._text("Lead", f"{item.name}　{item.level}", with_next=True))
                self.blocks.append(self._text("Small", item.reason))

    def _platforms(self) -> None:
        self._listed(1, "附录一　营商环境方案里的平台和机制", "platforms", new_page=True)
        self.blocks.append(self._text("Small", self.book.platform_note))
        for place, group in enumerate(self.book.platforms):
            self.blocks.append(self._heading(2, group.title, f"platforms_{place}"))
            for one in group.platforms:
                self.blocks.append(self._text("Lead", f"{one.name}：{one.what}", with_next=True))
                self.blocks.append(self._text("Small", one.more))
            if group.also:
                self.blocks.append(self._text("Small", f"另见：{group.also}。"))

    def _index(self, title: str, key: str, note: str, groups: tuple[IndexGroup, ...]) -> None:
        self._listed(1, title, key, new_page=True)
        self.blocks.append(self._text("Small", note))
        for group in groups:
            words = f"{group.title}（{group.note}）" if group.note else group.title
            self.blocks.append(self._text("Lead", words, with_next=True))
            for number in group.numbers:
                self.blocks.append(self._page_line("Index", f"{number}　{self.names[number]}", f"m{number}"))

    def _listed(self, level: int, words: str, key: str, *, new_page: bool = False) -> None:
        self.contents.append((level, words, key))
        self.blocks.append(self._heading(level, words, key, new_page=new_page))

    def _heading(self, level: int, words: str, key: str, *, new_page: bool = False) -> Block:
        style: Style = f"Heading {level}"  # type: ignore[assignment]
        height = style_height(style, line_count(words, style_size(style), TEXT_WIDTH))

        def draw(page_break: bool) -> None:
            self.paper.heading(level, words, key, page_break=page_break)

        return Block(height, draw, key, new_page, with_next=True)

    def _text(self, style: Style, words: str, *, new_page: bool = False, with_next: bool = False) -> Block:
        height = style_height(style, line_count(words, style_size(style), TEXT_WIDTH))

        def draw(page_break: bool) -> None:
            self.paper.paragraph(style, text_run(words), page_break=page_break, keep_next=with_next)

        return Block(height, draw, new_page=new_page, with_next=with_next)

    def _page_line(self, style: Style, words: str, key: str, opening: str = "", closing: str = "") -> Block:
        height = style_height(style, line_count(words, style_size(style), TEXT_WIDTH - 60))

        def draw(page_break: bool) -> None:
            line = opening + page_line(words, key, self.plan.pages[key]) + closing
            self.paper.paragraph(style, line, page_break=page_break, extra=dotted_tab())

        return Block(height, draw)


def _sheet_height(sheet: Sheet, title: str) -> float:
    chips_width = sum(text_width(f"  {one.mark} {one.word} ", SMALL_SIZE) for one in sheet.chips)
    parts = (
        style_height("Heading 3", line_count(title, style_size("Heading 3"), TEXT_WIDTH)),
        style_height("Chips", max(1, -int(-chips_width // (TEXT_WIDTH * 0.9)))),
        style_height("Lead", line_count(sheet.summary, BODY_SIZE, TEXT_WIDTH)),
        *map(_row_height, sheet.rows),
    )
    return sum(parts)


def _row_height(row: Row) -> float:
    width = TEXT_WIDTH - LABEL_WIDTH
    if row.form == "links":
        return SMALL_LINE * line_count("　".join(one.text for one in row.lines), SMALL_SIZE, width * 0.9)
    size, line = (SMALL_SIZE, SMALL_LINE) if row.form == "small" else (BODY_SIZE, BODY_LINE)
    column = width - (_LIST_INDENT if row.form in ("list", "steps") else 0)
    words = (
        line_words(row, place).split("\t")[-1] + f"〔{one.aside}〕" * bool(one.aside)
        for place, one in enumerate(row.lines)
    )
    return line * sum(line_count(text, size, column) for text in words)
