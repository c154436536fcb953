"""The shelf of drafts: texts and measures on their way into the library, with every save kept, who made it and when.

A draft is a folder of numbered revisions; a number is given once, so two people who save at the same time both keep
what they typed, and the later one is told what changed meanwhile. Only a second person may release. Whoever writes must
be staff. What a draft's content means is not known here; `release` checks and publishes it.
"""

from __future__ import annotations

import fcntl
import json
import re
import secrets
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Literal, get_args
from zoneinfo import ZoneInfo

from navigator.auth import Actor, need
from navigator.errors import InputError
from navigator.intake.files import write_new
from navigator.settings import settings

Kind = Literal["document", "measure"]
State = Literal["draft", "proposed", "released", "withdrawn"]
Action = Literal["create", "save", "propose", "approve", "return", "withdraw"]
KIND_NAMES: dict[Kind, str] = {"document": "文件", "measure": "政策事项"}
STATE_NAMES: dict[State, str] = {
    "draft": "草稿",
    "proposed": "等第二个人核对",
    "released": "已发布",
    "withdrawn": "已撤下",
}
ACTION_NAMES: dict[Action, str] = {
    "create": "建了草稿",
    "save": "保存",
    "propose": "请人核对发布",
    "approve": "核对后发布",
    "return": "退回修改",
    "withdraw": "撤下",
}
LONGEST = 4_000_000
"""Characters a draft may hold."""


@dataclass(frozen=True, slots=True)
class Revision:
    """One save or step. `aside`: typed on an older base than the newest, kept, but not what the draft says now."""

    number: int
    base: int
    at: str
    by: str
    action: Action
    state: State
    title: str
    target: str
    content: str
    note: str = ""
    effective_from: str | None = None
    aside: bool = False
    origin: str = ""
    """Where the draft came from: `upload:<sha256>`, `document:<id>#<clause>`, `measure:<id>`."""

    @property
    def effective_day(self) -> date | None:
        """From which day a released measure is to answer."""
        return date.fromisoformat(self.effective_from) if self.effective_from else None


@dataclass(frozen=True, slots=True)
class Draft:
    """A draft as it stands: its newest revision that is not aside."""

    id: str
    kind: Kind
    head: Revision

    @property
    def base(self) -> int:
        """What the next save gives as its base."""
        return self.head.number

    @property
    def state(self) -> State:
        return self.head.state

    @property
    def title(self) -> str:
        return self.head.title

    @property
    def content(self) -> str:
        return self.head.content


@dataclass(frozen=True, slots=True)
class Saved:
    """A save: the draft as it stands now, and, where somebody else saved first, the text that was put aside."""

    draft: Draft
    aside: Revision | None = None

    @property
    def is_head(self) -> bool:
        """Whether what was typed is what the draft says now."""
        return self.aside is None


Release = Callable[["Draft", str, str], None]
"""Publishes a draft's content: draft, name of the first person, name of the second. Raises InputError and changes nothing."""


Log = Callable[[Actor, str, str, dict[str, str]], None]
"""Where each step is written down besides the shelf: who, what, `draft:<id>`, details. Saves stand in the history alone."""


def _to_audit(actor: Actor, action: str, subject: str, details: dict[str, str]) -> None:
    from navigator.store.audit import audit  # SQLAlchemy: only once somebody writes

    audit(actor, action, subject, details)


def now() -> datetime:
    """The time in Asia/Shanghai."""
    return datetime.now(ZoneInfo("Asia/Shanghai"))


class Shelf:
    """The drafts below one folder."""

    def __init__(self, folder: Path, clock: Callable[[], datetime] = now, log: Log | None = None) -> None:
        self.folder = folder
        self.clock = clock
        self.log = log or _to_audit

    def create(
        self, actor: Actor, kind: Kind, content: str, title: str, target: str = "", origin: str = "", note: str = ""
    ) -> Draft:
        """A new draft; `target` is the id it would be released as, where that is known."""
        need(actor, "staff")
        draft_id = f"{self.clock():%Y%m%d}-{secrets.token_hex(4)}"
        first = Revision(
            1,
            0,
            self._at(),
            actor.name,
            "create",
            "draft",
            _title(title),
            target,
            _fitting(content),
            note,
            origin=origin,
        )
        self._write(kind, draft_id, first)
        self._noted(actor, "create", draft_id, first)
        return Draft(draft_id, kind, first)

    def save(
        self,
        actor: Actor,
        draft_id: str,
        content: str,
        base: int,
        title: str | None = None,
        target: str | None = None,
        note: str = "",
    ) -> Saved:
        """Keep what was typed. On an old `base` it is kept aside and the draft stays as the other person saved it.

        Where the newer state is one's own of this minute, from the same base, it goes on from there: a page that is drawn
        anew while it saves never learns the number of its own save.

        Nothing is written where nothing changed. A saved change of a proposed or withdrawn draft makes it a draft again.
        """
        need(actor, "staff")
        content = _fitting(content)
        with self._locked(draft_id):
            draft = self.get(draft_id)
            head = draft.head
            _not_released(draft)
            wanted = replace(
                head,
                content=content,
                title=head.title if title is None else _title(title),
                target=head.target if target is None else target,
            )
            if wanted == head:
                return Saved(draft)
            made = replace(
                wanted,
                number=self._next_number(draft),
                base=base,
                at=self._at(),
                by=actor.name,
                action="save",
                note=note,
            )
            if base != head.number and not self._is_own_of_this_minute(head, base, actor):
                aside = replace(made, aside=True)
                self._write(draft.kind, draft_id, aside)
                return Saved(draft, aside)
            revision = replace(made, state="draft", effective_from=None)
            self._write(draft.kind, draft_id, revision)
            return Saved(replace(draft, head=revision))

    def _is_own_of_this_minute(self, head: Revision, base: int, actor: Actor) -> bool:
        age = datetime.fromisoformat(self._at()) - datetime.fromisoformat(head.at)
        return head.action == "save" and head.by == actor.name and head.base == base and age <= timedelta(minutes=1)

    def get(self, draft_id: str) -> Draft:
        """A draft as it stands; InputError where there is none of this id."""
        folder = self._folder(draft_id)
        for number in reversed(_numbers(folder)):
            revision = _read(folder, number)
            if not revision.aside:
                return Draft(draft_id, _kind(folder), revision)
        raise InputError("草稿", f"没有编号 {draft_id} 的草稿", "请从草稿列表里打开")

    def history(self, draft_id: str) -> tuple[Revision, ...]:
        """Every save and step, oldest first, those put aside too."""
        folder = self._folder(draft_id)
        return tuple(_read(folder, number) for number in _numbers(folder))

    def list(self, kind: Kind | None = None, states: Iterable[State] | None = None) -> list[Draft]:
        """Drafts of a kind (both by default) in some states (all by default), the last touched first."""
        wanted = None if states is None else set(states)
        found = []
        for name in (kind,) if kind else get_args(Kind):
            for folder in (self.folder / name).glob("*"):
                if _numbers(folder):
                    found.append(self.get(folder.name))
        kept = [draft for draft in found if wanted is None or draft.state in wanted]
        return sorted(kept, key=lambda draft: (draft.head.at, draft.id), reverse=True)

    def propose_release(
        self, actor: Actor, draft_id: str, base: int, effective_from: date | None = None, note: str = ""
    ) -> Draft:
        """Ask a second person to look and release; `note` says what changed and why."""
        need(actor, "staff")
        with self._locked(draft_id):
            draft = self.get(draft_id)
            if draft.state == "proposed":
                raise InputError("草稿", "已经在等第二个人核对", "要改就先改好保存，再重新提交")
            day = effective_from.isoformat() if effective_from else None
            return self._step(actor, draft, base, "propose", "proposed", note, day)

    def approve(self, actor: Actor, draft_id: str, base: int, release: Release) -> Draft:
        """A second person agrees: `release` publishes, then the draft is marked. Refused for whoever wrote or proposed it."""
        need(actor, "staff")
        with self._locked(draft_id):
            draft = self.get(draft_id)
            if draft.state != "proposed":
                raise InputError("发布", f"这份草稿是“{STATE_NAMES[draft.state]}”", "先由编写人提交核对")
            _same_base(draft, base)
            proposer, author = draft.head.by, self.author(draft_id)
            if actor.name in (proposer, author):
                raise InputError("发布", f"{actor.name} 自己写的或自己提交的，不能自己发布", "请另一位工作人员核对发布")
            release(draft, author, actor.name)
            return self._step(actor, draft, base, "approve", "released", "", draft.head.effective_from)

    def give_back(self, actor: Actor, draft_id: str, base: int, reason: str) -> Draft:
        """Send a proposed draft back to its author with a reason."""
        need(actor, "staff")
        if not reason.strip():
            raise InputError("退回", "没有写原因", "写一句要改什么")
        with self._locked(draft_id):
            draft = self.get(draft_id)
            if draft.state != "proposed":
                raise InputError("退回", f"这份草稿是“{STATE_NAMES[draft.state]}”", "只有等人核对的才能退回")
            return self._step(actor, draft, base, "return", "draft", reason.strip())

    def withdraw(self, actor: Actor, draft_id: str, base: int, reason: str = "") -> Draft:
        """Take a draft off the table; it stays on the shelf and a later save brings it back."""
        need(actor, "staff")
        with self._locked(draft_id):
            return self._step(actor, self.get(draft_id), base, "withdraw", "withdrawn", reason.strip())

    def author(self, draft_id: str) -> str:
        """Who wrote what the draft says now."""
        wrote = [one for one in self.history(draft_id) if one.action in ("create", "save") and not one.aside]
        return wrote[-1].by

    def _step(
        self, actor: Actor, draft: Draft, base: int, action: Action, state: State, note: str, day: str | None = None
    ) -> Draft:
        _not_released(draft)
        _same_base(draft, base)
        revision = replace(
            draft.head,
            number=self._next_number(draft),
            base=base,
            at=self._at(),
            by=actor.name,
            action=action,
            state=state,
            note=note,
            effective_from=day,
        )
        self._write(draft.kind, draft.id, revision)
        self._noted(actor, action, draft.id, revision)
        return replace(draft, head=revision)

    def _noted(self, actor: Actor, action: Action, draft_id: str, revision: Revision) -> None:
        details = {"标题": revision.title, "说明": revision.note, "发布为": revision.target}
        self.log(
            actor, ACTION_NAMES[action], f"draft:{draft_id}", {key: value for key, value in details.items() if value}
        )

    @contextmanager
    def _locked(self, draft_id: str) -> Iterator[None]:
        """One writer of a draft at a time, over all processes."""
        with (self._folder(draft_id) / ".lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def _folder(self, draft_id: str) -> Path:
        if re.fullmatch(r"[0-9]{8}-[0-9a-f]{8}", draft_id):
            for kind in get_args(Kind):
                if (self.folder / kind / draft_id).is_dir():
                    return self.folder / kind / draft_id
        raise InputError("草稿", f"没有编号 {draft_id[:40]} 的草稿", "请从草稿列表里打开")

    def _next_number(self, draft: Draft) -> int:
        return _numbers(self._folder(draft.id))[-1] + 1

    def _at(self) -> str:
        return self.clock().isoformat(timespec="seconds")

    def _write(self, kind: Kind, draft_id: str, revision: Revision) -> None:
        text = json.dumps(asdict(revision), ensure_ascii=False, indent=1)
        path = self.folder / kind / draft_id / f"{revision.number:06d}.json"
        if not write_new(path, text.encode()):
            raise InputError("草稿", f"第 {revision.number} 次保存的位置已经有内容", "请刷新后再试")


def default_shelf() -> Shelf:
    """The shelf of the data folder."""
    return Shelf(settings().data / "shelf")


def _numbers(folder: Path) -> list[int]:
    return sorted(int(path.stem) for path in folder.glob("[0-9]*.json"))


def _read(folder: Path, number: int) -> Revision:
    return Revision(**json.loads((folder / f"{number:06d}.json").read_text(encoding="utf-8")))


def _kind(folder: Path) -> Kind:
    return "document" if folder.parent.name == "document" else "measure"


def _title(text: str) -> str:
    return " ".join(text.split())[:200] or "（还没有标题）"


def _fitting(content: str) -> str:
    if len(content) > LONGEST:
        raise InputError("草稿", f"有 {len(content)} 个字", f"最多 {LONGEST} 个字，请分成几份")
    return content.encode("utf-8", "replace").decode()


def _not_released(draft: Draft) -> None:
    if draft.state == "released":
        raise InputError("草稿", "已经发布，不能再改", "要改就从已发布的版本另开一份草稿")


def _same_base(draft: Draft, base: int) -> None:
    if base != draft.head.number:
        raise _changed_meanwhile(draft)


def _changed_meanwhile(draft: Draft) -> InputError:
    at = draft.head.at[:16].replace("T", " ")
    return InputError("草稿", f"{draft.head.by} 在 {at} 改过", "请先看过现在的样子再操作")
