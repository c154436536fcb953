"""A day without a signal, on a phone: the route is taken along, two enterprises are visited offline, everything comes back once."""

from __future__ import annotations

import base64
import io
import json
import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from navigator.auth import Actor
from navigator.delivery.routes import add_stops
from navigator.delivery.teams import save_team
from navigator.delivery.visits import Wanted, list_visits
from navigator.delivery.visits_rates import number_of, visits_in
from navigator.matching.dates import today
from navigator.store.appeal_tables import AppealRow
from navigator.store.engine import reading
from navigator.store.enterprises import add_enterprise, read_enterprise, save_facts
from navigator.store.visit_tables import VisitPhotoRow
from tests.browser.driving import PASSWORD, PHONE, Visitor, running_office
from tests.store.test_importing_columns import code
from tests.stores import own_store

CITY, LI = Actor("市局老张", "staff"), Actor("京山小李", "staff", "京山市")
EVIL = "京山</script><script>alert(1)</script>厂"
NAMES = ("京山机械厂", EVIL, "京山面馆")
FACTS = {"entity_type": "企业", "region": "京山市", "industry": "C3841", "employees": 45, "restricted_industry": False}
RAW = """async () => {
  const settled = (asked) => new Promise((done) => { asked.onsuccess = () => done(asked.result); });
  const database = await settled(indexedDB.open('jingcetong-visit'));
  const all = [];
  for (const name of database.objectStoreNames) all.push(...await settled(database.transaction(name).objectStore(name).getAll()));
  database.close();
  const bytes = (key, value) => value instanceof Uint8Array ? [...value].map((one) => String.fromCharCode(one)).join('') : value;
  const kept = [];
  for (const name of await caches.keys()) for (const one of await (await caches.open(name)).keys()) kept.push(one.url);
  const other = JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie]);
  return {records: all.length, text: JSON.stringify(all, bytes), kept, other, address: location.href + JSON.stringify(history.state)};
}"""


@dataclass(frozen=True, slots=True)
class Office:
    """A running server whose team has three enterprises on today's route, and the address of its store."""

    address: str
    store: str


@pytest.fixture(scope="module")
def office(tmp_path_factory) -> Iterator[Office]:
    folder = tmp_path_factory.mktemp("data")
    store = f"sqlite:///{folder / 'navigator.db'}"
    with pytest.MonkeyPatch.context() as patch, own_store(store, patch):
        made = [
            add_enterprise(CITY, {"uscc": code(number), "name": name, **FACTS}, source="名单", on=today()).id
            for number, name in enumerate(NAMES, 1)
        ]
        add_stops(LI, save_team(LI, "宋河小分队", ["小陈"]), today(), made, today())
    with running_office(str(folder), {"小陈": ("--role", "team", "--region", "京山市")}) as address:
        yield Office(address, store)


def picture(page: Page, name: str) -> None:
    """A picture of the page, where somebody wants to look at it."""
    if folder := os.environ.get("PICTURES"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def visited_this_month(session: Session) -> float | None:
    """The figure “走访次数”, without invented enterprises."""
    month = today().year * 100 + today().month
    return number_of(visits_in(session, False, None, month, month)).value


def sign_in(page: Page, address: str) -> None:
    page.goto(f"{address}/auth/login?next=/visit/")
    page.get_by_label("用户名").fill("小陈")
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    expect(page.get_by_text("已登录：小陈")).to_be_visible()


def unlock(page: Page, passphrase: str) -> None:
    page.get_by_label("口令（20个数字）").fill(passphrase)
    page.get_by_role("button", name="打开").click()
    expect(page.get_by_role("heading", name="宋河小分队")).to_be_visible()


def answer(page: Page, label: str, value: str) -> None:
    """Answer a fact that the page does not ask for by itself."""
    page.get_by_text("问别的", exact=True).click()
    page.get_by_label("哪一项").select_option(label=label)
    box = page.locator(".question").last.locator("input")
    box.fill(value)
    box.press("Tab")
    expect(page.locator("#told")).to_contain_text(f"记下了：{label}")


def visit(page: Page, name: str, words: str) -> None:
    """Write down a visit to the enterprise whose page is open."""
    page.get_by_role("button", name="记走访").click()
    page.get_by_label("姓名").fill("王经理")
    page.get_by_label("电话").fill("13800138000")
    page.get_by_label("税费").check()
    page.get_by_label("谈话记录").fill(words)
    page.get_by_label("答应做什么").fill("送申请表")
    page.get_by_label("什么时候以前").fill("2030-01-31")
    page.get_by_role("button", name="存下这次走访").click()
    expect(page.get_by_text(f"走访记录：{words}")).to_be_visible()
    picture(page, f"offline-{name}")


def photo_with_a_place() -> bytes:
    exif = Image.Exif()
    exif.get_ifd(0x8825)[1] = "N"
    made = io.BytesIO()
    Image.new("RGB", (2400, 1200), "#888").save(made, "JPEG", exif=exif, comment=b"GPS 31.03 N")
    return made.getvalue()


def test_a_day_without_a_signal(office: Office, visitor, monkeypatch):
    someone: Visitor = visitor(office.address, PHONE)
    page, context = someone.page, someone.page.context
    sign_in(page, office.address)
    page.get_by_role("button", name="带走今天的路线").click()
    passphrase = page.locator("#passphrase").inner_text()
    assert len(passphrase.replace("-", "")) == 20
    picture(page, "offline-taken")
    page.evaluate("navigator.serviceWorker.ready.then(() => null)")
    page.wait_for_function("caches.keys().then((names) => names.length === 1)")

    context.set_offline(True)
    page.reload()
    expect(page.get_by_text("连不上服务器")).to_be_visible()
    page.get_by_label("口令（20个数字）").fill("1" * 20)
    page.get_by_role("button", name="打开").click()
    expect(page.locator("#told")).to_contain_text("口令不对")
    unlock(page, passphrase)
    other = context.new_page()
    other.goto(f"{office.address}/visit/")
    other.get_by_label("口令（20个数字）").fill(passphrase)
    other.get_by_role("button", name="打开").click()
    expect(other.locator("#told")).to_contain_text("已经在另一个窗口打开了")
    page.get_by_role("button", name="锁上").click()
    unlock(other, passphrase)
    other.close()
    unlock(page, passphrase)

    page.get_by_role("button", name=NAMES[0]).click()
    before = page.get_by_text("现在能享受").first.inner_text()
    page.locator(".question").first.wait_for()
    answer(page, "年应纳税所得额", "16万")
    answer(page, "资产总额", "100万")
    assert page.locator(".money").inner_text() != before
    visit(page, "first", "电压和减税")
    page.get_by_role("button", name="记诉求").click()
    page.get_by_label("哪一类", exact=True).select_option("水电气网")
    page.get_by_label("一句话说清").fill("电压不稳")
    page.get_by_label("具体情况").fill("常常跳闸")
    page.get_by_role("button", name="存下这件诉求").click()
    expect(page.get_by_text("诉求：电压不稳")).to_be_visible()
    page.get_by_role("button", name="回到路线").click()

    page.get_by_role("button", name=NAMES[1]).click()
    expect(page.get_by_role("heading", name=EVIL)).to_be_visible()
    answer(page, "从业人数", "48")
    page.get_by_role("button", name="记走访").click()
    records = page.evaluate(RAW)["records"]
    page.get_by_label("谈话记录").fill("只写了一半")
    for _ in range(200):
        if page.evaluate(RAW)["records"] > records:
            break
    page.reload()
    unlock(page, passphrase)
    page.get_by_role("button", name=NAMES[1]).click()
    page.get_by_role("button", name="记走访（接着写）").click()
    expect(page.get_by_label("谈话记录")).to_have_value("只写了一半")
    page.get_by_label("照片").set_input_files(
        {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": photo_with_a_place()}
    )
    expect(page.get_by_alt_text("走访照片")).to_be_visible()
    page.get_by_role("button", name="先不写了").click()
    page.get_by_role("button", name="记走访（接着写）").click()
    visit_again = page.get_by_role("button", name="存下这次走访")
    visit_again.click()
    expect(page.get_by_text("走访记录：只写了一半")).to_be_visible()

    for width in (PHONE, 1280):
        page.set_viewport_size({"width": width, "height": 812})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        picture(page, f"offline-stop-{width}")
    raw = page.evaluate(RAW)
    assert raw["records"] >= 6
    kept = json.dumps(raw, ensure_ascii=False)
    for secret in (
        "京山",
        "alert",
        "employees",
        code(1),
        "王经理",
        "13800138000",
        "只写了一半",
        "跳闸",
        passphrase,
        passphrase.replace("-", ""),
    ):
        assert secret not in kept
        assert secret.encode().decode("latin-1") not in raw["text"]
    assert {url.removeprefix(office.address).split("/")[1] for url in raw["kept"]} == {"visit"}
    assert not any("pack" in url.rpartition("/")[2] and not url.endswith(".js") for url in raw["kept"])
    someone.complaints[:] = [one for one in someone.complaints if "ERR_INTERNET_DISCONNECTED" not in one]
    assert someone.complaints == []

    with own_store(office.store, monkeypatch):
        save_facts(CITY, code(2), {"employees": 50}, source="税务", on=today(), based_on=1)
    context.set_offline(False)
    cookies = context.cookies()
    context.clear_cookies()  # the sign-in ended while they were out
    page.get_by_role("button", name="回到路线").click()
    page.get_by_role("button", name="带回", exact=True).click()
    expect(page.locator("#told").get_by_role("link", name="去登录")).to_be_visible()
    someone.complaints[:] = [one for one in someone.complaints if "401" not in one]
    context.add_cookies(cookies)
    page.reload()
    unlock(page, passphrase)
    page.get_by_role("button", name="带回", exact=True).click()
    expect(page.get_by_role("heading", name="和档案不一致，请您定（1 项）")).to_be_visible()
    expect(page.get_by_text("走访时（").first).to_contain_text("回答 48人；档案里现在是 50人")
    expect(page.get_by_text("没有等着带回的")).to_be_visible()
    picture(page, "offline-back")
    page.get_by_role("button", name="以走访为准").click()
    expect(page.locator("#told")).to_contain_text("定好了")
    page.get_by_role("button", name="带回", exact=True).click()
    expect(page.locator("#told")).to_contain_text("都带回过了")

    with own_store(office.store, monkeypatch), reading() as session:
        visits, total = list_visits(CITY, Wanted())
        assert (total, {one.words for one in visits}) == (2, {"电压和减税", "只写了一半"})
        assert visited_this_month(session) == 2
        assert [one.title for one in session.query(AppealRow)] == ["电压不稳"]
        (photo,) = session.query(VisitPhotoRow)
        assert max(photo.width, photo.height) == 1600
        record = read_enterprise(CITY, code(1))
        assert (record.facts["taxable_income"].value, record.facts["taxable_income"].source) == (160_000, "走访")
        assert read_enterprise(CITY, code(2)).facts["employees"].value == 48
        assert read_enterprise(CITY, code(3)).version == 1


SLEPT = """() => {
  const now = Date.now;
  Date.now = () => now() + 16 * 60_000;
  document.dispatchEvent(new Event('visibilitychange'));
  Date.now = now;
}"""
"""A device that slept for sixteen minutes is looked at again."""


PARTS = """async (photo) => {
  const { Vault, fromText, makePassphrase, toText, ITERATIONS } = await import('/visit/crypto.js');
  const { picture } = await import('/visit/forms.js');
  const { readTyped } = await import('/visit/values.js');
  const { Work } = await import('/visit/work.js');
  const refused = (work) => work.then(() => 'opened', (error) => error.message);
  const vault = await Vault.of('1234-5678');
  const [one, other, file] = [await vault.seal({ a: '厂' }, 'x'), await vault.seal({ a: '厂' }, 'x'), await vault.again().seal({ a: '厂' }, 'x')];
  const changed = { ...one, data: one.data.map((byte, at) => at ? byte : byte ^ 1) };
  const same = (a, b) => a.join() === b.join();
  const typed = { money: ['120万', '１，２００', '-3.5亿', '很多'], count: ['45人', '4.5', '-1'], percent: ['3%', '101'], bool: ['是', '否', ''],
    code: ['C3841 电池制造', 'c38', '电池'] };
  const route = { id: 'p', sealed: await vault.seal({ enterprises: [] }, 'pack:p') };
  const written = [{ id: '1', sealed: changed }, { id: '2', sealed: await vault.seal({}, 'kept:2') }];
  const work = await Work.open({ kept: async () => written }, vault, route);
  return {
    kept: [work.damaged, work.docs().length],
    opened: await (await Vault.of(' １２３４ 5678 ', one.salt)).open(fromText(toText(one)), 'x'),
    wrong: await refused((await Vault.of('1234-5679', one.salt)).open(one, 'x')),
    elsewhere: await refused(vault.open(one, 'y')),
    changed: await refused(vault.open(changed, 'x')),
    weak: await refused(vault.open({ ...one, iterations: 1000 }, 'x')),
    afresh: !same(one.nonce, other.nonce) && !same(one.data, other.data) && same(one.salt, other.salt) && !same(one.salt, file.salt),
    nonsense: fromText('{}') === null && fromText('x') === null,
    iterations: ITERATIONS,
    passphrases: Array.from({ length: 200 }, makePassphrase),
    photo: await picture(new File([Uint8Array.from(photo)], 'a.jpg', { type: 'image/jpeg' })),
    no_photo: await refused(picture(new File(['x'], 'a.jpg', { type: 'image/jpeg' }))),
    typed: Object.entries(typed).map(([type, texts]) => texts.map((text) => readTyped({ type }, text).value ?? null)),
  };
}"""


def test_the_parts_of_the_app_lock_redraw_and_read_as_they_say(office: Office, visitor):
    someone: Visitor = visitor(office.address, PHONE)
    page = someone.page
    page.goto(f"{office.address}/visit/")
    expect(page.get_by_role("link", name="登录")).to_be_visible()
    someone.complaints[:] = [one for one in someone.complaints if "401" not in one]
    found = page.evaluate(PARTS, list(photo_with_a_place()))
    assert found["opened"] == {"a": "厂"}
    assert {found[one] for one in ("wrong", "elsewhere", "changed", "weak")} == {"口令不对，或者资料不完整"}
    assert found["afresh"]
    assert found["kept"] == [1, 1]
    assert found["nonsense"]
    assert found["iterations"] >= 600_000
    digits = [one.replace("-", "") for one in found["passphrases"]]
    assert {len(one) for one in digits} == {20}
    assert len(set(digits)) == 200
    counts = Counter("".join(digits))
    assert len(counts) == 10
    assert all(280 < count < 520 for count in counts.values())
    redrawn_bytes = base64.b64decode(found["photo"])
    with Image.open(io.BytesIO(redrawn_bytes)) as redrawn:
        assert (redrawn.size, dict(redrawn.getexif())) == ((1600, 800), {})
    assert b"GPS" in photo_with_a_place()
    assert b"GPS" not in redrawn_bytes
    assert b"Exif" not in redrawn_bytes
    assert found["no_photo"] == "这个文件不是照片，或者打不开"
    assert found["typed"] == [
        [1_200_000, 1_200, -350_000_000, None], [45, None, None], [3, None], [True, False, None], ["C3841", "C38", None],
    ]  # fmt: skip


def test_a_laptop_takes_one_file_and_gives_one_back(office: Office, visitor, tmp_path):
    someone: Visitor = visitor(office.address, 1280)
    page = someone.page
    sign_in(page, office.address)
    with page.expect_download() as download:
        page.get_by_role("button", name="做成一个文件").click()
    passphrase = page.locator("#passphrase").inner_text()
    file = tmp_path / "走访.html"
    download.value.save_as(file)
    assert file.stat().st_size < 5_000_000
    assert not any(one in file.read_text(encoding="utf-8") for one in ("京山", code(1), passphrase))

    alone = page.context.new_page()
    asked: list[str] = []
    complaints: list[str] = []
    alone.on(
        "console", lambda message: complaints.append(message.text) if message.type in ("error", "warning") else None
    )
    alone.on("request", lambda request: asked.append(request.url))
    alone.goto(file.as_uri())
    unlock(alone, passphrase)
    alone.evaluate(SLEPT)
    unlock(alone, passphrase)
    alone.get_by_role("button", name=NAMES[2]).click()
    answer(alone, "从业人数", "6")
    with alone.expect_download() as download:
        alone.get_by_role("button", name="回到路线").click()
        alone.get_by_role("button", name="导出走访结果").click()
    assert all(url.startswith(("file:", "blob:")) for url in asked)
    assert complaints == []
    results = tmp_path / download.value.suggested_filename
    download.value.save_as(results)
    assert "京山" not in results.read_text(encoding="utf-8")

    page.get_by_label("“走访带回”文件").set_input_files(results)
    page.get_by_label("口令", exact=True).fill(passphrase)
    page.get_by_role("button", name="带回这个文件").click()
    expect(page.locator("#told")).to_contain_text("1 条都带回了")
