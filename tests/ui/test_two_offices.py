"""Two offices, one after the other at the same server: what the first has seen of its enterprises is not on any page of the second."""

from __future__ import annotations

import pytest

from navigator.settings import settings
from navigator.ui import links
from tests.delivery.pushed import CIT, begin_batch, begin_hand_over, push_out
from tests.ui.seen import everything

NAME = "京山独有机械厂"
OFFICE_PAGES = [name for name, entry in links._PAGES.items() if entry.role in ("team", "staff")]


def seen(page) -> str:
    """Texts, labels, HTML and tables."""
    html = [element.proto.body for element in page.get("html")]
    tables = [element.value.to_csv() for element in (*page.dataframe, *page.table)]
    return "\n".join([everything(page), *html, *tables])


@pytest.fixture
def pushed(store, tmp_path, monkeypatch):
    """An enterprise of 京山 to which something was pushed; all its things have the number 1."""
    monkeypatch.setenv("NAVIGATOR_DATA", str(tmp_path / "data"))
    settings.cache_clear()
    batch = begin_batch(scope="京山市", choice={"measures": [CIT]})
    made = push_out(1, NAME, batch=batch, hand_over=begin_hand_over(batch))
    assert (made.batch, made.enterprise) == (1, 1)
    yield made
    settings.cache_clear()


@pytest.mark.parametrize("path", OFFICE_PAGES)
def test_what_one_office_has_seen_is_shown_to_no_other(open_page, signed_in, pushed, path):
    signed_in("staff", "京山市")
    open_page(path, id="1")
    signed_in("staff", "钟祥市")
    text = seen(open_page(path, id="1"))
    assert NAME not in text
    assert pushed.uscc not in text


def test_the_office_itself_sees_its_enterprise(open_page, signed_in, pushed):
    signed_in("staff", "京山市")
    assert NAME in seen(open_page("record", id="1"))
    assert NAME in seen(open_page("records"))
