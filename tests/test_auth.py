"""Roles and regions: what each covers, and the sentence for those who ask for more."""

from __future__ import annotations

import pytest

from navigator.auth import COMMAND_LINE, ROLES, Actor, NotAllowed, need

LI = Actor("京山小李", "staff", "京山市")


@pytest.mark.parametrize("needed", ROLES)
@pytest.mark.parametrize("role", ROLES)
def test_a_role_may_do_what_those_before_it_may(role, needed):
    actor = Actor("某人", role)
    if ROLES.index(role) >= ROLES.index(needed):
        assert need(actor, needed) is actor
    else:
        with pytest.raises(NotAllowed, match=f"您的身份是{actor.role_name}"):
            need(actor, needed)


@pytest.mark.parametrize("role", ROLES)
def test_nobody_may_do_nothing(role):
    with pytest.raises(NotAllowed, match="您还没有登录"):
        need(None, role)


def test_an_office_is_responsible_for_its_own_region_only():
    assert need(LI, "staff", region="京山市") is LI
    with pytest.raises(NotAllowed, match="您负责的是京山市;钟祥市的资料由当地工作人员处理"):
        need(LI, "staff", region="钟祥市")


def test_a_record_without_a_region_belongs_to_the_whole_city():
    assert not LI.covers(None)
    assert Actor("市局", "staff").covers(None)
    assert Actor("市局", "staff").covers("钟祥市")


def test_the_command_line_may_do_everything():
    assert need(COMMAND_LINE, "admin", region="京山市") is COMMAND_LINE


def test_the_sign_in_of_an_actor_is_neither_shown_nor_compared():
    assert Actor("甲", "staff", None, "secret-row") == Actor("甲", "staff")
    assert "secret-row" not in repr(Actor("甲", "staff", None, "secret-row"))
