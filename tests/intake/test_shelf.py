"""The shelf: every save is kept, two people never overwrite each other, and only a second person releases."""

from __future__ import annotations

import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from navigator.auth import Actor, NotAllowed
from navigator.errors import InputError
from navigator.intake.shelf import Shelf
from tests.intake.conftest import FIRST, SECOND, THIRD, Clock


def released(draft, author, second):
    """A release that finds nothing wrong."""


def test_every_save_is_kept_with_who_and_when(shelf):
    draft = shelf.create(FIRST, "measure", "一", "标题")
    saved = shelf.save(SECOND, draft.id, "二", draft.base)
    shelf.save(FIRST, draft.id, "三", saved.draft.base)
    history = shelf.history(draft.id)
    assert [(one.number, one.by, one.content) for one in history] == [
        (1, "小甲", "一"),
        (2, "小乙", "二"),
        (3, "小甲", "三"),
    ]
    assert [one.at for one in history] == sorted(one.at for one in history)
    assert history[0].at.startswith("2026-11-23T09:0")


def test_a_save_that_changes_nothing_writes_nothing(shelf):
    draft = shelf.create(FIRST, "measure", "一", "标题")
    assert shelf.save(SECOND, draft.id, "一", draft.base).draft == draft
    assert len(shelf.history(draft.id)) == 1


def test_who_saves_second_on_the_same_base_loses_nothing_and_overwrites_nothing(shelf):
    draft = shelf.create(FIRST, "measure", "原来", "标题")
    assert shelf.save(FIRST, draft.id, "甲改的", draft.base).is_head
    late = shelf.save(SECOND, draft.id, "乙改的", draft.base)
    assert not late.is_head
    assert late.aside.content == "乙改的"
    assert late.draft.content == shelf.get(draft.id).content == "甲改的"
    assert "乙改的" in [one.content for one in shelf.history(draft.id)]
    again = shelf.save(SECOND, draft.id, late.aside.content, late.draft.base)
    assert again.is_head and shelf.get(draft.id).content == "乙改的"


def test_a_page_drawn_anew_in_the_middle_of_its_own_save_goes_on_from_it(tmp_path):
    moment = Clock()()
    shelf = Shelf(tmp_path, lambda: moment, lambda *line: None)
    draft = shelf.create(FIRST, "measure", "一", "标题")
    shelf.save(FIRST, draft.id, "一二", draft.base)
    again = shelf.save(FIRST, draft.id, "一二三", draft.base)
    assert again.is_head and again.aside is None
    assert shelf.get(draft.id).content == "一二三"
    assert [one.content for one in shelf.history(draft.id)] == ["一", "一二", "一二三"]


def test_ones_own_window_left_open_for_long_does_not_cover_what_one_wrote_since(shelf):
    draft = shelf.create(FIRST, "measure", "一", "标题")
    shelf.save(FIRST, draft.id, "在家改的", draft.base)
    late = shelf.save(FIRST, draft.id, "办公室旧窗口里的", draft.base)
    assert not late.is_head and shelf.get(draft.id).content == "在家改的"


def test_people_who_save_at_the_same_moment_all_keep_what_they_typed(tmp_path):
    shelf = Shelf(tmp_path, log=lambda *line: None)
    draft = shelf.create(FIRST, "document", "开头", "标题")
    typed = [f"第{number}个人" for number in range(12)]
    threads = [threading.Thread(target=shelf.save, args=(Actor(text, "staff"), draft.id, text, draft.base)) for text in typed]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    history = shelf.history(draft.id)
    assert [one.number for one in history] == list(range(1, 14))
    assert sorted(one.content for one in history[1:]) == sorted(typed)
    assert sum(not one.aside for one in history) == 2


def test_the_author_cannot_release_but_another_can(shelf, log):
    draft = shelf.create(FIRST, "measure", "一", "标题")
    draft = shelf.propose_release(FIRST, draft.id, draft.base, note="新政策")
    with pytest.raises(InputError, match="不能自己发布"):
        shelf.approve(FIRST, draft.id, draft.base, released)
    assert shelf.approve(SECOND, draft.id, draft.base, released).state == "released"
    assert [(who, what) for who, what, _ in log] == [
        ("小甲", "建了草稿"),
        ("小甲", "请人核对发布"),
        ("小乙", "核对后发布"),
    ]


def test_neither_who_proposed_nor_who_wrote_last_can_release(shelf):
    draft = shelf.create(FIRST, "measure", "一", "标题")
    draft = shelf.save(SECOND, draft.id, "二", draft.base).draft
    draft = shelf.propose_release(FIRST, draft.id, draft.base)
    for one in (FIRST, SECOND):
        with pytest.raises(InputError, match="不能自己发布"):
            shelf.approve(one, draft.id, draft.base, released)
    assert shelf.approve(THIRD, draft.id, draft.base, released).head.by == "小丙"


def test_a_change_after_the_proposal_needs_a_new_proposal(shelf):
    draft = shelf.create(FIRST, "measure", "一", "标题")
    proposed = shelf.propose_release(FIRST, draft.id, draft.base)
    changed = shelf.save(FIRST, draft.id, "二", proposed.base).draft
    assert changed.state == "draft"
    with pytest.raises(InputError, match="先由编写人提交核对"):
        shelf.approve(SECOND, draft.id, changed.base, released)


def test_who_looked_at_an_older_state_cannot_release_the_newer_one(shelf):
    draft = shelf.create(FIRST, "measure", "一", "标题")
    seen = shelf.propose_release(FIRST, draft.id, draft.base)
    back = shelf.give_back(SECOND, draft.id, seen.base, "改一个字")
    shelf.propose_release(FIRST, draft.id, shelf.save(FIRST, draft.id, "二", back.base).draft.base)
    with pytest.raises(InputError, match="小甲 在 2026-11-23 .* 改过"):
        shelf.approve(SECOND, draft.id, seen.base, released)


def test_a_release_that_fails_leaves_the_draft_waiting(shelf):
    def fails(draft, author, second):
        raise InputError("发布", "例子不对")

    draft = shelf.create(FIRST, "measure", "一", "标题")
    draft = shelf.propose_release(FIRST, draft.id, draft.base)
    with pytest.raises(InputError, match="例子不对"):
        shelf.approve(SECOND, draft.id, draft.base, fails)
    assert shelf.get(draft.id).state == "proposed"


def test_a_released_draft_is_never_changed_again(shelf):
    draft = shelf.create(FIRST, "measure", "一", "标题")
    draft = shelf.propose_release(FIRST, draft.id, draft.base)
    draft = shelf.approve(SECOND, draft.id, draft.base, released)
    for step in (
        lambda: shelf.save(FIRST, draft.id, "二", draft.base),
        lambda: shelf.withdraw(FIRST, draft.id, draft.base),
        lambda: shelf.propose_release(FIRST, draft.id, draft.base),
    ):
        with pytest.raises(InputError, match="已经发布"):
            step()


def test_a_withdrawn_draft_stays_and_a_save_brings_it_back(shelf):
    draft = shelf.create(FIRST, "document", "一", "标题")
    gone = shelf.withdraw(FIRST, draft.id, draft.base, "先放放")
    assert shelf.list(states={"withdrawn"}) == [gone]
    assert shelf.save(FIRST, draft.id, "二", gone.base).draft.state == "draft"


def test_sending_back_needs_a_reason(shelf):
    draft = shelf.create(FIRST, "measure", "一", "标题")
    draft = shelf.propose_release(FIRST, draft.id, draft.base)
    with pytest.raises(InputError, match="没有写原因"):
        shelf.give_back(SECOND, draft.id, draft.base, " ")


def test_drafts_are_listed_by_kind_and_state_the_last_touched_first(shelf):
    old = shelf.create(FIRST, "measure", "一", "旧的")
    new = shelf.create(FIRST, "measure", "二", "新的")
    text = shelf.create(FIRST, "document", "三", "文件")
    assert [one.id for one in shelf.list()] == [text.id, new.id, old.id]
    assert [one.id for one in shelf.list("measure")] == [new.id, old.id]
    shelf.save(FIRST, old.id, "改", old.base)
    assert shelf.list("measure")[0].id == old.id


@pytest.mark.parametrize("draft_id", ["", "../../etc", "20261123-zzzzzzzz", "20261123-00000000", "a" * 300])
def test_an_id_that_is_none_is_told_in_one_sentence(shelf, draft_id):
    with pytest.raises(InputError, match="没有编号"):
        shelf.get(draft_id)


def test_only_staff_may_write(shelf):
    draft = shelf.create(FIRST, "measure", "一", "标题")
    outsider = Actor("小队", "team")
    for step in (
        lambda: shelf.create(outsider, "measure", "一", "标题"),
        lambda: shelf.save(outsider, draft.id, "二", draft.base),
        lambda: shelf.propose_release(outsider, draft.id, draft.base),
        lambda: shelf.approve(outsider, draft.id, draft.base, released),
        lambda: shelf.give_back(outsider, draft.id, draft.base, "x"),
        lambda: shelf.withdraw(outsider, draft.id, draft.base),
    ):
        with pytest.raises(NotAllowed):
            step()
    assert len(shelf.history(draft.id)) == 1


@given(st.lists(st.tuples(st.booleans(), st.text(max_size=20)), max_size=8))
def test_whatever_is_typed_by_whomever_on_whatever_base_stands_in_the_history(tmp_path_factory, saves):
    shelf = Shelf(tmp_path_factory.mktemp("shelf"), Clock(), lambda *line: None)
    draft = shelf.create(FIRST, "measure", "开头", "标题")
    kept = set()
    for is_current, text in saves:
        current = shelf.get(draft.id)
        base = current.base if is_current else max(current.base - 1, 0)
        shelf.save(SECOND, draft.id, text, base)
        kept.add(text)
    assert kept <= {one.content for one in shelf.history(draft.id)}
