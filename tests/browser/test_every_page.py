"""Every page of the staff in both themes, on a desk screen and on a phone: no barrier, keys that work."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Open
from tests.webui.letters import DRAFT, Letters

pytestmark = [pytest.mark.browser, pytest.mark.slow]

FindBarriers = Callable[[Page], list[str]]


@pytest.fixture
def busy(letters: Letters) -> str:
    """A county with an answered letter, an overdue one with its escalations, and one under way; its number."""
    letters.answered()
    letters.forwarded("D19")
    letters.pass_time(days=8)
    number = letters.forwarded("T01")
    letters.do(number, "t01", "受理", acceptance="accept")
    letters.do(number, "t01", "调查办理", **DRAFT)
    return number


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_no_page_keeps_anybody_out(
    busy: str, open_browser: Open, find_barriers: FindBarriers, scheme: Literal["light", "dark"], width: int
) -> None:
    page = open_browser("supervisor1", width=width, height=900, scheme=scheme)
    for address in ("/desk", "/cases", f"/cases/{busy}", "/supervision", "/bulletin", "/style", "/nowhere"):
        page.goto(address)
        assert find_barriers(page) == [], address
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), address


def test_the_desk_is_worked_with_the_keyboard(busy: str, open_browser: Open) -> None:
    page = open_browser("supervisor1")
    page.keyboard.press("j")
    rows, selected = page.locator("tbody tr"), "selected"
    expect(rows.nth(0)).to_have_class(selected)
    page.keyboard.press("j")
    expect(rows.nth(1)).to_have_class(selected)
    page.keyboard.press("k")
    expect(rows.nth(0)).to_have_class(selected)
    expect(page.locator("#preview form[data-draft]")).to_be_visible()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox")).to_be_focused()
    page.keyboard.type("j")
    expect(page.get_by_role("searchbox")).to_have_value("j")
    page.get_by_role("searchbox").blur()
    page.keyboard.press("Enter")
    page.wait_for_url("**/cases/*")


def test_the_diagram_shows_where_the_case_stands(busy: str, open_browser: Open) -> None:
    page = open_browser("t01head")
    page.goto(f"/cases/{busy}")
    now = page.locator(".djs-shape.current")
    expect(now).to_have_attribute("data-element-id", "sign_off")
    page.get_by_role("tab", name="受理", exact=True).click()
    expect(page.locator("[data-process='acceptance'] .djs-shape.passed").first).to_be_visible()


def test_signing_out_leaves_no_draft_behind(busy: str, open_browser: Open) -> None:
    page = open_browser("t01head")
    page.goto(f"/cases/{busy}")
    page.get_by_label("审签说明").fill("同意报送")
    assert "同意报送" in page.evaluate("JSON.stringify(sessionStorage)")
    page.get_by_role("button", name="退出").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("网上问政")
    assert "同意报送" not in page.evaluate("JSON.stringify(sessionStorage)")
