"""Pages of Word papers: blocks keep their order, none is broken, what must stay together does."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from navigator.reports.page_plan import Block, line_count, plan_pages, text_width

PAGE = 100.0
blocks = st.lists(
    st.builds(
        Block,
        height=st.floats(1, 40),
        draw=st.just(lambda page_break: None),
        new_page=st.booleans(),
        with_next=st.booleans(),
    ),
    min_size=1,
    max_size=40,
)


def pages_of(found: list[Block]) -> list[list[Block]]:
    plan = plan_pages(found, PAGE)
    pages: list[list[Block]] = [[]]
    for block, begins in zip(found, plan.breaks, strict=True):
        if begins:
            pages.append([])
        pages[-1].append(block)
    assert len(pages) == plan.last
    return pages


@given(blocks)
def test_no_page_holds_more_than_fits(found):
    assert all(sum(block.height for block in page) <= PAGE + 1e-6 for page in pages_of(found))


@given(blocks)
def test_a_heading_is_not_left_alone_at_the_end_of_a_page_where_it_and_its_text_would_fit_on_the_next(found):
    pages = pages_of(found)
    for page, after in zip(pages, pages[1:], strict=False):
        if page[-1].with_next and not after[0].new_page:
            place = next(number for number, block in enumerate(found) if block is page[-1])
            together = [found[place]]
            while together[-1].with_next and place + 1 < len(found):
                place += 1
                together.append(found[place])
            assert sum(block.height for block in together) > PAGE or len(page) > 1


def test_a_heading_goes_to_the_next_page_with_its_text():
    text, heading = Block(90, lambda page_break: None), Block(8, lambda page_break: None, "h", with_next=True)
    plan = plan_pages([text, heading, text], PAGE)
    assert plan.breaks == (False, True, False)
    assert plan.pages == {"h": 2}


def test_widths_count_chinese_signs_in_full_and_lines_follow():
    assert text_width("政策", 10) == 20
    assert 20 < text_width("政策12", 10) < 40
    assert line_count("", 10, 100) == 1
    assert line_count("政" * 21, 10, 100) == 3
