"""A public page in a frame of the city's portal, in a real browser: it works there, the sign-in does not, and no other page appears."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from playwright.sync_api import expect

from tests.browser.driving import DESK, Visitor, running_office


@contextmanager
def portal() -> Iterator[tuple[str, dict[str, str]]]:
    """A site of one page; gives its address and what stands on the page."""
    shown = {"html": ""}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(shown["html"].encode())

        def log_message(self, *given):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", shown
    finally:
        server.shutdown()
        server.server_close()


def test_a_public_page_works_in_a_frame_of_the_portal_without_the_sign_in_and_no_other_page_appears(
    browser, tmp_path, monkeypatch
):
    with portal() as (site, shown):
        monkeypatch.setenv("NAVIGATOR_EMBEDDED_BY", site)
        with running_office(str(tmp_path), {"王管理": ("--role", "admin")}) as address:
            context = browser.new_context(viewport={"width": DESK, "height": 900}, locale="zh-CN")
            someone = Visitor(context.new_page(), address)
            someone.sign_in("王管理", "accounts")
            expect(someone.page.get_by_text("已登录：王管理")).to_be_visible()

            shown["html"] = f'<iframe src="{address}/search?embed=true&q=社保" width="600" height="800"></iframe>'
            someone.page.goto(site)
            frame = someone.page.frame_locator("iframe")
            expect(frame.locator("h1")).to_have_text("找政策")
            expect(frame.get_by_text("已登录")).to_have_count(0)
            frame.locator("a[href*='measure?id=']").first.click()
            expect(frame.locator("h1")).not_to_have_text("找政策")
            expect(frame.get_by_text("已登录")).to_have_count(0)
            inside = someone.page.frames[1]
            inside.evaluate("history.pushState({}, '', '/accounts'); dispatchEvent(new PopStateEvent('popstate'))")
            expect(frame.locator("h1")).to_have_text("请先登录")

            for path in ("accounts?embed=true", "search", "auth/login?embed=true"):
                shown["html"] = f'<iframe src="{address}/{path}"></iframe>'
                someone.page.goto(site)
                someone.page.wait_for_timeout(500)
                assert someone.page.frames[1].url.startswith("chrome-error:")
            context.close()
