"""一次调度: one duty of the plan's cadence in one period."""

from navigator.ui.account import require
from navigator.ui.cadence import draw_duty, draw_own_page, key_in_url

actor = require("staff")
if actor.region is not None:
    draw_own_page(actor)
else:
    draw_duty(actor, key_in_url())
