"""Accounts and signing in: who may make them, what a password must be, throttling, time-outs, and what the log says."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest

from navigator.auth import COMMAND_LINE, Actor, NotAllowed, need
from navigator.errors import InputError
from navigator.settings import settings
from navigator.store import accounts, sign_ins
from navigator.store.audit import read_audit
from navigator.store.engine import reading
from navigator.store.tables import AccountRow, SignInRow

PASSWORD = "an old pass phrase 7"
NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
HOME = "10.0.0.1"
NO_ADMINISTRATORS = (
    None,
    Actor("甲", "public"),
    Actor("乙", "team"),
    Actor("丙", "staff"),
    Actor("丁", "staff", "京山市"),
)


@pytest.fixture
def office(store) -> None:
    """An administrator and two offices."""
    accounts.add_account(COMMAND_LINE, "王管理", "admin", None, PASSWORD)
    accounts.add_account(COMMAND_LINE, "京山小李", "staff", "京山市", PASSWORD)
    accounts.add_account(COMMAND_LINE, "钟祥小王", "staff", "钟祥市", PASSWORD)


def sign_in(name="京山小李", password=PASSWORD, address=HOME, minutes=0, **more):
    return sign_ins.sign_in(name, password, address, now=NOON + timedelta(minutes=minutes), **more)


def who(begun, minutes=0):
    return sign_ins.actor_of(sign_ins.id_of(begun.cookie), now=NOON + timedelta(minutes=minutes))


def actions():
    return [entry.action for entry in read_audit(COMMAND_LINE)]


def test_signing_in_gives_the_role_and_region_of_the_account(office):
    begun = sign_in()
    assert begun.actor == Actor("京山小李", "staff", "京山市")
    assert who(begun) == begun.actor


def test_a_name_is_found_however_it_is_typed(office):
    for name in ("京山小李", " 京山小李 ", "京山小李\n"):
        assert sign_in(name).actor.name == "京山小李"


def test_capitals_and_full_width_letters_make_no_difference(office):
    accounts.add_account(COMMAND_LINE, "Li.Hua", "team", None, PASSWORD)
    assert sign_in("ｌｉ．ｈｕａ").actor.name == "Li.Hua"
    with pytest.raises(InputError, match="已经有人用了"):
        accounts.add_account(COMMAND_LINE, "LI.HUA", "team", None, PASSWORD)


def test_the_store_keeps_neither_password_nor_cookie(office):
    begun = sign_in()
    with reading() as session:
        account = session.query(AccountRow).filter_by(name="京山小李").one()
        row = session.query(SignInRow).one()
    assert account.password.startswith("$argon2id$")
    assert PASSWORD not in account.password
    assert begun.cookie not in (row.id, row.token)


def test_a_wrong_name_and_a_wrong_password_are_told_alike(office):
    for name, password in (
        ("京山小李", "wrong"),
        ("没有这人", PASSWORD),
        ("京山小李", ""),
        ("a\0b", "\0"),
        ("京山小李", "x" * 5000),
    ):
        with pytest.raises(InputError) as told:
            sign_in(name, password)
        assert str(told.value) == str(InputError("登录", "用户名或密码不对", "请再试一次；忘了密码请找管理员"))


def test_the_log_does_not_repeat_a_name_that_has_no_account(office):
    with pytest.raises(InputError):
        sign_in("password-in-the-wrong-box")
    entry = read_audit(COMMAND_LINE)[0]
    assert (entry.action, entry.subject) == ("登录失败", "user:")
    assert "password-in" not in str(entry.details)


def test_a_switched_off_account_cannot_sign_in_and_is_out_at_once(office):
    begun = sign_in()
    accounts.set_enabled(COMMAND_LINE, "京山小李", False)
    assert who(begun) is None
    with pytest.raises(InputError, match="用户名或密码不对"):
        sign_in()
    accounts.set_enabled(COMMAND_LINE, "京山小李", True)
    assert who(begun) is None
    assert who(sign_in()) is not None


def test_the_ninth_wrong_try_waits_even_with_the_right_password_until_the_first_is_old(office):
    for minute in range(sign_ins.TRIES_OF_A_NAME):
        with pytest.raises(InputError, match="不对"):
            sign_in(password="wrong", address=f"10.0.0.{minute}", minutes=minute / 2)
    with pytest.raises(InputError, match="请过 11 分钟再试"):
        sign_in(address="10.0.1.1", minutes=4)
    assert sign_in("钟祥小王", minutes=4).actor.name == "钟祥小王"
    assert sign_in(minutes=15.1).actor.name == "京山小李"


def test_many_names_tried_from_one_address_are_stopped_and_others_are_not(office):
    for number in range(sign_ins.TRIES_OF_AN_ADDRESS):
        with pytest.raises(InputError, match="不对"):
            sign_in(f"猜{number}", "wrong")
    with pytest.raises(InputError, match="试错的次数太多了"):
        sign_in()
    assert sign_in(address="10.0.0.2").actor.name == "京山小李"


def test_tries_at_the_same_time_count_one_by_one(office):
    told: list[str] = []

    def guess() -> None:
        try:
            sign_in(password="wrong")
        except InputError as error:
            told.append(error.found)

    tries = [threading.Thread(target=guess) for _ in range(sign_ins.TRIES_OF_A_NAME + 6)]
    for one in tries:
        one.start()
    for one in tries:
        one.join()
    assert told.count("用户名或密码不对") == sign_ins.TRIES_OF_A_NAME
    assert told.count("试错的次数太多了") == 6


def test_a_success_forgets_the_wrong_tries(office):
    for _ in range(2):
        for _ in range(sign_ins.TRIES_OF_A_NAME - 1):
            with pytest.raises(InputError, match="不对"):
                sign_in(password="wrong")
        assert sign_in().actor.name == "京山小李"


def test_a_reset_password_lets_a_throttled_person_in_again(office):
    for _ in range(sign_ins.TRIES_OF_A_NAME):
        with pytest.raises(InputError, match="不对"):
            sign_in(password="wrong")
    accounts.set_password(COMMAND_LINE, "京山小李", "quite another phrase")
    assert sign_in(password="quite another phrase").actor.name == "京山小李"


def test_every_sign_in_has_a_value_of_its_own_and_ends_the_one_the_browser_came_with(office):
    first = sign_in()
    second = sign_in(before=first.cookie)
    assert first.cookie != second.cookie
    assert who(first) is None
    assert who(second) is not None


def test_a_value_the_browser_brought_along_never_becomes_a_sign_in(office):
    planted = "value-planted-by-somebody-else"
    begun = sign_in(before=planted)
    assert begun.cookie != planted
    assert sign_ins.actor_of(sign_ins.id_of(planted), now=NOON) is None


def test_doing_nothing_for_an_hour_ends_a_sign_in_and_any_click_before_prolongs_it(office):
    idle = settings().idle_minutes
    begun = sign_in()
    assert who(begun, idle - 1) is not None
    assert who(begun, 2 * idle - 2) is not None
    assert who(begun, 3 * idle - 2) is None
    assert who(begun, 3 * idle - 1) is None


def test_after_half_a_day_one_signs_in_again_whatever_was_done(office):
    begun = sign_in()
    for minutes in range(30, 12 * 60, 30):
        assert who(begun, minutes) is not None
    assert who(begun, 12 * 60) is None


def test_a_change_of_role_and_region_counts_at_once(office):
    begun = sign_in()
    accounts.set_scope(COMMAND_LINE, "京山小李", "team", "沙洋县")
    assert who(begun) == Actor("京山小李", "team", "沙洋县")


def test_a_service_call_looks_again_at_the_sign_in_it_came_with(office):
    actor = sign_ins.sign_in("京山小李", PASSWORD, HOME).actor
    assert need(actor, "staff", region="京山市") == actor
    accounts.set_scope(COMMAND_LINE, "京山小李", "staff", "沙洋县")
    with pytest.raises(NotAllowed, match="您负责的是沙洋县"):
        need(actor, "staff", region="京山市")
    sign_ins.sign_out(actor.sign_in)
    with pytest.raises(NotAllowed, match="请重新登录"):
        need(actor, "public")


def test_a_form_belongs_to_its_own_sign_in(office):
    mine, theirs = sign_in(), sign_in("钟祥小王")
    token = sign_ins.form_token(sign_ins.id_of(mine.cookie), now=NOON)
    assert sign_ins.token_fits(sign_ins.id_of(mine.cookie), token, now=NOON)
    assert not sign_ins.token_fits(sign_ins.id_of(theirs.cookie), token, now=NOON)
    assert not sign_ins.token_fits(sign_ins.id_of(mine.cookie), "", now=NOON)
    assert not sign_ins.token_fits(sign_ins.id_of("nobody"), "", now=NOON)
    assert not sign_ins.token_fits(sign_ins.id_of(mine.cookie), token, now=NOON + timedelta(days=1))


def test_signing_out_ends_this_sign_in_only_and_twice_does_no_harm(office):
    here, there = sign_in(), sign_in()
    sign_ins.sign_out(sign_ins.id_of(here.cookie))
    sign_ins.sign_out(sign_ins.id_of(here.cookie))
    assert who(here) is None
    assert who(there) is not None
    assert actions().count("退出") == 1


@pytest.mark.parametrize(
    ("password", "told"),
    [
        ("short", "至少 10 个"),
        ("x" * 201, "最多 200 个"),
        ("12345678901234", "太好猜"),
        ("aaaaaaaaaaaa", "太好猜"),
        ("京山小李京山小李京山小李", "太好猜"),
        ("Password2026!", "太好猜"),
    ],
)
def test_a_weak_password_is_refused_with_what_would_be_right(password, told):
    with pytest.raises(InputError, match=told):
        accounts.hash_password(password, "京山小李")


def test_a_refused_password_leaves_the_old_one(office):
    with pytest.raises(InputError, match="太好猜"):
        accounts.set_password(COMMAND_LINE, "京山小李", "1234567890")
    assert sign_in().actor.name == "京山小李"


REFUSED = (
    ("新人", "boss", None, "public、team、staff、admin"),
    ("新人", "staff", "武汉市", "没有“武汉市”"),
    ("新人", "staff", "荆门市外", "没有“荆门市外”"),
    ("新人", "admin", "京山市", "管理员管全市"),
    ("", "staff", None, "2到64个"),
    ("a b", "staff", None, "2到64个"),
    ("<script>", "staff", None, "2到64个"),
    ("京山小李", "staff", None, "已经有人用了"),
)


def test_accounts_that_make_no_sense_are_refused(office):
    for name, role, region, told in REFUSED:
        with pytest.raises(InputError, match=told):
            accounts.check_new_account(COMMAND_LINE, name, role, region)
        with pytest.raises(InputError, match=told):
            accounts.add_account(COMMAND_LINE, name, role, region, PASSWORD)
    assert len(accounts.list_accounts(COMMAND_LINE)) == 3


def test_the_last_administrator_stays(office):
    for change in (
        lambda: accounts.set_enabled(COMMAND_LINE, "王管理", False),
        lambda: accounts.set_scope(COMMAND_LINE, "王管理", "team", None),
    ):
        with pytest.raises(InputError, match="先让另一个人当管理员"):
            change()
    assert accounts.check_account(COMMAND_LINE, "王管理").role == "admin"


@pytest.mark.parametrize(
    "call",
    [
        lambda actor: accounts.add_account(actor, "新人", "staff", None, PASSWORD),
        lambda actor: accounts.check_new_account(actor, "新人", "staff", None),
        lambda actor: accounts.check_account(actor, "京山小李"),
        lambda actor: accounts.list_accounts(actor),
        lambda actor: accounts.set_scope(actor, "京山小李", "admin", None),
        lambda actor: accounts.set_enabled(actor, "京山小李", False),
        lambda actor: accounts.set_password(actor, "京山小李", "quite another phrase"),
    ],
)
def test_only_administrators_manage_accounts(office, call):
    before = accounts.list_accounts(COMMAND_LINE)
    for actor in NO_ADMINISTRATORS:
        with pytest.raises(NotAllowed):
            call(actor)
    assert accounts.list_accounts(COMMAND_LINE) == before
    assert sign_in().actor.role == "staff"


def test_everything_done_to_accounts_stands_in_the_log_without_a_password(office):
    sign_ins.sign_out(sign_in().actor.sign_in)
    accounts.set_scope(COMMAND_LINE, "京山小李", "team", None)
    accounts.set_password(COMMAND_LINE, "京山小李", "quite another phrase")
    accounts.set_enabled(COMMAND_LINE, "京山小李", False)
    assert actions()[:5] == ["停用用户", "重设密码", "改用户权限", "退出", "登录"]
    logged = str(read_audit(COMMAND_LINE))
    assert PASSWORD not in logged
    assert "quite another" not in logged
