"""Every module with tables, in one place: importing this one makes the whole schema known."""

from navigator.store import (
    appeal_tables,
    board_tables,
    cadence_tables,
    calendar_tables,
    enterprise_tables,
    fulfilment_tables,
    importing_tables,
    judging_tables,
    push_tables,
    sync_tables,
    tables,
    visit_plan_tables,
    visit_tables,
)
from navigator.store.tables import Base

MODULES = (
    tables,
    enterprise_tables,
    importing_tables,
    push_tables,
    judging_tables,
    fulfilment_tables,
    board_tables,
    cadence_tables,
    appeal_tables,
    visit_plan_tables,
    visit_tables,
    sync_tables,
    calendar_tables,
)
METADATA = Base.metadata
