"""A drafted reply is looked through with what the county knows: the petitioner, the unit's other replies."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from engine.models.petition import Petition
from engine.services import replies
from engine.vocabulary import PetitionType
from tests.workflows.conftest import Letter, county, submit

__all__ = ["county", "submit"]

Submit = Callable[..., Letter]

FACTS = "经现场核实，该路段路灯因地下线路老化短路造成大面积不亮，我镇已安排电工逐杆排查，共查出故障灯具二十三盏。"
GOOD = {
    "facts": FACTS,
    "basis": "《城市道路照明设施管理规定》第十二条",
    "action": "已于3月5日更换全部线路和灯具，并通电试运行正常。",
    "next_step": "每周巡查一次，发现问题当日修复。",
    "contact": "镇规划办 0719-1234567",
    "outcome": "support",
    "public_text": (
        "您反映的路灯不亮问题已于3月5日修复。经核实系地下线路老化，我镇已更换全部线路和灯具，"
        "今后每周巡查一次。感谢您的监督。"
    ),
}


def warnings(letter: Letter, submission: Mapping[str, str]) -> set[tuple[str, str]]:
    with letter.uow() as session:
        petition = session.get_one(Petition, letter.id)
        return {
            (each.code, each.field) for each in replies.check_draft(session, petition=petition, submission=submission)
        }


def test_a_good_reply_passes(submit: Submit) -> None:
    assert warnings(submit(), GOOD) == set()


def test_an_empty_draft_lacks_every_part(submit: Submit) -> None:
    parts = {"facts", "basis", "action", "next_step", "contact"}
    assert warnings(submit(), {}) == {("part_missing", part) for part in parts}


def test_a_reply_that_names_the_petitioner_is_pointed_out(submit: Submit) -> None:
    told = {**GOOD, "public_text": f"王小明同志（13800000000）：{GOOD['public_text']}"}
    assert warnings(submit(), told) == {("petitioner_name", "public_text"), ("phone_number", "public_text")}


def test_nobody_finds_out_who_accuses_by_trying_names(submit: Submit) -> None:
    told = {**GOOD, "public_text": f"王小明同志：{GOOD['public_text']}"}
    assert warnings(submit(kind=PetitionType.ACCUSATION), told) == set()


@pytest.mark.parametrize(("unit", "found"), [("T01", {("pasted_text", "facts")}), ("T02", set())])
def test_text_pasted_from_another_letter_of_the_unit_is_pointed_out(
    submit: Submit, unit: str, found: set[tuple[str, str]]
) -> None:
    answered, letter = submit(), submit("河堤塌了一段。")
    answered.to_handling(unit)
    answered.do("investigate", handling="draft", **{**GOOD, "action": "已修复。", "public_text": "路灯已修复。"})
    letter.to_handling("T01")
    assert warnings(letter, GOOD) == found
    assert warnings(answered, GOOD) == set()
