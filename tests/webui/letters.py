"""Letters on their way: what they say, and the steps that take them there through the pages."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from engine import schedule
from engine.clock import ManualClock
from tests.webui.visitors import Filled, Page, Visitor

LETTER = {
    "type": "help",
    "title": "东街路灯不亮",
    "content": "东街自来水公司门口的三盏路灯已经一周不亮,夜里出行不便。",
    "category": "city_management",
    "name": "张小兰",
    "phone": "13800001234",
    "wants_public": "on",
}
DRAFT = {
    "handling": "draft",
    "facts": "经现场核实,三盏路灯因线路老化断电。",
    "basis": "《城市道路照明管理规定》第十条。",
    "action": "1月3日已更换线路并恢复照明。",
    "next_step": "1月10日前完成全街线路检查。",
    "contact": "城管股 0719-6221234",
    "outcome": "support",
    "public_text": "东街三盏路灯已于1月3日修复,1月10日前完成全街线路检查。",
}


class Letters:
    """Letters on their way through the pages, each step taken by whoever it belongs to."""

    def __init__(self, visit: Callable[..., Visitor], clock: ManualClock) -> None:
        self._visit, self._clock = visit, clock
        self._staff: dict[str, Visitor] = {}

    def staff(self, username: str) -> Visitor:
        if username not in self._staff:
            self._staff[username] = self._visit(username)
        return self._staff[username]

    def write(self, **changes: Filled) -> tuple[str, str]:
        """Hand in a letter; return its number and query code."""
        citizen = self._visit()
        letter = {name: value for name, value in {**LETTER, **changes}.items() if value}
        receipt = citizen.send(citizen.get("/submit").form("/submit"), **letter)
        number, code = receipt.texts("//dd")
        return number, code

    def do(self, number: str, username: str, task: str, **filled: Filled) -> Page:
        """Complete a task on the page of its case; two minutes pass."""
        self._clock.advance(timedelta(minutes=2))
        visitor = self.staff(username)
        return visitor.send(visitor.task(number, task), **filled)

    def forwarded(self, unit: str = "T01", **changes: Filled) -> str:
        """Return the number of a letter that waits for a unit to accept it."""
        number, _code = self.write(**changes)
        self.do(number, "intake1", "甄别分类", classification="forward")
        self.do(number, "dispatcher1", "转办", dispatching="forward", unit=unit)
        return number

    def answered(self) -> str:
        """Return the number of a letter whose answer was published."""
        number = self.forwarded()
        self.do(number, "t01", "受理", acceptance="accept")
        self.do(number, "t01", "调查办理", **DRAFT)
        self.do(number, "t01head", "单位审签", sign_off="approve")
        self.do(number, "reviewer1", "初审", first_review="pass")
        self.do(number, "final1", "终审", final_review="pass", publish="on")
        return number

    def pass_time(self, **span: float) -> None:
        """Let time pass and every timer that falls due in it fire, as the ticker would."""
        self._clock.advance(timedelta(**span))
        while schedule.tick():
            pass
