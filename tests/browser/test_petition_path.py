"""The main path in a browser: from a citizen's letter to the archive, every step by whoever it belongs to."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from engine.clock import ManualClock
from tests.browser.conftest import Open

pytestmark = [pytest.mark.browser, pytest.mark.slow]

FindBarriers = Callable[[Page], list[str]]


class Path:
    """One letter on its way, and the citizen who follows it on a phone."""

    def __init__(self, open_browser: Open, clock: ManualClock, find_barriers: FindBarriers) -> None:
        self._open, self._clock, self._find_barriers = open_browser, clock, find_barriers
        self.phone = open_browser(width=390, height=844)
        self.number = self.query_code = ""

    def check(self, page: Page) -> None:
        """Nothing on the page may keep anybody from using it."""
        assert self._find_barriers(page) == []
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), "it scrolls sideways"

    def write(self) -> None:
        phone = self.phone
        phone.goto("/")
        self.check(phone)
        phone.get_by_role("link", name="我要反映").click()
        self.check(phone)
        phone.get_by_role("button", name="提交来信").click()
        expect(phone.get_by_role("alert")).to_contain_text("请选择来信类型")
        self.check(phone)
        phone.get_by_label("求助：").check()
        phone.get_by_role("textbox", name="标题").fill("东街路灯不亮")
        phone.get_by_role("textbox", name="来信内容").fill("东街自来水公司门口的三盏路灯已经一周不亮,夜里出行不便。")
        phone.get_by_label("类别").select_option("城市管理")
        phone.get_by_role("textbox", name="姓名").fill("张小兰")
        phone.get_by_role("textbox", name="电话").fill("13800001234")
        phone.get_by_label("同意公开来信和答复").check()
        phone.get_by_role("button", name="提交来信").click()
        expect(phone.get_by_role("heading", level=1)).to_have_text("已收到您的来信")
        self.number, self.query_code = phone.locator("dd").all_inner_texts()
        self.check(phone)

    def follow(self, sentence: str) -> None:
        """Ask with number and query code, and be told ``sentence``."""
        phone = self.phone
        phone.goto("/track")
        phone.get_by_label("编号").fill(self.number)
        phone.get_by_label("查询码").fill(self.query_code)
        phone.get_by_role("button", name="查看").click()
        expect(phone.locator(".sentence")).to_have_text(sentence)
        self.check(phone)

    def work(self, username: str, *, minutes: int = 10) -> Page:
        """Open the case in the browser of ``username``, some minutes later."""
        self._clock.advance(timedelta(minutes=minutes))
        page = self._open(username)
        page.get_by_role("link", name="东街路灯不亮").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("东街路灯不亮")
        expect(page.locator(".djs-container").first).to_be_visible()
        self.check(page)
        return page

    @staticmethod
    def finish(page: Page, task: str) -> None:
        """Send the form of ``task``."""
        page.get_by_role("button", name=f"提交：{task}").click()
        expect(page.get_by_role("status").first).to_have_text(f"“{task}”已提交。")


@pytest.fixture
def path(open_browser: Open, clock: ManualClock, find_barriers: FindBarriers) -> Path:
    return Path(open_browser, clock, find_barriers)


def classify_from_the_desk(path: Path, page: Page) -> None:
    """Intake works without leaving the list: j selects, the preview holds the form."""
    path.check(page)
    page.keyboard.press("j")
    preview = page.get_by_label("预览")
    expect(preview.get_by_label("理由")).to_be_hidden()
    preview.get_by_role("radio", name="不予受理", exact=True).check()
    expect(preview.get_by_label("理由")).to_be_visible()
    preview.get_by_role("radio", name="转办", exact=True).check()
    expect(preview.get_by_label("理由")).to_be_hidden()
    path.check(page)
    path.finish(page, "甄别分类")
    expect(page.get_by_text("没有待办任务。")).to_be_visible()


def forward(path: Path) -> None:
    page = path.work("dispatcher1")
    # the routing table's suggestion, which a person may change
    expect(page.get_by_label("承办单位", exact=True)).to_have_value("D19")
    page.get_by_label("承办单位", exact=True).select_option("城关镇")
    path.finish(page, "转办")


def accept_and_draft(path: Path) -> None:
    page = path.work("t01")
    page.get_by_role("button", name="签收").click()
    expect(page.get_by_role("button", name="退回待办")).to_be_visible()
    page.get_by_role("radio", name="受理", exact=True).check()
    path.finish(page, "受理")
    path.follow("城关镇已受理您的诉求，承诺 1月9日前答复。")
    page.get_by_role("radio", name="申请延期", exact=True).check()
    expect(page.get_by_label("延期天数")).to_be_visible()
    expect(page.get_by_label("核实情况")).to_be_hidden()
    page.get_by_role("radio", name="拟复", exact=True).check()
    page.get_by_label("核实情况").fill("经现场核实,三盏路灯因线路老化断电。")
    # what was typed survives a reload
    page.reload()
    expect(page.get_by_label("核实情况")).to_have_value("经现场核实,三盏路灯因线路老化断电。")
    page.get_by_role("button", name="提交：调查办理").click()
    expect(page.get_by_role("alert")).to_be_visible()
    page.get_by_role("radio", name="支持", exact=True).check()
    page.get_by_label("政策依据").fill("《城市道路照明管理规定》第十条。")
    page.get_by_label("处理情况").fill("1月3日已更换线路并恢复照明。")
    page.get_by_label("下一步措施").fill("1月10日前完成全街线路检查。")
    page.get_by_label("联系方式").fill("城管股 0719-6221234")
    page.get_by_label("公开文本").fill("东街三盏路灯已于1月3日修复,1月10日前完成全街线路检查。")
    path.finish(page, "调查办理")


def sign_and_review(path: Path) -> None:
    page = path.work("t01head")
    page.get_by_role("radio", name="同意", exact=True).check()
    path.finish(page, "单位审签")
    path.follow("城关镇已拟好答复，正在审核。")
    page = path.work("reviewer1")
    page.get_by_role("radio", name="通过", exact=True).check()
    path.finish(page, "初审")
    page = path.work("final1")
    page.get_by_role("radio", name="通过", exact=True).check()
    page.get_by_label("同意网上公开").check()
    path.finish(page, "终审")


def rate(path: Path) -> None:
    phone = path.phone
    expect(phone.get_by_text("1月3日已更换线路并恢复照明。")).to_be_visible()
    phone.get_by_role("radio", name="满意", exact=True).check()
    phone.get_by_role("button", name="提交评价").click()
    expect(phone.get_by_text("您的评价：满意")).to_be_visible()
    path.check(phone)


def follow_up(path: Path) -> None:
    page = path.work("followup1", minutes=60 * 24)
    page.get_by_role("radio", name="满意", exact=True).check()
    path.finish(page, "回访")
    expect(page.locator(".case-head")).to_contain_text("已办结")
    expect(page.locator(".timeline")).to_contain_text("归档")
    path.check(page)


def test_a_petition_goes_from_receipt_to_the_archive(path: Path, open_browser: Open) -> None:
    path.write()
    path.follow("已收到您的来信，正在确定由哪个单位办理。")
    classify_from_the_desk(path, open_browser("intake1"))
    forward(path)
    path.follow("您的来信已转给城关镇，将在 1月3日前受理。")
    accept_and_draft(path)
    sign_and_review(path)
    path.follow("您的来信已答复，请查看下面的答复内容。")
    rate(path)
    follow_up(path)
    path.follow("您的来信已答复办结。")
    path.phone.goto("/")
    path.phone.get_by_role("link", name="东街路灯不亮").click()
    expect(path.phone.get_by_text("东街三盏路灯已于1月3日修复")).to_be_visible()
    path.check(path.phone)
